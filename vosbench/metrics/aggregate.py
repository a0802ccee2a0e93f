"""Mean, recall, decay and variability of the per-frame scores of one object.

Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5.2.
"""

from collections.abc import Iterable
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vosbench.records import Statistic

RECALL_THRESHOLD = 0.5
DECAY_BINS = 4

Decay = Literal["exact", "davis-uint8"]
"""How decay is computed: as defined, or with the overflow of the official evaluator."""


def statistic(values: ArrayLike, decay_mode: Decay = "exact") -> Statistic:
    """Mean, recall and decay of J or F over the frames of one object, in order.

    Args:
        values: one score a frame, in 0..1. NaN marks a frame without a score: mean and decay leave
            it out, recall counts it as a miss, as the official evaluator does.
        decay_mode: how decay is computed.

    Raises:
        ValueError: there is no frame, or `values` is not one row of numbers.

    >>> statistic([1.0, 0.75, 0.5, 0.25])
    Statistic(mean=0.625, recall=0.5, decay=0.5)
    """
    scores = np.asarray(values, np.float64)
    if scores.ndim != 1 or not scores.size:
        raise ValueError(f"expected the scores of at least one frame, got {scores.shape}")
    return Statistic(mean=_mean(scores), recall=recall(scores), decay=decay(scores, decay_mode))


def recall(values: ArrayLike) -> float:
    """Share of frames that score above 0.5, strictly.

    >>> recall([0.5, 0.51])
    0.5
    """
    return float(np.mean(np.asarray(values, np.float64) > RECALL_THRESHOLD))


def decay(values: ArrayLike, mode: Decay = "exact") -> float:
    """Mean of the first quarter of the frames minus that of the last; above 0 when it gets worse.

    Neighbouring quarters share the frame between them. The official evaluator keeps their edges in
    8 bits, and computes the same up to 255 frames only. `"davis-uint8"` repeats what it gives
    beyond, under numpy 2: a mean over other frames, or NaN where a quarter comes out empty.

    >>> decay([1.0, 1.0, 0.5, 0.0, 0.0])
    1.0
    """
    scores = np.asarray(values, np.float64)
    # The small term sends halves up, as in the official evaluator, where rounding would go to even.
    positions = np.linspace(1, scores.size, DECAY_BINS + 1) + 1e-10
    edges = np.round(positions).astype(np.int64) - 1
    first, last = edges[:2], edges[-2:]
    if mode == "davis-uint8":
        return _mean(_overflowing(scores, *first)) - _mean(_overflowing(scores, *last))
    return _mean(scores[: first[1] + 1]) - _mean(scores[last[0] :])


def variability(values: ArrayLike) -> float:
    """V of LVOS: standard deviation of the per-frame J&F of an object; lower is steadier.

    The variance, divided by the number of frames, is rounded to four decimals before its root is
    taken, as the evaluator of LVOS does (Hong et al., ICCV 2023).

    >>> variability([1.0, 0.5])
    0.25
    """
    return sqrt(round(float(np.var(np.asarray(values, np.float64))), 4))


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


def _overflowing(
    scores: NDArray[np.float64], start: np.int64, end: np.int64
) -> NDArray[np.float64]:
    """The scores from `start` to `end`, both inclusive and both counted in 8 bits."""
    return scores[int(start) % 256 : (int(end) + 1) % 256]


def _mean(scores: NDArray[np.float64]) -> float:
    """Mean of the scores that are not NaN; NaN when none is left."""
    present = scores[~np.isnan(scores)]
    return float(np.mean(present)) if present.size else float("nan")
