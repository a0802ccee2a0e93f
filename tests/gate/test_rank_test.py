"""Estimates and bounds of ratios: against definitions, and by simulation."""

import math
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from vosbench.gate.rank_test import (
    COUNTED_PAIRS,
    COUNTED_PRODUCT,
    Ratio,
    paired_ratio,
    shifted_ratio,
)

RATIOS = st.lists(st.floats(0.01, 100), min_size=1, max_size=12)


@given(RATIOS)
def test_the_estimate_is_the_median_of_walsh_averages(ratios: list[float]) -> None:
    logs = [math.log(ratio) for ratio in ratios]
    averages = [(one + other) / 2 for one, other in combinations_with_replacement(logs, 2)]
    found = paired_ratio(ratios, outside=0.01)
    assert found.estimate == pytest.approx(math.exp(np.median(averages)))
    assert found.low <= found.estimate * (1 + 1e-12)
    assert found.estimate <= found.high * (1 + 1e-12)


@given(RATIOS, st.floats(0.1, 10))
def test_a_slower_method_moves_all_of_it(ratios: list[float], factor: float) -> None:
    before = paired_ratio(ratios, outside=0.05)
    after = paired_ratio([factor * ratio for ratio in ratios], outside=0.05)
    for name in ("estimate", "low", "high"):
        assert getattr(after, name) == pytest.approx(factor * getattr(before, name))


@given(RATIOS)
def test_sides_exchanged_invert_it(ratios: list[float]) -> None:
    found = paired_ratio(ratios, outside=0.05)
    other = paired_ratio([1 / ratio for ratio in ratios], outside=0.05)
    assert other.estimate == pytest.approx(1 / found.estimate)
    assert other.low == pytest.approx(0 if math.isinf(found.high) else 1 / found.high)


@given(RATIOS, RATIOS)
def test_two_samples_are_compared_by_all_their_ratios(
    before: list[float], now: list[float]
) -> None:
    found = shifted_ratio(before, now, outside=0.05)
    logs = [math.log(other / one) for one, other in product(before, now)]
    assert found.estimate == pytest.approx(math.exp(np.median(logs)))
    other = shifted_ratio(now, before, outside=0.05)
    assert other.high == pytest.approx(1 / found.low if found.low else math.inf)


@given(st.lists(st.floats(0.1, 10), min_size=5, max_size=14, unique=True), st.floats(0.01, 0.3))
def test_the_lower_bound_is_where_the_signed_rank_test_turns(
    ratios: list[float], outside: float
) -> None:
    found = paired_ratio(ratios, outside=outside)
    assume(found.low > 0)
    below = np.log(ratios) - math.log(found.low * (1 - 1e-9))
    above = np.log(ratios) - math.log(found.low * (1 + 1e-6))
    assume(len(set(np.abs(above).tolist())) == len(ratios))
    rejected = stats.wilcoxon(below, alternative="greater", method="exact").pvalue
    assert rejected <= outside * (1 + 1e-9)
    assert stats.wilcoxon(above, alternative="greater", method="exact").pvalue <= 0.5 + outside


@given(
    st.lists(st.floats(0.1, 10), min_size=3, max_size=9, unique=True),
    st.lists(st.floats(0.1, 10), min_size=3, max_size=9, unique=True),
    st.floats(0.01, 0.3),
)
def test_the_lower_bound_is_where_the_rank_sum_test_turns(
    before: list[float], now: list[float], outside: float
) -> None:
    found = shifted_ratio(before, now, outside=outside)
    assume(found.low > 0)
    shifted = np.log(now) - math.log(found.low * (1 - 1e-9))
    test = stats.mannwhitneyu(shifted, np.log(before), alternative="greater", method="exact")
    assert test.pvalue <= outside * (1 + 1e-9)


def test_too_few_samples_bound_nothing() -> None:
    assert paired_ratio([2.0] * 9, outside=0.001) == Ratio(pytest.approx(2.0), 0.0, math.inf)  # type: ignore[arg-type]
    ten = paired_ratio([2.0] * 10, outside=0.001)  # 2^-10 is the chance that all lie above
    assert (ten.low, ten.high) == (pytest.approx(2.0), pytest.approx(2.0))
    assert shifted_ratio([1.0] * 6, [2.0] * 4, outside=0.001).low == 0  # 1 of 210 orders
    assert shifted_ratio([1.0] * 6, [2.0] * 7, outside=0.001).low == pytest.approx(2.0)  # of 1716


def test_many_samples_are_bounded_much_as_a_few_less() -> None:
    spread = np.exp(np.random.default_rng(0).normal(0, 0.2, COUNTED_PAIRS + 1)).tolist()
    many, fewer = paired_ratio(spread, outside=0.001), paired_ratio(spread[1:], outside=0.001)
    assert many.low == pytest.approx(fewer.low, rel=0.02)
    size = math.isqrt(COUNTED_PRODUCT)
    one, other = spread[:size], (2 * np.array(spread[: size + 1])).tolist()
    while len(other) <= size + 1:
        other.append(2.0)
    normal = shifted_ratio([*one, 1.0, 1.0, 1.0, 1.0], other, outside=0.001)
    counted = shifted_ratio(one, other[:size], outside=0.001)
    assert normal.low == pytest.approx(counted.low, rel=0.02)


