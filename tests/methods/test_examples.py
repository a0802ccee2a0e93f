"""What the compact network is shown: colours, priors and targets of a window."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._examples import (
    AnnotatedFrame,
    annotated_examples,
    network_input,
    seen_prior,
)
from vosbench.methods._window import Box, Window, jittered, window_around

IMAGE = np.random.default_rng(0).integers(0, 256, (80, 120, 3), np.uint8)
MASK = np.zeros((80, 120), bool)
MASK[20:60, 30:90] = True
WINDOW = window_around(Box(30, 20, 90, 60))


def test_ranges_and_shapes():
    examples = annotated_examples(IMAGE, MASK, [WINDOW] * 5, np.random.default_rng(0))
    assert examples.inputs.shape == (5, 4, WINDOW_SIZE, WINDOW_SIZE)
    assert examples.targets.shape == (5, 1, WINDOW_SIZE, WINDOW_SIZE)
    assert examples.inputs[:, :3].abs().max() <= 1
    for plane in (examples.inputs[:, 3], examples.targets):
        assert plane.min() >= 0 and plane.max() <= 1


def test_outside_of_the_frame_is_mid_grey_background():
    far = Window(Box(300, 300, 400, 400))
    inputs = network_input(IMAGE, seen_prior(MASK.astype(np.float32), far), [far])
    assert torch.equal(inputs, torch.zeros_like(inputs))


def test_priors_resemble_the_mask_without_being_it():
    generator = np.random.default_rng(1)
    examples = annotated_examples(IMAGE, MASK, [WINDOW] * 40, generator)
    priors, targets = examples.inputs[:, 3:] > 0.5, examples.targets > 0.5
    present = priors.flatten(1).any(dim=1)
    overlap = ((priors & targets).sum((1, 2, 3)) / (priors | targets).sum((1, 2, 3)))[present]
    assert 0.5 < overlap.mean() < 0.9
    # About one in seven is missing altogether.
    assert 1 <= int((~present).sum()) <= 14


def test_an_earlier_mask_makes_the_prior_but_not_the_target():
    earlier = np.roll(MASK, 25, axis=1)
    generator = np.random.default_rng(2)
    examples = annotated_examples(IMAGE, MASK, [WINDOW] * 20, generator, earlier=earlier)
    here = annotated_examples(IMAGE, MASK, [WINDOW] * 20, np.random.default_rng(2))
    assert torch.equal(examples.targets, here.targets)
    columns = torch.arange(WINDOW_SIZE).float()
    centre = lambda e: float((e.inputs[:, 3].sum((0, 1)) * columns).sum() / e.inputs[:, 3].sum())  # noqa: E731
    assert centre(examples) > centre(here) + 5


def test_the_same_generator_gives_the_same_examples():
    first, second = (
        annotated_examples(IMAGE, MASK, [WINDOW], np.random.default_rng(3)) for _ in range(2)
    )
    assert torch.equal(first.inputs, second.inputs)


@given(st.integers(0, 2**32 - 1), st.floats(5, 50), st.floats(5, 50))
def test_a_frame_keeps_all_that_jitter_can_show(seed: int, width: float, height: float):
    window = window_around(Box.around(60, 40, width, height))
    generator, again = np.random.default_rng(seed), np.random.default_rng(seed)
    windows = [jittered(window, generator, turn=0.25) for _ in range(4)]
    kept = AnnotatedFrame(IMAGE, MASK, around=window).examples(windows, generator)
    assert windows == [jittered(window, again, turn=0.25) for _ in range(4)]
    whole = AnnotatedFrame(IMAGE, MASK).examples(windows, again)
    torch.testing.assert_close(kept.inputs, whole.inputs, atol=1e-3, rtol=0)
    torch.testing.assert_close(kept.targets, whole.targets, atol=1e-3, rtol=0)
