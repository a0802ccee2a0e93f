"""Objects of one kind against all others, under one method: is the difference more than chance?

Both kinds may occur in one sequence, so sequences are drawn again with the objects of both, and
what a draw says is the difference of its two means. Nothing is paired: other objects are harder for
many reasons, and a difference between kinds says that these objects are, not why.
"""

import math

import numpy as np

from vosbench.statistics import (
    LEVEL,
    RESAMPLES,
    Clusters,
    Estimate,
    SeededDraws,
    draw_clusters,
    expanded,
    fewest,
)


def estimate_contrast(
    one: Clusters,
    other: Clusters,
    generator: np.random.Generator | SeededDraws,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The mean of `one` minus the mean of `other`, which are different objects, and its interval.

    The interval is that of `vosbench.statistics`, as wide as the side with fewer sequences asks;
    there is none where either side has fewer than `vosbench.statistics.fewest`. Values that are not
    finite are left out.

    Args:
        one: values of some objects by the sequence that they are from.
        other: those of the others.
        generator: draws the sequences.
        level: of the interval, between 0 and 1.
        resamples: how often they are drawn.

    Raises:
        ValueError: either side has no finite value, or `level` is not between 0 and 1.

    >>> cows, dogs = {"cows": [0.5, 0.25]}, {"dogs": [0.75], "cows": [0.25]}
    >>> estimate_contrast(cows, dogs, np.random.default_rng(0)).mean
    -0.125
    """
    if not 0 < level < 1:
        raise ValueError(
            f"the level of an interval is {level}, expected more than 0 and less than 1"
        )
    names = list(dict.fromkeys((*one, *other)))
    sums, sizes = np.array([_totals(side, names) for side in (one, other)]).swapaxes(0, 1)  # 2×n
    if not sizes.any(axis=1).all():
        raise ValueError("a difference of two means needs at least one finite value on each side")
    means = sums.sum(axis=1) / sizes.sum(axis=1)
    clusters = int(np.count_nonzero(sizes, axis=1).min())
    low = high = math.nan
    if clusters >= fewest(level):
        counted = sizes.any(axis=0)
        drawn = draw_clusters(int(counted.sum()), generator, resamples=resamples)
        drawn_sums, drawn_sizes = drawn @ sums[:, counted].T, drawn @ sizes[:, counted].T
        # A draw without one side says nothing: of two times six sequences, one in four thousand.
        told = drawn_sizes.all(axis=1)
        by_side = drawn_sums[told] / drawn_sizes[told]
        outside = expanded(1 - level, clusters)
        low, high = np.quantile(by_side[:, 0] - by_side[:, 1], [outside / 2, 1 - outside / 2])
    return Estimate(
        mean=float(means[0] - means[1]),
        low=float(low),
        high=float(high),
        clusters=int(np.count_nonzero(sizes.any(axis=0))),
        values=int(sizes.sum()),
    )


def _totals(clusters: Clusters, names: list[str]) -> tuple[list[float], list[float]]:
    """Sum and number of the finite values in each of these sequences."""
    finite = [[v for v in clusters.get(name, ()) if math.isfinite(v)] for name in names]
    return [math.fsum(values) for values in finite], [float(len(values)) for values in finite]
