"""Masks cut out of frames against what their definitions say pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vosbench.arrays import BinaryMask
from vosbench.failures.shapes import bounds, cut_out, grown, near_outline

binary = arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def near(mask: BinaryMask, row: int, column: int, radius: int) -> bool:
    """Whether a pixel of `mask` is within `radius`."""
    rows, columns = np.nonzero(mask)
    return bool((((rows - row) ** 2 + (columns - column) ** 2) <= radius**2).any())


@given(binary, st.integers(0, 12))
def test_growing_takes_in_a_disk_around_every_pixel(mask: BinaryMask, radius: int) -> None:
    expected = [[near(mask, *place, radius) for place in row] for row in _places(mask)]
    assert grown(mask, radius).tolist() == expected


def _places(mask: BinaryMask) -> list[list[tuple[int, int]]]:
    height, width = mask.shape
    return [[(row, column) for column in range(width)] for row in range(height)]


def test_the_edge_of_the_picture_is_no_outline() -> None:
    mask = np.zeros((3, 6), np.bool_)
    mask[:, :3] = True
    assert near_outline(mask, 1).tolist() == [[False, False, True, True, False, False]] * 3
    assert not near_outline(np.ones((3, 3), np.bool_), 2).any()


@given(binary)
def test_bounds_hold_all_pixels_and_no_empty_edge(mask: BinaryMask) -> None:
    rows, columns = bounds(mask)
    assert np.count_nonzero(mask[rows, columns]) == np.count_nonzero(mask)
    if mask.any():
        part = mask[rows, columns]
        assert part[0].any() and part[-1].any() and part[:, 0].any() and part[:, -1].any()
    wider = bounds(mask, margin=100)
    assert not mask.any() or mask[wider].shape == mask.shape


@given(arrays(np.bool_, (6, 7)), arrays(np.bool_, (6, 7)))
def test_likeness_is_intersection_over_union(one: BinaryMask, other: BinaryMask) -> None:
    union = np.count_nonzero(one | other)
    expected = np.count_nonzero(one & other) / union if union else 1.0
    assert cut_out(one).likeness(cut_out(other)) == expected


def test_shapes_are_moved_by_whole_pixels() -> None:
    frame = np.zeros((20, 30), np.bool_)
    frame[2:5, 3:8] = True
    moved = np.roll(frame, (9, 14), axis=(0, 1))
    first, second = cut_out(frame), cut_out(moved)
    assert first.centroid == (3, 5)
    assert (first.area, second.area, first.common(second)) == (15, 15, 0)
    there = first.centred_on(second)
    assert (there.top, there.left) == (11, 17)
    assert there.likeness(second) == 1
    assert second.centred_on(first).likeness(first) == 1


def test_centroids_of_large_shapes_are_exact() -> None:
    pixels = np.ones((300, 700), np.bool_)
    assert cut_out(pixels).centroid == (149.5, 349.5)


def test_nothing_has_no_centroid() -> None:
    with pytest.raises(ZeroDivisionError):
        _ = cut_out(np.zeros((2, 2), np.bool_)).centroid
