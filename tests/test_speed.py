"""Frames per second: what is divided by what, and what there is no rate of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.speed import fps_amortised, fps_steady
from vosbench.timing_records import TimedPass, Timing

SECONDS = {"load": 100.0, "init": 4.0, "adapt": 3.0, "infer": 2.0, "post": 1.0, "io": 50.0}


def timing(frames: int, seconds: dict[str, float]) -> Timing:
    return Timing(frames=frames, objects=1, passes=(TimedPass(seconds),))


def test_amortised_counts_all_work_of_the_method_and_no_loading_or_files() -> None:
    assert fps_amortised([timing(30, SECONDS)]) == 3


def test_steady_counts_propagation_alone() -> None:
    assert fps_steady([timing(30, SECONDS)]) == 10


def test_over_sequences_sums_are_divided_not_rates_averaged() -> None:
    quick, slow = timing(90, {"infer": 1.0}), timing(10, {"infer": 9.0})
    assert fps_steady([quick, slow]) == 10


def test_nothing_timed_has_no_rate() -> None:
    assert fps_amortised([]) is None
    assert fps_steady([timing(10, {})]) is None
    assert fps_amortised([timing(0, SECONDS)]) is None


@given(st.lists(st.tuples(st.integers(1, 99), st.floats(0.01, 99)), min_size=1))
def test_the_rate_of_all_lies_between_those_of_the_sequences(
    given_runs: list[tuple[int, float]],
) -> None:
    timings = [timing(frames, {"infer": seconds}) for frames, seconds in given_runs]
    rates = [frames / seconds for frames, seconds in given_runs]
    overall = fps_amortised(timings)
    assert overall is not None
    assert min(rates) * (1 - 1e-9) <= overall <= max(rates) * (1 + 1e-9)
    assert overall == pytest.approx(fps_steady(timings))
