"""Which boxes Mask R-CNN learns from: some that show the object, and some that do not.

The draws are torchvision's, number for number. But torchvision looks for the positive and the
negative ones of each image by itself, and the device is waited for each time; here all boxes are
sorted, and the host needs no more than how many there are, of all images at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sorted:
    """Boxes of one image by what they show.

    Attributes:
        order: `int64 k`: numbers of positive boxes, of negative ones, then of those that are
            neither; each part ascending.
        counts: `int64 2`: how many are positive, how many negative.
    """

    order: Tensor
    counts: Tensor

    @staticmethod
    def by(labels: Tensor) -> "Sorted":
        """Boxes by `labels`, `int8 k`: 1 positive, 0 negative, −1 neither."""
        order = labels.argsort(descending=True, stable=True)
        return Sorted(order, torch.stack(((labels == 1).sum(), (labels == 0).sum())))


@dataclass(frozen=True)
class Sampler:
    """How many are drawn.

    Attributes:
        total: boxes of an image, at most.
        share: largest share of positive ones, 0..1.
    """

    total: int
    share: float

    def draw(
        self, boxes: Sequence[Sorted], counts: list[list[int]], generator: torch.Generator
    ) -> list[tuple[Tensor, Tensor]]:
        """Numbers of positive and of negative boxes, drawn for each image.

        Args:
            boxes: of each image.
            counts: `Sorted.counts` of each, on the host.
            generator: source of the draws, on the device of the boxes.
        """
        drawn = []
        for one, (positive, negative) in zip(boxes, counts, strict=True):
            taken = min(positive, int(self.total * self.share))
            left = min(negative, self.total - taken)
            first, second = (
                torch.randperm(of, generator=generator, device=one.order.device)[:number]
                for of, number in ((positive, taken), (negative, left))
            )
            drawn.append((one.order[first], one.order[positive + second]))
        return drawn


def on_host(boxes: Sequence[Sorted]) -> list[list[int]]:
    """`Sorted.counts` of each, waiting for the device once."""
    counts: list[list[int]] = torch.stack([one.counts for one in boxes]).tolist()
    return counts
