"""Latencies of plain and of adapting steps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_timings import FAILED, made_timing, one_pass
from vosbench.speed.latency import latencies, nearest_rank, percentiles

STEPS = one_pass(1.0, latencies=(0.1, 0.9, 0.2, 0.3, 0.8), adapting=(1, 4))


def test_adapting_steps_are_taken_apart() -> None:
    assert latencies(STEPS, adapting=False) == (0.1, 0.2, 0.3)
    assert latencies(STEPS, adapting=True) == (0.9, 0.8)


def test_percentiles_are_over_the_steps_of_all_sequences_in_each_pass() -> None:
    other = one_pass(1.0, latencies=(0.4, 0.5))
    timings = [made_timing(STEPS, STEPS), made_timing(other, other)]
    assert percentiles(timings, 0.5) == (0.3, 0.3)  # of 0.1 0.2 0.3 0.4 0.5
    assert percentiles(timings, 0.9) == (0.5, 0.5)
    assert percentiles(timings, 1.0, adapting=True) == (0.9, 0.9)


def test_there_are_none_in_throughput_mode_and_no_adapting_ones_of_a_plain_method() -> None:
    assert percentiles([made_timing(one_pass(1.0))], 0.5) == ()
    assert percentiles([made_timing(one_pass(1.0, latencies=(0.1,)))], 0.5, adapting=True) == ()


def test_a_failed_pass_never_ends() -> None:
    assert percentiles([made_timing(STEPS, FAILED)], 0.5) == (0.2, math.inf)
    assert percentiles([made_timing(FAILED)], 0.5) == ()


@pytest.mark.parametrize(
    ("count", "share", "expected"), [(100, 0.5, 50), (100, 0.07, 7), (100, 0.99, 99), (1, 0.0, 1)]
)
def test_a_percentile_is_a_sample(count: int, share: float, expected: int) -> None:
    assert nearest_rank([float(n) for n in range(count, 0, -1)], share) == expected


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(ValueError, match=r"no 0\.5 of 0 samples"):
        nearest_rank([], 0.5)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50), st.integers(0, 100))
def test_so_many_do_not_exceed_it_and_fewer_stay_below(drawn: list[float], percent: int) -> None:
    found = nearest_rank(drawn, percent / 100)
    assert 100 * sum(sample <= found for sample in drawn) >= percent * len(drawn)
    assert 100 * sum(sample < found for sample in drawn) <= percent * len(drawn)
