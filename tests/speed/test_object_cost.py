"""What one more object costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_timings import FAILED, made_timing, one_pass
from vosbench.speed.object_cost import (
    seconds_per_object_of_init,
    seconds_per_object_of_steps,
    single_object,
    slope,
)


def test_slopes_over_the_number_of_objects() -> None:
    timings = [
        made_timing(
            one_pass({"init": 1.0 + n}, latencies=(0.1 * n, 0.3 * n, 9.0), adapting=(2,)), objects=n
        )
        for n in (1, 2, 4)
    ]
    assert seconds_per_object_of_steps(timings) == pytest.approx((0.2,))
    assert seconds_per_object_of_init(timings) == pytest.approx((1.0,))


def test_no_slope_without_sequences_that_differ() -> None:
    alike = [made_timing(one_pass({"init": s}, latencies=(s,)), objects=2) for s in (1.0, 2.0)]
    assert seconds_per_object_of_steps(alike) == ()
    assert seconds_per_object_of_init(alike) == ()
    throughput = [made_timing(one_pass({"infer": 1.0}), objects=n) for n in (1, 2)]
    assert seconds_per_object_of_steps(throughput) == ()


def test_a_failed_pass_has_no_slope() -> None:
    timings = [made_timing(one_pass({"init": 2.0 * n}), FAILED, objects=n) for n in (1, 2)]
    assert seconds_per_object_of_init(timings) == (2.0,)


def test_sequences_of_one_object() -> None:
    one, two = made_timing(one_pass(1.0), objects=1), made_timing(one_pass(1.0), objects=2)
    assert single_object([one, two]) == (one,)


@given(st.floats(-5, 5), st.floats(-5, 5), st.sets(st.integers(0, 9), min_size=2))
def test_points_on_a_line_give_its_slope(rise: float, level: float, places: set[int]) -> None:
    found = slope([(place, level + rise * place) for place in places])
    assert found == pytest.approx(rise, abs=1e-9)
