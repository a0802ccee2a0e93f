"""Augmentation: what moves together, what stays in the picture, and the colours of torchvision."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures

from vosbench.arrays import BinaryMask, Image
from vosbench.augment import (
    FIRST_FRAME,
    TASK,
    Augmentation,
    ColourChange,
    ColourJitter,
    Turn,
    augmented,
    draw_shared,
)

STILL = Augmentation(colour=None, flip=False, degrees=0.0, scale=(1.0, 1.0))


def scene(height: int = 40, width: int = 60) -> tuple[Image, BinaryMask]:
    """Noise with an object in one corner."""
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    mask = np.zeros((height, width), np.bool_)
    mask[5:15, 3:20] = True
    return image, mask


def white(mask: BinaryMask) -> Image:
    """A picture of the mask: where the object goes, white goes."""
    return np.repeat(mask[:, :, None] * np.uint8(255), 3, axis=2)


def test_nothing_drawn_changes_nothing():
    image, mask = scene()
    same = augmented(image, mask, STILL, np.random.default_rng(0))
    np.testing.assert_array_equal(same[0], image)
    np.testing.assert_array_equal(same[1], mask)


@given(seed=st.integers(0, 10_000), height=st.integers(20, 50), width=st.integers(24, 50))
@settings(max_examples=40)
def test_image_and_mask_move_together_and_keep_their_size(seed: int, height: int, width: int):
    _, mask = scene(height, width)
    image, moved = augmented(white(mask), mask, FIRST_FRAME, np.random.default_rng(seed))
    assert image.shape == (height, width, 3) and image.dtype == np.uint8
    assert moved.shape == (height, width) and moved.dtype == np.bool_
    # Cubic and nearest interpolation may disagree along the outline only.
    assert ((image[:, :, 0] > 127) != moved).mean() < 0.05


@given(seed=st.integers(0, 10_000), row=st.integers(0, 19), column=st.integers(0, 29))
@settings(max_examples=60)
def test_an_object_of_one_pixel_stays_in_the_picture(seed: int, row: int, column: int):
    mask = np.zeros((20, 30), np.bool_)
    mask[row, column] = True
    _, moved = augmented(white(mask), mask, FIRST_FRAME, np.random.default_rng(seed))
    assert moved.any()


def test_an_object_that_every_turn_loses_is_left_where_it_is():
    mask = np.zeros((20, 30), np.bool_)
    mask[0, 0] = True
    enlarged = Augmentation(colour=None, flip=False, degrees=0.0, scale=(4.0, 4.0))
    image, kept = augmented(white(mask), mask, enlarged, np.random.default_rng(0))
    np.testing.assert_array_equal(kept, mask)
    np.testing.assert_array_equal(image, white(mask))


def test_an_absent_object_stays_absent():
    image, mask = scene()
    _, moved = augmented(image, mask & False, FIRST_FRAME, np.random.default_rng(0))
    assert not moved.any()


def test_a_quarter_turn_is_one():
    image, mask = scene(40, 40)
    turn = Turn(90.0, 1.0)
    # Cubic interpolation on the pixels themselves still rounds.
    np.testing.assert_allclose(turn.image(image).astype(int), np.rot90(image), atol=1)
    np.testing.assert_array_equal(turn.mask(mask), np.rot90(mask))


def test_what_is_enlarged_twice_covers_four_times_as_much():
    mask = np.zeros((40, 60), np.bool_)
    mask[15:25, 20:40] = True
    assert Turn(0.0, 2.0).mask(mask).sum() == 4 * mask.sum()


def test_what_comes_in_from_outside_is_black_and_background():
    image, mask = np.full((40, 60, 3), 200, np.uint8), np.ones((40, 60), np.bool_)
    turn = Turn(0.0, 0.5)
    assert (turn.image(image)[:5] == 0).all() and not turn.mask(mask)[:5].any()


def test_frames_of_a_task_share_colours_and_mirroring_but_not_the_turn():
    image, mask = scene()
    generator = np.random.default_rng(4)
    shared = draw_shared(TASK, generator)
    upright = Augmentation(colour=TASK.colour, flip=True, degrees=0.0, scale=(1.0, 1.0))
    first, second = (augmented(image, mask, upright, generator, shared=shared) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    turned = [augmented(image, mask, TASK, generator, shared=shared) for _ in range(2)]
    assert (turned[0][1] != turned[1][1]).any()


def test_about_half_are_mirrored():
    generator = np.random.default_rng(0)
    mirrored = sum(draw_shared(FIRST_FRAME, generator).mirrored for _ in range(400))
    assert 160 < mirrored < 240  # 200 ± 4 standard deviations


def test_the_same_generator_draws_the_same():
    image, mask = scene()
    once, again = (augmented(image, mask, TASK, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(once[0], again[0])
    np.testing.assert_array_equal(once[1], again[1])


def test_what_is_given_is_not_changed_and_what_is_returned_is_free_to_change():
    image, mask = scene()
    before = image.copy(), mask.copy()
    for which in (TASK, STILL):
        changed, moved = augmented(image, mask, which, np.random.default_rng(1))
        changed[:], moved[:] = 0, True
        np.testing.assert_array_equal(image, before[0])
        np.testing.assert_array_equal(mask, before[1])


@pytest.mark.parametrize("seed", range(4))
def test_colours_change_as_those_of_torchvision(seed: int):
    functional = pytest.importorskip("torchvision.transforms.functional")
    image, _ = scene()
    change = ColourChange.draw(ColourJitter(), np.random.default_rng(seed))
    expected = Pictures.fromarray(image)
    for step in change.order:
        expected = getattr(functional, f"adjust_{step}")(expected, getattr(change, step))
    difference = change(image).astype(int) - np.array(expected).astype(int)
    # torchvision cuts the shift of the hue to whole bytes, here it is rounded: one of 256 steps.
    assert np.abs(difference).max() <= 8 and np.abs(difference).mean() < 1.5


@pytest.mark.parametrize(
    "make",
    [
        lambda: ColourJitter(hue=0.6),
        lambda: ColourJitter(contrast=-0.1),
        lambda: Augmentation(colour=None, flip=True, degrees=-1.0, scale=(1.0, 1.0)),
        lambda: Augmentation(colour=None, flip=True, degrees=1.0, scale=(1.25, 0.75)),
        lambda: Augmentation(colour=None, flip=True, degrees=1.0, scale=(0.0, 1.0)),
    ],
)
def test_ranges_that_mean_nothing_are_refused(make):
    with pytest.raises(ValueError, match="expected"):
        make()
