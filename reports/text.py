"""Tables for reading in a terminal."""

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vosbench.reports.table import Cell, Column, Row, Table, stacked, written

_GAP = "  "
_BAR = " │ "
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True)
class _Measured:
    """A column and the room it takes.

    Attributes:
        index: its place in the table.
        heading: lines of its title.
        number: width of its values.
        marks: width of the signs behind its values.
    """

    index: int
    column: Column
    heading: tuple[str, ...]
    number: int
    marks: int

    @property
    def width(self) -> int:
        return max(self.number + self.marks, *(len(line) for line in self.heading))


def render_text(tables: Sequence[Table], *, width: int, ansi: bool) -> str:
    """Each table with its title above and its notes below, in lines of `width` characters.

    A table too wide is printed in blocks of columns that repeat the first one. The best values
    carry a star, or are bold in `ansi`; quoted ones are dim in `ansi`.
    """
    return "\n".join("\n".join(_table(table, width, ansi)) + "\n" for table in tables)


def _table(table: Table, width: int, ansi: bool) -> Iterator[str]:
    yield f"{_BOLD}{table.title}{_PLAIN}" if ansi else table.title
    first, *others = [_measure(table, index, ansi) for index in range(len(table.columns))]
    for block in _blocks(others, width - first.width - len(_GAP)):
        yield ""
        yield from _block(table, (first, *block), ansi)
    below = list(_below(table, ansi))
    if below:
        yield ""
    for text in below:
        yield from textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)


def _measure(table: Table, index: int, ansi: bool) -> _Measured:
    column = table.columns[index]
    cells = [row.cells[index] for row in table.rows]
    return _Measured(
        index,
        column,
        tuple(stacked(column.title)) if index else (column.title,),
        max((len(_value(cell, column)) for cell in cells), default=0),
        max((len(_marks(cell, ansi)) for cell in cells), default=0),
    )


def _blocks(columns: Sequence[_Measured], room: int) -> list[list[_Measured]]:
    """Columns in blocks that fit into `room`; groups stay whole where they can."""
    blocks: list[list[_Measured]] = []
    for _, members in itertools.groupby(columns, lambda measured: measured.column.group):
        for part in _parts(list(members), room):
            if blocks and _taken([*blocks[-1], *part]) <= room:
                blocks[-1] += part
            else:
                blocks.append(part)
    return blocks


def _parts(group: list[_Measured], room: int) -> list[list[_Measured]]:
    """A group in as few parts as fit, of about the same number of columns."""
    for count in range(1, len(group)):
        size = -(-len(group) // count)
        parts = [group[start : start + size] for start in range(0, len(group), size)]
        if all(_taken(part) <= room for part in parts):
            return parts
    return [[column] for column in group]


def _taken(columns: Sequence[_Measured]) -> int:
    return sum(len(_GAP) + measured.width for measured in columns) + (len(_BAR) - len(_GAP)) * sum(
        one.column.group != other.column.group for one, other in itertools.pairwise(columns)
    )


def _block(table: Table, columns: Sequence[_Measured], ansi: bool) -> Iterator[str]:
    height = max(len(measured.heading) for measured in columns)
    for line in range(height):
        yield _joined(columns, [_head(measured, line - height) for measured in columns], _BAR)
    rule = _joined(columns, ["─" * measured.width for measured in columns], "─┼─", "──")
    yield rule
    for above, row in itertools.pairwise((None, *table.rows)):
        if row is not None:
            if above is not None and row.summary and not above.summary:
                yield rule
            yield _joined(columns, [_shown(row, measured, ansi) for measured in columns], _BAR)


def _joined(columns: Sequence[_Measured], texts: Sequence[str], bar: str, gap: str = _GAP) -> str:
    """Texts side by side, with a bar where a group of columns ends."""
    line = texts[0]
    for (before, measured), text in zip(itertools.pairwise(columns), texts[1:], strict=True):
        ended = before.column.group and before.column.group != measured.column.group
        line += (bar if ended else gap) + text
    return line.rstrip()


def _head(measured: _Measured, line: int) -> str:
    """Line of a heading, counted from its bottom (-1), in the width of the column."""
    text = measured.heading[line] if -line <= len(measured.heading) else ""
    if measured.column.unit == "text":
        return text.ljust(measured.width)
    return text.rjust(measured.width)


def _shown(row: Row, measured: _Measured, ansi: bool) -> str:
    """A cell in the width of its column: values end, and marks begin, under each other."""
    cell = row.cells[measured.index]
    value, marks = _value(cell, measured.column), _marks(cell, ansi)
    if measured.column.unit == "text":
        return (value + marks).ljust(measured.width)
    before = " " * (measured.width - measured.marks - len(value))
    if ansi and (cell.best or cell.quoted):
        value = f"{_BOLD if cell.best else _DIM}{value}{_PLAIN}"
    return before + value + marks.ljust(measured.marks)


def _value(cell: Cell, column: Column) -> str:
    return written(cell.value, cell.unit or column.unit)


def _marks(cell: Cell, ansi: bool) -> str:
    star = "*" if cell.best and not ansi else ""
    dagger = "†" if cell.incomplete else ""
    return star + dagger + ",".join(str(number).translate(_SUPERSCRIPT) for number in cell.notes)


def _below(table: Table, ansi: bool) -> Iterator[str]:
    cells = [cell for row in table.rows for cell in row.cells]
    if any(cell.best for cell in cells):
        yield f"{'Bold:' if ansi else '*'} best of its {table.best_of}, ties included."
    yield from table.footnotes
    for number, text in enumerate(table.notes, 1):
        yield f"{str(number).translate(_SUPERSCRIPT)} {text}"
