"""Tables as HTML: fragments for any page, and a page of their own."""

import html
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vosbench.one_line import one_line
from vosbench.reports.formats.layout import signs
from vosbench.reports.formats.presented import Looks, legend, presented, summary_start
from vosbench.reports.table import Cell, Column, Row, Subject, Table, ends, shown, stacked

Link = Callable[[Subject], str | None]
"""Address of the page about a subject; None where there is none."""


_LONG = 32
"""Characters of a text from which on it may be broken into lines."""

_SIGN = 0.42
"""Width of a raised sign, about, in em of the value before it."""


@dataclass(frozen=True)
class _Place:
    """A column as it stands in a table.

    Attributes:
        first: whether its cells name the rows.
        edge: whether it begins a group that follows another one.
        room: signs behind a value that all its cells leave room for.
    """

    column: Column
    first: bool
    edge: bool
    room: int


def render_html(tables: Sequence[Table], *, link: Link | None = None) -> str:
    """Each table as a `section` with its notes, one below the other; no page around them."""
    return "".join(html_table(table, link=link) for table in tables)


def html_table(table: Table, *, link: Link | None = None) -> str:
    """One table with its notes as a `section`, for a page to take in.

    Everything that is shown is escaped. Numbers stand in `data-value` as they are, in the units
    that vosbench computes in (fractions, seconds), so that scripts sort by them; a cell without a
    number has none. A heading has `data-key`, `data-unit` and `data-direction` of its column.
    Classes begin with `vb-`: `vb-number`, `vb-best`, `vb-quoted`, `vb-incomplete`, `vb-missing`,
    `vb-long` (text) and `vb-edge` (the first column of a group) of cells, `vb-summary` of rows.
    Summary rows that end the table are its `tfoot`. What there is to say about a value is its
    `title`.

    Args:
        link: where the value of a cell leads that says what it is about; None for nowhere.
    """
    return "\n".join(_section(presented(table), link)) + "\n"


def _section(table: Table, link: Link | None) -> Iterator[str]:
    yield '<section class="vb-table">'
    yield '<div class="vb-scroll">'
    yield "<table>"
    yield f"<caption>{_escaped(table.title)}</caption>"
    yield "<thead>"
    yield from _groups(table.columns)
    places = tuple(_places(table))
    yield f"<tr>{''.join(map(_heading, places))}</tr>"
    yield "</thead>"
    end = summary_start(table.rows)
    for tag, rows in (("tbody", table.rows[:end]), ("tfoot", table.rows[end:])):
        if rows:
            yield f"<{tag}>"
            yield from (_row(row, places, table.notes, link) for row in rows)
            yield f"</{tag}>"
    yield "</table>"
    yield "</div>"
    yield from _below(table)
    yield "</section>"


def _places(table: Table) -> Iterator[_Place]:
    for index, (before, column) in enumerate(itertools.pairwise((None, *table.columns))):
        assert column is not None
        edge = before is not None and bool(before.group) and before.group != column.group
        room = max((len(signs(row.cells[index], star="")) for row in table.rows), default=0)
        yield _Place(column, index == 0, edge, room if column.unit != "text" else 0)


def _groups(columns: Sequence[Column]) -> Iterator[str]:
    """A row that names groups, where there are several."""
    spans = [
        (group, len(list(members)))
        for group, members in itertools.groupby(columns, lambda column: column.group)
    ]
    if len([group for group, _ in spans if group]) < 2:
        return
    heads = [
        f'<th scope="colgroup" colspan="{width}">{_escaped(group)}</th>'
        if group
        else f'<td colspan="{width}"></td>'
        for group, width in spans
    ]
    yield f'<tr class="vb-groups">{"".join(heads)}</tr>'


def _heading(place: _Place) -> str:
    column = place.column
    classes = _classes({"vb-number": column.unit != "text", "vb-edge": place.edge})
    facts = f' data-key="{_escaped(column.key)}" data-unit="{_escaped(column.unit)}"'
    if column.direction:
        better = "higher is better" if column.direction == "up" else "lower is better"
        facts += f' data-direction="{column.direction}" title="{better}"'
    return f'<th scope="col"{classes}{facts}>{_lines(column.title)}</th>'


