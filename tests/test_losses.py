"""Segmentation losses: values at the ends and by a second way, gradients, second derivatives."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vosbench.losses import cross_entropy_and_dice, lovasz_hinge


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


def test_pixels_that_are_not_kept_count_for_nothing():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 1, 4, 6, generator=generator)
    target = (torch.rand(1, 1, 4, 6, generator=generator) > 0.5).float()
    kept = torch.zeros_like(target)
    kept[..., :3] = 1
    half = cross_entropy_and_dice(logits[..., :3], target[..., :3])
    assert cross_entropy_and_dice(logits, target, kept).item() == pytest.approx(half.item())
    everything = cross_entropy_and_dice(logits, target, torch.ones_like(target))
    assert everything.item() == pytest.approx(cross_entropy_and_dice(logits, target).item())


def lovasz_by_the_book(logits: list[float], targets: list[float]) -> float:
    """The formulas of specification 1.4, one row and one pixel at a time."""
    pixels = [(1 - z * (2 * y - 1), y) for z, y in zip(logits, targets, strict=True) if y <= 1]
    pixels.sort(key=lambda pixel: -pixel[0])
    total = sum(y for _, y in pixels)
    loss = covered = outside = before = 0.0
    for error, y in pixels:
        covered, outside = covered + y, outside + 1 - y
        jaccard = 1 - (total - covered) / (total + outside)
        loss, before = loss + max(error, 0.0) * (jaccard - before), jaccard
    return loss


pixel = st.tuples(
    st.floats(-4, 4, width=32), st.one_of(st.floats(0, 1, width=32), st.sampled_from([0, 1, 7]))
)


@given(st.lists(st.lists(pixel, min_size=6, max_size=6), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_all_rows_at_once_give_what_each_gives_alone(rows: list[list[tuple[float, float]]]):
    values = torch.tensor(rows, dtype=torch.float64)  # n×p×2
    expected = [lovasz_by_the_book(*zip(*row, strict=True)) for row in rows]
    found = lovasz_hinge(values[..., 0], values[..., 1])
    # A tie in the errors may be sorted either way; the sum is the same but for rounding.
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


def test_a_row_without_pixels_to_judge_costs_nothing_and_moves_nothing():
    logits = torch.randn(2, 5, generator=torch.Generator().manual_seed(1)).requires_grad_()
    targets = torch.tensor([[255.0] * 5, [1.0, 0.0, 255.0, 1.0, 0.0]])
    losses = lovasz_hinge(logits, targets)
    losses.sum().backward()
    assert losses[0] == 0 and losses[1] > 0
    assert logits.grad is not None and torch.isfinite(logits.grad).all()
    assert not logits.grad[0].any() and logits.grad[1, 2] == 0


def test_the_lovasz_hinge_of_a_sure_answer_is_one_minus_its_jaccard_index():
    # Hard targets and |z| = 1: each error is 0 where right and 2 where wrong (Berman et al., § 2),
    # so the loss is 2 (1 − J). Here J = 2 / 4: two of three found, one too many.
    logits = torch.tensor([[1.0, 1.0, -1.0, 1.0, -1.0]])
    targets = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0]])
    assert lovasz_hinge(logits, targets).item() == pytest.approx(2 * (1 - 2 / 4))


def test_derivatives_of_the_lovasz_hinge():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 7, dtype=torch.float64, generator=generator, requires_grad=True)
    targets = torch.rand(3, 7, dtype=torch.float64, generator=generator)
    targets[0, :3] = 255
    assert torch.autograd.gradcheck(lovasz_hinge, (logits, targets))
    assert torch.autograd.gradgradcheck(lovasz_hinge, (logits, targets))
