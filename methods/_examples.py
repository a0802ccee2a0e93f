"""Examples for the compact network: what it sees of a frame, and what it should answer.

The network sees a window of the frame and a *prior*: where the object was a moment ago. At test
time the prior is the soft map of the frame before. In fine-tuning and in training it is made from
an annotation by moving, coarsening and deforming it, so that the network learns to correct a prior
rather than to copy it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vosbench.arrays import BinaryMask, Image
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._window import Window, jittered, view


@dataclass(frozen=True)
class Examples:
    """A batch for the network.

    Attributes:
        inputs: `float32 n×4×s×s`: RGB in −1..1 and the prior in 0..1.
        targets: `float32 n×1×s×s`: share of the object in each pixel, 0..1.
    """

    inputs: Tensor
    targets: Tensor


def network_input(image: Image, prior: Tensor, windows: list[Window]) -> Tensor:
    """What the network sees, `float32 n×4×s×s`; the world outside of the frame is mid-grey.

    Args:
        image: the frame.
        prior: `float32 n×1×s×s` as seen through the same windows, 0..1.
        windows: n of them.
    """
    colours = view(image, windows, WINDOW_SIZE, outside=127.5) / 127.5
    return torch.cat((colours, prior), dim=1)


def seen_prior(prior: NDArray[np.float32], window: Window) -> Tensor:
    """A soft map of the frame (`float32 h×w`) through a window, `float32 1×1×s×s`."""
    return view(prior, [window], WINDOW_SIZE)


def annotated_examples(
    image: Image,
    mask: BinaryMask,
    windows: list[Window],
    generator: np.random.Generator,
    *,
    earlier: BinaryMask | None = None,
) -> Examples:
    """Examples of one object in one frame, a spoilt prior for each window.

    Args:
        image: the frame.
        mask: the object in it.
        windows: what to see.
        generator: source of all draws.
        earlier: the object a moment before, to make priors from; the mask itself by default.
    """
    source = mask if earlier is None else earlier
    prior = torch.cat([_spoilt_prior(source, window, generator) for window in windows])
    targets = view(mask, windows, WINDOW_SIZE)
    return Examples(network_input(image, prior, windows), targets)


def _spoilt_prior(mask: BinaryMask, window: Window, generator: np.random.Generator) -> Tensor:
    """`mask` through `window`, moved, coarsened and deformed; now and then missing. `1×1×s×s`."""
    if generator.random() < 0.08:
        return torch.zeros(1, 1, WINDOW_SIZE, WINDOW_SIZE)
    moved = jittered(window, generator, shift=0.1, stretch=(0.9, 1.1), turn=0.1, mirror=False)
    moved = Window(moved.box, moved.angle + window.angle, window.mirrored)
    seen = view(mask, [moved], WINDOW_SIZE)
    cells = int(generator.choice((8, 12, 24)))
    noise = torch.from_numpy(generator.normal(0, 0.25, (1, 1, cells, cells))).float()
    coarse = F.adaptive_avg_pool2d(seen, cells) + noise * (seen.amax() > 0)
    smooth = F.interpolate(coarse, WINDOW_SIZE, mode="bilinear", align_corners=False)
    # Mostly coarse: the outline wanders by about a cell, as that of a prediction does.
    return ((0.7 * smooth + 0.3 * seen - 0.5) * 10).sigmoid()
