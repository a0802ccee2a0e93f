"""Five numbers of scores over sequences, what lies below them, and the rows of a figure."""

import math
import statistics
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.records import Run
from vosbench.reports.compared.comparison import compare
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.boxes import box_of, rows, spreads

MakeRun = Callable[..., Run]


def test_whiskers_end_at_values_within_reach() -> None:
    # quartiles 2 and 4 by linear interpolation, so that whiskers reach from -1 to 7
    box = box_of({"a": 0, "b": 2, "c": 3, "d": 4, "e": 7.5})
    assert box is not None
    assert (box.low, box.lower, box.median, box.upper, box.high) == (0, 2, 3, 4, 4)
    assert box_of({"a": 0, "b": 2, "c": 3, "d": 4}) is None


@given(st.lists(st.floats(0, 1), min_size=5, max_size=30))
def test_the_five_numbers_rise_and_whiskers_are_values(made: list[float]) -> None:
    box = box_of({str(place): value for place, value in enumerate(made)})
    assert box is not None
    assert box.lower <= box.median <= box.upper
    assert {box.low, box.high} <= set(made)
    assert box.median == pytest.approx(statistics.median(made))
    reach = 1.5 * (box.upper - box.lower)
    beyond = [value for value in made if not box.low <= value <= box.high]
    assert all(value < box.lower - reach or value > box.upper + reach for value in beyond)


def test_a_spread_is_over_sequences_and_its_mean_over_objects(make_run: MakeRun) -> None:
    made = make_run(
        "m",
        {"a": [0.8], "b": [0.82], "c": [0.84, 0.86], "d": [0.9], "e": [0.1], "f": "broke"},
    )
    (comparison,) = compare([made], ReportOptions())
    found = spreads(comparison)
    assert list(found) == ["J", "F", "J&F"]
    (spread,) = found["J"]
    assert spread.values == pytest.approx({"a": 0.8, "b": 0.82, "c": 0.85, "d": 0.9, "e": 0.1})
    assert spread.mean == pytest.approx((0.8 + 0.82 + 0.84 + 0.86 + 0.9 + 0.1) / 6)
    assert spread.low == ("e",)


def test_what_is_below_the_whisker_is_named_from_the_lowest(make_run: MakeRun) -> None:
    figures = {f"s{n}": [0.9 + n / 1000] for n in range(10)} | {"x": [0.2], "y": [0.1]}
    (comparison,) = compare([make_run("m", figures)], ReportOptions())
    (spread,) = spreads(comparison)["J"]
    assert spread.low == ("y", "x")


def test_the_rows_hold_all_that_is_drawn(make_run: MakeRun) -> None:
    runs = [make_run("m", {f"s{n}": [n / 10] for n in range(7)}), make_run("n", {"s0": [0.5]})]
    (comparison,) = compare(runs, ReportOptions())
    found = pd.DataFrame(rows(comparison))
    assert len(found) == 3 * (7 + 1 + 5) + 3 * (1 + 1)
    assert not found.duplicated(["title", "metric", "what", "sequence"]).any()
    of_first = found[(found["title"] == "m") & (found["metric"] == "J")].set_index("what")["value"]
    assert of_first["median"] == pytest.approx(0.3)
    assert of_first["sequence"].tolist() == pytest.approx([n / 10 for n in range(7)])


def test_what_has_no_score_has_no_spread(make_run: MakeRun) -> None:
    (comparison,) = compare([make_run("m", {"a": [math.nan], "b": "broke"})], ReportOptions())
    assert spreads(comparison) == {}
