"""The one table that every report builds and every format renders."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vosbench.reports.formats.digits import rate, spread_with_digits, with_digits

Value = str | int | float | None
"""What a cell or a field of a tidy row holds; None where there is nothing to show."""

NOTHING = "–"
"""How a cell without a value is shown."""

MEASURES: Mapping[str, float] = {
    "fps": 1.0,
    "seconds": 1.0,
    "milliseconds": 1000.0,  # of seconds
    "gibibytes": 2.0**-30,  # of bytes
    "joules": 1.0,
    "times": 1.0,
}
"""Units of what was measured, and what values are multiplied with to be shown in them."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: short name, unique in its table.
        title: as a reader sees it.
        unit: how its values are written: `"text"`, `"percent"` (fractions × 100, one decimal),
            `"points"` (the same with two decimals, for what is added up), `"gain"` (one, with its
            sign), `"hours"`, `"count"` or one of `MEASURES`.
        direction: `"up"` if higher is better, `"down"` if lower is, empty if neither.
        group: columns of one group stand together, set apart from the next group.
        spreads: whether the spread of a value is written behind it.
    """

    key: str
    title: str
    unit: str = "text"
    direction: str = ""
    group: str = ""
    spreads: bool = False


@dataclass(frozen=True)
class Subject:
    """What a cell or a tidy row is about, so that pages can lead there; empty where it is of all.

    Attributes:
        title: of the entry (see `vosbench.reports.compared.entries.Entry`).
        run: name of the run folder; empty for quoted figures.
        sequence: name.
        object_id: of one object.
        frame: index of one frame.
    """

    title: str = ""
    run: str = ""
    sequence: str = ""
    object_id: int | None = None
    frame: int | None = None


@dataclass(frozen=True)
class Cell:
    """One value and what has to be said about it.

    Attributes:
        value: a fraction, a rate, a number of things or text; None where there is none.
        best: the best among those that it may be compared with; ties are all best.
        quoted: published by others, not measured here.
        incomplete: aggregated over less than the table shows; marked †.
        notes: numbers of the notes of its table, from 1.
        unit: overrides that of the column.
        interval: the ends between which the true value lies; None where that is not known.
        spread: of the samples that the value is the median of; digits that it drowns are not shown.
            None where there is but one.
        n: number of observations (objects) behind the value; None where it is of no such kind.
        rank: place among those that it may be compared with, from 1; None where it has none.
        letters: significance group; values that share a letter cannot be told apart.
        bounds: the ends between which the final value of an incomplete run must lie.
        flags: words that say what to beware of.
        about: what the value is of.
    """

    value: Value = None
    best: bool = False
    quoted: bool = False
    incomplete: bool = False
    notes: tuple[int, ...] = ()
    unit: str = ""
    interval: tuple[float, float] | None = None
    spread: float | None = None
    n: int | None = None
    rank: int | None = None
    letters: str = ""
    bounds: tuple[float, float] | None = None
    flags: tuple[str, ...] = ()
    about: Subject | None = None


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; `summary` rows follow the body after a rule."""

    cells: tuple[Cell, ...]
    summary: bool = False


