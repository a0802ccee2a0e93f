"""Versions of a published method: what sources say that agree with each other, and who does not.

A method's name may stand for several networks, trainings or measurements. Sources that agree with
each other, as far as the decimals that they print can tell, are one version; a source that
contradicts them in any figure is another one. Nothing is averaged or chosen in silence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vosbench.reports.compared.entries import FIGURES, METRICS
from vosbench.reports.published.files import Publication, publication, source_name

FPS = "fps"
"""Name of the figure that is a speed, in frames per second by whatever rule its source counts."""

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


_Sources = dict[str, dict[str, Quoted]]
"""Figures by name, of each source; sources as the data list them."""


def cited(source: str, notes: Iterable[str] = ()) -> str:
    """A source as a sentence names it, with notes in parentheses.

    >>> cited("stm-paper:table 2", ["runtimes approximate"])
    'STM paper (table 2; runtimes approximate)'
    """
    return f"{source_name(source)} ({'; '.join((source.partition(':')[2], *notes))})"


def versions_of(method: str, rows: Iterable[Mapping[str, str]]) -> Iterator[Version]:
    """Every version of a method that its rows in the data speak of."""
    groups = _agreeing(rows)
    for group in groups:
        figures: dict[str, Quoted] = {}
        for source in group.values():
            figures = {**source, **figures}  # the first source to have one is quoted
        yield Version(
            method=method,
            title=method if len(groups) == 1 else f"{method} [{_main_source(group)}]",
            publication=publication(method),
            figures=_completed(figures),
            sources={source: _remarks(found.values()) for source, found in group.items()},
        )


def _main_source(group: _Sources) -> str:
    """What the first source with a figure of quality is called; else the first of all."""
    of_quality = (source for source, found in group.items() if found.keys() != {FPS})
    return source_name(next(of_quality, next(iter(group))))


def _remarks(figures: Iterable[Quoted]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for each in figures for part in each.remarks))


def _agreeing(rows: Iterable[Mapping[str, str]]) -> list[_Sources]:
    """Sources put together with the first ones that they agree with.

    To agree, two must have a figure of quality in common and contradict each other in none. A
    source with a speed alone joins the first ones that it does not contradict.
    """
    by_source: _Sources = {}
    for row in rows:
        if row["metric"] in (*FIGURES, FPS):
            by_source.setdefault(row["source"], {})[row["metric"]] = _quoted(row)
    places = {source: place for place, source in enumerate(by_source)}
    groups: list[_Sources] = []
    for source in sorted(by_source, key=lambda name: set(by_source[name]) == {FPS}):
        found = by_source[source]
        group = next((each for each in groups if _agree(each, found)), None)
        if group is None:
            groups.append({source: found})
        else:
            group[source] = found
    return [dict(sorted(group.items(), key=lambda item: places[item[0]])) for group in groups]


def _agree(group: _Sources, found: Mapping[str, Quoted]) -> bool:
    shared = {name for known in group.values() for name in known} & found.keys()
    about_one_thing = bool(shared - {FPS}) or found.keys() == {FPS}
    return about_one_thing and all(
        _same(known[name], found[name])
        for known in group.values()
        for name in shared & known.keys()
    )


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
