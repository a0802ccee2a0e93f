"""Failures as tables: of one sequence, and the dearest of all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vosbench.failures.events import KINDS, FailureEvent
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


def dearest_first(events: Iterable[RunEvent]) -> tuple[RunEvent, ...]:
    """Events by price, the highest first; equal ones in the order given."""
    return tuple(sorted(events, key=lambda each: -each.event.price))


def events_table(events: Sequence[RunEvent], title: str, *, sequences: bool) -> Table:
    """A row an event, leading to its worst frame.

    Args:
        sequences: whether a column tells the sequence.
    """
    columns = [
        Column("kind", "failure"),
        *((Column("sequence", "sequence"),) if sequences else ()),
        Column("method", "method"),
        Column("object", "object"),
        Column("frames", "frames"),
        Column("price", "price", "percent"),
    ]
    kinds = dict.fromkeys(each.event.kind for each in events)
    return Table(
        title=title,
        columns=tuple(columns),
        rows=tuple(_row(each, sequences=sequences) for each in events),
        footnotes=(
            "Price: points that the mean J&F over all objects would gain were these frames perfect.",
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


def _row(each: RunEvent, *, sequences: bool) -> Row:
    event = each.event
    about = Subject(each.title, each.run, event.sequence, frame=event.worst)
    cells = (
        Cell(event.kind, about=about),
        *((Cell(event.sequence, about=Subject(sequence=event.sequence)),) if sequences else ()),
        Cell(each.title),
        Cell(str(event.object_id)),
        Cell(stretch(event).removeprefix("frames ").removeprefix("frame "), about=about),
        Cell(event.price, about=about),
    )
    return Row(cells)
