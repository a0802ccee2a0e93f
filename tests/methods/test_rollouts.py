"""Rollouts: the network's last answer is where and with what it looks next."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from vosbench.meta.tasks import visible_objects
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._rollouts import LENGTH, Rollout
from vosbench.sequence import Sequence

FRAMES = LENGTH + 2
HEIGHT, WIDTH = 120, 160


def square_on_its_way():
    """A sequence in which a bright square of 20 pixels moves right by 4 pixels a frame."""
    masks = np.zeros((FRAMES, HEIGHT, WIDTH), np.uint8)
    for index in range(FRAMES):
        masks[index, 50:70, 30 + 4 * index : 50 + 4 * index] = 1
    images = np.where(masks[..., None] > 0, 220, 40).repeat(3, axis=3).astype(np.uint8)
    return Sequence(
        name="square",
        frames=tuple(f"{index:05d}" for index in range(FRAMES)),
        read_image=images.__getitem__,
        read_annotation=masks.__getitem__,
        fingerprint=lambda: "square",
    )


@pytest.fixture
def generator():
    return np.random.default_rng(3)


@pytest.fixture
def rollout(generator):
    (shown,) = visible_objects(square_on_its_way())
    begun = Rollout.begin(shown, generator)
    assert begun is not None
    return begun


def test_the_object_stays_in_sight_when_answers_are_right(rollout, generator):
    for _ in range(LENGTH):
        before = rollout.frame
        examples = rollout.look(generator)
        assert rollout.frame == before + 1
        assert examples.inputs.shape == (1, 4, WINDOW_SIZE, WINDOW_SIZE)
        # The window is 1.8 times the square, give or take: most of a third of it is object.
        assert 0.15 < examples.targets.mean() < 0.6
        rollout.answered(examples.targets[0, 0])


def test_the_prior_is_the_last_answer(rollout, generator):
    examples = rollout.look(generator)
    rollout.answered(torch.zeros(WINDOW_SIZE, WINDOW_SIZE))
    assert rollout.look(generator).inputs[:, 3].max() == 0
    assert examples.inputs[:, 3].max() > 0.9


def test_a_leak_widens_the_window_step_by_step(rollout, generator):
    widths = [rollout.box.width]
    for _ in range(3):
        rollout.look(generator)
        rollout.answered(torch.ones(WINDOW_SIZE, WINDOW_SIZE))
        widths.append(rollout.box.width)
    assert all(1.1 < later / earlier < 1.2 for earlier, later in pairwise(widths))


def test_a_lost_object_is_shown_again(rollout, generator):
    rollout.look(generator)
    rollout.box = type(rollout.box)(0, 0, 20, 20)  # nowhere near the square
    assert rollout.look(generator).targets.max() > 0.9


def test_no_rollout_begins_where_the_clip_is_about_to_end(generator):
    sequence = square_on_its_way()
    (shown,) = visible_objects(sequence)
    late = type(shown)(sequence, shown.object_id, (FRAMES - 1,))
    assert Rollout.begin(late, generator) is None
