"""The same runs by the rules of others, as a table."""

import json
from typing import Any

import pytest

from tests.reports.timed_runs import timed_run
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.formats.render import FORMATS, render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Table
from vosbench.reports.timing.table import build
from vosbench.speed.conventions import CONVENTIONS


def table(*runs: Run, conventions: tuple[str, ...] = ("all",), **options: Any) -> Table:
    (only,) = build(runs, ReportOptions(conventions=conventions, **options))
    return only


def test_one_row_a_run_and_one_column_a_convention() -> None:
    made = table(timed_run("a", [1.0, 1.1, 1.2]), timed_run("b", [2.0, 2.1, 2.2]))
    assert [column.title for column in made.columns] == ["method", *CONVENTIONS]
    assert [row.cells[0].value for row in made.rows] == ["a", "b"]
    # 12.5 s of work, 6 s of them init and 1.5 s post, at a pace of 1.1; see `timed_pass`
    rates = {
        column.title: cell.value
        for column, cell in zip(made.columns[1:], made.rows[0].cells[1:], strict=True)
    }
    assert rates == {
        "vbt-1": pytest.approx(20 / 12.5 / 1.1),
        "eosvos": pytest.approx(33 / 12.5 / 1.1),
        "eosvos-frames": pytest.approx(22 / 12.5 / 1.1),
        "aot": pytest.approx(20 / 6.5 / 1.1),
        "aot-sequences": pytest.approx(2 / (2.5 / 10 + 4 / 10) / 1.1),
        "stcn": pytest.approx(22 / 12.5 / 1.1),
        "xmem": pytest.approx(22 / 12.5 / 1.1),
        "cutie": pytest.approx(22 / 11 / 1.1),
        "sam2": pytest.approx(22 / 6.5 / 1.1),
    }


def test_a_convention_stands_beside_our_own() -> None:
    made = table(timed_run("a", [1.0]), conventions=("cutie",))
    assert [column.title for column in made.columns] == ["method", "vbt-1", "cutie"]


def test_footnotes_give_each_rule_and_which_way_it_is_off() -> None:
    made = table(timed_run("a", [1.0]), conventions=("eosvos", "stcn", "aot", "aot-sequences"))
    for text in (
        "vbt-1: frames to segment / seconds of init, adapt, infer, post.",
        "eosvos: all frames once for each object / seconds of init, adapt, infer, post; too high "
        "without decoding.",
        "stcn: all frames / seconds of init, adapt, infer, post; too low by copies.",
        "aot-sequences: frames to segment / seconds of adapt, infer, post, as 1 / mean over "
        "sequences of seconds a frame; too low by copies.",
    ):
        assert text in made.footnotes
    assert "cutie" not in "".join(made.footnotes)


def test_rules_that_are_the_same_share_a_line() -> None:
    made = table(timed_run("a", [1.0]), conventions=("all",))
    assert len([text for text in made.footnotes if " / seconds of " in text]) <= len(CONVENTIONS)
    assert "1 pass, whose spread is not known" in "".join(made.footnotes)
    twice = table(timed_run("a", [1.0, 1.0]), conventions=("all",))
    assert "2 passes" in "".join(twice.footnotes)


def test_sources_and_what_is_not_translated_are_in_the_data() -> None:
    made = table(timed_run("a", [1.0]), conventions=("xmem",))
    own, xmem = (row for row in json.loads(render([made], "json")) if row["level"] == "run")
    assert own["not_translated"] is None
    assert xmem["source"] == CONVENTIONS["xmem"].source
    assert xmem["not_translated"] == "; ".join(CONVENTIONS["xmem"].beyond)
    assert xmem["their_clock_waits"] == CONVENTIONS["xmem"].waits


def test_warnings_stand_at_the_name() -> None:
    made = table(timed_run("a", [1.0, 2.0, 3.0]))
    (number,) = made.rows[0].cells[0].notes
    assert made.notes[number - 1].startswith("unstable")


def test_tidy_rows_hold_every_pass() -> None:
    made = table(timed_run("a", [1.0, 2.0]), conventions=("sam2",))
    rows = json.loads(render([made], "json"))
    assert [(row["convention"], row["level"], row["pass"]) for row in rows] == [
        ("vbt-1", "run", None),
        ("vbt-1", "pass", 0),
        ("vbt-1", "pass", 1),
        ("sam2", "run", None),
        ("sam2", "pass", 0),
        ("sam2", "pass", 1),
    ]
    assert rows[3]["fps"] == pytest.approx((22 / 6.5 + 22 / 13) / 2)
    assert rows[3]["frames"] == 22
    assert rows[5]["fps"] == pytest.approx(22 / 13)


@pytest.mark.parametrize("style", FORMATS)
def test_every_format(style: str) -> None:
    assert "cutie" in render([table(timed_run("a", [1.0]))], style)


def test_an_unknown_convention_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match="did you mean cutie"):
        ReportOptions(conventions=("cuti",))
