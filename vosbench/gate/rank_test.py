"""How many times as long something takes, and how far that may be off, by rank tests.

Times have tails: a burst of somebody else's work makes a sample several times what it was. So
nothing here depends on how large samples are, only on their order. Shifts are those of logarithms,
for what slows down a machine multiplies.

The estimates and their bounds are those of Hodges and Lehmann, "Estimates of Location Based on Rank
Tests", Annals of Mathematical Statistics 34(2), 1963: of pairs the median of all Walsh averages,
bounded by the signed-rank distribution (Wilcoxon); of two samples the median of all differences,
bounded by the rank-sum distribution (Mann and Whitney). Both distributions are counted out for few
samples, and normal for many.

Samples are taken to be independent of each other. Those of one burst are not: simulated bursts over
several samples make bounds miss the truth up to half as often again as they say.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

COUNTED_PAIRS = 60
"""Most pairs for which the signed-rank distribution is counted out."""

COUNTED_PRODUCT = 4096
"""Largest product of two sizes for which the rank-sum distribution is counted out."""


@dataclass(frozen=True)
class Ratio:
    """How many times as long.

    Attributes:
        estimate: of Hodges and Lehmann.
        low: the true ratio is below this with a chance of `outside` at most; 0 where samples are
            too few to say.
        high: it is above this with the same chance at most; infinite where they are too few.
    """

    estimate: float
    low: float
    high: float


def paired_ratio(ratios: Sequence[float], *, outside: float) -> Ratio:
    """The ratio that pairs have in common, one sample a pair.

    Their logarithms are taken to lie alike on both sides of it, which holds for two sides that take
    turns.

    Args:
        ratios: of each pair, more than 0.
        outside: chance of an error on either side, more than 0 and below 1/2.

    Raises:
        ValueError: there is no pair, or a ratio or chance is out of its range.

    >>> paired_ratio([1.0, 2.0, 4.0], outside=0.2)
    Ratio(estimate=2.0, low=1.0, high=4.0)
    """
    logs = _logs(ratios)
    first, second = np.triu_indices(logs.size)
    averages = np.sort((logs[first] + logs[second]) / 2)  # Walsh averages, a pair with itself too
    return _bounded(averages, _signed_rank_below(logs.size, _checked(outside)))


def shifted_ratio(before: Sequence[float], now: Sequence[float], *, outside: float) -> Ratio:
    """How many times as large samples are as others, which they were not paired with.

    Their logarithms are taken to be distributed alike but for a shift.

    Args:
        before, now: more than 0.
        outside: chance of an error on either side, more than 0 and below 1/2.

    Raises:
        ValueError: there is no sample, or one or the chance is out of its range.

    >>> shifted_ratio([1.0, 1.0, 1.0], [2.0, 2.0, 2.0], outside=0.1)
    Ratio(estimate=2.0, low=2.0, high=2.0)
    """
    one, other = _logs(before), _logs(now)
    differences = np.sort(np.subtract.outer(other, one), axis=None)
    return _bounded(differences, _rank_sum_below(one.size, other.size, _checked(outside)))


def _bounded(shifts: NDArray[np.float64], below: int) -> Ratio:
    """The median of ascending shifts, and the `below`-th from either end; none if that is 0."""
    low, high = (shifts[below - 1], shifts[-below]) if below else (-math.inf, math.inf)
    estimate, low, high = np.exp([np.median(shifts), low, high]).tolist()
    return Ratio(estimate, low, high)


def _logs(samples: Sequence[float]) -> NDArray[np.float64]:
    values = np.asarray(samples, np.float64)
    if not values.size or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError("a ratio needs samples, all of them finite and more than 0")
    return np.log(values)


def _checked(outside: float) -> float:
    if not 0 < outside < 0.5:
        raise ValueError(f"the chance of an error is {outside}, expected more than 0, below 1/2")
    return outside


@cache
def _signed_rank_below(pairs: int, outside: float) -> int:
    """The largest k for which a signed-rank statistic is below k with chance `outside` at most."""
    if pairs > COUNTED_PAIRS:
        mean = pairs * (pairs + 1) / 4
        return _normal_below(mean, mean * (2 * pairs + 1) / 6, outside)
    ways = [1]  # to come to each sum by taking some of the ranks 1 … pairs
    for rank in range(1, pairs + 1):
        left_out, taken = ways + [0] * rank, [0] * rank + ways
        ways = [one + other for one, other in zip(left_out, taken, strict=True)]
    return _counted_below(ways, outside)


@cache
def _rank_sum_below(one: int, other: int, outside: float) -> int:
    """The largest k for which a rank-sum statistic is below k with chance `outside` at most."""
    if one * other > COUNTED_PRODUCT:
        return _normal_below(one * other / 2, one * other * (one + other + 1) / 12, outside)
    # ways to come to each number of inversions: the coefficients of a Gaussian binomial,
    # Π (1 − x^(other+i)) / (1 − x^i) over i = 1 … one
    ways = [0] * (one * other + 1)
    ways[0] = 1
    for i in range(1, one + 1):
        for at in range(len(ways) - 1, other + i - 1, -1):
            ways[at] -= ways[at - other - i]
        for at in range(i, len(ways)):
            ways[at] += ways[at - i]
    return _counted_below(ways, outside)


def _counted_below(ways: list[int], outside: float) -> int:
    """The largest k for which the first k of all ways are a share `outside` at most."""
    allowed, passed = outside * sum(ways), 0
    for k, number in enumerate(ways):
        passed += number
        if passed > allowed:
            return k
    raise AssertionError("all ways are more than half of them")


def _normal_below(mean: float, variance: float, outside: float) -> int:
    """The same for a normal statistic of whole numbers."""
    return max(0, math.floor(mean + 0.5 + float(special.ndtri(outside)) * math.sqrt(variance)))
