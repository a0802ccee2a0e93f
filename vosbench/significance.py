"""Which of several methods these sequences tell apart, and the letters that say so.

All pairs of methods are compared at once. A pair counts as told apart where the paired difference,
in units of its standard error clustered by sequence, is larger than the largest of all pairs is by
chance alone: that is found by drawing sequences again, the same ones for every pair, and taking
the largest |t| of each draw (single-step maximum, then stepping down: Romano and Wolf, "Stepwise
Multiple Testing as Formalized Data Snooping", Econometrica 73(4), 2005; the t from draws of whole
clusters: Cameron, Gelbach and Miller, "Bootstrap-Based Improvements for Inference with Clustered
Errors", Review of Economics and Statistics 90(3), 2008). So the chance of telling any two equal
methods apart stays about 1 − level, however many pairs there are.

One pair can blind all others: two methods that differ in one sequence only have next to no error
in every draw without it, and so a |t| of any size. The |t| of a pair that strays like that
(`STRAYING`) is divided by as much as brings it back to Student's. To do so for all pairs was tried
and dropped: what is rarest of many is known from a few draws of a few sequences, and with ten
methods of skewed scores on twelve sequences it told equal ones apart in one simulated experiment of
seven, where one of twenty was allowed. So did Bonferroni's correction of percentile intervals, in
one of ten.
"""

import math
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from vosbench.statistics import LEVEL, RESAMPLES, Clusters, SeededDraws, draw_clusters, fewest

SELDOM = 0.01
"""Share of draws that the |t| by which a pair is compared with Student's leaves above it."""

STRAYING = 3.0
"""From how many times Student's |t| on a pair strays."""

_AT_ONCE = 1000
"""Draws that are worked on together, so that many pairs need little memory."""


@dataclass(frozen=True)
class Comparisons:
    """All pairs of some methods.

    Attributes:
        methods: number of methods.
        apart: pairs of their places, the lower first, that are told apart.
        critical: |t| that the difference of each pair must exceed, as if none had been told apart
            yet; infinite for two that differ in so few sequences that nothing tells. Empty where
            there are too few sequences or no pairs.
        clusters: number of sequences.
        level: the chance that no two equal methods are told apart, about.
    """

    methods: int
    apart: frozenset[tuple[int, int]]
    critical: Mapping[tuple[int, int], float]
    clusters: int
    level: float

    def told_apart(self, one: int, other: int) -> bool:
        """Whether the sequences tell two methods apart."""
        return (min(one, other), max(one, other)) in self.apart

    @property
    def possible(self) -> bool:
        """Whether there are sequences enough to tell anything apart."""
        return bool(self.critical)