@pytest.mark.parametrize("samples", [[], [0.0], [-1.0], [math.nan], [math.inf]])
def test_samples_out_of_range_are_refused(samples: list[float]) -> None:
    with pytest.raises(ValueError, match="samples"):
        paired_ratio(samples, outside=0.1)


@pytest.mark.parametrize("outside", [0.0, 0.5, 1.0])
def test_a_chance_out_of_range_is_refused(outside: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        paired_ratio([1.0], outside=outside)


def disturbed(rng: np.random.Generator, pairs: int, slower: float) -> list[float]:
    """Ratios of a method and a reference that lie beside each other on a busy machine.

    Both take a log-normal time; bursts last for some samples and make them up to ten times as long,
    and hit one side of a pair where they begin or end in it.
    """
    times = np.exp(rng.normal(0, 0.1, 2 * pairs))
    at = 0
    while at < times.size:
        at += int(rng.geometric(0.15))
        length = int(rng.geometric(0.3))
        times[at : at + length] *= 1 + 3 * rng.pareto(1.5)
        at += length
    turns = times.reshape(pairs, 2)
    turns[1::2] = turns[1::2, ::-1].copy()  # A B, B A
    return (slower * turns[:, 0] / turns[:, 1]).tolist()


def heavy_tailed(rng: np.random.Generator, samples: int) -> list[float]:
    """Ratios without bursts: each side of a pair may be very late, whatever the others are."""
    times = 1 + rng.pareto(1.1, (samples, 2))
    return (times[:, 0] / times[:, 1]).tolist()


def misses(found: list[Ratio], truth: float = 1.0) -> float:
    """Share of experiments whose bounds miss the true ratio, on the side where it is larger."""
    return max(
        sum(ratio.low > truth for ratio in found) / len(found),
        sum(ratio.high < truth for ratio in found) / len(found),
    )


@pytest.mark.parametrize("outside", [0.05, 0.005])
def test_bounds_miss_as_seldom_as_they_say_under_heavy_tails(outside: float) -> None:
    """Up to 3 standard errors of the count."""
    rng, experiments = np.random.default_rng(1), 2000
    paired = [paired_ratio(heavy_tailed(rng, 14), outside=outside) for _ in range(experiments)]
    shifted = [
        shifted_ratio(heavy_tailed(rng, 28), heavy_tailed(rng, 14), outside=outside)
        for _ in range(experiments)
    ]
    allowed = outside + 3 * math.sqrt(outside / experiments)
    assert misses(paired) <= allowed
    assert misses(shifted) <= allowed


def test_bursts_make_bounds_miss_but_half_as_often_again_and_raise_no_alarm() -> None:
    """Samples of one burst are not independent, as both tests take them to be.

    What an alarm takes besides is the minimum effect: the bound must be above 1.25.
    """
    rng, experiments, outside = np.random.default_rng(1), 2000, 0.05
    paired = [paired_ratio(disturbed(rng, 14, 1.0), outside=outside) for _ in range(experiments)]
    shifted = [
        shifted_ratio(disturbed(rng, 28, 1.0), disturbed(rng, 14, 1.0), outside=outside)
        for _ in range(experiments)
    ]
    for found in (paired, shifted):
        assert misses(found) <= 1.5 * outside + 3 * math.sqrt(1.5 * outside / experiments)
        assert sum(ratio.low > 1.25 for ratio in found) <= 0.001 * experiments


def test_half_as_slow_again_never_looks_allowed_in_bursts() -> None:
    """With 42 pairs, at the level of the gate over two parts, two clocks and three looks."""
    rng, outside = np.random.default_rng(2), 0.001 / 12
    found = [paired_ratio(disturbed(rng, 42, 1.5), outside=outside) for _ in range(300)]
    assert all(ratio.estimate > 1.25 for ratio in found)
    assert sum(ratio.low > 1 for ratio in found) > 0.75 * 300  # 85 % of 500 elsewhere


def test_half_as_slow_again_is_found_where_it_is_steady() -> None:
    """With the spread of CPU time that was measured beside two busy processes, 12 % in all."""
    rng, outside = np.random.default_rng(3), 0.001 / 12
    deviation = 0.12 / 1.349  # the quartiles of a normal distribution are 1.349 of these apart

    def found(pairs: int) -> int:
        drawn = 1.5 * np.exp(rng.normal(0, deviation, (200, pairs)))
        return sum(paired_ratio(row.tolist(), outside=outside).low > 1.25 for row in drawn)

    assert found(14) > 120  # at the first look; 73 % of 500 elsewhere
    assert found(28) == 200  # at the second
