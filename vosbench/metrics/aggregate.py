"""Mean, recall and decay of the per-frame scores of one object.

Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5.2.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vosbench.records import Statistic

RECALL_THRESHOLD = 0.5
DECAY_BINS = 4


def statistic(values: ArrayLike) -> Statistic:
    """Mean, recall and decay of J or F over the frames of one object, in order.

    Args:
        values: one score a frame, in 0..1. NaN marks a frame without a score: mean and decay leave
            it out, recall counts it as a miss, as the official evaluator does.

    Raises:
        ValueError: there is no frame, or `values` is not one row of numbers.

    >>> statistic([1.0, 0.75, 0.5, 0.25])
    Statistic(mean=0.625, recall=0.5, decay=0.5)
    """
    scores = np.asarray(values, np.float64)
    if scores.ndim != 1 or not scores.size:
        raise ValueError(f"expected the scores of at least one frame, got {scores.shape}")
    return Statistic(mean=_mean(scores), recall=recall(scores), decay=decay(scores))


def recall(values: ArrayLike) -> float:
    """Share of frames that score above 0.5, strictly.

    >>> recall([0.5, 0.51])
    0.5
    """
    return float(np.mean(np.asarray(values, np.float64) > RECALL_THRESHOLD))


def decay(values: ArrayLike) -> float:
    """Mean of the first quarter of the frames minus that of the last; above 0 when it gets worse.

    Neighbouring quarters share the frame between them. The official evaluator computes the same up
    to 255 frames; its edges overflow beyond, these do not.

    >>> decay([1.0, 1.0, 0.5, 0.0, 0.0])
    1.0
    """
    scores = np.asarray(values, np.float64)
    # The small term sends halves up, as in the official evaluator, where rounding would go to even.
    positions = np.linspace(1, scores.size, DECAY_BINS + 1) + 1e-10
    edges = np.round(positions).astype(np.int64) - 1
    return _mean(scores[: edges[1] + 1]) - _mean(scores[edges[-2] :])


def mean_statistic(statistics: Iterable[Statistic]) -> Statistic:
    """Mean of each figure over objects.

    Raises:
        ValueError: there is no object.
    """
    objects = tuple(statistics)
    if not objects:
        raise ValueError("expected the statistics of at least one object, got none")
    return Statistic(
        mean=float(np.mean([one.mean for one in objects])),
        recall=float(np.mean([one.recall for one in objects])),
        decay=float(np.mean([one.decay for one in objects])),
    )


def _mean(scores: NDArray[np.float64]) -> float:
    """Mean of the scores that are not NaN; NaN when none is left."""
    present = scores[~np.isnan(scores)]
    return float(np.mean(present)) if present.size else float("nan")
