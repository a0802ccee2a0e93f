"""Anchors of a feature pyramid: which there are, and which of them show an object.

They depend on nothing but the sizes of the feature maps, so they are made once a size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import box_iou

from vosbench.methods._maskrcnn_sampling import Sorted


@dataclass(frozen=True)
class Level:
    """Anchors of one feature map.

    Attributes:
        boxes: `float (h·w·a)×4`, pixels of the image: row by row, and all of a cell together.
        begin: number of its first anchor among those of all levels.
        height: h, cells.
        width: w.
    """

    boxes: Tensor
    begin: int
    height: int
    width: int


@dataclass(frozen=True)
class Anchors:
    """Anchors of all levels.

    Attributes:
        levels: finest first.
        boxes: `float k×4`, of all levels one after another.
        each: a, anchors of a cell.
    """

    levels: tuple[Level, ...]
    boxes: Tensor
    each: int


class AnchorTables:
    """Makes anchors, and keeps those of the last size of an image."""

    def __init__(self, generator: AnchorGenerator) -> None:
        self._generator = generator
        self._key: object = None
        self._anchors: Anchors | None = None

    def of(self, images: Tensor, features: Sequence[Tensor], like: Tensor) -> Anchors:
        """The anchors of `features`, made of the padded `images`; of the kind of `like`."""
        sizes = tuple((level.shape[-2], level.shape[-1]) for level in features)
        key = (images.shape[-2:], sizes, like.dtype, like.device)
        if self._anchors is None or key != self._key:
            self._key, self._anchors = key, self._made(images, sizes, like)
        return self._anchors

    def _made(self, images: Tensor, sizes: tuple[tuple[int, int], ...], like: Tensor) -> Anchors:
        each = self._generator.num_anchors_per_location()[0]  # the same on all levels
        # A normal tensor even where the caller is in inference mode: training uses it after that.
        with torch.inference_mode(mode=False):
            maps = [torch.empty(1, 1, *size, dtype=like.dtype) for size in sizes]
            padded = torch.empty(1, 1, *images.shape[-2:])
            (boxes,) = self._generator(ImageList(padded, [(0, 0)]), maps)
            boxes = boxes.to(like.device)
        begin, levels = 0, []
        for height, width in sizes:
            count = height * width * each
            levels.append(Level(boxes[begin : begin + count], begin, height, width))
            begin += count
        return Anchors(tuple(levels), boxes, each)


def labelled(rpn: RegionProposalNetwork, anchors: Anchors, box: Tensor) -> Sorted:
    """Anchors by whether they show the object, whose box is `box`, `float 4`.

    Positive are those that overlap it enough, or more than all others do (Ren et al., "Faster
    R-CNN", NeurIPS 2015, section 3.1.2).
    """
    overlap = box_iou(box[None], anchors.boxes)[0]  # k
    matcher = rpn.proposal_matcher
    shown = (overlap >= matcher.high_threshold) | (overlap == overlap.max())
    labels = -(overlap >= matcher.low_threshold).to(torch.int8)
    return Sorted.by(labels.masked_fill(shown, 1))


def around(level: Level, each: int, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Where the 3×3 cells around anchors lie in the feature map of `level`.

    Args:
        level: see there.
        each: anchors of a cell.
        chosen: `int64 k`, numbers of anchors among those of all levels.

    Returns:
        rows and columns, `int64 k×9`, within the map; and whether there is such a cell, `bool k×9`:
        the anchor is on another level, or the cell outside of the map, where there is not.
    """
    cell = torch.div(chosen - level.begin, each, rounding_mode="floor")
    steps = torch.arange(9, device=chosen.device)
    rows = torch.div(cell, level.width, rounding_mode="floor")[:, None] + steps // 3 - 1
    columns = (cell % level.width)[:, None] + steps % 3 - 1
    here = (cell >= 0) & (cell < level.height * level.width)
    inside = (rows >= 0) & (rows < level.height) & (columns >= 0) & (columns < level.width)
    return (
        rows.clamp(0, level.height - 1),
        columns.clamp(0, level.width - 1),
        inside & here[:, None],
    )
