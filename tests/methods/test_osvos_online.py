"""What OnAVOS learns from: sure pixels of the object, far ones of the background, nothing else."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vosbench.methods._osvos_online import far_pixels, sure_pixels


def square(size: int = 48, begin: int = 20, end: int = 28) -> np.ndarray:
    mask = np.zeros((size, size), np.bool_)
    mask[begin:end, begin:end] = True
    return mask


def test_far_is_farther_than_the_distance_from_the_mask():
    # In a frame of 480 pixels distances are as given; one pixel of mask remains of 3×3.
    last = square(480, 239, 242)
    far = far_pixels(last, distance=100.0, erosion=3)
    assert far is not None
    rows, columns = np.mgrid[:480, :480]
    np.testing.assert_array_equal(far, np.hypot(rows - 240, columns - 240) > 100)


def test_distances_shrink_with_the_frame():
    far = far_pixels(square(), distance=100.0, erosion=0)
    assert far is not None
    # 100 pixels at 480 are 10 at 48: column 38 is 11 from column 27, column 37 is 10.
    assert far[24, 38] and not far[24, 37]


def test_specks_are_eroded_and_make_nothing_near():
    last = square(480, 200, 280)
    last[10, 10] = True
    far = far_pixels(last, distance=50.0, erosion=15)
    assert far is not None and far[10, 10]


def test_a_mask_that_erosion_leaves_nothing_of_is_no_place():
    assert far_pixels(square(480, 100, 110), distance=50.0, erosion=15) is None
    assert far_pixels(np.zeros((30, 40), np.bool_), distance=50.0, erosion=1) is None


def test_the_border_of_the_frame_erodes_nothing():
    last = np.zeros((480, 480), np.bool_)
    last[:, :8] = True  # half as wide as the square of the erosion, which reaches beyond the border
    assert far_pixels(last, distance=50.0, erosion=15) is not None


@given(st.integers(0, 1000))
@settings(max_examples=30)
def test_a_pixel_is_sure_of_one_thing_at_most(seed: int):
    rng = np.random.default_rng(seed)
    probability = rng.random((12, 14)).astype(np.float32)
    far = rng.random((12, 14)) < 0.4
    sure = sure_pixels(probability, far, threshold=0.8)
    assert not (sure.positive & sure.negative).any()
    np.testing.assert_array_equal(sure.negative, far)
    np.testing.assert_array_equal(sure.positive | far, (probability > 0.8) | far)
