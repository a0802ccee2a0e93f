"""Cells of means over objects: with interval or bounds, rank, letters, and what they are of."""

from collections.abc import Sequence

from vosbench.reports.compared.bounds import final_bounds
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.estimates import mean_intervals
from vosbench.reports.compared.standing import Standings
from vosbench.reports.table import Cell, Subject


def mean_cells(
    comparison: Comparison,
    figure: str,
    found: Standings,
    *,
    sequences: Sequence[str] | None = None,
) -> list[Cell]:
    """One cell an entry; marked as best are the best and all that is not told from it.

    What is incomplete has no interval, but the bounds of what it will be.

    Args:
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        found: standings by this figure over the same sequences.
        sequences: that the means are over; all of the comparison unless given.
    """
    names = comparison.sequences if sequences is None else tuple(sequences)
    intervals = mean_intervals(comparison, figure, names)
    cells = []
    for place, entry in enumerate(comparison.entries):
        value = entry.mean(figure, names)
        cells.append(
            Cell(
                value,
                best=found.each[place].top,
                quoted=entry.quoted,
                incomplete=value is not None and not comparison.complete(entry),
                interval=intervals[place],
                n=None if value is None else entry.scored(names),
                rank=found.each[place].rank,
                letters=found.each[place].letters,
                bounds=None if value is None else final_bounds(comparison, entry, figure, names),
                about=subject(entry),
            )
        )
    return cells


def subject(entry: Entry, sequence: str = "") -> Subject:
    """What a cell of an entry is about."""
    return Subject(entry.title, entry.manifest.run if entry.manifest else "", sequence)
