"""Shapes of objects without their place and size, and how unlike two of them are."""

import math

import numpy as np

from vosbench.arrays import BinaryMask

CELLS = 128
"""Rows and columns of a shape."""

REACH = 2.0
"""How far a shape reaches from its centroid, in square roots of its area; the rest is cut off.

A bar of 1:16 just fits.
"""

_STEPS = (np.arange(CELLS) + 0.5) * (2 * REACH / CELLS) - REACH  # offsets of cells, in √area


def centroid(mask: BinaryMask) -> tuple[float, float]:
    """Mean row and column of a mask that is not empty, in pixels from its upper left corner.

    The middle of the first pixel is at 0.5, so that a picture twice as large has its centroid
    twice as far.
    """
    height, width = mask.shape
    pixels = mask.view(np.uint8)
    by_row = pixels.sum(axis=1, dtype=np.int64)
    by_column = pixels.sum(axis=0, dtype=np.int64)
    area = int(by_row.sum())
    row = (2 * int(by_row @ np.arange(height)) + area) / (2 * area)
    column = (2 * int(by_column @ np.arange(width)) + area) / (2 * area)
    return row, column


def aligned(mask: BinaryMask, centre: tuple[float, float], area: int) -> BinaryMask:
    """A mask moved to its centroid and scaled to one area, `bool CELLS×CELLS`.

    Each cell has the value of the pixel that its middle lies in. Turns are left as they are: an
    object that turns in the image changes its shape.

    Args:
        mask: `bool h×w`, cut out around the object.
        centre: its centroid, see `centroid`.
        area: number of its pixels, not 0.
    """
    size = math.sqrt(area)
    rows, columns = (np.floor(middle + size * _STEPS).astype(np.intp) for middle in centre)
    height, width = mask.shape
    top, bottom = np.searchsorted(rows, (0, height))
    left, right = np.searchsorted(columns, (0, width))
    shape = np.zeros((CELLS, CELLS), np.bool_)
    shape[top:bottom, left:right] = mask[rows[top:bottom]][:, columns[left:right]]
    return shape


def unlikeness(one: BinaryMask, other: BinaryMask) -> float:
    """1 − |one ∩ other| / |one ∪ other| of two aligned shapes, 0..1; neither is empty.

    A square against itself turned by 45° gives 0.29, against a rectangle of 1:2 it gives 0.45.
    """
    return 1 - float(np.count_nonzero(one & other) / np.count_nonzero(one | other))
