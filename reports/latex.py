"""Tables as LaTeX with booktabs, for a document to take in as they are."""

import itertools
from collections.abc import Iterator, Sequence

from vosbench.reports.table import Cell, Column, Row, Table, stacked, written

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "[": "{[}",  # a row that begins with one would give the line break an argument
    "]": "{]}",
    "*": "{*}",
    "–": "--",
    "…": r"\dots{}",
    "†": r"$^\dagger$",
    "×": r"$\times$",
}

_MANY = 9
"""Tables with more columns than this are set small."""


def render_latex(tables: Sequence[Table]) -> str:
    """One `table` environment each; the document needs the package booktabs and nothing else.

    The best values are bold; groups of columns are named and ruled apart; notes hang below.
    """
    return "\n".join("\n".join(_table(table)) + "\n" for table in tables)


def escaped(text: str) -> str:
    r"""`text` so that LaTeX prints it as it is.

    >>> print(escaped("a_b%&"))
    a\_b\%\&
    """
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))


def _table(table: Table) -> Iterator[str]:
    yield r"% needs \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"\centering"
    yield rf"\caption{{{escaped(table.title)}}}"
    wide = len(table.columns) > _MANY
    if wide:
        yield r"\footnotesize\setlength{\tabcolsep}{3pt}"
    yield rf"\begin{{tabular}}{{{_alignment(table.columns)}}}"
    yield r"\toprule"
    yield from _groups(table)
    yield " & ".join(_heading(column, 6 if wide else 12) for column in table.columns) + r" \\"
    yield r"\midrule"
    for above, row in itertools.pairwise((None, *table.rows)):
        if row is not None:
            if above is not None and row.summary and not above.summary:
                yield r"\midrule"
            yield _row(row, table.columns)
    yield r"\bottomrule"
    yield r"\end{tabular}"
    yield from _below(table)
    yield r"\end{table}"


def _alignment(columns: Sequence[Column]) -> str:
    """Text to the left, numbers to the right, more room between groups."""
    letters = ["l" if column.unit == "text" else "r" for column in columns]
    for index in range(2, len(columns)):
        if columns[index].group != columns[index - 1].group:
            letters[index] = r"@{\hspace{2em}}" + letters[index]
    return "".join(letters)


def _groups(table: Table) -> Iterator[str]:
    """A line that names groups, where there are several, and rules under the names."""
    spans = [
        (group, len(list(columns)))
        for group, columns in itertools.groupby(table.columns, lambda column: column.group)
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


def _heading(column: Column, width: int) -> str:
    """A title; long ones are broken so that a column is not much wider than its numbers."""
    lines = stacked(column.title, width) if column.unit != "text" else [column.title]
    if len(lines) == 1:
        return escaped(column.title)
    inner = r"\\".join(escaped(line) for line in lines)
    return rf"\begin{{tabular}}[b]{{@{{}}r@{{}}}}{inner}\end{{tabular}}"


def _row(row: Row, columns: Sequence[Column]) -> str:
    cells = (_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))
    return " & ".join(cells) + r" \\"


def _cell(cell: Cell, column: Column) -> str:
    """A value; marks take no room, so that the digits stay aligned."""
    text = escaped(written(cell.value, cell.unit or column.unit))
    if isinstance(cell.value, int | float) and text.startswith("-"):
        text = f"${text[0]}${text[1:]}"
    if cell.best:
        text = rf"\textbf{{{text}}}"
    marks = [r"\dagger"] * cell.incomplete + [str(number) for number in cell.notes]
    return text + (rf"\rlap{{$^{{{','.join(marks)}}}$}}" if marks else "")


def _below(table: Table) -> Iterator[str]:
    cells = [cell for row in table.rows for cell in row.cells]
    lines = []
    if any(cell.best for cell in cells):
        lines.append(f"Bold: best of its {table.best_of}, ties included.")
    lines += [escaped(text) for text in table.footnotes]
    lines += [f"$^{{{number}}}$ {escaped(text)}" for number, text in enumerate(table.notes, 1)]
    if lines:
        yield r"\par\medskip"
        yield r"\begin{minipage}{\linewidth}\footnotesize\raggedright"
        yield "\\par\n".join(lines)
        yield r"\end{minipage}"
