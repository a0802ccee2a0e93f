"""Pictures in another size, and in few colours."""

import numpy as np
import pytest

from vosbench.reports.pictures.resizing import enlarged, few_colours, height_for, line_for, resized


@pytest.mark.parametrize(("size", "width"), [((480, 854), 427), ((16, 20), 333), ((9, 900), 100)])
def test_sizes_are_as_asked_for_and_heights_even(size: tuple[int, int], width: int) -> None:
    made = resized(np.full((*size, 3), 200, np.uint8), width)
    assert made.shape[1] == width
    assert made.shape[0] == height_for(size, width)
    assert made.shape[0] % 2 == 0
    assert abs(made.shape[0] - size[0] * width / size[1]) <= 2
    assert (made == 200).all()


def test_small_label_maps_grow_pixel_by_pixel() -> None:
    mask = np.array([[1, 2], [0, 3]], np.uint8)
    grown = enlarged(mask, 5)
    assert grown.shape == (6, 6)
    assert np.unique(grown).tolist() == [0, 1, 2, 3]
    assert grown[0, 3] == 2 and grown[5, 5] == 3
    assert enlarged(mask, 2) is mask


def test_lines_are_as_thick_as_they_come_out() -> None:
    assert line_for(854, 427) == 2
    assert line_for(854, 427, line=2.0) == 4
    assert line_for(100, 400) == 1


def test_few_colours_are_few_and_near() -> None:
    generator = np.random.default_rng(0)
    image = generator.integers(0, 256, (40, 60, 3)).astype(np.uint8)
    flat = np.full((10, 10, 3), (10, 200, 30), np.uint8)
    made = np.array(few_colours(image).convert("RGB"))
    assert len(np.unique(made.reshape(-1, 3), axis=0)) <= 256
    assert np.abs(made.astype(int) - image).mean() < 25
    np.testing.assert_array_equal(np.array(few_colours(flat).convert("RGB")), flat)
