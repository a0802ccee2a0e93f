"""The next box: from a mask in a window back to the frame, and not too far at once."""

import numpy as np
import pytest

from vosbench.methods._box_rule import largest_parts, next_box
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._window import Box, Window

SIZE = WINDOW_SIZE
WINDOW = Window(Box(100, 50, 100 + 2 * SIZE, 50 + SIZE))
FREE = (0.0, 100.0)


def mask_of(rows, columns):
    mask = np.zeros((SIZE, SIZE), bool)
    mask[rows, columns] = True
    return mask


def test_the_box_is_that_of_the_mask_in_pixels_of_the_frame():
    box = next_box(mask_of(slice(10, 30), slice(40, 60)), WINDOW, Box(0, 0, 20, 20), FREE)
    assert (box.left, box.top, box.right, box.bottom) == (180, 60, 220, 80)


def test_an_empty_mask_leaves_the_box_where_it_was():
    last = Box(120, 60, 150, 90)
    assert next_box(mask_of(slice(0, 0), slice(0, 0)), WINDOW, last, FREE) == last


def test_sides_change_by_no_more_than_allowed():
    last = Box(100, 50, 120, 90)  # 20 by 40
    everything = mask_of(slice(None), slice(None))
    grown = next_box(everything, WINDOW, last, (0.9, 1.1))
    assert (grown.width, grown.height) == (pytest.approx(22), pytest.approx(44))
    speck = mask_of(slice(5, 6), slice(5, 6))
    shrunk = next_box(speck, WINDOW, last, (0.9, 1.1))
    assert (shrunk.width, shrunk.height) == (pytest.approx(18), pytest.approx(36))


def test_specks_are_no_part_of_the_object():
    mask = mask_of(slice(20, 40), slice(20, 40))
    speckled = mask | mask_of(slice(80, 82), slice(80, 82))
    assert np.array_equal(largest_parts(speckled), mask)
    second = mask | mask_of(slice(70, 90), slice(70, 90))
    assert np.array_equal(largest_parts(second), second)
