"""Training examples: drawn from generated clips, endless, the same for the same seed."""

import numpy as np
import torch

from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._examples import Examples
from vosbench.methods._rollouts import LENGTH
from vosbench.methods._training_data import ColourChange, supervised_batches


def test_colours_change_and_nothing_else():
    inputs = torch.rand(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    examples = Examples(inputs, inputs[:, 3:] > 0.5)
    changed = ColourChange.draw(np.random.default_rng(0))(examples)
    assert torch.equal(changed.inputs[:, 3:], inputs[:, 3:])
    assert changed.targets is examples.targets
    assert not torch.allclose(changed.inputs[:, :3], inputs[:, :3])
    assert changed.inputs[:, :3].abs().max() <= 1


def batches_answered(seed, *, answer, count, first=0):
    """The first `count` batches when the network's logits are `answer(targets)`."""
    stream = supervised_batches(seed, batch=4, first_clips=3, first=first)
    batches = [next(stream)]
    while len(batches) < count:
        batches.append(stream.send(answer(batches[-1][1])))
    return batches


def right(targets):
    return (targets - 0.5) * 20


def nothing(targets):
    return torch.full_like(targets, -10)


def test_batches_have_the_shape_that_the_network_takes():
    for inputs, targets in batches_answered(11, answer=right, count=3):
        assert inputs.shape == (4, 4, WINDOW_SIZE, WINDOW_SIZE)
        assert targets.shape == (4, 1, WINDOW_SIZE, WINDOW_SIZE)
        assert torch.isfinite(inputs).all() and 0 <= targets.min() <= targets.max() <= 1


def test_the_same_seed_gives_the_same_batches_and_another_seed_others():
    (first,), (again,), (other,) = (
        batches_answered(seed, answer=right, count=1) for seed in (11, 11, 12)
    )
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])


def test_batches_go_on_from_any_group():
    all_of_them = batches_answered(11, answer=right, count=LENGTH + 2)
    later = batches_answered(11, answer=right, count=2, first=LENGTH)
    for (inputs, targets), (again, wanted) in zip(all_of_them[LENGTH:], later, strict=True):
        assert torch.equal(inputs, again) and torch.equal(targets, wanted)


def test_what_the_network_answered_is_the_prior_of_the_next_batch():
    (_, _), (blind, _) = batches_answered(11, answer=nothing, count=2)
    (_, _), (seeing, _) = batches_answered(11, answer=right, count=2)
    rollouts = slice(0, 2)
    assert blind[rollouts, 3].max() < 0.01 < 0.5 < seeing[rollouts, 3].max()
