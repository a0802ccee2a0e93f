"""Examples for the compact network: what it sees of a frame, and what it should answer.

The network sees a window of the frame and a *prior*: where the object was a moment ago. At test
time the prior is the soft map of the frame before. In fine-tuning and in training it is made from
an annotation by moving, coarsening and deforming it, so that the network learns to correct a prior
rather than to copy it.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vosbench.arrays import BinaryMask, Image
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._window import Box, Planes, Window, jittered, view

MID_GREY = 127.5
"""Of the world outside of the frame."""


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
    colours = view(image, windows, WINDOW_SIZE, outside=MID_GREY) / MID_GREY
    return torch.cat((colours, prior), dim=1)


def seen_prior(prior: NDArray[np.float32], window: Window) -> Tensor:
    """A soft map of the frame (`float32 h×w`) through a window, `float32 1×1×s×s`."""
    return view(prior, [window], WINDOW_SIZE)


class AnnotatedFrame:
    """An object in a frame, ready to become examples again and again.

    Args:
        image: the frame.
        mask: the object in it.
        earlier: the object a moment before, to make priors from; the mask itself by default.
        around: the window in use, where all windows will be `jittered` from it; what none of them
            can show is not kept.
    """

    def __init__(
        self,
        image: Image,
        mask: BinaryMask,
        *,
        earlier: BinaryMask | None = None,
        around: Window | None = None,
    ) -> None:
        within = None if around is None else _reach(around)
        colours = (image.astype(np.float32) - MID_GREY) / MID_GREY
        planes = np.concatenate((colours, mask[:, :, None]), axis=2, dtype=np.float32)
        self._seen = Planes(planes, within=within)
        self._prior = Planes(mask if earlier is None else earlier, within=within)

    def examples(self, windows: list[Window], generator: np.random.Generator) -> Examples:
        """One for each window, with a prior spoilt anew.

        Args:
            windows: what to see, of similar size.
            generator: source of all draws.
        """
        prior = torch.cat([self._spoilt_prior(window, generator) for window in windows])
        seen = self._seen.seen(windows, WINDOW_SIZE)
        return Examples(torch.cat((seen[:, :3], prior), dim=1), seen[:, 3:])

    def _spoilt_prior(self, window: Window, generator: np.random.Generator) -> Tensor:
        """The prior through `window` with the faults of a prediction, or nothing. `1×1×s×s`.

        Moved, resized and turned a little; its outline wandering; a part missing; a part too many.
        """
        if generator.random() < 0.15:
            return torch.zeros(1, 1, WINDOW_SIZE, WINDOW_SIZE)
        moved = jittered(
            window, generator, shift=0.12, stretch=(0.85, 1.18), turn=0.12, mirror=False
        )
        moved = Window(moved.box, moved.angle + window.angle, window.mirrored)
        seen = self._prior.seen([moved], WINDOW_SIZE)
        if generator.random() < 0.35:
            seen = torch.minimum(seen, 1 - _ellipse(generator, seen))
        if generator.random() < 0.35:
            seen = torch.maximum(seen, _ellipse(generator, None))
        cells = int(generator.choice((6, 8, 12, 16)))
        noise = torch.from_numpy(generator.normal(0, 0.25, (1, 1, cells, cells))).float()
        coarse = F.adaptive_avg_pool2d(seen, cells) + noise
        smooth = F.interpolate(coarse, WINDOW_SIZE, mode="bilinear", align_corners=False)
        # Noise decides only where the coarse mask is in doubt: along the outline.
        return ((0.6 * smooth + 0.4 * seen - 0.5) * generator.uniform(5, 15)).sigmoid()


def annotated_examples(
    image: Image,
    mask: BinaryMask,
    windows: list[Window],
    generator: np.random.Generator,
    *,
    earlier: BinaryMask | None = None,
) -> Examples:
    """Examples from a frame that is used once; arguments as of `AnnotatedFrame`."""
    return AnnotatedFrame(image, mask, earlier=earlier).examples(windows, generator)


def _reach(window: Window) -> Box:
    """What windows jittered from `window`, and priors moved from those, can show at most.

    Twice the half diagonal, once jittered by up to 1.41 and once by 1.30, and both shifts.
    """
    diagonal = math.hypot(window.box.width, window.box.height)
    return Box.around(*window.box.centre, 2.2 * diagonal, 2.2 * diagonal)


def _ellipse(generator: np.random.Generator, within: Tensor | None) -> Tensor:
    """An upright ellipse of 1 in 0, `1×1×s×s`; its centre on a pixel of `within` if given."""
    places = None if within is None else (within[0, 0] > 0.5).nonzero()
    if places is not None and len(places) > 0:
        row, column = places[int(generator.integers(len(places)))].tolist()
    else:
        row, column = generator.uniform(0, WINDOW_SIZE, 2)
    height, width = generator.uniform(0.05, 0.22, 2) * WINDOW_SIZE
    line = torch.arange(WINDOW_SIZE)
    inside = ((line - row) / height).square()[:, None] + ((line - column) / width).square() < 1
    return inside.float()[None, None]
