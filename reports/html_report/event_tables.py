"""Failures of what is compared, and those of one sequence as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vosbench.failures.events import KINDS, FailureEvent
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.failures.table import Mined
from vosbench.reports.table import Cell, Column, Row, Subject, Table


@dataclass(frozen=True)
class RunEvent:
    """A failure, and whose it is.

    Attributes:
        title: of the entry.
        run: name of its folder.
        event: what happens.
    """

    title: str
    run: str
    event: FailureEvent


@dataclass(frozen=True)
class MinedComparison:
    """What goes wrong in everything that is compared.

    Attributes:
        comparison: of what; says against which run prices are.
        found: by title of the entry.
    """

    comparison: Comparison
    found: Mined

    def events(self) -> tuple[RunEvent, ...]:
        """All failures, those of an entry together."""
        return tuple(
            RunEvent(title, run.run, event)
            for title, (_, run) in self.found.items()
            for event in run.events
        )

    def of_sequence(self, name: str) -> Mapping[str, tuple[FailureEvent, ...]]:
        """Failures on a sequence by name of the run, objects ascending, then by first frame."""
        by_run = {run.run: run.events for _, run in self.found.values()}
        return {
            run: tuple(
                sorted(
                    (each for each in events if each.sequence == name),
                    key=lambda each: (each.object_id, each.first),
                )
            )
            for run, events in by_run.items()
        }


def dearest_first(events: Iterable[RunEvent]) -> tuple[RunEvent, ...]:
    """Events by price, the highest first; equal ones in the order given."""
    return tuple(sorted(events, key=lambda each: -each.event.price))


def events_table(events: Sequence[RunEvent], title: str, against: str = "") -> Table:
    """A row an event, leading to its worst frame.

    Args:
        against: title of what prices are differences to; empty where they are to perfect frames.
    """
    kinds = dict.fromkeys(each.event.kind for each in events)
    meaning = (
        "Gain: points of the mean J&F that would be won if these frames were as good as those of "
        f"{against}; below 0 where they are better already."
        if against
        else "Price: points of the mean J&F over all objects that would be won if these frames "
        "were perfect."
    )
    return Table(
        title=title,
        columns=(
            Column("kind", "kind"),
            Column("method", "method"),
            Column("object", "object", "count"),
            Column("frames", "frames"),
            Column("worst", "worst", "count"),
            Column("price", "gain" if against else "price", "points"),
        ),
        rows=tuple(map(_row, events)),
        footnotes=(
            meaning,
            *(f"{kind}: {KINDS[kind]}." for kind in KINDS if kind in kinds),
        ),
    )


def stretch(event: FailureEvent) -> str:
    """Its frames in words.

    >>> stretch(FailureEvent("lost object", "cows", 1, 3, 9, 5, 7, 0.1))
    'frames 3 to 9'
    """
    if event.first == event.last:
        return f"frame {event.first}"
    return f"frames {event.first} to {event.last}"


def _row(each: RunEvent) -> Row:
    event = each.event
    about = Subject(each.title, each.run, event.sequence, frame=event.worst)
    span = stretch(event).removeprefix("frames ").removeprefix("frame ")
    values = (event.kind, each.title, event.object_id, span, event.worst, event.price)
    return Row(tuple(Cell(value, about=about) for value in values))
