"""The smallest difference between two methods that so many sequences resolve."""

import math

import numpy as np
from scipy import special

from vosbench.statistics import LEVEL, Clusters, fewest

POWER = 0.8
"""Share of experiments that find a difference which is there."""


def smallest_difference(
    one: Clusters,
    other: Clusters,
    *,
    level: float = LEVEL,
    power: float = POWER,
    critical: float | None = None,
) -> float:
    """The true difference that is resolved in a share `power` of experiments like this one.

    It is (critical + t(power, n − 1)) · error, with the standard error of the paired difference of
    means over objects, clustered by n sequences: Bloom, "Minimum Detectable Effects: A Simple Way
    to Report the Statistical Power of Experimental Designs", Evaluation Review 19(5), 1995. The
    spread is that of these sequences, so another draw of as many would say something else.

    Args:
        one: values by sequence; those of a sequence in the order of its objects.
        other: the same of the method that it is compared with.
        level: of the comparison.
        power: how often the difference is found.
        critical: |t| that a difference must exceed, such as that of the pair among many
            (`vosbench.significance.Comparisons.critical`); Student's at `level` unless given.

    Returns:
        A difference in the unit of the values, 0 or more, infinite where `critical` is; nan where
        there are too few sequences.

    Raises:
        ValueError: a sequence of both has another number of values on one side.
    """
    shared = [name for name in one if name in other]
    for name in shared:
        if len(one[name]) != len(other[name]):
            raise ValueError(f"sequence {name} has another number of values on one side")
    found = [np.subtract(one[name], other[name]) for name in shared]
    finite = [kept for values in found if (kept := values[np.isfinite(values)]).size]
    count = len(finite)
    if count < fewest(level):
        return math.nan
    sums = np.array([values.sum() for values in finite])
    sizes = np.array([values.size for values in finite])
    rest = sums - sums.sum() / sizes.sum() * sizes
    error = math.sqrt(count / (count - 1) * float(rest @ rest)) / int(sizes.sum())
    if critical is None:
        critical = float(special.stdtrit(count - 1, (1 + level) / 2))
    return (critical + float(special.stdtrit(count - 1, power))) * error
