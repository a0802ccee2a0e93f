"""Cells of tables of speeds: what is best, what is to be taken with care."""

from collections.abc import Sequence
from dataclasses import replace

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.table import Cell, Column, Notes
from vosbench.reports.timing.flags import flags
from vosbench.reports.timing.machines import speeds_compare, timed
from vosbench.speed.spread import Spread


def timed_only(comparison: Comparison) -> Comparison:
    """The comparison without entries that were never timed: imported masks, quoted figures."""
    return replace(comparison, entries=tuple(timed(comparison)))


def warnings(entry: Entry, comparison: Comparison, notes: Notes) -> tuple[int, ...]:
    """Numbers of the notes that say what to beware of in the speed of an entry."""
    found = flags(entry.timings_by_name(comparison.sequences))
    return tuple(notes.number(flag.sentence) for flag in found)


def spread_cells(
    comparison: Comparison, column: Column, values: Sequence[Spread | None]
) -> list[Cell]:
    """Cells of a figure of passes; the best are those that the passes do not tell apart from it."""
    winners: frozenset[int] = frozenset()
    if speeds_compare(comparison):
        winners = _best(comparison, column, values)
    return [
        Cell(
            value.median if value else None,
            best=index in winners,
            incomplete=value is not None and not comparison.complete(entry),
            spread=value.interquartile_range if value else None,
        )
        for index, (entry, value) in enumerate(zip(comparison.entries, values, strict=True))
    ]


def plain_cells(
    comparison: Comparison, column: Column, values: Sequence[float | None]
) -> list[Cell]:
    """Cells of a figure that does not depend on the machine."""
    winners = comparison.best(values, column.unit, column.direction, aggregate=True)
    return [
        Cell(
            value,
            best=index in winners,
            incomplete=value is not None and not comparison.complete(entry),
        )
        for index, (entry, value) in enumerate(zip(comparison.entries, values, strict=True))
    ]


def _best(
    comparison: Comparison, column: Column, values: Sequence[Spread | None]
) -> frozenset[int]:
    """Positions of the best median and of those whose quartiles reach the quartiles of the best."""
    medians = [value.median if value else None for value in values]
    first = comparison.best(medians, column.unit, column.direction, aggregate=True)
    top = next((values[index] for index in first), None)
    if top is None:
        return first
    low, high = top.quartiles
    near = {
        index
        for index, (entry, value) in enumerate(zip(comparison.entries, values, strict=True))
        if value is not None
        and comparison.competes(entry, aggregate=True)
        and value.quartiles[0] <= high
        and value.quartiles[1] >= low
    }
    return first | near
