"""Whole frames for the network of OSVOS, and what its answers cost."""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pictures
from torch import Tensor
from torch.nn import functional as F

from vosbench.arrays import BinaryMask, Image

_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)
"""Of the colours of ImageNet in 0..1: what torchvision's weights of VGG-16 expect."""


def working_size(height: int, width: int, short_side: int) -> tuple[int, int]:
    """Height and width whose shorter one is `short_side`, in the same proportion.

    >>> working_size(480, 854, 240)
    (240, 427)
    """
    factor = short_side / min(height, width)
    return max(1, round(height * factor)), max(1, round(width * factor))


def resized_image(image: Image, size: tuple[int, int]) -> Image:
    """The image in another size (height, width), smoothed where it shrinks."""
    return np.array(Pictures.fromarray(image).resize(size[::-1], Pictures.Resampling.BILINEAR))


def resized_mask(mask: BinaryMask, size: tuple[int, int]) -> BinaryMask:
    """The mask in another size (height, width): the pixels that it covers by half or more."""
    grey = Pictures.fromarray(mask.astype(np.uint8) * np.uint8(255))
    return np.array(grey.resize(size[::-1], Pictures.Resampling.BOX)) > 127


def network_input(image: Image) -> Tensor:
    """What the network sees of a frame, `float32 1×3×h×w`, channels last in memory."""
    colours = torch.from_numpy(image).float() / 255  # h×w×3
    normal = (colours - torch.tensor(_MEAN)) / torch.tensor(_DEVIATION)
    return normal.permute(2, 0, 1)[None]


def as_batch(mask: BinaryMask) -> Tensor:
    """A mask `h×w` as `bool 1×1×h×w`."""
    return torch.from_numpy(np.ascontiguousarray(mask))[None, None]


def soft_map(logits: Tensor, size: tuple[int, int]) -> NDArray[np.float32]:
    """Probabilities of the object in a frame of `size`, `float32 h×w`, from logits `1×1×h×w`."""
    enlarged = F.interpolate(logits, size, mode="bilinear", align_corners=False)
    return enlarged[0, 0].sigmoid().cpu().numpy()


def balanced_cross_entropy(logits: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
    """Cross-entropy in which object and background weigh the same, whatever their sizes; a scalar.

    The balance is that of OSVOS (Caelles et al., CVPR 2017, equation 1, after Xie and Tu, "HED").
    There a pixel weighs the share of the other class in the frame; here one over the size of its
    own, which is the same up to a factor that would make a small object learn more slowly. A class
    without pixels adds nothing, and what is neither positive nor negative does not count.

    Args:
        logits: `float n×c×h×w`; each channel is judged alone.
        positive: `bool n×1×h×w`, pixels of the object.
        negative: `bool n×1×h×w`, pixels of the background.
    """
    missed = _mean_over(F.softplus(-logits), positive)  # n×c
    imagined = _mean_over(F.softplus(logits), negative)  # n×c
    return (missed + imagined).mean() / 2


def _mean_over(values: Tensor, pixels: Tensor) -> Tensor:
    """Means `n×c` of `values` over `pixels`; 0 where there are none."""
    return (values * pixels).sum(dim=(2, 3)) / pixels.sum(dim=(2, 3)).clamp(min=1)
