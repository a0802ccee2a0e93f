"""Tables as Markdown, read back by a parser of it."""

import html
import re
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt

from tests.reports.every_table import HOSTILE, hostile_runs, small
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.presented import presented
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Table, shown

MakeRun = Callable[..., Run]


def parsed(text: str) -> list[list[list[str]]]:
    """Tables of a text as lists of rows of what a page would show in their cells."""
    parser = MarkdownIt("commonmark").enable("table")
    found: list[list[list[str]]] = []
    inside = False
    for token in parser.parse(text):
        if token.type in ("table_open", "table_close"):
            inside = token.type == "table_open"
            found += [[]] if inside else []
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and inside:
            page = parser.renderer.renderInline(token.children or [], parser.options, {})
            bare = re.sub(r"<sup>.*?</sup>|</?(em|strong)>", "", page)
            found[-1][-1].append(html.unescape(bare))
    return found


def test_a_parser_finds_every_row_and_column(made: tuple[Table, ...]) -> None:
    for table in map(presented, made):
        blocks = parsed(render((table,), "md"))
        rows = [
            [parts[0][0], *(cell for part in parts for cell in part[1:])]
            for parts in zip(*blocks, strict=True)  # a wide table comes in blocks of columns
        ]
        expected = [
            [shown(cell, column) for cell, column in zip(row.cells, table.columns, strict=True)]
            for row in table.rows
        ]
        titles, *body = rows
        assert titles == [column.title for column in table.columns]
        assert [[cell.rstrip("†") for cell in row] for row in body] == [
            [" ".join(text.split()) for text in row] for row in expected
        ]


def test_best_is_bold_and_quoted_in_italics(make_run: MakeRun) -> None:
    runs = hostile_runs(make_run)
    made = tables.build("per-sequence", runs, ReportOptions(published=("PReMVOS",)))
    row = next(line for line in render(made, "md").splitlines() if "blackswan" in line)
    assert row == "| blackswan (1) | 91.0 | **92.0** | **92.0** | 30.0 | *95.8* |"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_keep_to_their_cell(name: str) -> None:
    text = render((small(name),), "md")
    (row,) = [line for line in text.splitlines() if "50.0" in line]
    cell = re.split(r"(?<!\\)\|", row)[1].strip()
    assert re.sub(r"\\(.)", r"\1", cell) == name
    assert not re.search(r"(?<!\\)[`*_<]", cell)
    (((_, (first, _)),)) = parsed(text)
    assert first == " ".join(name.split())


def test_what_is_said_about_a_value_stands_behind_it() -> None:
    columns = (Column("m", "method"), Column("J", "J", "percent", "up"))
    cell = Cell(0.25, letters="b", incomplete=True, bounds=(0.125, 0.75), flags=("throttled",))
    text = render((Table("t", columns, (Row((Cell("a"), cell)),)),), "md")
    assert "| a | 25.0 ‹12.5, 75.0›†<sup>b,1</sup> |" in text
    assert text.endswith("- <sup>1</sup> throttled\n")
