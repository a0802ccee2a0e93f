"""Windows: where they lie, what they show, and that pasting undoes viewing."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vosbench.methods._window import (
    LARGEST_ASPECT,
    WINDOW_SCALE,
    Box,
    Planes,
    Window,
    jittered,
    paste,
    tight_box,
    view,
    window_around,
)

sides = st.floats(1, 200)
positions = st.floats(-50, 250)


def test_tight_box_is_exclusive_on_the_right_and_below():
    mask = np.zeros((10, 12), bool)
    mask[2:5, 3:9] = True
    assert tight_box(mask) == Box(3, 2, 9, 5)


def test_nothing_has_no_box():
    assert tight_box(np.zeros((4, 4), bool)) is None


@given(positions, positions, sides, sides)
def test_a_window_holds_its_box_and_is_not_too_long(x: float, y: float, w: float, h: float):
    box = Box.around(x, y, w, h)
    window = window_around(box).box
    assert window.left < box.left and window.right > box.right
    assert window.top < box.top and window.bottom > box.bottom
    aspect = max(window.width / window.height, window.height / window.width)
    assert aspect <= LARGEST_ASPECT * (1 + 1e-9)
    assert window.centre == pytest.approx(box.centre)


@given(st.integers(0, 2**32 - 1))
def test_jitter_stays_within_its_bounds(seed: int):
    window = window_around(Box(40, 30, 100, 80))
    moved = jittered(window, np.random.default_rng(seed), shift=0.12, turn=0.3)
    assert abs(moved.box.centre[0] - 70) <= 0.12 * window.box.width / WINDOW_SCALE
    assert abs(moved.angle) <= 0.3
    area = moved.box.width * moved.box.height / (window.box.width * window.box.height)
    assert 0.83**2 * 0.999 <= area <= 1.28**2 * 1.001


def test_a_window_of_the_whole_frame_shows_the_frame():
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    seen = view(frame, [Window(Box(0, 0, 32, 32))], 32)[0]
    torch.testing.assert_close(seen, torch.from_numpy(frame).permute(2, 0, 1).float())


def test_a_mirrored_window_shows_the_mirrored_frame():
    frame = np.random.default_rng(0).integers(0, 256, (32, 32), np.uint8)
    seen = view(frame, [Window(Box(0, 0, 32, 32), mirrored=True)], 32)[0, 0]
    torch.testing.assert_close(seen, torch.from_numpy(frame[:, ::-1].copy()).float())


def test_a_quarter_turn_shows_the_turned_frame():
    frame = np.random.default_rng(0).integers(0, 256, (32, 32), np.uint8)
    seen = view(frame, [Window(Box(0, 0, 32, 32), angle=np.pi / 2)], 32)[0, 0]
    expected = torch.from_numpy(np.rot90(frame).copy()).float()
    torch.testing.assert_close(seen, expected, atol=1e-2, rtol=0)


def test_the_world_outside_has_the_value_it_is_given():
    frame = np.full((20, 20), 200, np.uint8)
    seen = view(frame, [Window(Box(100, 100, 140, 140))], 8, outside=50.0)
    assert torch.equal(seen, torch.zeros(1, 1, 8, 8))
    inside = view(frame, [Window(Box(5, 5, 15, 15))], 8, outside=50.0)
    torch.testing.assert_close(inside, torch.full((1, 1, 8, 8), 150.0))


def test_planes_that_are_kept_show_what_they_show_when_seen_once():
    frame = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    windows = [Window(Box(10, 5, 40, 35), angle=0.3), Window(Box(12, 0, 50, 30), mirrored=True)]
    kept = Planes(frame, within=Box(-10, -10, 70, 50))
    for _ in range(2):
        torch.testing.assert_close(
            kept.seen(windows, 32), view(frame, windows, 32), atol=1e-2, rtol=0
        )


def test_what_was_not_kept_cannot_be_seen():
    kept = Planes(np.zeros((60, 80), np.uint8), within=Box(20, 20, 40, 40))
    with pytest.raises(ValueError, match="not kept"):
        kept.seen([Window(Box(20, 20, 60, 40))], 8)


def test_beyond_the_frame_there_is_nothing_to_keep():
    kept = Planes(np.full((60, 80), 9, np.uint8), within=Box(40, 30, 80, 60))
    assert float(kept.seen([Window(Box(60, 40, 120, 100))], 8).min()) == 0


def test_large_windows_are_averaged_not_sampled():
    # A checkerboard of single pixels: sampling would find black or white, averaging finds grey.
    frame = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    seen = view(frame, [Window(Box(0, 0, 256, 256))], 32)[0, 0]
    assert float((seen - 127.5).abs().max()) < 1


@given(
    st.floats(-20, 90),
    st.floats(-20, 60),
    st.floats(20, 150),
    st.floats(20, 150),
    st.integers(0, 9),
)
def test_pasting_what_was_seen_gives_back_the_mask(
    x: float, y: float, w: float, h: float, seed: int
):
    generator = np.random.default_rng(seed)
    mask = np.zeros((64, 96), bool)
    row, column = generator.integers(4, 36), generator.integers(4, 60)
    mask[row : row + 24, column : column + 30] = True
    window = Window(Box.around(x, y, w, h))
    back = paste(view(mask, [window], 128)[0, 0], window, 64, 96) > 0.5
    rows, columns = np.mgrid[:64, :96] + 0.5
    box = window.box
    inside = ((columns > box.left + 1) & (columns < box.right - 1) & (rows > box.top + 1)) & (
        rows < box.bottom - 1
    )
    # Two resamplings may move an edge by a pixel or so; away from edges all must agree.
    away = np.ones_like(mask)
    away[row - 2 : row + 26, column - 2 : column + 32] = False
    away[row + 2 : row + 22, column + 2 : column + 28] = True
    assert np.array_equal(back[inside & away], mask[inside & away])
    outside = (columns < box.left - 1) | (columns > box.right + 1)
    assert not back[outside].any()


def test_a_turned_window_cannot_be_pasted():
    with pytest.raises(ValueError, match="upright"):
        paste(torch.zeros(8, 8), Window(Box(0, 0, 8, 8), angle=0.1), 10, 10)
