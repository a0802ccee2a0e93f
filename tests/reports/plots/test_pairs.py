"""Two methods on the same sequences: what is paired, in which order, and what the rows say."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.records import Run
from vosbench.reports.compared.comparison import compare
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.pairs import Paired

MakeRun = Callable[..., Run]


def paired(*runs: Run, **asked: Any) -> Paired:
    (comparison,) = compare(runs, ReportOptions(**asked))
    first, other = comparison.entries
    return Paired(comparison, first, other, "J")


def test_rows_are_in_the_order_of_the_difference(make_run: MakeRun) -> None:
    found = paired(
        make_run("a", {"cow": [0.5], "dog": [0.9, 0.7], "goat": [0.2], "ant": [0.2]}),
        make_run("b", {"cow": [0.4], "dog": [0.2, 0.6], "goat": [0.4], "ant": [0.4]}),
    )
    assert [pair.sequence for pair in found.pairs] == ["dog", "cow", "ant", "goat"]
    assert found.pairs[0].means == pytest.approx((0.8, 0.4))
    assert found.pairs[0].difference == pytest.approx(0.4)
    # over objects, not over sequences: (.1 + .7 + .1 - .2 - .2) / 5
    assert found.difference.mean == pytest.approx(0.1)
    assert found.means == pytest.approx((0.5, 0.4))
    assert found.objects == 5


def test_what_one_lacks_is_named_and_left_out(make_run: MakeRun) -> None:
    found = paired(
        make_run("a", {"cow": [0.5], "dog": [0.9, math.nan], "goat": "broke", "owl": "broke"}),
        make_run("b", {"cow": "broke", "dog": [0.2, 0.3], "goat": [0.4], "owl": None}),
    )
    (dog,) = found.pairs
    assert (dog.first, dog.other) == ((0.9,), (0.2,))  # the object that both have
    assert found.only(found.first) == ("cow",)
    assert found.only(found.other) == ("goat",)
    assert found.neither() == ("owl",)
    rows = {row["sequence"]: row for row in found.rows()}
    assert list(rows) == ["dog", "cow", "goat", "MEAN"]
    assert (rows["cow"]["score"], rows["cow"]["against_score"]) == (0.5, None)
    assert (rows["goat"]["score"], rows["goat"]["against_score"]) == (None, 0.4)
    assert rows["MEAN"]["difference"] == pytest.approx(0.7)
    assert rows["MEAN"]["low"] is None  # one sequence has no interval


def test_quoted_figures_are_compared_on_demand_only(make_run: MakeRun) -> None:
    names = ("blackswan", "cows", "dog", "goat", "parkour", "libby", "camel")
    run = make_run("a", {name: [0.1 + number / 10] for number, name in enumerate(names)})
    found = paired(run, published=("OSVOS",))
    assert not found.compared
    assert [pair.sequence for pair in found.pairs] == list(reversed(names))
    assert all(row["difference"] is None and row["low"] is None for row in found.rows())
    asked = paired(run, published=("OSVOS",), across_levels=True)
    assert asked.compared
    last = list(asked.rows())[-1]
    assert last["difference"] == pytest.approx(asked.difference.mean)
    assert (last["low"], last["high"]) == asked.difference.interval


scores = st.floats(0, 1)


@given(st.lists(st.tuples(scores, scores), min_size=1, max_size=9))
def test_the_rows_fall(made: list[tuple[float, float]]) -> None:
    from tests.reports.conftest import made_run

    runs = (
        made_run(f"m{place}", {f"s{number}": [pair[place]] for number, pair in enumerate(made)})
        for place in (0, 1)
    )
    found = paired(*runs)
    differences = [pair.difference for pair in found.pairs]
    assert differences == sorted(differences, reverse=True)
    assert sorted(pair.sequence for pair in found.pairs) == [f"s{n}" for n in range(len(made))]
