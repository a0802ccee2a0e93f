"""What every format meant for readers does to a table first, and the signs that it explains."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vosbench.one_line import one_line
from vosbench.reports.table import Cell, Notes, Row, Table


def presented(table: Table) -> Table:
    """`table` as readers get it: all text on one line, and flags of cells as notes.

    A flag becomes a note of its own, numbered behind those that the table has; labels and names
    may hold anything, so characters that a page or a terminal would obey are replaced.
    """
    notes = Notes()
    numbers = {number: notes.number(one_line(text)) for number, text in enumerate(table.notes, 1)}
    rows = tuple(
        replace(row, cells=tuple(_presented(cell, numbers, notes) for cell in row.cells))
        for row in table.rows
    )
    return replace(
        table,
        title=one_line(table.title),
        columns=tuple(
            replace(each, title=one_line(each.title), group=one_line(each.group))
            for each in table.columns
        ),
        rows=rows,
        notes=notes.texts(),
        footnotes=tuple(one_line(text) for text in table.footnotes),
        best_means=one_line(table.best_means),
    )


def _presented(cell: Cell, numbers: dict[int, int], notes: Notes) -> Cell:
    value = one_line(cell.value) if isinstance(cell.value, str) else cell.value
    said = [numbers[number] for number in cell.notes]
    said += [notes.number(one_line(flag)) for flag in cell.flags]
    return replace(cell, value=value, notes=tuple(dict.fromkeys(said)), flags=())


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How a format shows what is special about a value, as its explanation begins.

    Attributes:
        best: of the best; such as `"Bold"`.
        quoted: of quoted values; empty where they look like the others.
    """

    best: str
    quoted: str = ""


def legend(table: Table, looks: Looks) -> Iterator[tuple[str, str]]:
    """The signs that a presented table uses, each with what it means."""
    cells = [cell for row in table.rows for cell in row.cells]
    if any(cell.best for cell in cells):
        yield looks.best, table.best_means or f"best of its {table.best_of}, ties included."
    if looks.quoted and any(cell.quoted for cell in cells):
        never = "" if any(cell.best and cell.quoted for cell in cells) else "; never in bold"
        yield looks.quoted, f"quoted from publications, not measured here{never}."
    if any(cell.bounds for cell in cells):
        yield "‹a, b›", "the least and the most that the final value of an incomplete run can be."


def summary_start(rows: tuple[Row, ...]) -> int:
    """Where the summary rows begin that end a table; the number of rows if there are none."""
    start = len(rows)
    while start and rows[start - 1].summary:
        start -= 1
    return start
