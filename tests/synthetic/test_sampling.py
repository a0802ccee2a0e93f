"""Affine maps and reading between pixels, held against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.synthetic.sampling import affine, inverse, mapped_grid, mirrored, moved, sample

SHIFTS = st.floats(-50, 50)
SCALES = st.floats(0.2, 5)


@given(SCALES, SCALES, st.floats(-7, 7), SHIFTS, SHIFTS)
def test_inverse_undoes_a_map(
    scale_x: float, scale_y: float, angle: float, x: float, y: float
) -> None:
    transform = affine((scale_x, scale_y), angle, (x, y), (3.0, 4.0))
    assert inverse(transform) @ transform == pytest.approx(np.eye(3), abs=1e-9)


@given(SCALES, st.floats(-7, 7))
def test_the_centre_of_a_turn_stays(scale: float, angle: float) -> None:
    assert moved(affine((scale, scale), angle, about=(3.0, 4.0)), (3.0, 4.0)) == pytest.approx(
        (3.0, 4.0)
    )


def test_pixels_are_read_where_they_are_and_mixed_in_between() -> None:
    texture = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    x, y = mapped_grid(affine(), (0, 0, 4, 3))
    x, y = np.broadcast_arrays(x, y)
    assert sample(texture, x, y) == pytest.approx(texture, abs=0.01)
    middle = np.full((1, 1), 0.5, np.float32)
    assert sample(texture, middle, middle).item() == pytest.approx(np.mean([0, 1, 4, 5]))


def test_a_texture_of_one_column_can_be_read() -> None:
    texture = np.ones((5, 1, 4), np.float32)
    assert sample(texture, np.zeros((1, 1), np.float32), np.full((1, 1), 9, np.float32)).all()


def test_positions_beyond_the_border_are_mirrored() -> None:
    outside = np.array([-1, 0, 4, 5, 8, 9], np.float32)
    assert mirrored(outside, 5).tolist() == [1, 0, 4, 3, 0, 1]
