"""RoIAlign that can be differentiated twice.

torchvision's operator has a first derivative only. But it is linear in the feature map, and boxes
are constants here, so everything needed is there: the derivative is the transposed map, and the
derivative of that is the map itself.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torchvision.ops import MultiScaleRoIAlign


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
        levels = [features for name, features in x.items() if name in self.featmap_names]
        height = max(shape[0] for shape in image_shapes)
        # log₂ of the stride of each level, whole numbers.
        powers = [round(math.log2(height / level.shape[-2])) for level in levels]
        rois = torch.cat([_numbered(b, image) for image, b in enumerate(boxes)])  # k×5
        # A MobileNet has two levels of one stride: then, as in torchvision, the first serves all.
        chosen = self._strides(rois, powers[0], powers[-1]) - powers[0]  # k
        pooled, places = [], []
        for index, (level, power) in enumerate(zip(levels, powers, strict=True)):
            here = torch.nonzero(chosen == index).flatten()
            pooled.append(
                roi_align(
                    level,
                    rois[here],
                    self.output_size,
                    scale=2.0**-power,
                    ratio=self.sampling_ratio,
                )
            )
            places.append(here)
        return torch.cat(pooled)[torch.cat(places).argsort()]

    def _strides(self, rois: Tensor, finest: int, coarsest: int) -> Tensor:
        """log₂ of the stride of the level that each box belongs to."""
        sides = ((rois[:, 3] - rois[:, 1]) * (rois[:, 4] - rois[:, 2])).sqrt()
        # The same grace for rounding as torchvision's, so that boxes on an edge agree.
        level = self.canonical_level + torch.log2(sides / self.canonical_scale) + 1e-6
        return level.floor().clamp(finest, coarsest).to(torch.int64)


def _numbered(boxes: Tensor, image: int) -> Tensor:
    return torch.cat((torch.full_like(boxes[:, :1], image), boxes), dim=1)
