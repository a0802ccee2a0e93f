"""Tables as Markdown."""

import re
from collections.abc import Iterable, Sequence

from vosbench.reports.table import Cell, Column, Row, Table, shown


def render_markdown(tables: Sequence[Table]) -> str:
    """Each table under its title, with its notes as a list below it.

    The best values are bold, quoted ones in italics.
    """
    return "\n".join(_table(table) for table in tables)


def _table(table: Table) -> str:
    columns = table.columns
    aligned = ["---" if column.unit == "text" else "---:" for column in columns]
    lines = [
        f"### {_escaped(table.title)}",
        "",
        _line(_escaped(column.title) for column in columns),
        _line(aligned),
        *(_row(row, columns) for row in table.rows),
        "",
        *_below(table),
    ]
    return "\n".join(lines) + "\n"


def _row(row: Row, columns: Sequence[Column]) -> str:
    return _line(_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, column: Column) -> str:
    text = _escaped(shown(cell, column))
    if cell.value is not None and (cell.best or cell.quoted):
        text = f"**{text}**" if cell.best else f"*{text}*"
    dagger = "†" if cell.incomplete else ""
    marks = ",".join(str(number) for number in cell.notes)
    return text + dagger + (f"<sup>{marks}</sup>" if marks else "")


def _below(table: Table) -> list[str]:
    cells = [cell for row in table.rows for cell in row.cells]
    lines = []
    if any(cell.best for cell in cells):
        lines.append(f"- **Bold**: best of its {table.best_of}, ties included.")
    if any(cell.quoted for cell in cells):
        lines.append("- *Italics*: quoted from publications, not measured here; never in bold.")
    lines += [f"- {_escaped(text)}" for text in table.footnotes]
    return lines + [
        f"- <sup>{number}</sup> {_escaped(text)}" for number, text in enumerate(table.notes, 1)
    ]


def _escaped(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line and in one cell."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
