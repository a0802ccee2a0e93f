"""Published figures over a whole dataset, each version of a method by itself.

A method's name may stand for several networks, trainings or measurements. Sources that agree with
each other, as far as the decimals that they print can tell, are one version; a source that
contradicts them in any figure is another one. Nothing is averaged or chosen in silence.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vosbench.errors import UsageError
from vosbench.reports import published, published_files
from vosbench.reports.entries import FIGURES, METRICS
from vosbench.reports.published_files import (
    Publication,
    closest,
    named,
    publication,
    source_name,
)

FPS = "fps"
"""Name of the figure that is a speed, in frames per second by whatever rule its source counts."""

EXTENTS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("davis2016", ""): (20, 20),
    ("davis2016", "train"): (30, 30),
    ("davis2016", "trainval"): (50, 50),
    ("davis2017", ""): (30, 61),
    ("davis2017", "test-dev"): (30, 89),
}
"""Sequences and objects that published figures are over, by dataset and variant, where known."""

_ROUNDING = 1e-9
"""Far below any decimal that a source prints: room for binary fractions."""


@dataclass(frozen=True)
class Quoted:
    """One published figure.

    Attributes:
        value: a fraction, or frames per second.
        low, high: between which the figure lies that the source rounded.
        source: as in the data: what it is, then where in it.
        bound: `"below"` or `"above"` if the source says only on which side of `value` it is.
        hardware: what a speed was measured on; `"not stated"` by almost all.
        note: what the collectors of the figures say about it.
        derived: computed here from other figures of its version.
    """

    value: float
    low: float
    high: float
    source: str
    bound: str = ""
    hardware: str = ""
    note: str = ""
    derived: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """The parts of the note."""
        return tuple(part for part in self.note.split("; ") if part)

    @property
    def cited(self) -> str:
        """Its source, with what is said about it."""
        return cited(self.source, self.remarks)


@dataclass(frozen=True)
class Version:
    """A method as one source, or several that agree, publish it.

    Attributes:
        method: name.
        title: the same, with the name of a source where there are several versions.
        publication: of the method.
        figures: by name: some of `FIGURES`, and `FPS`.
        sources: all that agree, the first one being where most figures are from, each with what
            is said about its figures.
        sequences: that the quality is over, and `objects`; None where that is not known.
    """

    method: str
    title: str
    publication: Publication
    figures: Mapping[str, Quoted]
    sources: Mapping[str, tuple[str, ...]]
    sequences: int | None = None
    objects: int | None = None

    def value(self, figure: str) -> float | None:
        """A figure; None where none is published."""
        found = self.figures.get(figure)
        return found.value if found else None

    @property
    def said(self) -> str:
        """All sources, with what is said about their figures."""
        return ", ".join(cited(source, notes) for source, notes in self.sources.items())


@dataclass
class _Group:
    """Sources put together so far."""

    sources: dict[str, tuple[str, ...]]
    figures: dict[str, Quoted]


def datasets() -> tuple[str, ...]:
    """Datasets that have published figures over the whole of them.

    >>> datasets()
    ('davis2016', 'davis2017')
    """
    return tuple(
        dataset
        for dataset in dict.fromkeys(row["dataset"] for row in _rows())
        if dataset in published.DATASETS
    )


def variants(dataset: str) -> tuple[str, ...]:
    """Variants of `dataset` that have published figures; the default one is empty."""
    return tuple(dict.fromkeys(row["variant"] for row in _rows() if row["dataset"] == dataset))


def names(dataset: str, variant: str = "") -> tuple[str, ...]:
    """Methods with figures over the whole of a dataset, in alphabetical order whatever the case.

    >>> len(names("davis2016")), len(names("davis2017"))
    (72, 68)
    """
    found = {
        row["method"]
        for row in _rows()
        if (row["dataset"], row["variant"]) == (dataset, variant)
        and row["metric"] in (*FIGURES, FPS)
    }
    return tuple(sorted(found, key=lambda name: (name.casefold(), name)))


def resolve(name: str, dataset: str, variant: str = "") -> str:
    """The method that `name` means, whatever its case.

    Raises:
        UsageError: there are no such figures; says what there is.

    >>> resolve("e-osvos-100-ona", "davis2017")
    'e-OSVOS-100-OnA'
    """
    known = names(dataset, variant)
    found = named(name, known)
    if found:
        return found
    where = f"{dataset} ({variant})" if variant else dataset
    raise UsageError(
        f"no published figures of {name!r} for {where}{closest(name, known)}; there are figures "
        f"of {', '.join(known)}"
    )


def versions(dataset: str, variant: str = "", methods: Sequence[str] = ()) -> tuple[Version, ...]:
    """Every version of every method, or of `methods` only, in their order.

    Args:
        methods: resolved names; empty for all.
    """
    of_method: dict[str, list[Mapping[str, str]]] = {}
    for row in _rows():
        if (row["dataset"], row["variant"]) == (dataset, variant):
            of_method.setdefault(row["method"], []).append(row)
    sequences, objects = EXTENTS.get((dataset, variant), (None, None))
    return tuple(
        replace(version, sequences=sequences, objects=objects)
        for method in methods or names(dataset, variant)
        for version in _versions(method, of_method[method])
    )


def narrowed(version: Version, dataset: str, sequences: Iterable[str]) -> Version | None:
    """The version with its quality over some sequences only; None where that is not published.

    Speeds stay those over the whole dataset: nothing else is published.
    """
    entry = published.load(version.method, dataset)
    if entry is None or not next(iter(version.sources)).startswith("davis-site:"):
        return None
    held = [name for name in sequences if name in entry.outcomes]
    if not held:
        return None
    figures = {name: quoted for name, quoted in version.figures.items() if name == FPS}
    for name in FIGURES:
        mean = entry.mean(name, held)
        if mean is not None:
            figures[name] = Quoted(mean, mean, mean, entry.source, derived=True)
    objects = sum(len(entry.outcomes[name].objects) for name in held)
    return replace(version, figures=figures, sequences=len(held), objects=objects)


def cited(source: str, notes: Iterable[str] = ()) -> str:
    """A source as a sentence names it, with notes in parentheses.

    >>> cited("stm-paper:table 2", ["runtimes approximate"])
    'STM paper (table 2; runtimes approximate)'
    """
    return f"{source_name(source)} ({'; '.join((source.partition(':')[2], *notes))})"


def _versions(method: str, rows: Iterable[Mapping[str, str]]) -> Iterator[Version]:
    groups = _agreeing(rows)
    for group in groups:
        about = source_name(next(iter(group.sources)))
        yield Version(
            method=method,
            title=method if len(groups) == 1 else f"{method} [{about}]",
            publication=publication(method),
            figures=_completed(group.figures),
            sources=group.sources,
        )


def _agreeing(rows: Iterable[Mapping[str, str]]) -> list[_Group]:
    """Sources put together with the first ones that they agree with; those with a speed alone last.

    To agree, two must have a figure of quality in common and contradict each other in none.
    """
    by_source: dict[str, dict[str, Quoted]] = {}
    for row in rows:
        if row["metric"] in (*FIGURES, FPS):
            by_source.setdefault(row["source"], {})[row["metric"]] = _quoted(row)
    groups: list[_Group] = []
    for source, figures in sorted(by_source.items(), key=lambda item: set(item[1]) == {FPS}):
        notes = tuple(dict.fromkeys(part for each in figures.values() for part in each.remarks))
        for group in groups:
            if _agree(group.figures, figures):
                group.sources[source] = notes
                group.figures = {**figures, **group.figures}
                break
        else:
            groups.append(_Group({source: notes}, figures))
    return groups


def _agree(known: Mapping[str, Quoted], found: Mapping[str, Quoted]) -> bool:
    shared = known.keys() & found.keys()
    about_one_thing = bool(shared - {FPS}) or found.keys() == {FPS}
    return about_one_thing and all(_same(known[name], found[name]) for name in shared)


def _same(one: Quoted, other: Quoted) -> bool:
    return one.low <= other.high + _ROUNDING and other.low <= one.high + _ROUNDING


def _quoted(row: Mapping[str, str]) -> Quoted:
    low, high = _rounded_from(row)
    return Quoted(
        float(row["value"]),
        low,
        high,
        row["source"],
        bound=row["bound"],
        hardware=row["hardware"],
        note=row["note"],
    )


def _rounded_from(row: Mapping[str, str]) -> tuple[float, float]:
    """Between which the figure lies that the source rounded to the decimals that it prints."""
    if row["bound"]:
        value = float(row["value"])
        return (0.0, value) if row["bound"] == "below" else (value, float("inf"))
    text = row["original"] or row["value"]
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    ends = (float(text) - half, float(text) + half)
    if row["original_unit"] == "s":
        return 1 / ends[1], 1 / ends[0]
    scale = 0.01 if row["original_unit"] == "percent" else 1.0
    return scale * ends[0], scale * ends[1]


def _completed(figures: Mapping[str, Quoted]) -> Mapping[str, Quoted]:
    """The figures, with J&F computed where a source prints J and F alone."""
    if "J&F" in figures or not {"J_mean", "F_mean"} <= figures.keys():
        return figures
    J, F = (figures[METRICS[metric]] for metric in "JF")
    mean = Quoted(
        (J.value + F.value) / 2, (J.low + F.low) / 2, (J.high + F.high) / 2, J.source, derived=True
    )
    return {**figures, "J&F": mean}


def _rows() -> tuple[Mapping[str, str], ...]:
    return published_files.rows("overall")
