"""How far results vary with the seed, apart from how far sequences differ.

Scores of runs that differ in their seed only are a two-way layout: seed l on sequence s scores
μ + a(l) + b(s) + e(l, s), with independent a, b and e of mean 0. Their variances are estimated
from mean squares (Searle, Casella and McCulloch, "Variance Components", Wiley 1992, chapter 4:
analysis of variance, random effects, one observation a cell).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from vosbench.statistics import LEVEL, Clusters, fewest


@dataclass(frozen=True)
class SeedVariance:
    """Where the spread of a method's scores comes from.

    Variances are unbiased; one that comes out negative is told as it came out here, and its root
    is shown as 0.

    Attributes:
        mean: over seeds and all values.
        low, high: between which the true mean over seeds and sequences lies; nan where there are
            too few sequences.
        seeds: number of runs.
        sequences: number of sequences.
        values: number of objects.
        of_runs: variance between the means of the runs, as they were observed on these sequences.
        of_seeds: variance of a, which moves all sequences together.
        of_sequences: variance of b.
        of_both: variance of e, which a seed does to one sequence alone.
    """

    mean: float
    low: float
    high: float
    seeds: int
    sequences: int
    values: int
    of_runs: float
    of_seeds: float
    of_sequences: float
    of_both: float

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends; None where there is no interval."""
        return (self.low, self.high) if math.isfinite(self.low) else None


def seed_variance(runs: Sequence[Clusters], *, level: float = LEVEL) -> SeedVariance:
    """Mean and variances of runs that differ in their seed only.

    A sequence counts by the mean over its objects; means over sequences weigh each by its number of
    objects. The interval is the mean ± t times its error, which has a part from a and a part from
    b and e, with degrees of freedom after Satterthwaite, "An Approximate Distribution of Estimates
    of Variance Components", Biometrics Bulletin 2(6), 1946; a variance that comes out negative
    counts as 0 in it.

    Args:
        runs: values by sequence of each run, on the same objects; at least two runs of two
            sequences.
        level: of the interval.

    Raises:
        ValueError: fewer runs or sequences, runs on other objects, or a value that is not finite.
    """
    scores, sizes = _layout(runs)  # seeds×sequences
    seeds, sequences = scores.shape
    weights = sizes / sizes.sum()
    square = float(weights @ weights)
    by_run = scores @ weights
    by_sequence = scores.mean(axis=0)
    rest = scores - scores.mean(axis=1, keepdims=True) - by_sequence + scores.mean()
    freedom = (seeds - 1) * (sequences - 1)
    of_both = float((rest**2).sum()) / freedom
    of_runs = float(by_run.var(ddof=1))
    between = float(by_sequence.var(ddof=1))
    of_seeds = of_runs - square * of_both
    of_sequences = between - of_both / seeds
    mean = float(by_run.mean())
    low = high = math.nan
    if sequences >= fewest(level):
        part = max(0.0, of_sequences) + of_both / seeds
        squared = max(0.0, of_seeds) / seeds + square * part
        parts = (
            (of_runs / seeds) ** 2 / (seeds - 1)
            + (square * between) ** 2 / (sequences - 1)
            + (square * of_both / seeds) ** 2 / freedom
        )
        reach = _reach(squared, parts, level)
        low, high = mean - reach, mean + reach
    return SeedVariance(
        mean=mean,
        low=low,
        high=high,
        seeds=seeds,
        sequences=sequences,
        values=int(sizes.sum()),
        of_runs=of_runs,
        of_seeds=of_seeds,
        of_sequences=of_sequences,
        of_both=of_both,
    )


def _reach(squared: float, parts: float, level: float) -> float:
    """How far the ends lie from the mean.

    Args:
        squared: error of the mean, squared.
        parts: the sum over its parts of their squares, each over its degrees of freedom.
        level: of the interval.
    """
    if squared == 0:
        return 0.0
    return float(special.stdtrit(squared**2 / parts, (1 + level) / 2)) * math.sqrt(squared)


def _layout(runs: Sequence[Clusters]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of each run and sequence, `seeds×sequences`, and the objects of each sequence."""
    shapes = {tuple(sorted((name, len(found)) for name, found in one.items())) for one in runs}
    if len(shapes) > 1:
        raise ValueError("runs with several seeds are compared on the same objects")
    if len(runs) < 2 or len(runs[0]) < 2:
        raise ValueError("the variance between seeds takes two runs of two sequences at least")
    names = list(runs[0])
    scores = np.array([[math.fsum(one[name]) / len(one[name]) for name in names] for one in runs])
    if not np.isfinite(scores).all():
        raise ValueError("the variance between seeds takes finite values only")
    return scores, np.array([len(runs[0][name]) for name in names], np.float64)