@dataclass(frozen=True)
class Table:
    """A table to look at, and the same figures one fact a row.

    Attributes:
        title: one line.
        columns: the first names the row.
        rows: one cell a column each.
        notes: numbered from 1, referred to by cells.
        footnotes: about the whole table.
        best_of: what a best cell is best of: `"row"` or `"column"`.
        best_means: what it says of a value that it is best, where that is more than `best_of`; the
            rest of a sentence that begins with the sign.
        adds_up: whether its rows come to a whole, so that no choice of rows applies to it.
        tidy: rows for CSV and JSON with plain fractions and seconds under clear keys.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    best_of: str = "row"
    best_means: str = ""
    adds_up: bool = False
    tidy: tuple[Mapping[str, Value], ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"a row of {self.title!r} has {len(row.cells)} cells for "
                    f"{len(self.columns)} columns"
                )


class Notes:
    """Collects numbered notes; the same sentence keeps one number.

    >>> notes = Notes()
    >>> notes.number("not run yet"), notes.number("failed"), notes.number("not run yet")
    (1, 2, 1)
    """

    def __init__(self) -> None:
        self._texts: list[str] = []

    def number(self, text: str) -> int:
        """Number of the note that says `text`."""
        if text not in self._texts:
            self._texts.append(text)
        return self._texts.index(text) + 1

    def texts(self) -> tuple[str, ...]:
        """The notes in the order of their numbers."""
        return tuple(self._texts)


def written(value: Value, unit: str, spread: float | None = None) -> str:
    """A value as tables print it, the same in every format meant for readers.

    Args:
        spread: of the samples behind the value, in its unit; matters for `MEASURES` only.

    >>> written(0.74321, "percent"), written(12.345, "fps"), written(None, "percent")
    ('74.3', '12.3', '–')
    >>> written(0.031, "gain"), written(0.65, "hours"), written(0.0214, "milliseconds", 0.003)
    ('+3.1', '0.65', '21')
    """
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if unit == "percent":
        return f"{100 * value:z.1f}"
    if unit == "points":
        return f"{100 * value:z.2f}"
    if unit == "gain":
        return f"{100 * value:+z.1f}"
    if unit == "hours":
        return rate(value)
    if unit in MEASURES:
        scale = MEASURES[unit]
        return rate(scale * value) if not spread else with_digits(scale * value, scale * spread)
    return str(value)


def shown(cell: Cell, column: Column) -> str:
    """The value of a cell as it is written, with what it has of interval, spread and bounds.

    >>> shown(Cell(0.5, interval=(0.41, 0.628)), Column("J", "J", "percent"))
    '50.0 [41.0, 62.8]'
    >>> shown(Cell(0.5, bounds=(0.25, 0.75)), Column("J", "J", "percent"))
    '50.0 ‹25.0, 75.0›'
    >>> shown(Cell(12.345, spread=0.4), Column("fps", "fps", "fps", spreads=True))
    '12.3 ± 0.4'
    """
    unit = cell.unit or column.unit
    text = _with_range(cell, column, unit)
    return text if cell.bounds is None else f"{text} ‹{ends(cell.bounds, unit)}›"


def ends(pair: tuple[float, float], unit: str) -> str:
    """Both ends of an interval in one unit; of a gain, a sign only where it is a minus.

    >>> ends((-0.041, 0.12), "gain")
    '-4.1, 12.0'
    """
    # most ends of a gain have the sign that the gain itself shows
    low, high = (written(end, "percent" if unit == "gain" else unit) for end in pair)
    return f"{low}, {high}"


def _with_range(cell: Cell, column: Column, unit: str) -> str:
    if cell.interval is not None:
        return f"{written(cell.value, unit)} [{ends(cell.interval, unit)}]"
    text = written(cell.value, unit, cell.spread)
    if column.spreads and cell.spread is not None and isinstance(cell.value, int | float):
        scale = MEASURES.get(unit, 1.0)
        text += f" ± {spread_with_digits(scale * cell.value, scale * cell.spread)}"
    return text


def best(values: Sequence[Value], unit: str, direction: str) -> frozenset[int]:
    """Positions of the best values; values that print alike tie.

    Nothing is best unless at least two compete; None does not compete.

    >>> sorted(best([0.9001, 0.8999, 0.5, None], "percent", "up"))
    [0, 1]
    """
    competing = {
        index: value for index, value in enumerate(values) if isinstance(value, int | float)
    }
    if len(competing) < 2 or not direction:
        return frozenset()
    top = (max if direction == "up" else min)(competing.values())
    shown = written(top, unit)
    return frozenset(index for index, value in competing.items() if written(value, unit) == shown)


def stacked(title: str, width: int = 12) -> list[str]:
    """A title in lines of about `width` characters, so that columns need not be wider.

    Broken at blanks; longer words also after hyphens and underscores, and cut at twice the width.

    >>> stacked("eosvos-100-OnA"), stacked("OSVOS (re-scored)")
    (['eosvos-100-', 'OnA'], ['OSVOS', '(re-scored)'])
    """
    lines = [""]
    for word in title.split():
        gap = " "
        for piece in _pieces(word, width):
            if lines[-1] and len(lines[-1] + gap + piece) > width:
                lines.append("")
            lines[-1] += gap + piece if lines[-1] else piece
            gap = ""
    return lines


def _pieces(word: str, width: int) -> list[str]:
    if len(word) <= width:
        return [word]
    return re.findall(rf"[^-_]{{1,{2 * width}}}[-_]?|[-_]", word)


def listed(names: Iterable[str]) -> str:
    """Names in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *others, last = list(names)
    return f"{', '.join(others)} and {last}" if others else last
