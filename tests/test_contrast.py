"""Differences between kinds of objects: what their intervals are worth in simulated experiments."""

import math

import numpy as np
import pytest

from vosbench.contrast import estimate_contrast


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("own", "others", "both"), [(6, 8, 0), (10, 20, 0), (4, 4, 8)])
def test_an_interval_holds_no_difference_as_often_as_it_says(
    own: int, others: int, both: int
) -> None:
    """Sequences with objects of one kind, of the other, and of both; the true difference is 0."""
    generator, held = rng(1), 0
    for _ in range(500):
        shared = generator.normal(0, 1, own + others + both)
        one = {str(n): [shared[n] + generator.normal(0, 0.5)] for n in range(own + both)}
        other = {
            str(n): [shared[n] + generator.normal(0, 0.5)] for n in range(own, own + others + both)
        }
        found = estimate_contrast(one, other, generator, resamples=499)
        held += found.low <= 0 <= found.high
    assert 0.92 <= held / 500 <= 0.995  # wider than need be where sequences have both


def test_a_difference_that_is_there_is_resolved() -> None:
    generator = rng(2)
    hard = {str(n): [generator.normal(0.5, 0.1)] for n in range(10)}
    easy = {str(n): [generator.normal(0.8, 0.1)] for n in range(10, 25)}
    found = estimate_contrast(hard, easy, generator)
    assert found.resolved
    assert found.high < 0
    assert (found.clusters, found.values) == (25, 25)


def test_means_are_over_objects() -> None:
    found = estimate_contrast({"a": [0.2, 0.4], "b": [math.nan, 0.9]}, {"a": [1.0]}, rng())
    assert found.mean == pytest.approx(0.5 - 1)
    assert found.interval is None
    assert (found.clusters, found.values) == (2, 4)


def test_five_sequences_on_one_side_are_too_few() -> None:
    many = {str(n): [0.5 + 0.01 * n] for n in range(30)}
    few = {f"x{n}": [0.5 + 0.01 * n] for n in range(5)}
    assert estimate_contrast(few, many, rng()).interval is None
    assert estimate_contrast(few | {"x5": [0.6]}, many, rng()).interval is not None


def test_a_side_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one finite value"):
        estimate_contrast({"a": [math.nan]}, {"b": [0.5]}, rng())
    with pytest.raises(ValueError, match="level of an interval"):
        estimate_contrast({"a": [0.5]}, {"b": [0.5]}, rng(), level=95)
