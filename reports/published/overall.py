"""Published figures over a whole dataset, each version of a method by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from vosbench.errors import UsageError
from vosbench.reports.compared.entries import FIGURES
from vosbench.reports.published import by_sequence as published
from vosbench.reports.published import files as published_files
from vosbench.reports.published.files import closest, named
from vosbench.reports.published.versions import FPS, Quoted, Version, versions_of

EXTENTS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("davis2016", ""): (20, 20),
    ("davis2016", "train"): (30, 30),
    ("davis2016", "trainval"): (50, 50),
    ("davis2017", ""): (30, 61),
    ("davis2017", "test-dev"): (30, 89),
}
"""Sequences and objects that published figures are over, by dataset and variant, where known."""


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
        for version in versions_of(method, of_method[method])
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
    sources = published.sources(version.method, dataset)
    figures = {name: quoted for name, quoted in version.figures.items() if name == FPS}
    for name in FIGURES:
        mean = entry.mean(name, held)
        if mean is not None:
            figures[name] = Quoted(mean, mean, mean, sources[0], derived=True)
    return replace(
        version,
        figures=figures,
        sources=dict.fromkeys(sources, ()),
        sequences=len(held),
        objects=sum(len(entry.outcomes[name].objects) for name in held),
    )


def _rows() -> tuple[Mapping[str, str], ...]:
    return published_files.rows("overall")
