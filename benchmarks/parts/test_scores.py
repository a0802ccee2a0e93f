"""Seconds that scores of a frame take: J, F, and both of all its objects in one go."""

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.parts.scenes import SIZE, answer, label_map
from vosbench.metrics.contour import contour_accuracy
from vosbench.metrics.frames import FrameScorer, FrameScores
from vosbench.metrics.region import region_similarity


def test_region_similarity(benchmark: BenchmarkFixture) -> None:
    """Region similarity of one object."""
    truth = label_map(1)
    pair = truth > 0, answer(truth) > 0
    J = benchmark.pedantic(region_similarity, pair, rounds=30, iterations=50, warmup_rounds=2)
    assert 0.8 < J < 1


def test_contour_accuracy(benchmark: BenchmarkFixture) -> None:
    """Contour accuracy of one object."""
    truth = label_map(1)
    pair = truth > 0, answer(truth) > 0
    F = benchmark.pedantic(contour_accuracy, pair, rounds=30, iterations=10, warmup_rounds=2)
    assert 0.5 < F < 1


@pytest.mark.parametrize("objects", [1, 3, 10])
def test_all_objects(benchmark: BenchmarkFixture, objects: int) -> None:
    """Both, of all objects, as `vosbench evaluate` computes them."""
    truth = label_map(objects)
    predicted, ids = answer(truth), tuple(range(1, objects + 1))
    assert set(np.unique(truth)) == {0, *ids}
    scorer = FrameScorer(SIZE)

    def score() -> FrameScores:
        ((scores,),) = scorer.score([scorer.pack(truth, [predicted], ids)])
        return scores

    scores = benchmark.pedantic(score, rounds=30, iterations=5, warmup_rounds=2)
    assert len(scores.J) == objects
    assert all(0.4 < J < 1 for J in scores.J)
    assert all(0.4 < F <= 1 for F in scores.F)
