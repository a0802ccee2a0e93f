"""The segmentation loss: its values at the ends, its gradient, its second derivative."""

import pytest
import torch

from vosbench.losses import cross_entropy_and_dice


def test_a_sure_and_right_answer_costs_nothing():
    target = torch.zeros(2, 1, 8, 8)
    target[:, :, 2:5, 3:7] = 1
    assert cross_entropy_and_dice(200 * (target - 0.5), target).item() == pytest.approx(0, abs=1e-6)


def test_an_empty_window_answered_empty_costs_nothing():
    logits = torch.full((1, 1, 8, 8), -100.0)
    assert cross_entropy_and_dice(logits, torch.zeros(1, 1, 8, 8)).item() == pytest.approx(
        0, abs=1e-6
    )


def test_no_answer_costs_log_two_and_most_of_the_dice():
    target = torch.zeros(1, 1, 10, 10)
    target[0, 0, :5] = 1
    # log 2 + 1 − (2·25 + 1) / (50 + 50 + 1), by hand.
    expected = 0.693147 + 1 - 51 / 101
    assert cross_entropy_and_dice(torch.zeros_like(target), target).item() == pytest.approx(
        expected, abs=1e-5
    )


def test_first_and_second_derivatives():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 1, 3, 3, dtype=torch.float64, generator=generator, requires_grad=True)
    target = torch.rand(2, 1, 3, 3, dtype=torch.float64, generator=generator)
    assert torch.autograd.gradcheck(cross_entropy_and_dice, (logits, target))
    assert torch.autograd.gradgradcheck(cross_entropy_and_dice, (logits, target))
