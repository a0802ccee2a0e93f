"""Frames as Mask R-CNN sees them: sent to where it computes, normalised, resized, padded.

torchvision's transform gives the same, but sends its constants to the device at every call, and so
waits for it.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.models.detection.transform import GeneralizedRCNNTransform, resize_boxes

from vosbench.arrays import Image


@dataclass(frozen=True)
class View:
    """Frames of one size in the eyes of a network.

    Attributes:
        images: `float n×3×H×W`, normalised; black to the right and below, up to a whole number
            of the coarsest cells.
        size: height and width of the frames in them, without what is black.
    """

    images: Tensor
    size: tuple[int, int]


def sent(values: Tensor, like: Tensor) -> Tensor:
    """`values`, which lie on the host, on the device of `like`; a GPU is not waited for."""
    if like.device.type == "cuda":
        return values.pin_memory().to(like.device, non_blocking=True)
    return values.to(like.device)


def image_tensor(image: Image, like: Tensor) -> Tensor:
    """`float 3×h×w`, 0..1, of the kind and on the device of `like`."""
    pixels = sent(torch.from_numpy(np.ascontiguousarray(image)), like)
    return pixels.permute(2, 0, 1).to(like.dtype) / 255


def seen_by(transform: GeneralizedRCNNTransform, frames: Tensor) -> View:
    """`frames`, `float n×3×h×w` in 0..1, as a network of this transform sees them."""
    mean, deviation = (
        torch.stack([frames.new_full((1, 1), value) for value in values])
        for values in (transform.image_mean, transform.image_std)
    )  # 3×1×1
    images = _resized(transform, (frames - mean) / deviation, "bilinear")
    height, width = images.shape[-2:]
    cell = transform.size_divisible
    down, right = (math.ceil(side / cell) * cell - side for side in (height, width))
    return View(F.pad(images, (0, right, 0, down)), (height, width))


def masks_seen_by(transform: GeneralizedRCNNTransform, masks: Tensor) -> Tensor:
    """`masks`, `float n×1×h×w`, in the size of the frames in `View.images`."""
    return _resized(transform, masks, "nearest")


def boxes_seen_by(boxes: Tensor, frame: tuple[int, int], seen: tuple[int, int]) -> Tensor:
    """`boxes`, `float k×4` on the host, from pixels of one size to those of the other."""
    resized: Tensor = resize_boxes(boxes, frame, seen)
    return resized


def _resized(transform: GeneralizedRCNNTransform, frames: Tensor, mode: str) -> Tensor:
    """By the factor that makes the shorter side the smallest, or the longer one the largest."""
    sides = frames.shape[-2:]
    factor = min(transform.min_size[-1] / min(sides), transform.max_size / max(sides))
    return F.interpolate(
        frames,
        scale_factor=factor,
        mode=mode,
        recompute_scale_factor=True,
        align_corners=False if mode == "bilinear" else None,
    )
