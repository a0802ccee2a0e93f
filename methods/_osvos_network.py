"""The network of OSVOS: a VGG trunk whose stages each say what they see, and one answer from all.

Caelles et al., "One-Shot Video Object Segmentation", CVPR 2017, the foreground branch: the last
features of stages 2 to 5 are brought to 16 channels, enlarged to the size of the image and fused by
a 1×1 convolution. In parent training every stage also answers alone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosbench.errors import UsageError
from vosbench.wording import suggestion

SIDE_WIDTH = 16
"""Channels that each stage brings to the fusion."""

DEPTHS = (2, 2, 3, 3, 3)
"""Convolutions of the five stages of VGG-16."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which trunk, and for frames of which size.

    Attributes:
        widths: channels of the five stages.
        groups: of GroupNorm after every convolution of the trunk; 0 for none, as in VGG-16.
        short_side: pixels that the shorter side of a frame is brought to.
    """

    widths: tuple[int, int, int, int, int]
    groups: int
    short_side: int


LAYOUTS = {
    "narrow": Layout(widths=(16, 32, 64, 96, 96), groups=8, short_side=240),
    "vgg16": Layout(widths=(64, 128, 256, 512, 512), groups=0, short_side=480),
}
"""`vgg16` is the published one, for weights of ImageNet; `narrow` learns from nothing in minutes.

Normalised, because a trunk of thirteen layers learns little from nothing without it.
"""


def layout_of(network: str) -> Layout:
    """The layout called `network`; raises `UsageError` if there is none."""
    if network not in LAYOUTS:
        raise UsageError(
            f"there is no network {network!r} of OSVOS{suggestion(network, LAYOUTS)}; "
            f"there are {', '.join(LAYOUTS)}"
        )
    return LAYOUTS[network]


def checkpoint_name(network: str) -> str:
    """What a checkpoint calls `network`: other methods have networks of their own."""
    return f"osvos-{network}"


class SideOutputNetwork(nn.Module):
    """From an image to logits of the object: those of stages 2 to 5, and those of all together.

    Args:
        layout: of the trunk.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        inputs = (3, *layout.widths[:-1])
        self.stages = nn.ModuleList(
            _stage(before, width, depth, layout.groups)
            for before, width, depth in zip(inputs, layout.widths, DEPTHS, strict=True)
        )
        self.sides = nn.ModuleList(
            nn.Conv2d(width, SIDE_WIDTH, 3, padding=1) for width in layout.widths[1:]
        )
        self.alone = nn.ModuleList(nn.Conv2d(SIDE_WIDTH, 1, 1) for _ in self.sides)
        self.fuse = nn.Conv2d(SIDE_WIDTH * len(self.sides), 1, 1)

    def forward(self, images: Tensor) -> Tensor:  # n×3×h×w
        """Logits `n×5×h×w` for images `n×3×h×w` as `network_input` makes them.

        The answer is the last channel; the others are of stages 2 to 5, for parent training.
        """
        features = self._side_features(images)
        alone = [layer(side) for layer, side in zip(self.alone, features, strict=True)]
        # A 1×1 convolution and an enlargement are both linear and may change places: one channel
        # of each stage is enlarged for the fusion, not sixteen.
        shares = self.fuse.weight.split(SIDE_WIDTH, dim=1)
        biases = (self.fuse.bias, *(None for _ in features[1:]))
        parts = [F.conv2d(*part) for part in zip(features, shares, biases, strict=True)]
        fused = torch.stack(_enlarged(parts, images)).sum(dim=0)
        return torch.cat((*_enlarged(alone, images), fused), dim=1)

    def _side_features(self, images: Tensor) -> list[Tensor]:
        """`n×16` at a half, a quarter, an eighth and a sixteenth of the size, rounded up."""
        first, *others = self.stages
        x = first(images)
        features = []
        for stage, side in zip(others, self.sides, strict=True):
            # Rounded up, so that every stage covers the whole image and begins at its corner.
            x = stage(F.max_pool2d(x, 2, ceil_mode=True))
            features.append(side(x))
        return features


def _stage(inputs: int, width: int, depth: int, groups: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for index in range(depth):
        layers.append(nn.Conv2d(width if index else inputs, width, 3, padding=1))
        if groups:
            layers.append(nn.GroupNorm(groups, width))
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def _enlarged(maps: list[Tensor], images: Tensor) -> list[Tensor]:
    """Maps of stages 2, 3, 4, 5, enlarged by 2, 4, 8, 16 and cut to the size of `images`."""
    height, width = images.shape[-2:]
    large = (
        F.interpolate(x, scale_factor=float(2**stage), mode="bilinear", align_corners=False)
        for stage, x in enumerate(maps, start=1)
    )
    return [x[..., :height, :width] for x in large]
