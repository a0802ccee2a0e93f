"""Tables as Markdown."""

import re
from collections.abc import Iterable, Sequence

from vosbench.reports.formats.layout import Placed, arranged
from vosbench.reports.formats.presented import Looks, legend
from vosbench.reports.table import Cell, Column, Row, Table, shown

_WIDTH = 170
"""Characters of a line that pages show without scrolling, about; wider tables come in blocks."""


def render_markdown(tables: Sequence[Table]) -> str:
    """Each table under its title, with its notes as a list below it.

    The best values are bold, quoted ones in italics.
    """
    return "\n".join(_table(table) for table in tables)


def _table(table: Table) -> str:
    blocks = (_block(table, placed) for placed in arranged(table, _WIDTH, star=""))
    lines = [f"### {escaped(table.title)}", ""]
    for block in blocks:
        lines += [*block, ""]
    return "\n".join([*lines, *_below(table)]) + "\n"


def _block(table: Table, columns: Sequence[Placed]) -> list[str]:
    aligned = ["---" if placed.column.unit == "text" else "---:" for placed in columns]
    return [
        _line(escaped(placed.column.title) for placed in columns),
        _line(aligned),
        *(_row(row, columns) for row in table.rows),
    ]


def _row(row: Row, columns: Sequence[Placed]) -> str:
    return _line(_cell(row.cells[placed.index], placed.column) for placed in columns)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, column: Column) -> str:
    text = escaped(shown(cell, column))
    if cell.value is not None and (cell.best or cell.quoted):
        text = f"**{text}**" if cell.best else f"*{text}*"
    dagger = "†" if cell.incomplete else ""
    marks = ",".join([*([cell.letters] if cell.letters else []), *map(str, cell.notes)])
    return text + dagger + (f"<sup>{marks}</sup>" if marks else "")


def _below(table: Table) -> list[str]:
    looks = Looks(best="**Bold**", quoted="*Italics*")
    lines = [f"- {sign}: {escaped(meaning)}" for sign, meaning in legend(table, looks)]
    lines += [f"- {escaped(text)}" for text in table.footnotes]
    return lines + [
        f"- <sup>{number}</sup> {escaped(text)}" for number, text in enumerate(table.notes, 1)
    ]


def escaped(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line and in one cell."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
