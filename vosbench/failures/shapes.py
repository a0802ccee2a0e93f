"""Masks of one object cut out of their frames: where they lie, how alike they are, what is near."""

from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import BinaryMask


@dataclass(frozen=True, eq=False)
class Shape:
    """Pixels of one object, cut out.

    Attributes:
        pixels: `bool h×w`; empty where there is no pixel.
        top: row of the frame that the first row of `pixels` lies in; may be outside of it.
        left: column, likewise.
    """

    pixels: BinaryMask
    top: int = 0
    left: int = 0

    @cached_property
    def area(self) -> int:
        """Number of pixels."""
        return int(np.count_nonzero(self.pixels))

    @cached_property
    def centroid(self) -> tuple[float, float]:
        """Mean row and column in the frame.

        Raises:
            ZeroDivisionError: there is no pixel.
        """
        rows, columns = (_sums(self.pixels, axis) for axis in (1, 0))
        row = int(rows @ np.arange(rows.size)) / self.area
        column = int(columns @ np.arange(columns.size)) / self.area
        return self.top + row, self.left + column

    def centred_on(self, other: "Shape") -> "Shape":
        """The same pixels, moved by whole pixels so that the centroids meet as well as they can."""
        (row, column), (to_row, to_column) = self.centroid, other.centroid
        down, right = round(to_row - row), round(to_column - column)
        return Shape(self.pixels, self.top + down, self.left + right)

    def common(self, other: "Shape") -> int:
        """Number of pixels of the frame that both have."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = (
            min(mine.stop, theirs.stop)
            for mine, theirs in zip(self._extent(), other._extent(), strict=True)
        )
        if top >= bottom or left >= right:
            return 0
        return int(
            np.count_nonzero(
                self._part(top, bottom, left, right) & other._part(top, bottom, left, right)
            )
        )

    def likeness(self, other: "Shape") -> float:
        """Intersection over union, 0..1; 1 where both are empty."""
        common = self.common(other)
        union = self.area + other.area - common
        return common / union if union else 1.0

    def _extent(self) -> tuple[slice, slice]:
        height, width = self.pixels.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def _part(self, top: int, bottom: int, left: int, right: int) -> BinaryMask:
        return self.pixels[top - self.top : bottom - self.top, left - self.left : right - self.left]


def _sums(pixels: BinaryMask, axis: int) -> NDArray[np.integer]:
    """Number of pixels along an axis, in the narrowest numbers that hold it: they add fastest."""
    narrow = np.min_scalar_type(max(pixels.shape))
    sums: NDArray[np.integer] = np.add.reduce(pixels.view(np.uint8), axis=axis, dtype=narrow)
    return sums


def bounds(mask: BinaryMask, margin: int = 0) -> tuple[slice, slice]:
    """Rows and columns that hold all pixels of `mask`, `margin` more where the frame has them.

    >>> bounds(np.array([[False, False, False], [False, True, False]]))
    (slice(1, 2, None), slice(1, 2, None))
    """
    height, width = mask.shape
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return (
        slice(max(top - margin, 0), min(bottom + margin, height)),
        slice(max(left - margin, 0), min(right + margin, width)),
    )


def cut_out(mask: BinaryMask) -> Shape:
    """The pixels of `mask`, `bool h×w` of a frame, as a shape."""
    rows, columns = bounds(mask)
    return Shape(mask[rows, columns].copy(), rows.start, columns.start)


def grown(mask: BinaryMask, radius: int) -> BinaryMask:
    """Pixels of `mask` and all within `radius` of one of them, `bool h×w`.

    A disk is a stack of lines: the pixels are widened to the longest of them step by step, and what
    is as wide as a line of the disk is put down at its height, above and below.

    >>> grown(np.array([[False, False, True]]), 1).tolist()
    [[False, True, True]]
    """
    result = np.zeros_like(mask)
    wide, width = mask.copy(), 0
    for height in range(radius, -1, -1):
        while width < isqrt(radius * radius - height * height):
            wider = wide.copy()
            wider[:, 1:] |= wide[:, :-1]
            wider[:, :-1] |= wide[:, 1:]
            wide, width = wider, width + 1
        if height < len(mask):
            result[height:] |= wide[: len(mask) - height]
            result[: len(mask) - height] |= wide[height:]
    return result


def near_outline(truth: BinaryMask, radius: int) -> BinaryMask:
    """Pixels within `radius` of the outline of `truth`, on both sides of it, `bool h×w`.

    The edge of the picture is no outline.
    """
    return grown(truth, radius) & grown(~truth, radius)
