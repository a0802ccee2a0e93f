"""Shapes without place and size, against areas known from geometry."""

import numpy as np
import pytest

from vosbench.arrays import BinaryMask
from vosbench.attributes.shapes import CELLS, aligned, centroid, unlikeness

ROWS, COLUMNS = np.mgrid[:400, :400] + 0.5


def shape(mask: BinaryMask) -> BinaryMask:
    return aligned(mask, centroid(mask), int(mask.sum()))


def rectangle(height: float, width: float) -> BinaryMask:
    return (abs(ROWS - 200) < height / 2) & (abs(COLUMNS - 200) < width / 2)


def diamond(side: float) -> BinaryMask:
    return abs(ROWS - 200) + abs(COLUMNS - 200) < side / np.sqrt(2)


def disc(radius: float, row: float = 200, column: float = 200) -> BinaryMask:
    return np.hypot(ROWS - row, COLUMNS - column) < radius


def test_a_square_turned_by_45_degrees() -> None:
    common = 2 * (np.sqrt(2) - 1)  # the regular octagon in both, for squares of area 1
    found = unlikeness(shape(rectangle(100, 100)), shape(diamond(100)))
    assert found == pytest.approx(1 - common / (2 - common), abs=0.02)


def test_a_square_and_a_rectangle_of_two_squares() -> None:
    common = 1 / np.sqrt(2)  # 1 wide, 1/√2 high
    found = unlikeness(shape(rectangle(90, 90)), shape(rectangle(60, 120)))
    assert found == pytest.approx(1 - common / (2 - common), abs=0.02)


@pytest.mark.parametrize("radius", [20, 45, 150])
def test_size_is_no_part_of_a_shape(radius: float) -> None:
    assert unlikeness(shape(disc(80)), shape(disc(radius))) < 0.03


def test_place_is_no_part_of_a_shape() -> None:
    assert (shape(disc(40, 50, 60)) == shape(disc(40, 111, 321))).all()


def test_a_shape_has_one_area() -> None:
    for mask in (disc(30), rectangle(30, 200), diamond(77)):
        assert shape(mask).sum() == pytest.approx((CELLS / 4) ** 2, rel=0.05)  # REACH is 2


def test_a_single_pixel_has_a_shape() -> None:
    pixel = np.array([[True]])
    assert centroid(pixel) == (0.5, 0.5)
    assert unlikeness(shape(pixel), shape(rectangle(50, 50))) < 0.05


def test_the_centroid_is_the_mean_of_pixel_middles() -> None:
    mask = np.random.default_rng(0).random((40, 60)) < 0.3
    rows, columns = np.nonzero(mask)
    assert centroid(mask) == pytest.approx((rows.mean() + 0.5, columns.mean() + 0.5))
