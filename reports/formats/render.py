"""Tables in the formats that vosbench writes."""

from collections.abc import Sequence

from vosbench.errors import UsageError
from vosbench.reports.formats.flat import render_csv, render_json, render_json_table
from vosbench.reports.formats.html_page import render_html_page
from vosbench.reports.formats.latex import render_latex
from vosbench.reports.formats.markdown import render_markdown
from vosbench.reports.formats.presented import presented
from vosbench.reports.formats.text import render_text
from vosbench.reports.table import Table
from vosbench.wording import suggestion

FORMATS = ("text", "md", "latex", "html", "csv", "json", "json-table")


def render(
    tables: Sequence[Table],
    format: str,  # noqa: A002
    *,
    width: int = 100,
    ansi: bool = False,
) -> str:
    """`tables` as one text that ends with a line break.

    Args:
        format: one of `FORMATS`. `"csv"` and `"json"` hold the tidy rows of all tables under one
            header, `"json-table"` the tables as they are.
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
    data = {"csv": render_csv, "json": render_json, "json-table": render_json_table}
    if format in data:
        return data[format](tables)
    if format == "html":
        return render_html_page(tables)
    shown = [presented(table) for table in tables]
    if format == "text":
        return render_text(shown, width=width, ansi=ansi)
    return render_markdown(shown) if format == "md" else render_latex(shown)
