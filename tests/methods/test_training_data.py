"""Training examples: drawn from generated clips, endless, the same for the same seed."""

from itertools import islice

import numpy as np
import torch

from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._examples import Examples
from vosbench.methods._training_data import ColourChange, supervised_batches


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


def test_batches_go_on_from_any_number():
    (_, later), (again, _) = (
        list(islice(supervised_batches(11, batch=4, first_clips=2, first=first), 2))
        for first in (4, 5)
    )
    assert torch.equal(later[0], again[0]) and torch.equal(later[1], again[1])
