"""Online adaptation of OnAVOS: which pixels of a frame are sure enough to learn from.

Voigtlaender and Leibe, "Online Adaptation of Convolutional Neural Networks for Video Object
Segmentation", BMVC 2017, section "Online Adaptation" and Algorithm 1. Pixels of high probability
are the object; those far from where it was in the frame before are background, whatever the network
says; the rest is not learned from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from vosbench.arrays import BinaryMask

REFERENCE_SIDE = 480
"""Shorter side, in pixels, of the frames that distances are given for."""


@dataclass(frozen=True)
class KnownPixels:
    """What is known, or taken for certain, of one frame.

    Attributes:
        positive: pixels of the object, `bool h×w`.
        negative: pixels of the background, `bool h×w`.
    """

    positive: BinaryMask
    negative: BinaryMask


def far_pixels(last: BinaryMask, *, distance: float, erosion: int) -> BinaryMask | None:
    """Pixels too far from the object's last mask to belong to it, `bool h×w`.

    None where the eroded mask is empty: nobody knows where the object is.

    Args:
        last: the object in the frame before.
        distance: pixels, in a frame whose shorter side is `REFERENCE_SIDE`.
        erosion: side of the square that the mask is eroded by, likewise; specks vanish so.
    """
    scale = min(last.shape) / REFERENCE_SIDE
    size = max(1, round(erosion * scale))
    # As if the object went on beyond the border: it does not shrink from there.
    kept = ndimage.minimum_filter(last, size=size, mode="nearest")
    if not kept.any():
        return None
    far: BinaryMask = ndimage.distance_transform_edt(~kept) > distance * scale
    return far


def sure_pixels(
    probability: NDArray[np.float32], far: BinaryMask, *, threshold: float
) -> KnownPixels:
    """Pixels to learn from: probable ones that are not far, and all that are far.

    Args:
        probability: of the object, `float32 h×w`.
        far: of `far_pixels`.
        threshold: probability that a pixel of the object exceeds.
    """
    return KnownPixels((probability > threshold) & ~far, far)