def _lines(title: str) -> str:
    """A title in short lines, as in the other formats; its text stays what it was."""
    rest, lines = " ".join(title.split()), []
    for line in stacked(title):
        end = len(line) + rest.startswith(line + " ")
        lines.append(_escaped(rest[:end]))
        rest = rest[end:]
    return "<br>".join(lines)


def _row(row: Row, places: Sequence[_Place], notes: Sequence[str], link: Link | None) -> str:
    cells = "".join(
        _cell(cell, place, notes, link) for cell, place in zip(row.cells, places, strict=True)
    )
    return f"<tr{_classes({'vb-summary': row.summary})}>{cells}</tr>"


def _cell(cell: Cell, place: _Place, notes: Sequence[str], link: Link | None) -> str:
    column = place.column
    classes = _classes(
        {
            "vb-number": column.unit != "text",
            "vb-best": cell.best,
            "vb-quoted": cell.quoted,
            "vb-incomplete": cell.incomplete,
            "vb-missing": cell.value is None,
            "vb-long": isinstance(cell.value, str) and len(cell.value) > _LONG,
            "vb-edge": place.edge,
        }
    )
    value = f' data-value="{_plain(cell.value)}"' if isinstance(cell.value, int | float) else ""
    said = "; ".join(_said(cell, column))
    title = f' title="{_escaped(said)}"' if said else ""
    text = _linked(_escaped(shown(cell, column)), cell, link)
    inner = text + _marks(cell, notes, place.room)
    if place.first:
        return f'<th scope="row"{classes}{value}{title}>{inner}</th>'
    return f"<td{classes}{value}{title}>{inner}</td>"


def _plain(number: float) -> str:
    """A number as every language reads it, with all its digits."""
    return str(number) if isinstance(number, int) else repr(float(number))


def _linked(text: str, cell: Cell, link: Link | None) -> str:
    address = link(cell.about) if link is not None and cell.about is not None else None
    return text if address is None else f'<a href="{html.escape(address)}">{text}</a>'


def _marks(cell: Cell, notes: Sequence[str], room: int) -> str:
    """Signs behind a value, in the room that those of its column take, so that digits align."""
    marks = "<sup>,</sup>".join(_each_mark(cell, notes))
    if not room:
        return marks
    return f'<span class="vb-marks" style="width: {_SIGN * room:.2f}em">{marks}</span>'


def _each_mark(cell: Cell, notes: Sequence[str]) -> Iterator[str]:
    """Signs; what a note says shows where its number is pointed at."""
    if cell.letters:
        yield f"<sup>{_escaped(cell.letters)}</sup>"
    if cell.incomplete:
        yield "<sup>†</sup>"
    for number in cell.notes:
        yield f'<sup title="{_escaped(notes[number - 1])}">{number}</sup>'


def _said(cell: Cell, column: Column) -> Iterator[str]:
    """What there is to say about a value, in words."""
    unit = cell.unit or column.unit
    if cell.best:
        yield "best"
    if cell.rank is not None:
        yield f"rank {cell.rank}"
    if cell.n is not None:
        yield f"n = {cell.n}"
    if cell.interval is not None:
        yield f"interval [{ends(cell.interval, unit)}]"
    if cell.letters:
        yield f"group {cell.letters}"
    if cell.quoted:
        yield "quoted, not measured here"
    if cell.incomplete:
        yield "incomplete"
    if cell.bounds is not None:
        yield f"final value in [{ends(cell.bounds, unit)}]"


def _below(table: Table) -> Iterator[str]:
    looks = Looks(best="<b>Bold</b>", quoted="<i>Italics</i>")
    lines = [f"{sign}: {_escaped(meaning)}" for sign, meaning in legend(table, looks)]
    lines += [_escaped(text) for text in table.footnotes]
    lines += [f"<sup>{number}</sup> {_escaped(text)}" for number, text in enumerate(table.notes, 1)]
    if lines:
        yield '<ul class="vb-notes">'
        yield from (f"<li>{line}</li>" for line in lines)
        yield "</ul>"


def _classes(chosen: dict[str, bool]) -> str:
    names = " ".join(name for name, wanted in chosen.items() if wanted)
    return f' class="{names}"' if names else ""


def _escaped(text: str) -> str:
    return html.escape(one_line(text))
