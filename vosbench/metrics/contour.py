"""F, the contour accuracy of DAVIS: do the outlines of two masks run within a few pixels?

Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5.1, with the choices of the official evaluator where the paper is silent.

Each outline is widened by a disk, and the pixels of the other that fall inside are counted. The
work happens on bit planes: an outline is one long integer, a bit a pixel, in which a move by
(dx, dy) is a shift by dy · stride + dx. The disk is a union of rectangles, so that about
log(radius) shifts do what would take π · radius² moves of single pixels.
"""

from math import ceil, isqrt, sqrt

import numpy as np

from vosbench.arrays import BinaryMask, check_binary_pair

TOLERANCE = 0.008
"""Fraction of the image diagonal by which two contours may differ."""


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
    radius = tolerance_radius(truth.shape, tolerance)
    window = _window(truth | prediction)
    if window is None:
        return 1.0
    return _f_measure(boundary(truth[window]), boundary(prediction[window]), radius)


def tolerance_radius(size: tuple[int, ...], tolerance: float = TOLERANCE) -> int:
    """Pixels by which contours may differ in an image of `size` (h, w); at least 1.

    >>> tolerance_radius((480, 854))
    8
    """
    if not tolerance > 0:
        raise ValueError(f"expected a tolerance above 0, got {tolerance}")
    height, width = size
    return ceil(tolerance * sqrt(height * height + width * width))


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


def _window(union: BinaryMask) -> tuple[slice, slice] | None:
    """Bounding box of `union` and one pixel around it; None when it is empty.

    Inside it the boundary is what it is in the whole image, outside it there is none.
    """
    rows = np.flatnonzero(union.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(union[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return slice(max(top - 1, 0), bottom + 1), slice(max(left - 1, 0), right + 1)


def _f_measure(truth: BinaryMask, prediction: BinaryMask, radius: int) -> float:
    """F of two boundaries; the order of operations is the official one, to the last bit."""
    true_pixels, predicted_pixels = np.count_nonzero(truth), np.count_nonzero(prediction)
    if not true_pixels or not predicted_pixels:
        return 1.0 if true_pixels == predicted_pixels else 0.0
    stride = truth.shape[1] + radius  # spare bits: what leaves a row enters no other
    truth_plane, prediction_plane = _plane(truth, stride), _plane(prediction, stride)
    precision = _count_near(prediction_plane, truth_plane, radius, stride) / predicted_pixels
    recall = _count_near(truth_plane, prediction_plane, radius, stride) / true_pixels
    if precision + recall == 0:
        return 0.0
    return float(2 * precision * recall / (precision + recall))


def _plane(pixels: BinaryMask, stride: int) -> int:
    """Pixel (x, y) as bit y · stride + x of an integer."""
    padded = np.zeros((pixels.shape[0], stride), np.bool_)
    padded[:, : pixels.shape[1]] = pixels
    return int.from_bytes(np.packbits(padded, bitorder="little").tobytes(), "little")


def _count_near(pixels: int, others: int, radius: int, stride: int) -> int:
    """How many of `pixels` lie within `radius` of one of `others`."""
    room = radius * stride  # spare rows, so that no shift toward the origin loses a bit
    return (pixels << room & _dilate(others << room, radius, stride)).bit_count()


def _dilate(plane: int, radius: int, stride: int) -> int:
    """`plane` grown by the disk dx² + dy² ≤ radius².

    The disk is the union of the rectangles |dx| ≤ width, |dy| ≤ height over its half-widths. They
    are taken from the widest, a line, to the tallest, a column; each is as wide as all that came
    before it still have to grow, so growing their union once serves them all (a Horner scheme).
    """
    heights = {isqrt(radius * radius - dy * dy): dy for dy in range(radius + 1)}
    columns, disk = plane, 0
    grown_height, wider = 0, radius
    for width, height in heights.items():
        columns = _grow(columns, height - grown_height, stride)
        disk = _grow(disk, wider - width, 1) | columns
        grown_height, wider = height, width
    return disk


def _grow(plane: int, reach: int, step: int) -> int:
    """Union of `plane` shifted by -reach … reach steps; the reach triples with every shift."""
    reached = 0
    while reached < reach:
        further = min(2 * reached + 1, reach - reached)
        shift = further * step
        plane |= plane << shift | plane >> shift
        reached += further
    return plane
