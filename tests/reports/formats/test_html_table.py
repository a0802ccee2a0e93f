"""Tables as HTML, read back by a parser of it."""

from html.parser import HTMLParser

import pytest

from tests.reports.every_table import HOSTILE, small
from vosbench.reports.formats.html_table import html_table, render_html
from vosbench.reports.formats.presented import presented
from vosbench.reports.formats.render import render
from vosbench.reports.table import Cell, Column, Row, Subject, Table, shown

VOID = ("meta", "br")


class Page(HTMLParser):
    """Elements of a page with their attributes and text; refuses tags that do not match.

    Attributes:
        found: tag, attributes and text of each element, in the order in which they begin.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.found[place][2].append(data)

    def texts(self, *tags: str) -> list[str]:
        return ["".join(text) for tag, _, text in self.found if tag in tags]

    def attributes(self, tag: str, text: str) -> dict[str, str | None]:
        """Of the only such element that has this text."""
        (found,) = (
            facts for name, facts, parts in self.found if name == tag and "".join(parts) == text
        )
        return found


def page(*cells: Cell, link: object = None, **table: object) -> Page:
    columns = (
        Column("m", "method"),
        Column("J", "J mean", "percent", "up", "quality"),
        Column("fps", "fps", "fps", "up", "speed"),
    )
    made = Table("t", columns, (Row((Cell("a"), *cells)),), **table)  # type: ignore[arg-type]
    return Page(html_table(made) if link is None else html_table(made, link=link))  # type: ignore[arg-type]


def test_every_value_of_every_table_is_there(made: tuple[Table, ...]) -> None:
    for table in map(presented, made):
        found = Page(render_html((table,)))
        texts = [
            "".join(text).removeprefix("\n")
            for tag, facts, text in found.found
            if (tag == "td" and "colspan" not in facts) or facts.get("scope") == "row"
        ]
        expected = [
            shown(cell, column)
            for row in table.rows
            for cell, column in zip(row.cells, table.columns, strict=True)
        ]
        assert len(texts) == len(expected)
        assert all(text.startswith(value) for text, value in zip(texts, expected, strict=True))
        notes = found.texts("li")
        assert all(any(note.endswith(text) for note in notes) for text in table.footnotes)


def test_numbers_are_there_as_they_are() -> None:
    found = page(Cell(0.74321), Cell(None))
    assert found.attributes("td", "74.3") == {"class": "vb-number", "data-value": "0.74321"}
    assert found.attributes("td", "–") == {"class": "vb-number vb-missing vb-edge"}
    assert found.attributes("th", "J mean") == {
        "scope": "col",
        "class": "vb-number",
        "data-key": "J",
        "data-unit": "percent",
        "data-direction": "up",
        "title": "higher is better",
    }


def test_what_is_known_of_a_value_is_its_title() -> None:
    found = page(
        Cell(0.5, best=True, n=12, rank=1, interval=(0.25, 0.75), letters="ab", notes=(1,)),
        Cell(3.0, quoted=True, incomplete=True, bounds=(2.0, 4.0), flags=("throttled",)),
        notes=("by hand",),
    )
    first = found.attributes("td", "50.0 [25.0, 75.0]ab,1")
    assert first["title"] == "best; rank 1; n = 12; interval [25.0, 75.0]; group ab"
    assert first["class"] == "vb-number vb-best"
    second = found.attributes("td", "3.00 ‹2.00, 4.00›†,2")
    assert second["title"] == "quoted, not measured here; incomplete; final value in [2.00, 4.00]"
    assert second["class"] == "vb-number vb-quoted vb-incomplete vb-edge"
    assert found.texts("li")[-2:] == ["1 by hand", "2 throttled"]


def test_values_lead_where_their_subjects_have_a_page() -> None:
    def link(subject: Subject) -> str | None:
        return f"{subject.sequence}.html?a=1&b=2" if subject.sequence else None

    found = page(Cell(0.5, about=Subject(sequence='a"b')), Cell(2.0, about=Subject()), link=link)
    assert found.attributes("a", "50.0") == {"href": 'a"b.html?a=1&b=2'}
    assert found.texts("a") == ["50.0"]


def test_summary_rows_stand_below() -> None:
    columns = (Column("m", "m"),)
    rows = (Row((Cell("a"),)), Row((Cell("mean"),), summary=True))
    found = Page(html_table(Table("t", columns, rows)))
    assert found.texts("tbody") == ["\na\n"]
    assert found.texts("tfoot") == ["\nmean\n"]
    assert found.attributes("tr", "mean") == {"class": "vb-summary"}


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_and_nothing_else(name: str) -> None:
    found = Page(render((small(name),), "html"))
    assert not any(
        tag in ("script", "b", "i") and name in "".join(text) for tag, _, text in found.found
    )
    assert name in found.texts("caption")
    assert name in found.texts("title")
    assert any(facts.get("title") == name for tag, facts, _ in found.found if tag == "sup")
    assert "".join(found.texts("thead")).strip() == f"name{name}"


def test_a_page_loads_nothing(made: tuple[Table, ...]) -> None:
    found = Page(render(made, "html"))
    assert {tag for tag, _, _ in found.found}.isdisjoint({"script", "link", "img", "iframe"})
    assert "url(" not in "".join(found.texts("style"))
    assert found.found[0][0] == "html"
