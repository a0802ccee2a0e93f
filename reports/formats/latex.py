"""Tables as LaTeX with booktabs, for a document to take in as they are."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vosbench.reports.formats.latex_characters import escaped
from vosbench.reports.formats.layout import Placed, arranged
from vosbench.reports.formats.presented import Looks, legend
from vosbench.reports.table import Row, Table, shown

_WIDTH = 80
"""Characters of the small size that fit between the margins of an article, about."""

_NOTE_WIDTH = 95
"""Characters of the size of notes, likewise."""

_HEIGHT = 46
"""Lines of the small size that fit on a page of an article below a caption, about."""

_SIGN = 0.45
"""Width of a raised sign, about, in em."""


@dataclass(frozen=True)
class _Box:
    """What is set as one piece, and the lines that it takes on a page."""

    source: tuple[str, ...]
    height: int


def render_latex(tables: Sequence[Table]) -> str:
    """`table` environments; the document needs the package booktabs and nothing else.

    The best values are bold; groups of columns are named and ruled apart; notes stand below. A
    table wider than a page is set in blocks of columns that repeat the first one; one longer than
    a page goes on in another environment under the same number.
    """
    return "\n".join("\n".join(_table(table)) + "\n" for table in tables)


def _table(table: Table) -> Iterator[str]:
    boxes = [box for block in arranged(table, _WIDTH, star="") for box in _boxes(table.rows, block)]
    yield r"% needs \usepackage{booktabs}"
    for number, page in enumerate(_pages([*boxes, *_below(table)])):
        yield r"\begin{table}"
        if number:
            yield r"\addtocounter{table}{-1}"
        yield r"\centering"
        yield rf"\caption{{{escaped(table.title)}{', continued' if number else ''}}}\smallskip"
        yield r"\small\setlength{\tabcolsep}{3pt}"
        for place, box in enumerate(page):
            if place:
                yield r"\par\medskip"
            yield from box.source
        yield r"\end{table}"


def _pages(boxes: Iterable[_Box]) -> list[list[_Box]]:
    """Boxes in order, on as few pages as hold them."""
    pages: list[list[_Box]] = []
    for box in boxes:
        if pages and sum(above.height for above in pages[-1]) + box.height <= _HEIGHT:
            pages[-1].append(box)
        else:
            pages.append([box])
    return pages


def _boxes(rows: Sequence[Row], columns: Sequence[Placed]) -> Iterator[_Box]:
    """All rows of some columns; in several boxes, each with its heading, where one is too long."""
    groups = list(_groups(columns))
    head = max(len(placed.heading) for placed in columns) + bool(groups) + 2  # and the rules
    chunk: list[Row] = []
    height = head
    for row in rows:
        taken = max(len(placed.lines(_text(row, placed))) for placed in columns)
        if chunk and height + taken > _HEIGHT:
            yield _Box(tuple(_block(chunk, columns, groups)), height)
            chunk, height = [], head
        chunk.append(row)
        height += taken
    yield _Box(tuple(_block(chunk, columns, groups)), height)


def _block(rows: Sequence[Row], columns: Sequence[Placed], groups: Sequence[str]) -> Iterator[str]:
    yield rf"\begin{{tabular}}{{{_alignment(columns)}}}"
    yield r"\toprule"
    yield from groups
    yield " & ".join(_heading(placed) for placed in columns) + r" \\"
    yield r"\midrule"
    for above, row in itertools.pairwise((None, *rows)):
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
            letters += r"@{\hspace{1.2em}}"
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
    text = _value(_text(row, placed), placed)
    if isinstance(cell.value, int | float):
        text = re.sub(r"([-+])(?=\d)", r"$\1$", text)
    if cell.best:
        text = rf"\textbf{{{text}}}"
    behind = [rf"\mathrm{{{cell.letters}}}"] if cell.letters else []
    behind += [r"\dagger"] * cell.incomplete + [str(number) for number in cell.notes]
    signs = f"$^{{{','.join(behind)}}}$" if behind else ""
    if placed.column.unit == "text":
        return text + signs
    if placed.signs < 2:
        return text + (rf"\rlap{{{signs}}}" if signs else "")  # the gap has room for one
    return text + rf"\makebox[{_SIGN * placed.signs:.1f}em][l]{{{signs}}}"


def _text(row: Row, placed: Placed) -> str:
    return shown(row.cells[placed.index], placed.column)


def _value(text: str, placed: Placed) -> str:
    """A value; one of several lines is a table of its own."""
    first, *others = placed.lines(text)
    if not others:
        return escaped(first)
    lines = r"\\".join([escaped(first), *(rf"\quad {escaped(line)}" for line in others)])
    return rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{lines}\end{{tabular}}"


def _below(table: Table) -> Iterator[_Box]:
    """All that is said under a table, if anything is."""
    lines = [
        f"{escaped(sign)}: {escaped(says)}" for sign, says in legend(table, Looks(best="Bold"))
    ]
    lines += [escaped(text) for text in table.footnotes]
    lines += [f"$^{{{number}}}$ {escaped(text)}" for number, text in enumerate(table.notes, 1)]
    if lines:
        source = (
            r"\begin{minipage}{\linewidth}\footnotesize\raggedright",
            "\\par\n".join(lines),
            r"\end{minipage}",
        )
        count = sum(-(-len(line) // _NOTE_WIDTH) for line in lines)
        yield _Box(source, 1 + -(-count * 9 // 10))  # of the smaller size
