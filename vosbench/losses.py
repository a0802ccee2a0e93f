"""Segmentation losses that fine-tuning and training share."""

import torch
from torch import Tensor
from torch.nn import functional as F


def cross_entropy_and_dice(logits: Tensor, target: Tensor, kept: Tensor | None = None) -> Tensor:
    """Binary cross-entropy plus soft dice loss, averaged over a batch, ≥ 0.

    Cross-entropy judges every pixel alike; dice (Milletari et al., 3DV 2016) judges the overlap,
    so that a small object in a large window still counts. Both have second derivatives.

    Args:
        logits: `float n×1×h×w`.
        target: share of the object in each pixel, `float n×1×h×w`, 0..1.
        kept: `float n×1×h×w`, 1 where a pixel is judged and 0 where it is not; all are by default.
    """
    probability = logits.sigmoid()
    if kept is None:
        cross_entropy = F.binary_cross_entropy_with_logits(logits, target)
    else:
        each = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        cross_entropy = (each * kept).sum() / kept.sum().clamp_min(1)
        probability, target = probability * kept, target * kept
    overlap = (probability * target).sum(dim=(1, 2, 3))  # n
    size = probability.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))  # n
    # One pixel of grace: an empty window predicted empty costs nothing instead of 0/0.
    dice = 1 - (2 * overlap + 1) / (size + 1)
    return cross_entropy + dice.mean()


def lovasz_hinge(logits: Tensor, targets: Tensor) -> Tensor:
    """Lovász hinge of each row, `float n`, ≥ 0: a convex surrogate of 1 − J.

    Berman, Rannen Triki and Blaschko, "The Lovász-Softmax loss", CVPR 2018. Errors are sorted from
    the worst; each counts with the Jaccard index that giving way to it costs. Targets may be soft,
    as e-OSVOS has them (specification 1.4). All rows are sorted at once.

    Args:
        logits: `float n×p`, positive where the object is predicted.
        targets: `float n×p`, share of the object in 0..1; a pixel above 1 is left out, and a row
            of such pixels only has loss 0.
    """
    judged = targets <= 1  # n×p
    errors = 1 - logits * (2 * targets - 1)
    # Whatever is left out comes last and weighs nothing.
    errors, order = errors.masked_fill(~judged, -torch.inf).sort(dim=1, descending=True)
    inside = (targets * judged).gather(1, order)
    outside = ((1 - targets) * judged).gather(1, order)
    total = inside.sum(dim=1, keepdim=True)  # n×1
    intersection = total - inside.cumsum(dim=1)
    union = total + outside.cumsum(dim=1)
    jaccard = 1 - intersection / union.masked_fill(union <= 0, 1)
    weights = jaccard.diff(dim=1, prepend=jaccard.new_zeros(len(jaccard), 1))
    return (errors.relu() * weights).sum(dim=1)
