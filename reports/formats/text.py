"""Tables for reading in a terminal."""

import itertools
import textwrap
from collections.abc import Iterator, Sequence

from vosbench.reports.formats.layout import (
    BAR,
    GAP,
    Placed,
    arranged,
    cells_taken,
    raised,
    signs,
    to_left,
    to_right,
)
from vosbench.reports.formats.presented import Looks, legend
from vosbench.reports.table import Row, Table, shown

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render_text(tables: Sequence[Table], *, width: int, ansi: bool) -> str:
    """Each table with its title above and its notes below, in lines of `width` characters.

    A footnote that the next table has too is printed there only. A table too wide is printed in
    blocks of columns that repeat the first one. The best values carry a star, or are bold in
    `ansi`; quoted ones are dim in `ansi`.
    """
    following = [*tables[1:], None]
    return "\n".join(
        "\n".join(_table(table, after.footnotes if after else (), width, ansi)) + "\n"
        for table, after in zip(tables, following, strict=True)
    )


def _table(table: Table, later: Sequence[str], width: int, ansi: bool) -> Iterator[str]:
    for line in _wrapped(table.title, width):
        yield f"{_BOLD}{line}{_PLAIN}" if ansi else line
    for block in arranged(table, width, "" if ansi else "*"):
        yield ""
        yield from _block(table, block, ansi)
    below = list(_below(table, later, ansi))
    if below:
        yield ""
    for text in below:
        yield from _wrapped(text, width)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)


def _block(table: Table, columns: Sequence[Placed], ansi: bool) -> Iterator[str]:
    height = max(len(placed.heading) for placed in columns)
    for line in range(-height, 0):
        yield _joined(columns, [_head(placed, line) for placed in columns], BAR)
    rule = _joined(columns, ["─" * placed.width for placed in columns], "─┼─", "──")
    yield rule
    for above, row in itertools.pairwise((None, *table.rows)):
        if row is not None:
            if above is not None and row.summary and not above.summary:
                yield rule
            yield from _lines(row, columns, ansi)


def _lines(row: Row, columns: Sequence[Placed], ansi: bool) -> Iterator[str]:
    """A row; it has several lines where text was too long for one."""
    shown_cells = [_shown(row, placed, ansi) for placed in columns]
    for texts in itertools.zip_longest(*shown_cells):
        filled = [
            " " * placed.width if text is None else text
            for text, placed in zip(texts, columns, strict=True)
        ]
        yield _joined(columns, filled, BAR)


def _joined(columns: Sequence[Placed], texts: Sequence[str], bar: str, gap: str = GAP) -> str:
    """Texts side by side, with a bar where a group of columns ends."""
    line = texts[0]
    for (before, placed), text in zip(itertools.pairwise(columns), texts[1:], strict=True):
        ended = before.column.group and before.column.group != placed.column.group
        line += (bar if ended else gap) + text
    return line.rstrip()


def _head(placed: Placed, line: int) -> str:
    """Line of a heading, counted from its bottom (-1), in the width of the column."""
    text = placed.heading[line] if -line <= len(placed.heading) else ""
    aligned = to_left if placed.column.unit == "text" else to_right
    return aligned(text, placed.width)


def _shown(row: Row, placed: Placed, ansi: bool) -> list[str]:
    """Lines of a cell in the width of its column: values end, and signs begin, at one place."""
    cell = row.cells[placed.index]
    text, behind = shown(cell, placed.column), signs(cell, "" if ansi else "*")
    if placed.column.unit == "text":
        *others, last = placed.lines(text)
        return [to_left(line, placed.width) for line in (*others, last + behind)]
    before = " " * (placed.width - placed.signs - cells_taken(text))
    if ansi and (cell.best or cell.quoted):
        text = f"{_BOLD if cell.best else _DIM}{text}{_PLAIN}"
    return [before + text + to_left(behind, placed.signs)]


def _below(table: Table, later: Sequence[str], ansi: bool) -> Iterator[str]:
    for sign, meaning in legend(table, Looks(best="Bold" if ansi else "*")):
        yield f"{sign} {meaning}" if sign == "*" else f"{sign}: {meaning}"
    yield from (text for text in table.footnotes if text not in later)
    for number, text in enumerate(table.notes, 1):
        yield f"{raised(str(number))} {text}"
