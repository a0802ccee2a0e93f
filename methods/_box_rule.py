"""From the mask in a window to the box that the next frame is searched around."""

import numpy as np
from scipy import ndimage

from vosbench.arrays import BinaryMask
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._window import Box, Window, tight_box


def next_box(mask: BinaryMask, window: Window, last: Box, growth: tuple[float, float]) -> Box:
    """Box of `mask`, in pixels of the frame; `last` where the mask is empty.

    Its sides are not far from those of the box before: masks may fail, things do not.

    Args:
        mask: of the object in the window, `bool s×s`, without specks.
        window: upright.
        last: box in the frame before.
        growth: least and largest factor of a side from frame to frame.
    """
    found = tight_box(mask)
    if found is None:
        return last
    found = _in_frame(found, window)
    low, high = growth
    width = min(max(found.width, low * last.width), high * last.width)
    height = min(max(found.height, low * last.height), high * last.height)
    return Box.around(*found.centre, width, height)


def largest_parts(mask: BinaryMask, share: float = 0.1) -> BinaryMask:
    """`mask` without connected parts smaller than `share` of the largest: specks move no box."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    kept: BinaryMask = (sizes >= share * sizes.max())[labels]
    return kept & mask


def _in_frame(box: Box, window: Window) -> Box:
    """A box given in pixels of the network's output, in pixels of the frame."""
    across, down = window.box.width / WINDOW_SIZE, window.box.height / WINDOW_SIZE
    return Box(
        window.box.left + box.left * across,
        window.box.top + box.top * down,
        window.box.left + box.right * across,
        window.box.top + box.bottom * down,
    )
