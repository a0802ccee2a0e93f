import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metrics import oracle
from vosbench.metrics import statistic
from vosbench.metrics.aggregate import decay, mean_statistic, variability
from vosbench.records import Statistic

SCORES = st.floats(0, 1)


@given(st.lists(SCORES, min_size=1, max_size=255))
@settings(max_examples=300)
def test_decay_is_the_official_one_up_to_255_frames(scores: list[float]) -> None:
    assert statistic(scores).decay == oracle.decay(scores)


@pytest.mark.parametrize("frames", range(1, 256))
def test_decay_has_the_official_edges_at_every_length(frames: int) -> None:
    scores = np.random.default_rng(frames).random(frames).tolist()
    assert statistic(scores).decay == oracle.decay(scores)


@pytest.mark.parametrize("frames", [257, 300, 400, 1001, 10_000])
def test_decay_of_long_sequences_does_not_overflow(frames: int) -> None:
    # From 1 down to 0: the bins' means lie three quarters apart, and two frames more or less.
    scores = np.linspace(1, 0, frames)
    assert statistic(scores).decay == pytest.approx(0.75, abs=2 / frames)


def test_decay_overflows_as_the_official_one_where_asked_to() -> None:
    for frames in (*range(1, 20), *range(250, 601)):
        scores = np.random.default_rng(frames).random(frames).tolist()
        with warnings.catch_warnings():  # the official evaluator warns of its empty quarters
            warnings.simplefilter("ignore", RuntimeWarning)
            official = oracle.decay(scores)
        assert decay(scores, "davis-uint8") == pytest.approx(official, rel=0, abs=0, nan_ok=True)


def test_long_sequences_have_no_decay_or_a_wrong_one_in_8_bits() -> None:
    worse = {frames: np.linspace(1, 0, frames) for frames in (258, 300, 400)}
    assert math.isnan(decay(worse[258], "davis-uint8"))
    assert math.isnan(decay(worse[300], "davis-uint8"))
    # Edges of 400 frames are 0, 100, 200, 299, 399, in 8 bits 0, 100, 200, 43, 143: the last
    # quarter lies 43 frames after the first.
    assert decay(worse[400], "davis-uint8") == pytest.approx(43 / 399)


@given(st.lists(SCORES, min_size=1, max_size=30))
def test_variability_is_the_rounded_variance_s_root(scores: list[float]) -> None:
    average = sum(scores) / len(scores)
    variance = sum((score - average) ** 2 for score in scores) / len(scores)
    # rounding may fall to either side where the variance is half way between two steps
    assert variability(scores) ** 2 == pytest.approx(variance, abs=0.5001e-4)
    assert round(variability(scores) ** 2 * 1e4) == pytest.approx(variability(scores) ** 2 * 1e4)


def test_neighbouring_bins_share_a_frame() -> None:
    # Edges of 5 frames are 0, 1, 2, 3, 4: the first bin is frames 0 and 1, the last 3 and 4.
    assert statistic([1.0, 0.5, 0.0, 0.25, 0.25]).decay == 0.75 - 0.25


def test_a_single_frame_does_not_decay() -> None:
    assert statistic([0.7]) == Statistic(mean=0.7, recall=1.0, decay=0.0)


def test_a_score_of_one_half_is_no_recall() -> None:
    assert statistic([0.5, 0.5, math.nextafter(0.5, 1), 1.0]).recall == 0.5


def test_frames_without_a_score_count_in_recall_only() -> None:
    scores = statistic([1.0, math.nan, 0.6, 0.6, 0.2, math.nan])
    # Edges of 6 frames are 0, 1, 3, 4, 5: the bins hold 1.0 and NaN, 0.2 and NaN.
    assert scores == Statistic(mean=pytest.approx(0.6), recall=0.5, decay=pytest.approx(0.8))


def test_no_frame_with_a_score_gives_no_mean() -> None:
    scores = statistic([math.nan, math.nan])
    assert math.isnan(scores.mean)
    assert math.isnan(scores.decay)
    assert scores.recall == 0.0


@pytest.mark.parametrize("scores", [[], [[1.0], [0.5]]])
def test_only_a_row_of_scores_has_a_statistic(scores: list[object]) -> None:
    with pytest.raises(ValueError, match="scores of at least one frame"):
        statistic(scores)


def test_objects_are_averaged_figure_by_figure() -> None:
    mean = mean_statistic([Statistic(0.5, 1.0, -0.5), Statistic(1.0, 0.5, 0.0)])
    assert mean == Statistic(0.75, 0.75, -0.25)


def test_no_object_has_no_mean() -> None:
    with pytest.raises(ValueError, match="at least one object"):
        mean_statistic([])
