"""How far a mean over objects may be trusted: intervals from resampled sequences.

Objects of one sequence share its light, its camera and its occlusions, so they are no independent
observations, and frames even less. Sequences are what is drawn again, with all their objects; two
methods are compared on the objects that both were scored on (paired), which takes the difficulty of
a sequence out of the difference.

The interval is the expanded percentile interval of Hesterberg, "What Teachers Should Know About the
Bootstrap", The American Statistician 69(4), 2015: a plain percentile interval is too narrow for
few sequences, by a factor that is known for normal data and put right by taking percentiles further
out. All of it lies within the values of single sequences; where even that range would hold the true
mean less often than asked, there is no interval.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

LEVEL = 0.95
"""Share of experiments whose interval holds the true mean."""

RESAMPLES = 9999
"""Draws of the sequences; one more than these splits evenly at the usual levels."""

Clusters = Mapping[str, Sequence[float]]
"""Values of the objects of each sequence, by its name."""


@dataclass(frozen=True)
class Estimate:
    """A mean and where the true one lies.

    Attributes:
        mean: over all values, however many a sequence has.
        low: end of the interval; nan from fewer sequences than `fewest`.
        high: the other end.
        clusters: number of sequences.
        values: number of objects.
    """

    mean: float
    low: float
    high: float
    clusters: int
    values: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends; None where there is no interval."""
        return (self.low, self.high) if math.isfinite(self.low) else None

    @property
    def resolved(self) -> bool:
        """Whether the interval excludes 0: for a difference, whether there is one."""
        return self.low > 0 or self.high < 0


class SeededDraws:
    """Draws of sequences that are the same whenever as many are drawn, each made but once.

    Stands in for a generator where many means are to be resampled: that takes less time than the
    draws themselves. Every use gets what a fresh generator of this seed would draw.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made: dict[tuple[int, int], NDArray[np.float64]] = {}

    def draw(self, count: int, resamples: int) -> NDArray[np.float64]:
        """As `draw_clusters`; not to be written to."""
        if (count, resamples) not in self._made:
            drawn = draw_clusters(count, np.random.default_rng(self._seed), resamples=resamples)
            drawn.flags.writeable = False
            self._made[count, resamples] = drawn
        return self._made[count, resamples]


def draw_clusters(
    count: int, generator: np.random.Generator | SeededDraws, *, resamples: int = RESAMPLES
) -> NDArray[np.float64]:
    """How often each of `count` clusters is drawn, `resamples×count`; rows sum to `count`."""
    if isinstance(generator, SeededDraws):
        return generator.draw(count, resamples)
    drawn = generator.multinomial(count, np.full(count, 1 / count), size=resamples)
    return drawn.astype(np.float64)


def estimate_mean(
    clusters: Clusters,
    generator: np.random.Generator | SeededDraws,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The mean over all values, its interval by drawing whole clusters with replacement.

    Values that are not finite are left out, and clusters without any other.

    Args:
        clusters: values by the sequence that they are from.
        generator: draws the clusters.
        level: of the interval, between 0 and 1.
        resamples: how often they are drawn.

    Raises:
        ValueError: no value is finite, or `level` is not between 0 and 1.

    >>> estimate_mean({"cows": [0.5], "dogs": [0.5, 0.8]}, np.random.default_rng(0)).mean
    0.6
    """
    (found,) = estimate_means([clusters], generator, level=level, resamples=resamples)
    return found


def estimate_means(
    many: Sequence[Clusters],
    generator: np.random.Generator | SeededDraws,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> tuple[Estimate, ...]:
    """An `estimate_mean` for each of many, from the same draws where they have as many clusters.

    Args:
        many: values by the sequence that they are from, one mapping a mean.

    Raises:
        ValueError: one has no finite value, or `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(
            f"the level of an interval is {level}, expected more than 0 and less than 1"
        )
    drawn: dict[int, NDArray[np.float64]] = {}
    found = []
    for clusters in many:
        sums, sizes = _totals(clusters)
        count = sums.size
        low = high = math.nan
        if count >= fewest(level):
            if count not in drawn:
                drawn[count] = draw_clusters(count, generator, resamples=resamples)
            means = (drawn[count] @ sums) / (drawn[count] @ sizes)  # resamples
            outside = expanded(1 - level, count)
            low, high = np.quantile(means, [outside / 2, 1 - outside / 2])
        mean = float(sums.sum() / sizes.sum())
        found.append(Estimate(mean, float(low), float(high), count, int(sizes.sum())))
    return tuple(found)


def fewest(level: float = LEVEL) -> int:
    """How many sequences an interval takes.

    The mean of a symmetric distribution lies outside the range of `n` draws with probability
    2^(1−n), so nothing within the range holds it more often than in the rest of cases.

    >>> fewest(0.95), fewest(0.5)
    (6, 2)
    """
    return 1 + math.ceil(-math.log2(1 - level) - 1e-9)


def estimate_difference(
    one: Clusters,
    other: Clusters,
    generator: np.random.Generator | SeededDraws,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The mean of `one - other` over the objects that both have, with its interval.

    Args:
        one: values by sequence; those of a sequence in the order of its objects.
        other: the same of what it is compared with.

    Raises:
        ValueError: they share no sequence, have another number of objects in one, or no finite
            difference; or `level` is not between 0 and 1.

    >>> cows, generator = {"cows": [0.5, 0.75]}, np.random.default_rng(0)
    >>> estimate_difference(cows, {"cows": [0.25, 0.25]}, generator).mean
    0.375
    """
    shared = [name for name in one if name in other]
    if not shared:
        raise ValueError("a paired difference needs sequences that both have")
    for name in shared:
        if len(one[name]) != len(other[name]):
            raise ValueError(
                f"sequence {name} has {len(one[name])} values on one side of a paired difference "
                f"and {len(other[name])} on the other"
            )
    differences = {name: _array(one[name]) - _array(other[name]) for name in shared}
    pairs = {name: values.tolist() for name, values in differences.items()}
    return estimate_mean(pairs, generator, level=level, resamples=resamples)


def _totals(clusters: Clusters) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum and number of the finite values of each cluster that has any."""
    known = (values[np.isfinite(values)] for values in map(_array, clusters.values()))
    finite = [values for values in known if values.size]  # an array a sequence
    if not finite:
        raise ValueError("a mean needs at least one finite value")
    return (
        np.array([values.sum() for values in finite]),
        np.array([values.size for values in finite], np.float64),
    )


def _array(values: Sequence[float]) -> NDArray[np.float64]:
    return np.asarray(values, np.float64)


def expanded(outside: float, count: int) -> float:
    """The share to cut off that makes percentiles of `count` clusters as wide as Student's t.

    Hesterberg 2015: z(outside'/2) = √(n / (n − 1)) · t(outside/2, n − 1).
    """
    quantile = special.stdtrit(count - 1, outside / 2)
    return float(2 * special.ndtr(math.sqrt(count / (count - 1)) * quantile))
