"""Which columns of a table stand side by side, and how wide each is, in characters."""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from vosbench.reports.table import Cell, Column, Table, shown, stacked

GAP = "  "
"""Between columns."""

BAR = " │ "
"""Between groups of columns."""

_RAISED = str.maketrans(
    "0123456789abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)


@dataclass(frozen=True)
class Placed:
    """A column and the room it takes.

    Attributes:
        index: its place in the table.
        heading: lines of its title.
        values: width of its longest value, or line of one.
        signs: width of the longest signs behind a value.
        limit: longer text is broken into lines of about so many characters.
    """

    index: int
    column: Column
    heading: tuple[str, ...]
    values: int
    signs: int
    limit: int

    def lines(self, text: str) -> list[str]:
        """A value of this column in lines; those after the first are indented."""
        return _lines(text, self.column, self.limit)

    @property
    def width(self) -> int:
        """Characters that the column takes."""
        return max(self.values + self.signs, *(cells_taken(line) for line in self.heading))


def arranged(table: Table, width: int, star: str) -> list[tuple[Placed, ...]]:
    """The columns in blocks of at most `width` characters, each with the first column before it.

    Groups stay whole where they can. A block of one column may be wider. Text takes two fifths of
    the width at most, unless one word is longer.

    Args:
        star: sign of the best value; empty where it is marked otherwise.
    """
    limit = width * 2 // 5
    first, *others = [_placed(table, index, star, limit) for index in range(len(table.columns))]
    blocks: list[list[Placed]] = []
    room = width - first.width
    for _, members in itertools.groupby(others, lambda placed: placed.column.group):
        for part in _parts(list(members), room):
            if blocks and _taken([*blocks[-1], *part]) <= room:
                blocks[-1] += part
            else:
                blocks.append(part)
    return [(first, *block) for block in blocks]


def signs(cell: Cell, star: str) -> str:
    """What stands behind the value of a cell: letters of its group, best, incomplete, notes."""
    return (
        raised(cell.letters)
        + (star if cell.best else "")
        + ("†" if cell.incomplete else "")
        + ",".join(raised(str(number)) for number in cell.notes)
    )


def raised(text: str) -> str:
    """Digits and small letters as signs behind a value; other characters stay as they are.

    >>> raised("12"), raised("ab")
    ('¹²', 'ᵃᵇ')
    """
    return text.translate(_RAISED)


def cells_taken(text: str) -> int:
    """Room that a text takes in a terminal: two cells for each wide character, none for marks.

    >>> cells_taken("blackswan"), cells_taken("黒鳥"), cells_taken("e\u0301")
    (9, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def to_left(text: str, width: int) -> str:
    """A text with blanks behind it, as wide as a column."""
    return text + " " * (width - cells_taken(text))


def to_right(text: str, width: int) -> str:
    """A text with blanks before it, as wide as a column."""
    return " " * (width - cells_taken(text)) + text


def _lines(text: str, column: Column, limit: int) -> list[str]:
    if column.unit != "text" or cells_taken(text) <= limit:
        return [text]
    first, *others = stacked(text, limit)
    return [first, *(f"  {line}" for line in others)]


def _placed(table: Table, index: int, star: str, limit: int) -> Placed:
    column = table.columns[index]
    cells = [row.cells[index] for row in table.rows]
    lines = [line for cell in cells for line in _lines(shown(cell, column), column, limit)]
    return Placed(
        index,
        column,
        tuple(stacked(column.title)) if index else (column.title,),
        max(map(cells_taken, lines), default=0),
        max((cells_taken(signs(cell, star)) for cell in cells), default=0),
        limit,
    )


def _parts(group: list[Placed], room: int) -> list[list[Placed]]:
    """A group in as few parts as fit, of about the same number of columns."""
    for count in range(1, len(group)):
        size = -(-len(group) // count)
        parts = [group[start : start + size] for start in range(0, len(group), size)]
        if all(_taken(part) <= room for part in parts):
            return parts
    return [[placed] for placed in group]


def _taken(columns: Sequence[Placed]) -> int:
    """Characters that columns take behind the first one."""
    borders = sum(
        one.column.group != other.column.group for one, other in itertools.pairwise(columns)
    )
    gaps = len(GAP) * len(columns) + (len(BAR) - len(GAP)) * borders
    return gaps + sum(placed.width for placed in columns)
