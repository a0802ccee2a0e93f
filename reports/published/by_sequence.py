"""Published figures that ship with vosbench, sequence by sequence, with their source.

What the files hold and where it comes from is said in `data/README.md`.
"""

from collections.abc import Iterable, Mapping

from vosbench.errors import UsageError
from vosbench.reports.compared.entries import FIGURES, QUOTED, Entry, Outcome
from vosbench.reports.published.files import closest, named, publication, rows

DATASETS = ("davis2016", "davis2017")
"""Datasets that have published figures, by their name on the command line."""

VARIANTS = ("", "train", "trainval")
"""Variants of them whose sequences have the frames that the figures are of: 480p, every object."""


def names(dataset: str) -> tuple[str, ...]:
    """Methods with published figures on `dataset`, in alphabetical order; none for most datasets.

    >>> len(names("davis2016")), len(names("davis2017")), names("synthetic")
    (59, 18, ())
    """
    if dataset not in DATASETS:
        return ()
    return tuple(dict.fromkeys(row["method"] for row in rows(dataset)))


def resolve(name: str, datasets: tuple[str, ...]) -> str:
    """The published method that `name` means, whatever its case, on any of `datasets`.

    Raises:
        UsageError: no such figures; says what there is.

    >>> resolve("premvos", ("davis2017",))
    'PReMVOS'
    """
    held = [dataset for dataset in datasets if dataset in DATASETS]
    if not held:
        raise UsageError(
            f"no published figures ship for {', '.join(datasets)}; there are some for "
            f"{' and '.join(DATASETS)}: leave --published out, or report one of these"
        )
    known = [method for dataset in held for method in names(dataset)]
    found = named(name, known)
    if found:
        return found
    elsewhere = [dataset for dataset in DATASETS if named(name, names(dataset))]
    if elsewhere:
        raise UsageError(
            f"{name} has no published figures for {', '.join(held)}, only for "
            f"{' and '.join(elsewhere)}"
        )
    whole = [dataset for dataset in held if named(name, _methods_over_all(dataset))]
    if whole:
        raise UsageError(
            f"{name} has no published figures by sequence, only over the whole of "
            f"{' and '.join(whole)}; leave it out here, and see --table published --dataset "
            f"{whole[0]}"
        )
    known = list(dict.fromkeys(known))
    raise UsageError(
        f"no published figures of {name!r} for {', '.join(held)}{closest(name, known)}; "
        f"there are figures of {', '.join(known)}"
    )


def _methods_over_all(dataset: str) -> set[str]:
    """Methods with figures over the whole of a dataset, as it is validated on by default."""
    return {
        row["method"] for row in rows("overall") if row["dataset"] == dataset and not row["variant"]
    }


def load(method: str, dataset: str) -> Entry | None:
    """Figures of `method` on all sequences of `dataset` that it has any for; None if none."""
    held = [row for row in rows(dataset) if row["method"] == method] if dataset in DATASETS else []
    if not held:
        return None
    of_sequence: dict[str, list[Mapping[str, str]]] = {}
    for row in held:
        of_sequence.setdefault(row["sequence"], []).append(row)
    return Entry(
        title=f"{method} (quoted)",
        published=len(of_sequence),
        method=method,
        trust=QUOTED,
        outcomes={sequence: _outcome(objects) for sequence, objects in of_sequence.items()},
        source=f"{publication(method).words}; figures from {', '.join(sources(method, dataset))}",
    )


def sources(method: str, dataset: str) -> tuple[str, ...]:
    """Where the figures of `method` by sequence are from; empty where there are none."""
    if dataset not in DATASETS:
        return ()
    return tuple(dict.fromkeys(r["source"] for r in rows(dataset) if r["method"] == method))


def _outcome(held: Iterable[Mapping[str, str]]) -> Outcome:
    """Objects of one sequence by their ids; an object has one row a source."""
    objects: dict[int, dict[str, float]] = {}
    for row in held:
        scores = objects.setdefault(int(row["object"] or 1), {})
        scores |= {name: float(row[name]) for name in FIGURES if row.get(name)}
    ids = tuple(sorted(objects))
    return Outcome(objects=tuple(objects[each] for each in ids), ids=ids)
