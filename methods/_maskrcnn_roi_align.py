"""RoIAlign that can be differentiated twice.

torchvision's operator has a first derivative only. But it is linear in the feature map, and boxes
are constants here, so everything needed is there: the derivative is the transposed map, and the
derivative of that is the map itself.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torchvision.ops import MultiScaleRoIAlign

from vosbench.methods._maskrcnn_boxes import numbered


@dataclass(frozen=True)
class _Sampling:
    """How boxes are sampled: constants of both maps."""

    scale: float  # pixels of the feature map a pixel of the image
    size: tuple[int, int]  # of the result
    ratio: int  # samples a bin in each direction

    def pool(self, features: Tensor, rois: Tensor) -> Tensor:
        return torch.ops.torchvision.roi_align(
            features, rois, self.scale, *self.size, self.ratio, False
        )

    def spread(self, pooled: Tensor, rois: Tensor, shape: torch.Size) -> Tensor:
        """The transposed map, from pooled values to a feature map."""
        return torch.ops.torchvision._roi_align_backward(
            pooled, rois, self.scale, *self.size, *shape, self.ratio, False
        )


class _Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, features: Tensor, rois: Tensor, sampling: _Sampling) -> Tensor:
        ctx.save_for_backward(rois)
        ctx.sampling, ctx.shape = sampling, features.shape  # type: ignore[attr-defined]
        return sampling.pool(features, rois)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None, None]:
        (rois,) = ctx.saved_tensors  # type: ignore[attr-defined]
        sampling, shape = ctx.sampling, ctx.shape  # type: ignore[attr-defined]
        return _apply(_Spread, gradient, rois, sampling, shape), None, None


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: FunctionCtx, pooled: Tensor, rois: Tensor, sampling: _Sampling, shape: torch.Size
    ) -> Tensor:
        ctx.save_for_backward(rois)
        ctx.sampling = sampling  # type: ignore[attr-defined]
        return sampling.spread(pooled.contiguous(), rois, shape)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        (rois,) = ctx.saved_tensors  # type: ignore[attr-defined]
        pooled = _apply(_Pool, gradient, rois, ctx.sampling)  # type: ignore[attr-defined]
        return pooled, None, None, None


def _apply(function: type[torch.autograd.Function], *arguments: object) -> Tensor:
    call: Callable[..., Tensor] = function.apply
    return call(*arguments)


def roi_align(
    features: Tensor, rois: Tensor, size: tuple[int, int], *, scale: float, ratio: int
) -> Tensor:
    """Boxes resampled from a feature map, `float k×c×height×width` (He et al., ICCV 2017).

    Any derivative by `features` exists; `rois` are constants.

    Args:
        features: `float n×c×h×w`.
        rois: `float k×5`: number of the image, then left, top, right, bottom in its pixels.
        size: (height, width) of the result.
        scale: pixels of the feature map a pixel of the image.
        ratio: samples a bin in each direction.
    """
    return _apply(_Pool, features, rois.detach(), _Sampling(scale, size, ratio))


@dataclass(frozen=True)
class Regions:
    """Boxes by the level of a feature pyramid that each is resampled from.

    Attributes:
        rois: `float k×5`, level by level: number of the image, then left, top, right, bottom.
        counts: how many of each level.
        places: `int64 k`: where each box, as they were given, stands among `rois`.
    """

    rois: Tensor
    counts: list[int]
    places: Tensor


class PyramidRoIAlign(MultiScaleRoIAlign):  # type: ignore[misc]
    """Resamples boxes from the level of a feature pyramid that suits their size, twice derivable.

    Gives what torchvision's own gives, level by equation 1 of the paper on feature pyramids (Lin et
    al., CVPR 2017): a box of 224 pixels belongs to stride 16, one of half that side to stride 8.
    """

    def forward(
        self,
        x: dict[str, Tensor],
        boxes: list[Tensor],
        image_shapes: list[tuple[int, int]],
    ) -> Tensor:
        """Features of all boxes of all images, `float k×c×height×width`.

        Args:
            x: feature maps by level, finest first; those not in `featmap_names` are not looked at.
            boxes: one `float k×4` an image, in its pixels.
            image_shapes: height and width of each image.
        """
        rois = torch.cat([numbered(b, image) for image, b in enumerate(boxes)])  # k×5
        levels = self.levels(x)
        height = max(shape[0] for shape in image_shapes)
        regions = self.regions(levels, rois, height)
        return self.pooled(levels, regions, height)[regions.places]

    def levels(self, features: Mapping[str, Tensor]) -> list[Tensor]:
        """The feature maps that boxes are resampled from."""
        return [level for name, level in features.items() if name in self.featmap_names]

    def regions(self, levels: Sequence[Tensor], rois: Tensor, height: int) -> Regions:
        """`rois`, `float k×5`, by their level; waits for the device once, however many there are.

        Args:
            levels: see `levels`.
            rois: number of the image, then the sides of the box in its pixels.
            height: of the images, pixels.
        """
        powers = _powers(levels, height)
        # A MobileNet has two levels of one stride: then, as in torchvision, the first serves all.
        chosen = self._strides(rois[:, 1:], powers[0], powers[-1]) - powers[0]  # k
        numbers = torch.arange(len(levels), device=chosen.device)
        counts: list[int] = (chosen == numbers[:, None]).sum(dim=1).tolist()
        order = chosen.argsort(stable=True)
        return Regions(rois[order], counts, order.argsort())

    def pooled(self, levels: Sequence[Tensor], regions: Regions, height: int) -> Tensor:
        """Features of `regions.rois`, `float k×c×height×width`.

        They are large: answers of a head are put in the order of `regions.places` with less work.
        """
        parts = zip(
            levels, regions.rois.split(regions.counts), _powers(levels, height), strict=True
        )
        pooled = [
            roi_align(level, rois, self.output_size, scale=2.0**-power, ratio=self.sampling_ratio)
            for level, rois, power in parts
            if len(rois) or not len(regions.rois)
        ]
        return pooled[0] if len(pooled) == 1 else torch.cat(pooled)

    def _strides(self, boxes: Tensor, finest: int, coarsest: int) -> Tensor:
        """log₂ of the stride of the level that each box belongs to."""
        sides = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sqrt()
        # The same grace for rounding as torchvision's, so that boxes on an edge agree.
        level = self.canonical_level + torch.log2(sides / self.canonical_scale) + 1e-6
        return level.floor().clamp(finest, coarsest).to(torch.int64)


def _powers(levels: Sequence[Tensor], height: int) -> list[int]:
    """log₂ of the stride of each level, whole numbers."""
    return [round(math.log2(height / level.shape[-2])) for level in levels]
