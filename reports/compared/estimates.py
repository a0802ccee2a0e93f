"""Means of entries and differences between them, each with its interval."""

import math
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry, Outcome
from vosbench.statistics import Clusters, Estimate, SeededDraws, estimate_difference, estimate_means

_SEED = 0
"""Of the draws behind every interval, so that a report says the same when it is made again."""


def generator() -> np.random.Generator:
    """A fresh generator of these draws, for what takes no `draws`."""
    return np.random.default_rng(_SEED)


@cache
def draws() -> SeededDraws:
    """What draws sequences again in reports."""
    return SeededDraws(_SEED)


def clusters(entry: Entry, figure: str, sequences: Iterable[str]) -> Clusters:
    """One figure of `vosbench.reports.compared.entries` of each object, by sequence; those done."""
    return {name: entry.outcomes[name].values(figure) for name in entry.done(sequences)}


def mean_estimates(
    entries: Sequence[Entry], figure: str, sequences: Sequence[str]
) -> tuple[Estimate | None, ...]:
    """The mean of a figure over all objects of each entry; None where it has none."""
    found = {
        place: values
        for place, entry in enumerate(entries)
        if _any_finite(values := clusters(entry, figure, sequences))
    }
    estimates = dict(zip(found, estimate_means(tuple(found.values()), draws()), strict=True))
    return tuple(estimates.get(place) for place in range(len(entries)))


def mean_intervals(
    comparison: Comparison, figure: str, sequences: Sequence[str] | None = None
) -> tuple[tuple[float, float] | None, ...]:
    """The interval of the mean of each entry, as tables show it: of what competes and is whole.

    A mean over less than the table shows is of other objects, and figures of others are not
    counted with here.

    Args:
        sequences: that the means are over; all of the comparison unless given.
    """
    names = comparison.sequences if sequences is None else tuple(sequences)
    found = mean_estimates(comparison.entries, figure, names)
    return tuple(
        one.interval if one is not None and comparison.competes(entry, aggregate=True) else None
        for entry, one in zip(comparison.entries, found, strict=True)
    )


def difference_estimate(
    one: Entry, other: Entry, figure: str, sequences: Iterable[str]
) -> Estimate | None:
    """The mean of `one - other` over the objects that both have; None where they share none."""
    first, second = paired(one, other, figure, sequences)
    differences = {
        name: [a - b for a, b in zip(values, second[name], strict=True)]
        for name, values in first.items()
    }
    return estimate_difference(first, second, draws()) if _any_finite(differences) else None


def paired(
    one: Entry, other: Entry, figure: str, sequences: Iterable[str]
) -> tuple[Clusters, Clusters]:
    """A figure of the objects that both entries have, by sequence, in one order.

    Objects are matched by their ids; where these are not known of both, by their order, if both
    have as many.
    """
    first, second = {}, {}
    for name in sequences:
        mine, theirs = one.outcomes.get(name), other.outcomes.get(name)
        if mine is not None and theirs is not None:
            places = _matched(mine, theirs)
            values = mine.values(figure), theirs.values(figure)
            first[name] = [values[0][place] for place, _ in places]
            second[name] = [values[1][place] for _, place in places]
    return first, second


def _matched(one: Outcome, other: Outcome) -> list[tuple[int, int]]:
    """Places of the same object in both."""
    if one.ids and other.ids:
        return [
            (place, other.ids.index(number))
            for place, number in enumerate(one.ids)
            if number in other.ids
        ]
    alike = len(one.objects) == len(other.objects)
    return [(place, place) for place in range(len(one.objects))] if alike else []


def _any_finite(values: Clusters) -> bool:
    return any(math.isfinite(value) for objects in values.values() for value in objects)
