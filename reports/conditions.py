"""What a user says about columns of a table: which one, and what its values must be."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vosbench.errors import UsageError
from vosbench.reports.table import MEASURES, Cell, Column, Row, Table, written
from vosbench.wording import suggestion

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Condition:
    """What the value of one column must be.

    Attributes:
        place: of the column in its table.
        column: itself.
        sign: `"<"`, `"<="`, `">"`, `">="`, `"="` or `"!="`; one of the last two for text.
        wanted: a number in the unit that the column is printed in; text, in which `*` stands for
            any characters, for a column of text.
    """

    place: int
    column: Column
    sign: str
    wanted: float | str

    def holds(self, row: Row) -> bool:
        """Whether a row meets it; one without a value never does.

        Numbers are compared as they are printed, so that no row contradicts what is seen. Text is
        compared in any case, with and without what stands in parentheses at its end.
        """
        cell = row.cells[self.place]
        if isinstance(self.wanted, str):
            return cell.value is not None and self._alike(str(cell.value)) == (self.sign == "=")
        number = printed_number(cell, self.column)
        return number is not None and _COMPARISONS[self.sign](number, self.wanted)

    def _alike(self, text: str) -> bool:
        pattern = ".*".join(map(re.escape, _plain(str(self.wanted)).split("*")))
        return any(
            re.fullmatch(pattern, _plain(each), re.DOTALL) for each in (text, without_end(text))
        )


def read_condition(text: str, table: Table) -> Condition:
    """The condition that a text such as `J<60` or `sequence=black*` states about `table`.

    Raises:
        UsageError: it cannot be read, or there is no such column.
    """
    signs = [found for found in re.finditer("<=|>=|!=|==|<|>|=", text) if found.start()]
    if not signs:
        raise UsageError(
            "--where takes a column, one of < <= > >= = != and a value, such as 'J<60' or "
            f"'sequence=blackswan'; not {text!r}"
        )
    # a title may hold such a sign itself
    for found in signs:
        if _places(table, text[: found.start()]):
            break
    else:
        found = signs[0]
    place = find_column(table, text[: found.start()])
    column, value = table.columns[place], text[found.end() :].strip()
    sign = found.group().replace("==", "=")
    if column.unit != "text":
        return Condition(place, column, sign, _number(value, text, column))
    if sign not in ("=", "!="):
        raise UsageError(f"--where {text!r}: {column.title} holds text; compare it with = or !=")
    return Condition(place, column, sign, value)


def _number(value: str, text: str, column: Column) -> float:
    try:
        return float(value.removesuffix("%"))
    except ValueError:
        raise UsageError(
            f"--where {text!r}: {column.title} holds numbers, and {value!r} is none"
        ) from None


@dataclass(frozen=True)
class Order:
    """By which column rows are sorted, and whether its highest value comes first."""

    place: int
    falling: bool


def read_order(text: str, table: Table) -> Order:
    """The order that a text such as `sequence` or `J:desc` asks for.

    Without a word behind the column its best value comes first, or the lowest where neither end of
    it is better.

    Raises:
        UsageError: there is no such column.
    """
    name, _, way = text.rpartition(":")
    if way not in ("asc", "desc"):
        name, way = text, ""
    place = find_column(table, name)
    best_first = "desc" if table.columns[place].direction == "up" else "asc"
    return Order(place, falling=(way or best_first) == "desc")


def printed_number(cell: Cell, column: Column) -> float | None:
    """The number that a cell shows, such as 74.3 for a fraction of 0.74321; None if it has none."""
    if cell.value is None or isinstance(cell.value, str):
        return None
    unit = cell.unit or column.unit
    text = written(cell.value, unit, cell.spread if unit in MEASURES else None)
    return float(text)


def find_column(table: Table, name: str) -> int:
    """Place of the column that `name` means: its title or key, in any case.

    What stands in parentheses at the end of a title may be left out, and so may the word mean
    behind a metric.

    Raises:
        UsageError: there is no such column, or several.
    """
    found = _places(table, name)
    if len(found) == 1:
        return found[0]
    if found:
        titles = [table.columns[place].title for place in found]
        keys = [table.columns[place].key for place in found]
        there = ", ".join(titles if len(set(titles)) == len(titles) else keys)
        raise UsageError(f"column {name!r} of {table.title!r} may be any of {there}; choose one")
    titles = [column.title for column in table.columns]
    close = suggestion(name, titles)
    raise UsageError(f"no column {name!r} in {table.title!r}{close}; it has {', '.join(titles)}")


def _places(table: Table, name: str) -> list[int]:
    """Places of the columns that `name` may mean: those called so if there are any, else short."""
    wanted = _plain(name)
    columns = list(enumerate(table.columns))
    exact = [place for place, one in columns if wanted in (_plain(one.key), _plain(one.title))]
    return exact or [place for place, one in columns if wanted in _short(one)]


def _short(column: Column) -> set[str]:
    title = _plain(column.title)
    return {
        without_end(title),
        title.removesuffix(" mean"),
        _plain(column.key).removesuffix("_mean"),
    }


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def without_end(text: str) -> str:
    """`text` without what stands in parentheses at its end.

    >>> without_end("blackswan (1)"), without_end("OSVOS (re-scored)"), without_end("goat")
    ('blackswan', 'OSVOS', 'goat')
    """
    return re.sub(r"\s+\([^()]*\)$", "", text)
