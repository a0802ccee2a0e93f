"""Tables as LaTeX with booktabs, for a document to take in as they are."""

import itertools
import re
from collections.abc import Iterator, Sequence

from vosbench.reports.latex_characters import escaped
from vosbench.reports.layout import Placed, arranged
from vosbench.reports.presented import Looks, legend
from vosbench.reports.table import Row, Table, shown

_WIDTH = 85
"""Characters of the small size that fit between the margins of an article, about."""

_SIGN = 0.45
"""Width of a raised sign, about, in em."""


def render_latex(tables: Sequence[Table]) -> str:
    """One `table` environment each; the document needs the package booktabs and nothing else.

    The best values are bold; groups of columns are named and ruled apart; notes stand below. A
    table wider than a page is set in blocks of columns that repeat the first one.
    """
    return "\n".join("\n".join(_table(table)) + "\n" for table in tables)


def _table(table: Table) -> Iterator[str]:
    yield r"% needs \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"\centering"
    yield rf"\caption{{{escaped(table.title)}}}\smallskip"
    yield r"\small\setlength{\tabcolsep}{3pt}"
    for number, block in enumerate(arranged(table, _WIDTH, star="")):
        if number:
            yield r"\par\medskip"
        yield from _block(table, block)
    yield from _below(table)
    yield r"\end{table}"


def _block(table: Table, columns: Sequence[Placed]) -> Iterator[str]:
    yield rf"\begin{{tabular}}{{{_alignment(columns)}}}"
    yield r"\toprule"
    yield from _groups(columns)
    yield " & ".join(_heading(placed) for placed in columns) + r" \\"
    yield r"\midrule"
    for above, row in itertools.pairwise((None, *table.rows)):
        if row is not None:
            if above is not None and row.summary and not above.summary:
                yield r"\midrule"
            yield " & ".join(_cell(row, placed) for placed in columns) + r" \\"
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _alignment(columns: Sequence[Placed]) -> str:
    """Text to the left, numbers to the right, more room between groups."""
    letters = ""
    for before, placed in itertools.pairwise((None, *columns)):
        assert placed is not None
        if before and before.column.group and before.column.group != placed.column.group:
            letters += r"@{\hspace{2em}}"
        letters += "l" if placed.column.unit == "text" else "r"
    return letters


def _groups(columns: Sequence[Placed]) -> Iterator[str]:
    """A line that names groups, where there are several, and rules under the names."""
    spans = [
        (group, len(list(members)))
        for group, members in itertools.groupby(columns, lambda placed: placed.column.group)
    ]
    if len([group for group, _ in spans if group]) < 2:
        return
    heads, rules, start = [], [], 1
    for group, width in spans:
        heads.append(rf"\multicolumn{{{width}}}{{c}}{{{escaped(group)}}}" if group else "")
        if group:
            rules.append(rf"\cmidrule(lr){{{start}-{start + width - 1}}}")
        start += width
    yield " & ".join(heads) + r" \\"
    yield "".join(rules)


def _heading(placed: Placed) -> str:
    """A title; one of several lines is a table of its own."""
    if len(placed.heading) == 1:
        return escaped(placed.heading[0])
    side = "l" if placed.column.unit == "text" else "r"
    lines = r"\\".join(escaped(line) for line in placed.heading)
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{lines}\end{{tabular}}"


def _cell(row: Row, placed: Placed) -> str:
    """A value; all signs behind those of a column take the same room, so that digits align."""
    cell = row.cells[placed.index]
    text = escaped(shown(cell, placed.column))
    if isinstance(cell.value, int | float):
        text = re.sub(r"([-+])(?=\d)", r"$\1$", text)
    if cell.best:
        text = rf"\textbf{{{text}}}"
    behind = [rf"\mathrm{{{cell.letters}}}"] if cell.letters else []
    behind += [r"\dagger"] * cell.incomplete + [str(number) for number in cell.notes]
    signs = f"$^{{{','.join(behind)}}}$" if behind else ""
    if placed.signs < 2:
        return text + (rf"\rlap{{{signs}}}" if signs else "")  # the gap has room for one
    return text + rf"\makebox[{_SIGN * placed.signs:.1f}em][l]{{{signs}}}"


def _below(table: Table) -> Iterator[str]:
    lines = [f"{escaped(sign)}: {mean}" for sign, mean in legend(table, Looks(best="Bold"))]
    lines += [escaped(text) for text in table.footnotes]
    lines += [f"$^{{{number}}}$ {escaped(text)}" for number, text in enumerate(table.notes, 1)]
    if lines:
        yield r"\par\medskip"
        yield r"\begin{minipage}{\linewidth}\footnotesize\raggedright"
        yield "\\par\n".join(lines)
        yield r"\end{minipage}"
