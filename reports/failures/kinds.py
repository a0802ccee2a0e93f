"""What each kind of failure costs each method, with all that no event explains, up to 100."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from vosbench.failures.events import KINDS
from vosbench.failures.mining import MinedRun
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.tidy import identity
from vosbench.reports.table import Cell, Column, Row, Subject, Table, Value

SLIGHT = "no failure, slight loss"
"""Frames that lose too little to be a failure."""

NO_KIND = "no kind"
"""Frames that lose much in none of the ways that have a name."""


def by_kind(
    comparison: Comparison,
    found: Mapping[str, tuple[Entry, MinedRun]],
    footnotes: Sequence[str],
) -> Table:
    """A row a kind, a pair of columns a method: points, and number of events.

    Args:
        found: by title.
        footnotes: what is said of the runs.
    """
    runs = list(found.values())
    other = comparison.against
    goal = f"J&F of {other.title}, same frames" if other else "sum"
    return Table(
        title=comparison.title(f"Failures by kind{f', against {other.title}' if other else ''}"),
        columns=(
            Column("kind", "kind"),
            *chain.from_iterable(_columns(entry, place) for place, (entry, _) in enumerate(runs)),
        ),
        rows=(
            *(_kind(kind, runs) for kind in KINDS if _happened(kind, runs)),
            _total(SLIGHT, runs, [run.slight for _, run in runs]),
            _total(NO_KIND, runs, [run.unexplained for _, run in runs]),
            _total("J&F", runs, [run.J_and_F for _, run in runs], comparison),
            _total(goal, runs, [run.goal for _, run in runs], comparison),
        ),
        footnotes=(_meaning(other), *_unseen(runs), *footnotes),
        best_of="row",
        adds_up=True,
        tidy=tuple(_tidy(comparison, runs)),
    )


def _columns(entry: Entry, place: int) -> Iterator[Column]:
    yield Column(f"{entry.method}-{place}", entry.title, "points", group=entry.title)
    yield Column(f"{entry.method}-{place}-events", "events", "count", group=entry.title)


def _happened(kind: str, runs: Sequence[tuple[Entry, MinedRun]]) -> bool:
    return any(event.kind == kind for _, run in runs for event in run.events)


def _kind(kind: str, runs: Sequence[tuple[Entry, MinedRun]]) -> Row:
    cells = [Cell(kind)]
    for entry, run in runs:
        prices = [event.price for event in run.events if event.kind == kind]
        about = Subject(title=entry.title, run=run.run)
        cells += [Cell(sum(prices), about=about), Cell(len(prices), about=about)]
    return Row(tuple(cells))


def _total(
    name: str,
    runs: Sequence[tuple[Entry, MinedRun]],
    values: Sequence[float],
    comparison: Comparison | None = None,
) -> Row:
    """A row without events; marked where a run is incomplete, if the comparison is given."""
    cells = [Cell(name)]
    for (entry, run), value in zip(runs, values, strict=True):
        short = comparison is not None and not comparison.complete(entry)
        about = Subject(title=entry.title, run=run.run)
        cells += [Cell(value, incomplete=short, about=about, n=run.objects), Cell()]
    return Row(tuple(cells), summary=True)


def _meaning(other: Entry | None) -> str:
    if other is None:
        return (
            "Points of the mean J&F that the events of each kind cost together. With the mean "
            "itself and what no event explains they come to 100."
        )
    return (
        f"Points of the mean J&F that would be won in these frames if they were as good as those "
        f"of {other.title}. With the mean itself and what is won outside of events they come to "
        f"the mean of {other.title} on the sequences that both have."
    )


def _unseen(runs: Sequence[tuple[Entry, MinedRun]]) -> Iterator[str]:
    """Kinds without an event, so that nobody takes them for forgotten."""
    missing = [kind for kind in KINDS if not _happened(kind, runs)]
    if missing:
        yield f"Not met: {', '.join(missing)}."


def _tidy(
    comparison: Comparison, runs: Sequence[tuple[Entry, MinedRun]]
) -> Iterator[Mapping[str, Value]]:
    other = comparison.against
    for entry, run in runs:
        rest = {SLIGHT: run.slight, NO_KIND: run.unexplained}
        for kind in (*KINDS, *rest):
            prices = [event.price for event in run.events if event.kind == kind]
            yield {
                **identity(entry, comparison),
                "against": other.title if other else None,
                "level": "kind",
                "kind": kind,
                "events": len(prices) if kind in KINDS else None,
                "price": rest.get(kind, sum(prices)),
                "J&F": run.J_and_F,
                "goal": run.goal,
                "objects": run.objects,
            }
