"""Names of Mask R-CNNs: which backbone, and which parts are not those of e-OSVOS."""

import re
from dataclasses import dataclass
from typing import Literal

from vosbench.errors import UsageError
from vosbench.wording import suggestion

PREFIX = "maskrcnn-"

RESNETS = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
)
MOBILENETS = ("mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small")
BACKBONES = RESNETS + MOBILENETS
"""Backbones that torchvision builds a feature pyramid on, by its names."""

Norm = Literal["group", "frozen-batch"]
MaskLoss = Literal["lovasz", "bce"]
BoxLosses = Literal["paper", "modern"]

FROZEN_BATCH, BCE, MODERN_BOX_LOSSES = "frozen-batch", "bce", "modern-box-losses"
OPTIONS = (FROZEN_BATCH, BCE, MODERN_BOX_LOSSES)


@dataclass(frozen=True)
class Design:
    """What a Mask R-CNN is made of.

    Attributes:
        backbone: one of `BACKBONES`.
        norm: `group`, GroupNorm in place of every batch norm, all of it learned; or `frozen-batch`,
            batch norm with the statistics and the affine map of pre-training, which stay.
        mask_loss: `lovasz`, or binary cross-entropy as in torchvision.
        box_losses: those of the `paper`'s torchvision, or `modern` ones (specification 1.4).
    """

    backbone: str
    norm: Norm = "group"
    mask_loss: MaskLoss = "lovasz"
    box_losses: BoxLosses = "paper"

    @property
    def name(self) -> str:
        """As in `--set network=…`; see `design_called`."""
        differs = {
            FROZEN_BATCH: self.norm != "group",
            BCE: self.mask_loss != "lovasz",
            MODERN_BOX_LOSSES: self.box_losses != "paper",
        }
        return "+".join((network_name(self.backbone), *(o for o in OPTIONS if differs[o])))


def network_name(backbone: str) -> str:
    """Name of the network on a backbone.

    >>> network_name("resnet50"), network_name("mobilenet_v3_large")
    ('maskrcnn-r50', 'maskrcnn-mobilenet-v3-large')
    """
    return PREFIX + re.sub(r"^resnet", "r", backbone).replace("_", "-")


def design_called(name: str) -> Design:
    """The design that a name stands for: a backbone, then what is not as in e-OSVOS.

    Raises:
        UsageError: there is no such backbone or option.

    >>> design_called("maskrcnn-r50+bce")
    Design(backbone='resnet50', norm='group', mask_loss='bce', box_losses='paper')
    >>> design_called("maskrcnn-r50+bce").name
    'maskrcnn-r50+bce'
    """
    network, *options = name.split("+")
    known = {network_name(backbone): backbone for backbone in BACKBONES}
    if network not in known:
        raise UsageError(
            f"no network {network!r}{suggestion(network, known)}; there are {', '.join(known)}"
        )
    for option in options:
        if option not in OPTIONS:
            raise UsageError(
                f"network {network} has no option {option!r}{suggestion(option, OPTIONS)}; "
                f"there are {', '.join(OPTIONS)}"
            )
    return Design(
        known[network],
        norm="frozen-batch" if FROZEN_BATCH in options else "group",
        mask_loss="bce" if BCE in options else "lovasz",
        box_losses="modern" if MODERN_BOX_LOSSES in options else "paper",
    )
