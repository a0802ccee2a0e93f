"""Rows of tables in the order and of the kind that was asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vosbench.errors import UsageError
from vosbench.reports.conditions import Condition, read_condition, read_order, without_end
from vosbench.reports.table import Cell, Row, Subject, Table, Value, listed

CHOSEN = "chosen"
"""Key of tidy rows that says why there are not more of them, where rows were left out."""

_FIELDS: Mapping[str, Callable[[Subject], Value]] = {
    "title": lambda subject: subject.title or None,
    "run": lambda subject: subject.run or None,
    "sequence": lambda subject: subject.sequence or None,
    "object": lambda subject: subject.object_id,
    "frame": lambda subject: subject.frame,
}
"""Key of tidy rows → what a subject says under it."""

_Facts = Mapping[str, tuple[Value, ...]]
"""Key of tidy rows → what one about the same row may hold under it."""

_NAMED = ("sequence", "method", "object", "event", "attribute", "variant")
"""Keys of first columns whose rows can be called so."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which rows of a table to show, and in which order.

    Attributes:
        sort: a column, with `:asc` or `:desc` behind it if wanted; else its best value comes first
            where it has one, and the lowest otherwise. None leaves the order.
        where: conditions that every row shown must meet.
        top: at most so many rows; None for all.
    """

    sort: str | None = None
    where: tuple[str, ...] = ()
    top: int | None = None


def select(tables: Sequence[Table], selection: Selection) -> tuple[Table, ...]:
    """`tables`, each with the rows asked for; one that lacks a column named there says so.

    Tables whose rows come to a whole stay whole.

    Raises:
        UsageError: no table has the columns, or what was asked for cannot be read.
    """
    found: list[Table] = []
    errors = []
    for table in tables:
        try:
            found.append(table if table.adds_up else selected(table, selection))
        except UsageError as error:
            errors.append(error)
            found.append(_whole(table, selection))
    if errors and len(errors) == sum(not table.adds_up for table in tables):
        raise errors[0]
    return tuple(found)


def selected(table: Table, selection: Selection) -> Table:
    """`table` with the rows asked for.

    Rows that meet every condition stay, sorted by one column, up to a number; equal ones keep their
    order and those without a value come last. Summary rows all stay, below, and say what they said:
    they are over every row, and so are marks of the best. Notes of rows left out go; a footnote
    says what was left out, and tidy rows do under `CHOSEN`. Tidy rows about rows left out go too,
    and follow the order where one was asked for.

    Raises:
        UsageError: there is no such column, or what was asked for cannot be read.
    """
    conditions = [read_condition(text, table) for text in selection.where]
    body = [row for row in table.rows if not row.summary]
    places = [place for place, row in enumerate(body) if _meets(row, conditions)]
    if selection.sort is not None:
        order = read_order(selection.sort, table)
        cells = [row.cells[order.place] for row in body]
        places = _sorted(places, cells, falling=order.falling)
    places = places[: selection.top]
    tidy = _tidy(table, body, places, ordered=selection.sort is not None)
    kept = replace(
        table,
        rows=(*(body[place] for place in places), *(row for row in table.rows if row.summary)),
        tidy=tidy,
    )
    if len(places) < len(body):
        why = listed(_asked(selection))
        kept = replace(
            kept,
            footnotes=(*table.footnotes, _left_out(table, len(places), len(body), why)),
            tidy=tuple({**row, CHOSEN: why} for row in tidy),
        )
    return _with_needed_notes(kept, table)


def _whole(table: Table, selection: Selection) -> Table:
    asked = listed([*selection.where, *([selection.sort] if selection.sort else [])])
    said = f"All rows are shown: {asked} cannot be asked of the columns of this table."
    return replace(table, footnotes=(*table.footnotes, said))


def _meets(row: Row, conditions: Iterable[Condition]) -> bool:
    return all(condition.holds(row) for condition in conditions)


def _sorted(places: Sequence[int], cells: Sequence[Cell], *, falling: bool) -> list[int]:
    """Places of rows by their cells of one column, which need not print differently to differ."""
    valued = [place for place in places if cells[place].value is not None]
    valued.sort(key=lambda place: _rank(cells[place]), reverse=falling)
    return valued + [place for place in places if cells[place].value is None]


def _rank(cell: Cell) -> tuple[float, str]:
    """Numbers by size, then texts by the alphabet."""
    if isinstance(cell.value, str):
        return float("inf"), cell.value.casefold()
    return float(cell.value or 0), ""


def _asked(selection: Selection) -> Iterator[str]:
    """What rows had to be not to be left out."""
    yield from selection.where
    if selection.top is not None:
        yield f"the first {selection.top}" + (f" by {selection.sort}" if selection.sort else "")


def _left_out(table: Table, shown: int, total: int, why: str) -> str:
    """What must be said where rows were left out."""
    key, names = table.columns[0].key, [row.cells[0].value for row in table.rows]
    what = f"{key}s" if key in _NAMED and len(names) == len(set(names)) else "rows"
    whole = []
    if any(cell.best for row in table.rows for cell in row.cells):
        whole.append("marks of the best are among all of them")
    if any(row.summary for row in table.rows):
        whole.append("rows below the rule are over all of them")
    said = f"; {listed(whole)}" if whole else ""
    return f"{shown} of {total} {what} shown: {why}{said}."


def _with_needed_notes(kept: Table, whole: Table) -> Table:
    """`kept` without the notes that only rows left out referred to; the others counted anew."""
    before, after = _used(whole), _used(kept)
    numbers = [n for n in range(1, len(kept.notes) + 1) if n in after or n not in before]
    anew = {number: place for place, number in enumerate(numbers, 1)}
    rows = tuple(
        replace(
            row,
            cells=tuple(
                replace(cell, notes=tuple(anew[number] for number in cell.notes))
                if cell.notes
                else cell
                for cell in row.cells
            ),
        )
        for row in kept.rows
    )
    return replace(kept, rows=rows, notes=tuple(kept.notes[number - 1] for number in numbers))


def _used(table: Table) -> set[int]:
    return {number for row in table.rows for cell in row.cells for number in cell.notes}


def _tidy(
    table: Table, body: Sequence[Row], shown: Sequence[int], *, ordered: bool
) -> tuple[Mapping[str, Value], ...]:
    """Tidy rows, less those that are about rows left out only."""
    order = {place: index for index, place in enumerate(shown)}
    facts = [(_facts(row, table), order.get(place)) for place, row in enumerate(body)]
    found = []
    for tidy in table.tidy:
        about = [place for fact, place in facts if _fits(fact, tidy)]
        staying = [place for place in about if place is not None]
        if staying or not about:
            found.append((min(staying, default=len(shown)), tidy))
    if ordered:
        found.sort(key=lambda pair: pair[0])
    return tuple(tidy for _, tidy in found)


def _fits(facts: _Facts, tidy: Mapping[str, Value]) -> bool:
    """Whether a tidy row is about what a row is about, as far as it says."""
    known = [key for key in facts if key in tidy]
    return bool(known) and all(tidy[key] in facts[key] for key in known)


def _facts(row: Row, table: Table) -> _Facts:
    """What a row is about: what its first cell says.

    Where it says nothing, what all other cells agree about, and what the row is called, under the
    key of the first column.
    """
    head = row.cells[0]
    if head.about is not None:
        return _said([head.about])
    names = (head.value, without_end(head.value)) if isinstance(head.value, str) else (head.value,)
    others = [cell.about for cell in row.cells if cell.about is not None]
    return {table.columns[0].key: names, **_said(others)}


def _said(subjects: Sequence[Subject]) -> _Facts:
    """What all of some subjects agree about."""
    found = {key: {read(subject) for subject in subjects} for key, read in _FIELDS.items()}
    return {
        key: tuple(values)
        for key, values in found.items()
        if len(values) == 1 and None not in values
    }
