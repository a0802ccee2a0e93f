"""Published figures that ship with vosbench, sequence by sequence, with their source.

What the files hold and where it comes from is said in `data/README.md`.
"""

import csv
from collections.abc import Mapping
from importlib.resources import files

from vosbench.errors import UsageError
from vosbench.reports.entries import FIGURES, QUOTED, Entry, Outcome
from vosbench.wording import suggestion

DATASETS = ("davis2016", "davis2017")
"""Datasets that have published figures, by their name on the command line."""


def names(dataset: str) -> tuple[str, ...]:
    """Methods with published figures on `dataset`, in alphabetical order; none for most datasets.

    >>> len(names("davis2016")), len(names("davis2017")), names("synthetic")
    (59, 18, ())
    """
    if dataset not in DATASETS:
        return ()
    return tuple(dict.fromkeys(row["method"] for row in _read(dataset)))


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
    known = {method.casefold(): method for dataset in held for method in names(dataset)}
    if name.casefold() in known:
        return known[name.casefold()]
    elsewhere = [dataset for dataset in DATASETS if name in names(dataset)]
    if elsewhere:
        raise UsageError(
            f"{name} has no published figures for {', '.join(held)}, only for "
            f"{' and '.join(elsewhere)}"
        )
    close = suggestion(name.casefold(), known)
    for folded, method in known.items():
        close = close.replace(f" {folded}?", f" {method}?")
    raise UsageError(
        f"no published figures of {name!r} for {', '.join(held)}{close}; there are figures of "
        f"{', '.join(known.values())}"
    )


def load(method: str, dataset: str) -> Entry | None:
    """Figures of `method` on all sequences of `dataset` that it has any for; None if none."""
    rows = [row for row in _read(dataset) if row["method"] == method] if dataset in DATASETS else []
    if not rows:
        return None
    outcomes = {
        sequence: _outcome([row for row in rows if row["sequence"] == sequence])
        for sequence in dict.fromkeys(row["sequence"] for row in rows)
    }
    sources = ", ".join(dict.fromkeys(row["source"] for row in rows))
    return Entry(
        title=f"{method} (quoted)",
        method=method,
        trust=QUOTED,
        outcomes=outcomes,
        source=f"{_publication(method)}; figures from {sources}",
    )


def _outcome(rows: list[Mapping[str, str]]) -> Outcome:
    """Objects of one sequence by their ids; an object has one row a source."""
    objects: dict[int, dict[str, float]] = {}
    for row in rows:
        scores = objects.setdefault(int(row["object"] or 1), {})
        scores |= {name: float(row[name]) for name in FIGURES if row.get(name)}
    ids = tuple(sorted(objects))
    return Outcome(objects=tuple(objects[each] for each in ids), ids=ids)


def _publication(method: str) -> str:
    """Venue and year of a method, and whether it was given the first mask."""
    for row in _read("methods"):
        if row["method"] == method:
            venue = f"{row['venue']} {row['year']}".strip() or "venue not recorded"
            return venue if row["setting"] == "semi-supervised" else f"{venue}, {row['setting']}"
    return "venue not recorded"


def _read(name: str) -> tuple[Mapping[str, str], ...]:
    with files("vosbench.reports").joinpath("data", f"{name}.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))
