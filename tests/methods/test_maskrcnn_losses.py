"""Losses of Mask R-CNN in the paper's form and in today's, and cells that are not judged."""

import pytest
import torch

from vosbench.arrays import VOID
from vosbench.losses import lovasz_hinge
from vosbench.methods._maskrcnn_losses import (
    mask_loss,
    mask_targets,
    object_box_loss,
    proposal_box_loss,
)

FOUND, WANTED = torch.tensor([[0.2, 0.0, 3.0, 0.0]]), torch.zeros(1, 4)


def test_box_losses_by_hand():
    # Specification 1.4: L1 for proposals; for objects quadratic up to 1: ½·0.2² and 3 − ½.
    assert proposal_box_loss(FOUND, WANTED, 4, "paper").item() == pytest.approx((0.2 + 3) / 4)
    assert object_box_loss(FOUND, WANTED, 4, "paper").item() == pytest.approx((0.02 + 2.5) / 4)
    # Today both are quadratic up to 1/9, then |x| − 1/18.
    modern = (0.2 + 3 - 2 / 18) / 4
    assert proposal_box_loss(FOUND, WANTED, 4, "modern").item() == pytest.approx(modern)
    assert object_box_loss(FOUND, WANTED, 4, "modern").item() == pytest.approx(modern)


@pytest.mark.parametrize("form", ["lovasz", "bce"])
def test_no_box_costs_nothing_and_has_a_gradient(form: str):
    logits = torch.empty(0, 5, 5, requires_grad=True)
    loss = mask_loss(logits, torch.empty(0, 5, 5), form)  # type: ignore[arg-type]
    loss.backward()
    assert loss.item() == 0 and logits.grad is not None


@pytest.mark.parametrize("form", ["lovasz", "bce"])
def test_void_cells_have_no_gradient(form: str):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 4, 4, generator=generator).requires_grad_()
    targets = torch.rand(2, 4, 4, generator=generator)
    targets[0, :2] = 7.5
    mask_loss(logits, targets, form).backward()  # type: ignore[arg-type]
    assert logits.grad is not None
    assert not logits.grad[0, :2].any() and logits.grad[0, 2:].any()


def test_the_mask_loss_is_the_mean_over_boxes():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 6, 6, generator=generator)
    targets = torch.rand(3, 6, 6, generator=generator)
    each = [lovasz_hinge(z.reshape(1, -1), y.reshape(1, -1)) for z, y in zip(logits, targets)]  # noqa: B905
    assert mask_loss(logits, targets, "lovasz").item() == pytest.approx(sum(each).item() / 3)  # type: ignore[union-attr]


def test_targets_are_soft_along_the_outline_and_above_one_at_void():
    mask = torch.zeros(2, 1, 32, 32)
    mask[1, :, 8:24, 8:24] = 1
    mask[1, :, 8:24, 20:24] = VOID
    (target,) = mask_targets(mask, torch.tensor([[1, 4.0, 4.0, 28.0, 28.0]]), 7)
    assert target[3, 2] == 1 and target[0, 0] == 0
    assert 0 < target[3, 1] < 1  # cells of 24/7 pixels: the outline runs through the second
    assert target[3, 5] > 1 and target[3, 4] > 1  # one holds void, one touches it
