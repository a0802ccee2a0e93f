"""The smallest difference that is resolved: found as often as it says, and no more."""

import math

import numpy as np
import pytest
from scipy import special

from vosbench.resolution import smallest_difference
from vosbench.statistics import Clusters, estimate_difference


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def clusters(values: np.ndarray) -> Clusters:
    return {str(index): [value] for index, value in enumerate(values)}


def test_it_is_found_in_four_experiments_of_five() -> None:
    generator, count, spread = rng(1), 15, 0.1
    reach = special.stdtrit(count - 1, 0.975) + special.stdtrit(count - 1, 0.8)
    there = reach * spread / math.sqrt(count)  # by the spread that is true
    found = 0
    for _ in range(400):
        one = generator.normal(there, spread, count)
        estimate = estimate_difference(
            clusters(one), clusters(np.zeros(count)), generator, resamples=399
        )
        found += estimate.resolved
    # three standard errors of 400 draws, and the t instead of its noncentral form costs a little
    assert found / 400 == pytest.approx(0.8, abs=3 * math.sqrt(0.16 / 400))


def test_it_is_estimated_without_much_bias() -> None:
    generator = rng(2)
    found = [
        smallest_difference(clusters(generator.normal(0, 0.1, 20)), clusters(np.zeros(20)))
        for _ in range(300)
    ]
    reach = special.stdtrit(19, 0.975) + special.stdtrit(19, 0.8)
    truth = reach * 0.1 / math.sqrt(20)
    assert np.mean(found) == pytest.approx(truth, rel=0.04)  # E[s] = 0.987 σ for 20 values


def test_objects_of_a_sequence_are_no_observations_of_their_own() -> None:
    values = rng(3).normal(0, 1, 12)
    alone = {str(index): [value] for index, value in enumerate(values)}
    five = {str(index): [value] * 5 for index, value in enumerate(values)}
    nothing = {name: [0.0] * len(found) for name, found in five.items()}
    found = smallest_difference(five, nothing)
    assert found == pytest.approx(smallest_difference(alone, clusters(np.zeros(12))))


def test_a_higher_bound_and_more_power_take_a_larger_difference() -> None:
    one, other = clusters(rng(4).normal(0, 1, 12)), clusters(np.zeros(12))
    plain = smallest_difference(one, other)
    assert smallest_difference(one, other, critical=4.0) > plain
    assert smallest_difference(one, other, power=0.95) > plain
    assert smallest_difference(one, other, level=0.9) < plain


def test_what_never_differs_is_resolved_at_once_and_few_sequences_say_nothing() -> None:
    same = clusters(np.full(8, 0.5))
    assert smallest_difference(same, same) == 0
    few = clusters(rng(5).normal(0, 1, 5))
    assert math.isnan(smallest_difference(few, clusters(np.zeros(5))))
    with pytest.raises(ValueError, match="another number of values"):
        smallest_difference({"a": [0.1]}, {"a": [0.1, 0.2]})
