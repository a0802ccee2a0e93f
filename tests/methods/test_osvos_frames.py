"""Sizes, soft maps, and a loss in which object and background weigh the same."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vosbench.methods._osvos_frames import (
    as_batch,
    balanced_cross_entropy,
    network_input,
    resized_image,
    resized_mask,
    soft_map,
    working_size,
)


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 600))
@settings(max_examples=50)
def test_the_shorter_side_is_as_wanted_and_proportions_stay(height: int, width: int, side: int):
    found = working_size(height, width, side)
    assert min(found) == side
    assert max(found) == pytest.approx(side * max(height, width) / min(height, width), abs=0.5)


def test_images_and_masks_shrink_together():
    mask = np.zeros((40, 60), np.bool_)
    mask[8:24, 12:32] = True
    small = resized_mask(mask, (20, 30))
    np.testing.assert_array_equal(small, mask[::2, ::2])
    image = np.repeat(mask[:, :, None] * np.uint8(255), 3, axis=2)
    seen = resized_image(image, (20, 30))
    assert seen.shape == (20, 30, 3)
    # Along its outline the image is smoothed.
    assert ((seen[:, :, 0] > 127) != small).mean() < 0.08


def test_colours_are_normalised_as_torchvision_does():
    image = np.random.default_rng(0).integers(0, 256, (6, 7, 3), np.uint8)
    functional = pytest.importorskip("torchvision.transforms.functional")
    plain = torch.from_numpy(image).permute(2, 0, 1).float() / 255
    # Mean and deviation from torchvision's documentation of VGG16_Weights.
    expected = functional.normalize(plain, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    torch.testing.assert_close(network_input(image)[0], expected)


def test_a_soft_map_has_the_size_of_the_frame():
    soft = soft_map(torch.full((1, 1, 4, 6), 2.0), (9, 13))
    assert soft.shape == (9, 13) and soft.dtype == np.float32
    assert soft == pytest.approx(1 / (1 + np.exp(-2.0)))


def slow_balanced_cross_entropy(logits, positive, negative) -> float:
    """Pixel by pixel, from the definition."""
    each = []
    for answer in logits:
        probability = 1 / (1 + np.exp(-answer))
        missed = [
            -np.log(p) for p, is_it in zip(probability.flat, positive.flat, strict=True) if is_it
        ]
        imagined = [
            -np.log(1 - p)
            for p, is_it in zip(probability.flat, negative.flat, strict=True)
            if is_it
        ]
        each.append(sum(np.mean(part) for part in (missed, imagined) if part) / 2)
    return float(np.mean(each))


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.1, 0.5]), st.sampled_from([0.0, 0.3]))
@settings(max_examples=30)
def test_the_loss_is_its_definition(seed: int, share: float, ignored: float):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (2, 5, 6))
    draw = rng.random((5, 6))
    positive, negative = draw < share, draw >= share + ignored
    found = balanced_cross_entropy(
        torch.from_numpy(logits)[None], as_batch(positive), as_batch(negative)
    )
    expected = slow_balanced_cross_entropy(logits, positive, negative)
    assert found.item() == pytest.approx(expected, rel=1e-6)


def test_the_loss_is_that_of_the_paper_up_to_a_factor():
    # Caelles et al., equation 1: −β Σ₊ log p − (1 − β) Σ₋ log(1 − p), β = |Y₋|/|Y|.
    rng = np.random.default_rng(0)
    logits, positive = rng.normal(0, 2, (8, 9)), rng.random((8, 9)) < 0.2
    probability, count = 1 / (1 + np.exp(-logits)), positive.size
    beta = (~positive).sum() / count
    paper = -beta * np.log(probability[positive]).sum()
    paper -= (1 - beta) * np.log(1 - probability[~positive]).sum()
    found = balanced_cross_entropy(
        torch.from_numpy(logits)[None, None], as_batch(positive), as_batch(~positive)
    )
    assert found.item() == pytest.approx(paper / (2 * count * beta * (1 - beta)))


def test_nothing_known_costs_nothing():
    nothing = as_batch(np.zeros((3, 4), np.bool_))
    logits = torch.randn(1, 1, 3, 4, requires_grad=True)
    loss = balanced_cross_entropy(logits, nothing, nothing)
    loss.backward()
    assert loss.item() == 0 and logits.grad is not None and not logits.grad.any()
