"""Intervals: what they are worth in simulated experiments, and what must not change them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.statistics import Clusters, Estimate, estimate_difference, estimate_mean, fewest

FRACTIONS = st.floats(0, 1, width=32)
CLUSTERS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.lists(FRACTIONS, min_size=1, max_size=4),
    min_size=6,
    max_size=9,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def experiment(generator: np.random.Generator, sequences: int, objects: int) -> Clusters:
    """Scores whose true mean is 0: a part that a sequence's objects share, and one of their own."""
    shared = generator.normal(0, 1, sequences)
    own = generator.normal(0, 0.3, (sequences, objects))
    return {str(index): list(shared[index] + own[index]) for index in range(sequences)}


@pytest.mark.parametrize(("sequences", "objects"), [(6, 1), (12, 2), (30, 3)])
def test_an_interval_holds_the_true_mean_as_often_as_it_says(sequences: int, objects: int) -> None:
    generator = rng(1)
    held = 0
    for _ in range(600):
        found = estimate_mean(experiment(generator, sequences, objects), generator, resamples=499)
        held += found.low <= 0 <= found.high
    assert held / 600 == pytest.approx(0.95, abs=0.03)  # ± 3 standard errors of 600 draws


def test_objects_taken_for_independent_would_promise_too_much() -> None:
    generator = rng(2)
    widths = []
    for _ in range(20):
        clustered = experiment(generator, 8, 6)
        alone = {f"{name}-{i}": [v] for name, vs in clustered.items() for i, v in enumerate(vs)}
        widths.append(
            [_width(estimate_mean(made, generator, resamples=999)) for made in (clustered, alone)]
        )
    wide, narrow = np.mean(widths, axis=0)
    assert wide > 1.8 * narrow  # √6 = 2.4 if objects of a sequence were all alike


def _width(found: Estimate) -> float:
    return found.high - found.low


def test_pairs_resolve_what_separate_intervals_do_not() -> None:
    generator = rng(3)
    hard = {str(i): [v] for i, v in enumerate(generator.uniform(0.2, 0.9, 12))}
    better = {name: [v + generator.normal(0.02, 0.01) for v in vs] for name, vs in hard.items()}
    apart = [estimate_mean(values, generator) for values in (better, hard)]
    assert apart[0].low < apart[1].high  # they overlap
    difference = estimate_difference(better, hard, generator)
    assert difference.resolved
    assert difference.low < 0.02 < difference.high


@given(CLUSTERS, st.integers(0, 99))
def test_the_mean_is_over_objects_and_lies_inside(clusters: Clusters, seed: int) -> None:
    found = estimate_mean(clusters, rng(seed), resamples=99)
    values = [value for members in clusters.values() for value in members]
    assert found.mean == pytest.approx(np.mean(values), abs=1e-12)
    assert (found.clusters, found.values) == (len(clusters), len(values))
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


@given(CLUSTERS, st.floats(-2, 2), st.floats(0.1, 9))
def test_it_follows_a_change_of_unit(clusters: Clusters, shift: float, factor: float) -> None:
    moved = {name: [factor * v + shift for v in values] for name, values in clusters.items()}
    before, after = (estimate_mean(c, rng(), resamples=99) for c in (clusters, moved))
    for end in ("mean", "low", "high"):
        expected = factor * getattr(before, end) + shift
        assert getattr(after, end) == pytest.approx(expected, abs=1e-9)


@given(CLUSTERS)
def test_a_difference_turns_round_with_its_sides(clusters: Clusters) -> None:
    other = {name: [v**2 for v in values] for name, values in clusters.items()}
    one = estimate_difference(clusters, other, rng(), resamples=99)
    two = estimate_difference(other, clusters, rng(), resamples=99)
    assert one.mean == pytest.approx(-two.mean, abs=1e-12)
    assert one.low == pytest.approx(-two.high, abs=1e-9)


@given(CLUSTERS)
def test_nothing_differs_from_itself(clusters: Clusters) -> None:
    found = estimate_difference(clusters, clusters, rng(), resamples=99)
    assert (found.mean, found.low, found.high) == (0, 0, 0)
    assert not found.resolved


def test_the_generator_alone_decides() -> None:
    clusters = experiment(rng(3), 7, 2)
    assert estimate_mean(clusters, rng(5)) == estimate_mean(clusters, rng(5))


def test_a_higher_level_is_wider() -> None:
    clusters = experiment(rng(4), 15, 1)
    ends = [estimate_mean(clusters, rng(), level=level) for level in (0.5, 0.9, 0.99)]
    assert ends[2].low < ends[1].low < ends[0].low < ends[0].high < ends[1].high < ends[2].high


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_sequences_tell_nothing_about_others(count: int) -> None:
    found = estimate_mean({str(index): [0.2, 0.8] for index in range(count)}, rng())
    assert found.mean == 0.5
    assert math.isnan(found.low)
    assert found.interval is None
    assert not found.resolved


@given(st.floats(0.3, 0.999))
def test_the_range_of_the_fewest_holds_the_mean_as_often_as_asked(level: float) -> None:
    assert 1 - 2.0 ** (1 - fewest(level)) >= level - 1e-9
    assert 1 - 2.0 ** (2 - fewest(level)) < level + 1e-9


def test_what_has_no_figure_does_not_count() -> None:
    found = estimate_mean({"a": [0.2, math.nan], "b": [0.4], "c": [math.nan]}, rng())
    assert found.mean == pytest.approx(0.3)
    assert (found.clusters, found.values) == (2, 2)


def test_only_shared_sequences_are_compared() -> None:
    found = estimate_difference({"a": [0.5], "b": [0.9]}, {"a": [0.4], "c": [0.1]}, rng())
    assert found.mean == pytest.approx(0.1)
    assert found.clusters == 1


def test_what_cannot_be_estimated_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one finite value"):
        estimate_mean({"a": [math.nan]}, rng())
    with pytest.raises(ValueError, match="the level of an interval is 95"):
        estimate_mean({"a": [0.5]}, rng(), level=95)
    with pytest.raises(ValueError, match="sequences that both have"):
        estimate_difference({"a": [0.5]}, {"b": [0.5]}, rng())
    with pytest.raises(ValueError, match=r"sequence a has 1 values on one side .* and 2"):
        estimate_difference({"a": [0.5]}, {"a": [0.5, 0.6]}, rng())
