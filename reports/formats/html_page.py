"""Tables on an HTML page of their own: one file, nothing loaded, light and dark."""

from collections.abc import Sequence
from html import escape

from vosbench.one_line import one_line
from vosbench.reports.formats.html_table import render_html
from vosbench.reports.table import Table

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --page: #fff; --quiet: #5c5c66; --line: #c9c9d1; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6ea; --page: #17171a; --quiet: #a3a3ad; --line: #45454d; }
}
body { margin: 1.5rem; color: var(--ink); background: var(--page);
  font: 15px/1.45 system-ui, sans-serif; }
section { margin: 0 0 3rem; }
.vb-scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums;
  border-bottom: 2px solid var(--ink); }
caption { padding: 0 0 .5rem; text-align: left; font-weight: 600; font-size: 1.15em; }
th, td { padding: .2rem .6rem; text-align: left; vertical-align: top; font-weight: 400;
  white-space: nowrap; }
thead { border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); }
thead th { vertical-align: bottom; }
.vb-groups th { text-align: center; color: var(--quiet); }
th:first-child { position: sticky; left: 0; background: var(--page); }
.vb-long { min-width: 18em; white-space: normal; overflow-wrap: anywhere; }
.vb-number { text-align: right; }
.vb-edge { border-left: 1px solid var(--line); }
tbody tr:hover > * { background: color-mix(in srgb, var(--ink) 7%, var(--page)); }
tfoot, tr:not(.vb-summary) + .vb-summary { border-top: 1px solid var(--line); }
.vb-best { font-weight: 700; }
.vb-quoted { font-style: italic; color: var(--quiet); }
.vb-missing { color: var(--quiet); }
sup { font-size: .75em; line-height: 0; font-weight: 400; }
.vb-marks { display: inline-block; text-align: left; }
a { color: inherit; }
.vb-notes { max-width: 60rem; padding: 0; list-style: none; color: var(--quiet); font-size: .9em; }
@media print { body { margin: 0; } .vb-scroll { overflow: visible; } }
"""


def render_html_page(tables: Sequence[Table]) -> str:
    """`tables` as a page that opens anywhere; its title is that of the first."""
    title = escape(one_line(tables[0].title)) if tables else "vosbench"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{render_html(tables)}</body>\n</html>\n"
    )
