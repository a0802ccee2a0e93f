"""How scores spread over sequences: quartiles, whiskers, and what lies beyond."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.tidy import TidyRow, identity

REACH = 1.5
"""How far whiskers reach at most, in lengths of the box (Tukey, Exploratory Data Analysis)."""

FEWEST = 5
"""Values that a box is drawn of; five numbers of fewer values say less than the values."""


@dataclass(frozen=True)
class Box:
    """Five numbers of some values, fractions; quartiles are interpolated linearly.

    Attributes:
        low: the lowest value within `REACH` lengths of the box below it.
        lower: quartile.
        median: of all values.
        upper: quartile.
        high: the highest value within as many lengths above it.
    """

    low: float
    lower: float
    median: float
    upper: float
    high: float


def box_of(values: Mapping[str, float]) -> Box | None:
    """The five numbers; None of fewer than `FEWEST` values.

    >>> box_of({name: float(name) for name in "01234"})
    Box(low=0.0, lower=1.0, median=2.0, upper=3.0, high=4.0)
    """
    if len(values) < FEWEST:
        return None
    numbers = np.array([*values.values()])
    lower, median, upper = np.quantile(numbers, [0.25, 0.5, 0.75])
    reach = REACH * (upper - lower)
    inside = numbers[(numbers >= lower - reach) & (numbers <= upper + reach)]
    return Box(float(inside.min()), float(lower), float(median), float(upper), float(inside.max()))


@dataclass(frozen=True)
class Spread:
    """One metric of one method over sequences.

    Attributes:
        entry: the method.
        metric: `"J"`, `"F"` or `"J&F"`.
        values: mean over the objects of each sequence that it has, in the dataset's order.
        mean: over all objects, as in tables.
        box: five numbers of the values; None where there are too few.
    """

    entry: Entry
    metric: str
    values: Mapping[str, float]
    mean: float
    box: Box | None

    @property
    def low(self) -> tuple[str, ...]:
        """The sequence with the lowest value, and all others below the whisker; lowest first."""
        order = sorted(self.values, key=lambda name: (self.values[name], name))
        floor = self.box.low if self.box else -np.inf
        return tuple(
            name for rank, name in enumerate(order) if not rank or self.values[name] < floor
        )


def spreads(comparison: Comparison) -> Mapping[str, tuple[Spread, ...]]:
    """By metric, the spread of each method that has one."""
    found = {}
    for metric, figure in METRICS.items():
        of_metric = []
        for entry in comparison.entries:
            means = {
                name: entry.outcomes[name].mean(figure) for name in entry.done(comparison.sequences)
            }
            values = {name: mean for name, mean in means.items() if mean is not None}
            mean = entry.mean(figure, comparison.sequences)
            if mean is not None:
                of_metric.append(Spread(entry, metric, values, mean, box_of(values)))
        if of_metric:
            found[metric] = tuple(of_metric)
    return found


def rows(comparison: Comparison) -> Iterator[TidyRow]:
    """A row for each value of a sequence, each of the five numbers, and each mean."""
    for of_metric in spreads(comparison).values():
        for spread in of_metric:
            about = {**identity(spread.entry, comparison), "metric": spread.metric}
            for name, value in spread.values.items():
                yield {**about, "what": "sequence", "sequence": name, "value": value}
            yield {**about, "what": "mean over objects", "sequence": None, "value": spread.mean}
            if spread.box is not None:
                for what, value in _numbers(spread.box).items():
                    yield {**about, "what": what, "sequence": None, "value": value}


def _numbers(box: Box) -> Mapping[str, float]:
    return {
        "lower whisker": box.low,
        "lower quartile": box.lower,
        "median": box.median,
        "upper quartile": box.upper,
        "upper whisker": box.high,
    }
