"""The five losses of Mask R-CNN in the form that e-OSVOS trained with (specification 1.4)."""

from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import roi_align

from vosbench.losses import lovasz_hinge
from vosbench.methods._maskrcnn_design import BoxLosses, MaskLoss


def proposal_box_loss(found: Tensor, wanted: Tensor, sampled: int, form: BoxLosses) -> Tensor:
    """Loss of the boxes that the proposal network makes of its positive anchors, a scalar.

    Args:
        found: `float p×4`, what it says of positive anchors.
        wanted: `float p×4`.
        sampled: number of anchors, negative ones included, that the sum is divided by.
        form: in the paper's torchvision plain L1.
    """
    beta = {"paper": 0.0, "modern": 1 / 9}[form]
    return F.smooth_l1_loss(found, wanted, beta=beta, reduction="sum") / sampled


def object_box_loss(found: Tensor, wanted: Tensor, sampled: int, form: BoxLosses) -> Tensor:
    """Loss of the boxes that the box head makes of its positive proposals, a scalar.

    Args:
        found: `float p×4`, what it says of positive proposals.
        wanted: `float p×4`.
        sampled: number of proposals, negative ones included, that the sum is divided by.
        form: in the paper's torchvision quadratic up to 1.
    """
    beta = {"paper": 1.0, "modern": 1 / 9}[form]
    return F.smooth_l1_loss(found, wanted, beta=beta, reduction="sum") / sampled


def mask_loss(logits: Tensor, targets: Tensor, form: MaskLoss) -> Tensor:
    """Loss of local masks, the mean over all boxes; 0 where there is none.

    Args:
        logits: `float p×s×s` of the object.
        targets: `float p×s×s` as `mask_targets` makes them.
        form: which loss.
    """
    if len(logits) == 0:
        return logits.sum() * 0
    if form == "lovasz":
        return lovasz_hinge(logits.flatten(1), targets.flatten(1)).mean()
    judged = targets <= 1
    each = F.binary_cross_entropy_with_logits(logits, targets.clamp(max=1), reduction="none")
    return (each * judged).sum() / judged.sum().clamp(min=1)


def mask_targets(masks: Tensor, rois: Tensor, size: int) -> Tensor:
    """The share of the object in each cell of each box, `float p×size×size`.

    Not thresholded: 0..1 between the object's inside and outside; more where void takes part.

    Args:
        masks: `float n×1×h×w`: 1 the object, 0 not, `VOID` not known.
        rois: `float p×5`: number of the image, then the sides of the box in its pixels.
        size: cells a side.
    """
    return roi_align(masks, rois, size)[:, 0]