def compare_all(
    methods: Sequence[Clusters],
    generator: np.random.Generator | SeededDraws,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Comparisons:
    """Which pairs of methods differ in their mean over all values.

    Args:
        methods: values by sequence, of each method on the same objects of the same sequences.
        generator: draws the sequences.
        level: of all comparisons together.
        resamples: how often they are drawn.

    Raises:
        ValueError: methods differ in their sequences or objects, or a value is not finite.
    """
    sums, sizes = _totals(methods)
    count = len(sizes)
    pairs = list(combinations(range(len(methods)), 2))
    if not pairs or count < fewest(level):
        return Comparisons(len(methods), frozenset(), {}, count, level)
    differences = np.stack([sums[:, one] - sums[:, other] for one, other in pairs], axis=1)
    drawn = draw_clusters(count, generator, resamples=resamples)
    found = np.abs(_t(np.ones((1, count)), differences, sizes, about=0.0)[0])  # pairs
    by_chance = _by_chance(drawn, differences, sizes)  # resamples×pairs
    units = _units(by_chance, count)
    are_apart, bound = _step_down(_in(units, found), _in(units, by_chance), level)
    apart = frozenset(pair for pair, is_apart in zip(pairs, are_apart, strict=True) if is_apart)
    critical = [bound * unit if math.isfinite(unit) else math.inf for unit in units.tolist()]
    bounds = dict(zip(pairs, critical, strict=True))
    return Comparisons(len(methods), apart, bounds, count, level)


def letter_groups(
    order: Sequence[int], apart: Iterable[tuple[int, int]]
) -> tuple[frozenset[int], ...]:
    """The largest groups within which nothing is told apart, that of the best first.

    Two places share a group if and only if they are not told apart. Insert and absorb: Piepho, "An
    Algorithm for a Letter-Based Representation of All-Pairwise Comparisons", Journal of
    Computational and Graphical Statistics 13(2), 2004.

    Args:
        order: places of the methods, the best first.
        apart: pairs of places that are told apart.
    """
    groups = [frozenset(order)] if order else []
    for one, other in apart:
        split: list[frozenset[int]] = []
        for group in groups:
            parted = {one, other} <= group
            split += [group - {one}, group - {other}] if parted else [group]
        groups = _absorbed(split)
    rank = {place: number for number, place in enumerate(order)}
    return tuple(sorted(groups, key=lambda group: sorted(rank[place] for place in group)))


def letters(order: Sequence[int], apart: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Letters of each place, in the order of the places: one for each of its `letter_groups`.

    >>> letters([0, 1, 2], [(0, 2)])
    ('a', 'ab', 'b')
    """
    groups = letter_groups(order, apart)
    return tuple(
        "".join(letter(number) for number, group in enumerate(groups) if place in group)
        for place in sorted(order)
    )


def letter(number: int) -> str:
    """The sign of a group, from 0: small letters, then capitals, then numbers in parentheses.

    >>> letter(0), letter(26), letter(52)
    ('a', 'A', '(53)')
    """
    signs = string.ascii_lowercase + string.ascii_uppercase
    return signs[number] if number < len(signs) else f"({number + 1})"


def _absorbed(groups: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The groups that are part of no other."""
    distinct = list(dict.fromkeys(groups))
    return [group for group in distinct if not any(group < other for other in distinct)]


def _totals(methods: Sequence[Clusters]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of each sequence and method, `n×methods`, and numbers of objects of each sequence."""
    shapes = {tuple(sorted((name, len(found)) for name, found in one.items())) for one in methods}
    if len(shapes) > 1:
        raise ValueError("methods are compared on the same objects of the same sequences")
    names = list(methods[0]) if methods else []
    sums = np.array([[math.fsum(one[name]) for one in methods] for name in names])
    if not np.isfinite(sums).all():
        raise ValueError("methods are compared by finite values only")
    return sums, np.array([len(methods[0][name]) for name in names], np.float64)


def _by_chance(
    drawn: NDArray[np.float64], differences: NDArray[np.float64], sizes: NDArray[np.float64]
) -> NDArray[np.float32]:
    """|t| of each draw and pair about the difference that was found, `resamples×pairs`."""
    means = differences.sum(axis=0) / sizes.sum()
    made = [
        np.abs(_t(drawn[first : first + _AT_ONCE], differences, sizes, about=means))
        for first in range(0, len(drawn), _AT_ONCE)
    ]
    return np.concatenate([part.astype(np.float32) for part in made])


def _t(
    drawn: NDArray[np.float64],
    differences: NDArray[np.float64],
    sizes: NDArray[np.float64],
    *,
    about: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Mean difference less `about`, in standard errors clustered by sequence, `draws×pairs`.

    The mean is a ratio of sums over sequences, s / m; its squared error is n / (n − 1) times the
    sum of (s − mean · m)², over (the sum of m)².

    Args:
        drawn: how often each sequence is drawn, `draws×n`.
        differences: summed over the objects of a sequence, `n×pairs`.
        sizes: number of objects of each, `n`.
    """
    count = len(sizes)
    objects = (drawn @ sizes)[:, None]
    means = (drawn @ differences) / objects
    squares = (
        drawn @ differences**2
        - 2 * means * (drawn @ (differences * sizes[:, None]))
        + means**2 * (drawn @ sizes**2)[:, None]
    )
    # what is left of equal differences are errors of rounding
    rounding = 1e-12 * np.maximum((differences**2).sum(axis=0), np.finfo(np.float64).tiny)
    none = squares <= rounding
    errors = np.sqrt(np.where(none, 1.0, squares) * count / (count - 1)) / objects
    gaps = means - about
    alike = np.abs(gaps) * objects <= np.sqrt(rounding)
    return np.where(none, np.where(alike, 0.0, np.copysign(np.inf, gaps)), gaps / errors)


def _units(by_chance: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """What |t| of each pair is divided by: 1, more where it strays, up to infinity.

    Args:
        by_chance: |t| of each draw, `resamples×pairs`.
        count: number of sequences.
    """
    seldom = np.quantile(by_chance, 1 - SELDOM, axis=0, method="higher").astype(np.float64)
    usual = float(special.stdtrit(count - 1, 1 - SELDOM / 2))
    return np.where(seldom > STRAYING * usual, seldom / usual, 1.0)


def _in(units: NDArray[np.float64], sizes_of_t: NDArray[np.floating]) -> NDArray[np.float64]:
    """|t| in units of each pair; 0, and so never the largest, where these are infinite."""
    infinite = np.isinf(units)
    return np.where(infinite, 0.0, sizes_of_t / np.where(infinite, 1.0, units))


def _step_down(
    found: NDArray[np.float64], by_chance: NDArray[np.float64], level: float
) -> tuple[NDArray[np.bool_], float]:
    """Which of these chance does not explain, and the bound of the first step."""
    apart = np.zeros(found.size, np.bool_)
    first = math.nan
    while not apart.all():
        largest = by_chance[:, ~apart].max(axis=1)
        bound = float(np.quantile(largest, level, method="higher"))
        first = bound if math.isnan(first) else first
        more = ~apart & (found > bound)
        if not more.any():
            break
        apart |= more
    return apart, first
