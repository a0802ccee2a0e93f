"""Tables in the formats that vosbench writes."""

from collections.abc import Sequence
from dataclasses import replace

from vosbench.errors import UsageError
from vosbench.one_line import one_line
from vosbench.reports.flat import render_csv, render_json
from vosbench.reports.latex import render_latex
from vosbench.reports.markdown import render_markdown
from vosbench.reports.table import Cell, Table
from vosbench.reports.text import render_text
from vosbench.wording import suggestion

FORMATS = ("text", "md", "latex", "csv", "json")


def render(
    tables: Sequence[Table],
    format: str,  # noqa: A002
    *,
    width: int = 100,
    ansi: bool = False,
) -> str:
    """`tables` as one text that ends with a line break.

    Args:
        format: one of `FORMATS`. CSV and JSON hold the tidy rows of all tables under one header.
        width: characters a line, for `"text"`.
        ansi: whether `"text"` may use bold and dim print, as a terminal understands them.

    Raises:
        UsageError: no such format.
    """
    if format not in FORMATS:
        raise UsageError(
            f"no format {format!r}{suggestion(format, FORMATS)}; "
            f"the formats are {', '.join(FORMATS)}"
        )
    if format == "csv":
        return render_csv(tables)
    if format == "json":
        return render_json(tables)
    shown = [_shown(table) for table in tables]
    if format == "text":
        return render_text(shown, width=width, ansi=ansi)
    return render_markdown(shown) if format == "md" else render_latex(shown)


def _shown(table: Table) -> Table:
    """`table` with all that a reader sees of it on one line each; labels may hold anything."""
    return replace(
        table,
        title=one_line(table.title),
        columns=tuple(replace(each, title=one_line(each.title)) for each in table.columns),
        rows=tuple(
            replace(row, cells=tuple(_shown_cell(cell) for cell in row.cells)) for row in table.rows
        ),
        notes=tuple(one_line(text) for text in table.notes),
        footnotes=tuple(one_line(text) for text in table.footnotes),
    )


def _shown_cell(cell: Cell) -> Cell:
    return replace(cell, value=one_line(cell.value)) if isinstance(cell.value, str) else cell
