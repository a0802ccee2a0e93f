"""F, the contour accuracy of DAVIS: do the outlines of two masks run within a few pixels?

Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5.1, with the choices of the official evaluator where the paper is silent.
"""

import numpy as np

from vosbench.arrays import BinaryMask, check_binary_pair
from vosbench.metrics.frames import FrameScorer
from vosbench.metrics.tolerance import TOLERANCE


def contour_accuracy(
    truth: BinaryMask, prediction: BinaryMask, *, tolerance: float = TOLERANCE
) -> float:
    """F = 2pr / (p + r) of the contours' precision p and recall r, in 0..1.

    p is the share of predicted contour pixels within the tolerance of a true one, r the reverse.
    A mask without a contour is empty or covers the whole image: F is 1 when neither mask has one
    and 0 when only one has.

    Args:
        truth: `bool h×w`.
        prediction: `bool h×w`, the same size.
        tolerance: fraction of the image diagonal, rounded up to pixels.

    Raises:
        ValueError: other dtypes, two sizes, or a tolerance that is not above 0.

    >>> square = np.zeros((20, 20), bool)
    >>> square[5:9, 5:9] = True
    >>> contour_accuracy(square, np.roll(square, 1, axis=1))
    1.0
    """
    check_binary_pair(truth, prediction)
    scorer = FrameScorer(truth.shape, tolerance=tolerance)
    frame = scorer.pack(truth.view(np.uint8), [prediction.view(np.uint8)], (1,), binary=True)
    ((scores,),) = scorer.score([frame])
    return scores.F[0]


def boundary(mask: BinaryMask) -> BinaryMask:
    """Pixels that differ from their east, south or south-east neighbour, `bool h×w`.

    The last row knows an east neighbour only, the last column a south one, their corner none. So
    the contour lies half a pixel toward the origin, and the edge of the image is no contour.
    """
    edge = np.zeros_like(mask)
    edge[:, :-1] |= mask[:, :-1] ^ mask[:, 1:]
    edge[:-1] |= mask[:-1] ^ mask[1:]
    edge[:-1, :-1] |= mask[:-1, :-1] ^ mask[1:, 1:]
    return edge
