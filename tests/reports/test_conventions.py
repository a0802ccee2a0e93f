"""The same runs by the rules of others, as a table."""

import json
from typing import Any

import pytest

from tests.reports.timed_runs import timed_run
from vosbench.conventions import CONVENTIONS
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.render import FORMATS, render
from vosbench.reports.table import Table
from vosbench.reports.timing import build


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


def test_footnotes_give_each_rule_its_source_and_what_is_not_translated() -> None:
    made = table(timed_run("a", [1.0]), conventions=("eosvos", "aot", "aot-sequences"))
    text = "\n".join(made.footnotes)
    assert (
        "eosvos, e-OSVOS as published: frames / seconds; all frames once for each object, the "
        "annotated one included; on the clock: init, adapt, infer, post." in made.footnotes
    )
    assert "Not translated: decoding was on their clock" in text
    assert "aot and aot-sequences: their clock waits for the device once at the end" in text
    assert "cutie" not in text


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
