"""Spread of seeds apart from spread of sequences, in experiments whose truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.seed_variance import SeedVariance, seed_variance
from vosbench.statistics import Clusters

SEEDS, SEQUENCES, BOTH = 0.03, 0.12, 0.05
"""Standard deviations of a, b and e in the experiments."""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def experiment(
    generator: np.random.Generator, seeds: int, sequences: int, of_seeds: float = SEEDS
) -> list[Clusters]:
    """Runs whose true mean is 0, on sequences of 1 to 3 objects that score alike."""
    a = generator.normal(0, of_seeds, seeds)
    b = generator.normal(0, SEQUENCES, sequences)
    e = generator.normal(0, BOTH, (seeds, sequences))
    sizes = [1 + index % 3 for index in range(sequences)]
    scores = a[:, None] + b + e
    return [
        {str(index): [score] * sizes[index] for index, score in enumerate(row)} for row in scores
    ]


@pytest.mark.parametrize("of_seeds", [SEEDS, 0.0])
def test_variances_are_right_on_average(of_seeds: float) -> None:
    generator = rng(1)
    found = [seed_variance(experiment(generator, 3, 10, of_seeds)) for _ in range(600)]
    for made, truth in (
        ([each.of_seeds for each in found], of_seeds**2),
        ([each.of_sequences for each in found], SEQUENCES**2),
        ([each.of_both for each in found], BOTH**2),
    ):
        error = np.std(made) / math.sqrt(len(made))
        assert np.mean(made) == pytest.approx(truth, abs=3.5 * error)
    if of_seeds == 0:
        assert min(each.of_seeds for each in found) < 0  # half of them, and told as they are


@pytest.mark.parametrize(("seeds", "of_seeds"), [(2, SEEDS), (3, SEEDS), (5, 0.1), (3, 0.0)])
def test_the_interval_counts_both(seeds: int, of_seeds: float) -> None:
    generator = rng(2)
    held = 0
    for _ in range(500):
        found = seed_variance(experiment(generator, seeds, 12, of_seeds))
        held += found.low <= 0 <= found.high
    # never below 0.95 by more than three standard errors of 500 draws; it may hold more often
    assert held / 500 >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 500)
    assert held / 500 <= 0.995


def test_an_interval_of_sequences_alone_would_promise_too_much() -> None:
    generator = rng(3)
    found = [seed_variance(experiment(generator, 3, 40, 0.1)) for _ in range(100)]
    weight = (
        sum((1 + index % 3) ** 2 for index in range(40))
        / sum(1 + index % 3 for index in range(40)) ** 2
    )
    widths = [each.high - each.low for each in found]
    alone = [2 * 2.02 * math.sqrt(weight * max(0.0, each.of_sequences)) for each in found]
    assert np.median(widths) > 2 * np.median(alone)


def test_it_is_the_analysis_of_variance_of_the_textbook() -> None:
    scores = rng(4).normal(0.5, 0.1, (3, 7))
    found = seed_variance([{str(i): [v] for i, v in enumerate(row)} for row in scores])
    grand = scores.mean()
    rows = 7 * sum((row.mean() - grand) ** 2 for row in scores) / 2
    columns = 3 * sum((column.mean() - grand) ** 2 for column in scores.T) / 6
    left = scores - scores.mean(axis=1)[:, None] - scores.mean(axis=0) + grand
    rest = sum(float(value) ** 2 for row in left for value in row) / 12
    assert found.of_both == pytest.approx(rest)
    assert found.of_seeds == pytest.approx((rows - rest) / 7)
    assert found.of_sequences == pytest.approx((columns - rest) / 3)
    assert found.of_runs == pytest.approx(np.var(scores.mean(axis=1), ddof=1))
    assert (found.seeds, found.sequences, found.values) == (3, 7, 7)
    assert found.mean == pytest.approx(grand)


@given(st.floats(-2, 2), st.floats(0.1, 9))
def test_it_follows_a_change_of_unit(shift: float, factor: float) -> None:
    runs = experiment(rng(5), 3, 8)
    moved = [{n: [factor * v + shift for v in vs] for n, vs in run.items()} for run in runs]
    before, after = seed_variance(runs), seed_variance(moved)
    for end in ("mean", "low", "high"):
        assert getattr(after, end) == pytest.approx(factor * getattr(before, end) + shift, abs=1e-9)
    for part in ("of_runs", "of_seeds", "of_sequences", "of_both"):
        assert getattr(after, part) == pytest.approx(factor**2 * getattr(before, part), abs=1e-9)


def test_runs_that_agree_have_no_spread_of_seeds() -> None:
    (run,) = experiment(rng(6), 1, 8)
    found = seed_variance([run, run])
    for variance in (found.of_runs, found.of_both, found.of_seeds):
        assert variance == pytest.approx(0, abs=1e-30)
    assert found.low < found.mean < found.high


def test_few_sequences_give_no_interval() -> None:
    found = seed_variance(experiment(rng(7), 3, 5))
    assert isinstance(found, SeedVariance)
    assert found.interval is None


def test_what_has_no_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="two runs of two sequences"):
        seed_variance([{"a": [0.1], "b": [0.2]}])
    with pytest.raises(ValueError, match="the same objects"):
        seed_variance([{"a": [0.1], "b": [0.2]}, {"a": [0.1], "c": [0.2]}])
    with pytest.raises(ValueError, match="finite"):
        seed_variance([{"a": [0.1], "b": [math.nan]}] * 2)
