"""Segmentation losses that fine-tuning and training share."""

from torch import Tensor
from torch.nn import functional as F


def cross_entropy_and_dice(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy plus soft dice loss, averaged over a batch, ≥ 0.

    Cross-entropy judges every pixel alike; dice (Milletari et al., 3DV 2016) judges the overlap,
    so that a small object in a large window still counts. Both have second derivatives.

    Args:
        logits: `float n×1×h×w`.
        target: share of the object in each pixel, `float n×1×h×w`, 0..1.
    """
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target)
    probability = logits.sigmoid()
    overlap = (probability * target).sum(dim=(1, 2, 3))  # n
    size = probability.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))  # n
    # One pixel of grace: an empty window predicted empty costs nothing instead of 0/0.
    dice = 1 - (2 * overlap + 1) / (size + 1)
    return cross_entropy + dice.mean()
