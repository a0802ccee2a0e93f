"""Seconds that it takes to tell ten methods apart on 30 sequences."""

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from vosbench.significance import Comparisons, compare_all
from vosbench.statistics import Clusters, Estimate, estimate_means

METHODS, SEQUENCES, OBJECTS = 10, 30, 2


@pytest.fixture(scope="module")
def methods() -> list[Clusters]:
    """Scores that share how hard a sequence is; each method a little better than the last."""
    rng = np.random.default_rng(0)
    hardness = rng.normal(0.6, 0.1, SEQUENCES)
    return [
        {
            f"clip-{index:02d}": (hard + 0.01 * method + rng.normal(0, 0.03, OBJECTS)).tolist()
            for index, hard in enumerate(hardness)
        }
        for method in range(METHODS)
    ]


def test_intervals(benchmark: BenchmarkFixture, methods: list[Clusters]) -> None:
    """Their means and how far these may be trusted."""

    def estimate() -> tuple[Estimate, ...]:
        return estimate_means(methods, np.random.default_rng(0))

    found = benchmark.pedantic(estimate, rounds=20, warmup_rounds=1)
    assert all(each.interval is not None for each in found)


def test_all_pairs(benchmark: BenchmarkFixture, methods: list[Clusters]) -> None:
    """Which of the 45 pairs differ."""

    def compare() -> Comparisons:
        return compare_all(methods, np.random.default_rng(0))

    found = benchmark.pedantic(compare, rounds=12, warmup_rounds=1)
    assert found.told_apart(0, METHODS - 1)
