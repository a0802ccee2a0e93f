"""Colours of an object and of what surrounds it, as evidence beside the network.

What a compact network trained on generated video knows of things is little, and its mask leaks
into backgrounds that the first frame did not show. The colours of an object are known from its
first frame: a histogram of them, against one of its surroundings, tells of every later pixel how
much its colour speaks for the object.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from vosbench.arrays import BinaryMask, Image
from vosbench.methods._window import tight_box, window_around

BINS = 16
"""Of each channel."""

SMOOTHING = 1.0
"""Bins; neighbouring colours count too, so that a little more light changes little."""

UNSEEN = 1e-4
"""Share of colours that were never seen, on either side: they speak for neither."""

STRONGEST = 4.0
"""Log-odds beyond which evidence is not taken: colours are not proof."""


@dataclass(frozen=True)
class ColourModel:
    """Log-odds of the object against its surroundings by colour, `float32 BINS×BINS×BINS`."""

    log_odds: NDArray[np.float32]

    @staticmethod
    def of(image: Image, mask: BinaryMask) -> "ColourModel":
        """The model of the object `mask` (at least one pixel) in a window of `image` around it."""
        box = tight_box(mask)
        assert box is not None, "an object has pixels"
        around = window_around(box).box
        rows = slice(max(0, int(around.top)), max(1, int(np.ceil(around.bottom))))
        columns = slice(max(0, int(around.left)), max(1, int(np.ceil(around.right))))
        bins = image[rows, columns].astype(np.int64) * BINS // 256
        inside = mask[rows, columns]
        odds = np.log(_shares(bins[inside]) + UNSEEN) - np.log(_shares(bins[~inside]) + UNSEEN)
        return ColourModel(odds.clip(-STRONGEST, STRONGEST).astype(np.float32))

    def evidence(self, colours: Tensor) -> Tensor:
        """Log-odds `float32 n×1×h×w` of the pixels of `colours`, `float n×3×h×w` in −1..1."""
        bins = ((colours + 1) * (BINS / 2)).long().clamp(0, BINS - 1)
        odds = torch.from_numpy(self.log_odds).to(colours.device)
        return odds[bins[:, 0], bins[:, 1], bins[:, 2]].unsqueeze(1)


def _shares(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Smoothed histogram of `n×3` bin numbers, its sum 1; all 0 where there are none."""
    flat = (bins[:, 0] * BINS + bins[:, 1]) * BINS + bins[:, 2]
    counts = np.bincount(flat, minlength=BINS**3).reshape(BINS, BINS, BINS).astype(np.float64)
    smooth: NDArray[np.float64] = ndimage.gaussian_filter(counts, SMOOTHING)
    return smooth / max(float(smooth.sum()), 1.0)
