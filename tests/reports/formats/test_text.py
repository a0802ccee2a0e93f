"""Tables as text for terminals."""

import re
from collections.abc import Callable
from dataclasses import replace

from tests.reports.every_table import hostile_runs, small
from tests.reports.made_streams import REQUEST
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.layout import cells_taken
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Table

MakeRun = Callable[..., Run]

TEXT_WIDTH = 100


def test_lines_fit_and_columns_are_aligned(made: tuple[Table, ...]) -> None:
    lines = render(made, "text", width=TEXT_WIDTH).splitlines()
    assert max(map(cells_taken, lines)) <= TEXT_WIDTH
    assert all(line == line.rstrip() for line in lines)
    rules = [line for line in lines if line.startswith("──")]
    assert rules


def test_a_label_keeps_to_its_line() -> None:
    lines = render((small("two\nlines"),), "text").splitlines()
    assert (lines[0], lines[-1]) == ("two lines", "¹ two lines")
    (row,) = [line for line in lines if "50.0" in line]
    assert row.startswith("two lines ")


def test_a_long_title_goes_on_in_the_next_line() -> None:
    title = "Failures that a method with a very long name would win back on a dataset"
    lines = render((replace(small("x"), title=title),), "text", width=40).splitlines()
    assert lines[:2] == [
        "Failures that a method with a very long",
        "  name would win back on a dataset",
    ]
    bold = render((replace(small("x"), title=title),), "text", width=40, ansi=True).splitlines()
    assert all(line.startswith("\x1b[1m") and line.endswith("\x1b[0m") for line in bold[:2])


def test_a_star_marks_the_best_and_is_explained(make_run: MakeRun) -> None:
    made = tables.build("per-sequence", hostile_runs(make_run), ReportOptions())
    text = render(made, "text")
    row = next(line for line in text.splitlines() if line.startswith("blackswan"))
    assert re.findall(r"([\d.]+)\*", row) == ["92.0", "92.0"]
    assert "* best of its row" in text


def test_bold_takes_the_place_of_the_star(make_run: MakeRun) -> None:
    runs = hostile_runs(make_run)
    made = tables.build("per-sequence", runs, ReportOptions(published=("PReMVOS",)))
    text = render(made, "text", ansi=True)
    assert text.count("\x1b[1m92.0\x1b[0m") == 2
    assert "*" not in text.replace("[3]*", "")
    assert "\x1b[2m95.8\x1b[0m" in text  # quoted
    plain = re.sub("\x1b\\[\\d?m", "", text)
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= TEXT_WIDTH


def test_many_columns_are_printed_in_blocks(make_run: MakeRun) -> None:
    names = [f"a-rather-long-name-{number}" for number in range(12)]
    runs = tuple(make_run(name, {"s": [0.01 * index]}) for index, name in enumerate(names))
    lines = render(tables.build("per-sequence", runs, ReportOptions()), "text").splitlines()
    rows = [line for line in lines if line.startswith("s (1)")]
    assert len(rows) > 1
    found = [float(value.rstrip("*")) for row in rows for value in row.split()[2:]]
    assert found == [float(index) for index in range(12)]


def test_a_bar_sets_quoted_columns_apart(make_run: MakeRun) -> None:
    made = tables.build(
        "per-sequence", (make_run("a", {"camel": [0.5]}),), ReportOptions(published=("OSVOS",))
    )
    row = next(line for line in render(made, "text").splitlines() if line.startswith("camel"))
    assert row.split("│")[0].split()[-1] == "50.0"
    assert row.split("│")[1].split() == ["85.1"]


def test_what_two_tables_say_is_printed_once(make_run: MakeRun) -> None:
    runs = (make_run("a", {"s": [0.5]}, settings={"steps": 1}),)
    made = [
        table
        for name in ("per-sequence", "overall", "streaming")
        for table in tables.build(name, runs, ReportOptions(streaming=REQUEST))
    ]
    text = render(made, "text")
    assert text.count("Figures are in per cent") == 1
    assert text.count("a: measured; no network.") == 1
    assert all(footnote in " ".join(text.split()) for table in made for footnote in table.footnotes)


def test_every_narrow_terminal_gets_every_value(made: tuple[Table, ...]) -> None:
    wide, narrow = (render(made, "text", width=width) for width in (1000, 40))
    numbers = re.compile(r"\d+\.\d")
    body = [text.split("\n* best")[0] for text in (wide, narrow)]
    assert sorted(numbers.findall(body[0])) == sorted(numbers.findall(body[1]))


def test_what_is_said_about_a_value_stands_behind_it() -> None:
    columns = (Column("m", "method"), Column("J", "J", "percent", "up"))
    rows = (
        Row((Cell("a"), Cell(0.5, letters="ab", best=True, notes=(1,), flags=("throttled",)))),
        Row((Cell("b"), Cell(0.25, letters="b", incomplete=True, bounds=(0.125, 0.75)))),
    )
    made = Table("t", columns, rows, ("by hand",))
    lines = render((made,), "text").splitlines()
    assert "a                    50.0ᵃᵇ*¹,²" in lines
    assert "b       25.0 ‹12.5, 75.0›ᵇ†" in lines
    assert lines[-2:] == ["¹ by hand", "² throttled"]
    assert any(line.startswith("‹a, b›: the least and the most") for line in lines)


def test_wide_characters_take_two_places() -> None:
    columns = (Column("m", "方法"), Column("J", "J", "percent"))
    rows = (Row((Cell("黒鳥"), Cell(0.5))), Row((Cell("goat"), Cell(0.25))))
    _, _, head, rule, *lines = render((Table("t", columns, rows),), "text").splitlines()
    assert {cells_taken(line) for line in (head, rule, *lines)} == {10}


def test_long_names_are_broken_into_lines() -> None:
    name = "-".join(["word"] * 30)
    columns = (Column("m", "method"), Column("J", "J", "percent"))
    rows = (Row((Cell(name), Cell(0.5))), Row((Cell("b"), Cell(0.25))))
    lines = render((Table("t", columns, rows),), "text", width=60).splitlines()[4:]
    assert max(map(len, lines)) <= 60
    assert "".join(line.removesuffix("50.0").strip() for line in lines[:-1]) == name
    assert lines[0].endswith("50.0")
