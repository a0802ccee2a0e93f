"""Training examples and tasks: drawn from generated clips, endless, the same for the same seed."""

from itertools import islice

import numpy as np
import pytest
import torch

from vosbench.methods._compact import WINDOW_SIZE, CompactNetwork
from vosbench.methods._examples import Examples
from vosbench.methods._training_data import (
    SMALLEST_OBJECT,
    ClipPool,
    ColourChange,
    compact_tasks,
    draw_frames,
    supervised_batches,
)


@pytest.fixture(scope="module")
def pool() -> ClipPool:
    return ClipPool(11, first=4, largest=5)


def test_a_pool_keeps_no_more_clips_than_it_may():
    small = ClipPool(11, first=2, largest=3)
    generator = np.random.default_rng(0)
    before = {small.draw(generator).images.tobytes() for _ in range(30)}
    small.grow()
    small.grow()
    after = {small.draw(generator).images.tobytes() for _ in range(60)}
    assert len(before) == 2 and len(after) == 3
    assert len(before & after) == 1  # the oldest went


def test_drawn_frames_show_one_object_of_one_clip(pool: ClipPool):
    generator = np.random.default_rng(1)
    drawn = 0
    for _ in range(20):
        frames = draw_frames(pool.draw(generator), 2, generator)
        if frames is None:
            continue
        drawn += 1
        for frame in frames:
            assert frame.mask.sum() >= SMALLEST_OBJECT
            assert frame.earlier.sum() >= SMALLEST_OBJECT
            assert frame.image.shape[:2] == frame.mask.shape
    assert drawn > 10


def test_colours_change_and_nothing_else():
    inputs = torch.rand(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    examples = Examples(inputs, inputs[:, 3:] > 0.5)
    changed = ColourChange.draw(np.random.default_rng(0))(examples)
    assert torch.equal(changed.inputs[:, 3:], inputs[:, 3:])
    assert changed.targets is examples.targets
    assert not torch.allclose(changed.inputs[:, :3], inputs[:, :3])
    assert changed.inputs[:, :3].abs().max() <= 1


def test_batches_have_the_shape_that_the_network_takes():
    for inputs, targets in islice(supervised_batches(11, batch=4, first_clips=3), 3):
        assert inputs.shape == (4, 4, WINDOW_SIZE, WINDOW_SIZE)
        assert targets.shape == (4, 1, WINDOW_SIZE, WINDOW_SIZE)
        assert torch.isfinite(inputs).all() and 0 <= targets.min() <= targets.max() <= 1


def test_the_same_seed_gives_the_same_batches_and_another_seed_others():
    first, again, other = (
        next(supervised_batches(seed, batch=4, first_clips=2))[0] for seed in (11, 11, 12)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_task_shows_fresh_windows_at_every_step_and_the_same_ones_again():
    torch.manual_seed(0)
    network = CompactNetwork()
    parameters = dict(network.named_parameters())
    task = next(compact_tasks(network, 11, first_clips=2))
    with torch.no_grad():
        losses = [task.support_loss(parameters, step).item() for step in (0, 1, 0)]
        query = [task.query_loss(parameters).item() for _ in range(2)]
    assert losses[0] == losses[2] != losses[1]
    assert query[0] == query[1]
