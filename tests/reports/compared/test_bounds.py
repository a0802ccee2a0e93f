"""Where the final figure of an incomplete run must lie."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.conftest import made_run
from vosbench.records import Run
from vosbench.reports.compared.bounds import final_bounds, unknown
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores import overall, per_sequence

MakeRun = Callable[..., Run]
SCORES = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=3), min_size=2, max_size=6)


def compared(*runs: Run, **options: object) -> Comparison:
    (only,) = compare(runs, ReportOptions(**options))  # type: ignore[arg-type]
    return only


@given(SCORES, st.integers(1, 6))
def test_whatever_the_rest_brings_lies_within(scores: list[list[float]], done: int) -> None:
    names = [f"s{number}" for number in range(len(scores))]
    whole = dict(zip(names, scores, strict=True))
    part = {name: whole[name] if place < done else None for place, name in enumerate(names)}
    other = {name: [0.5] * len(found) for name, found in whole.items()}
    comparison = compared(made_run("part", part), made_run("other", other))
    truth = compared(made_run("whole", whole)).entries[0]
    for figure in ("J_mean", "F_mean", "J&F", "J_recall", "J_decay"):
        bounds = final_bounds(comparison, comparison.entries[0], figure)
        if done >= len(names):
            assert bounds is None
        else:
            assert bounds is not None
            final = truth.mean(figure, names)
            assert final is not None
            assert bounds[0] - 1e-9 <= final <= bounds[1] + 1e-9


def test_missing_objects_count_as_nothing_and_as_all(make_run: MakeRun) -> None:
    comparison = compared(
        make_run("part", {"s": [0.5], "t": None}), make_run("a", {"s": [0.5], "t": [0.5, 0.7, 0.1]})
    )
    part, whole = comparison.entries
    assert final_bounds(comparison, part, "J_mean") == pytest.approx((0.5 / 4, 3.5 / 4))
    assert final_bounds(comparison, part, "J_decay") == pytest.approx(
        ((0.0625 - 3) / 4, (0.0625 + 3) / 4)
    )
    assert final_bounds(comparison, part, "J_mean", ["s"]) is None
    assert final_bounds(comparison, whole, "J_mean") is None


def test_an_object_without_a_figure_is_missing(make_run: MakeRun) -> None:
    comparison = compared(make_run("a", {"s": [0.5, math.nan]}))
    assert final_bounds(comparison, comparison.entries[0], "J_mean") == (0.25, 0.75)


def test_quoted_figures_are_never_completed(make_run: MakeRun) -> None:
    run = make_run("a", {"blackswan": [0.1], "mine": [0.1]})
    comparison = compared(run, published=("PReMVOS",))
    assert final_bounds(comparison, comparison.entries[1], "J_mean") is None


def test_of_what_nobody_has_only_that_is_said(make_run: MakeRun) -> None:
    runs = (
        make_run("a", {"s": [0.5], "t": "no", "u": None}),
        make_run("b", {"s": [0.5], "u": [1]}),
    )
    comparison = compared(*runs)
    assert unknown(comparison) == ("t",)
    assert final_bounds(comparison, comparison.entries[0], "J_mean") == (0.25, 0.75)
    (table,) = overall.build(runs, ReportOptions())
    assert any("of the known objects; nobody has any of t" in text for text in table.footnotes)
    (table,) = overall.build(runs[:1], ReportOptions())
    assert not any(cell.bounds for row in table.rows for cell in row.cells)
    said = "Where final means must lie is not known: nobody has any object of t, u."
    assert said in table.footnotes


def test_tables_show_them(make_run: MakeRun) -> None:
    runs = (make_run("a", {"s": [0.5], "t": None}), make_run("b", {"s": [0.5], "t": [0.7]}))
    (table,) = overall.build(runs, ReportOptions())
    cells = {
        column.key: cell for column, cell in zip(table.columns, table.rows[0].cells, strict=True)
    }
    assert cells["J_mean"].bounds == (0.25, 0.75)
    assert cells["J_mean"].incomplete
    assert (table.tidy[0]["J_least"], table.tidy[0]["J_most"]) == (0.25, 0.75)
    assert table.tidy[1]["J_least"] is None
    (table,) = per_sequence.build(runs, ReportOptions())
    (row,) = [row for row in table.rows if row.cells[0].value == "final mean within"]
    assert [cell.value for cell in row.cells[1:]] == ["25.0–75.0", None]
