"""Tables in the formats that vosbench writes."""

from collections.abc import Sequence

from vosbench.errors import UsageError
from vosbench.reports.flat import render_csv, render_json
from vosbench.reports.latex import render_latex
from vosbench.reports.markdown import render_markdown
from vosbench.reports.table import Table
from vosbench.reports.text import render_text
from vosbench.settings import suggestion

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
    if format == "text":
        return render_text(tables, width=width, ansi=ansi)
    if format not in FORMATS:
        raise UsageError(
            f"no format {format!r}{suggestion(format, FORMATS)}; "
            f"the formats are {', '.join(FORMATS)}"
        )
    renderers = {
        "md": render_markdown,
        "latex": render_latex,
        "csv": render_csv,
        "json": render_json,
    }
    return renderers[format](tables)
