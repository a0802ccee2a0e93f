"""The network of e-OSVOS: torchvision's Mask R-CNN with the changes of specification 1.2.

GroupNorm in place of every batch norm, local masks of 56×56 from features of 28×28, detections of a
score above 0.5, one of them. Everything is learned. All of it is said by arguments; besides, layers
without a second derivative are replaced by equal ones that have it.
"""

import torch
from torch import nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import mobilenet_backbone, resnet_fpn_backbone

from vosbench.methods._maskrcnn import ObjectRCNN
from vosbench.methods._maskrcnn_design import RESNETS, Design
from vosbench.methods._maskrcnn_layers import HardSigmoid, norm_layer
from vosbench.methods._maskrcnn_roi_align import PyramidRoIAlign

SHORT_SIDE, LONG_SIDE = 800, 1333
"""A frame is resized to this shorter side, unless the longer would exceed the other; pixels."""

LEVELS = ["0", "1", "2", "3"]
"""Levels of the pyramid, by torchvision's names, that boxes are resampled from."""


def build(design: Design, short_side: int = SHORT_SIDE) -> ObjectRCNN:
    """The network with random values, on torch's default device.

    Args:
        design: see there.
        short_side: of frames as the network sees them, pixels; the longer has its share of 1333.
    """
    stock = MaskRCNN(
        _backbone(design),
        num_classes=2,
        min_size=short_side,
        max_size=round(short_side * LONG_SIDE / SHORT_SIDE),
        rpn_anchor_generator=_anchors(design),
        box_roi_pool=PyramidRoIAlign(LEVELS, output_size=7, sampling_ratio=2),
        mask_roi_pool=PyramidRoIAlign(LEVELS, output_size=28, sampling_ratio=2),
        box_score_thresh=0.5,
        box_nms_thresh=0.5,
        box_detections_per_img=1,
    )
    make_twice_derivable(stock)
    return ObjectRCNN(stock, design)


def make_twice_derivable(network: nn.Module) -> None:
    """Replace what has no second derivative, or would overwrite what one needs."""
    for module in list(network.modules()):
        if getattr(module, "inplace", False):
            module.inplace = False  # type: ignore[assignment]
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Hardsigmoid):
                setattr(module, name, HardSigmoid())


def _backbone(design: Design) -> nn.Module:
    """The feature pyramid, without pre-trained weights, nothing of it frozen."""
    norm = norm_layer(design.norm)
    if design.backbone in RESNETS:
        return resnet_fpn_backbone(
            backbone_name=design.backbone, weights=None, norm_layer=norm, trainable_layers=5
        )
    return mobilenet_backbone(
        backbone_name=design.backbone, weights=None, fpn=True, norm_layer=norm, trainable_layers=6
    )


def _anchors(design: Design) -> AnchorGenerator:
    """Anchors as in torchvision: one size a level of a ResNet, all on each of a MobileNet's."""
    sizes = (32, 64, 128, 256, 512)
    levels = tuple((s,) for s in sizes) if design.backbone in RESNETS else (sizes,) * 3
    with torch.device("cpu"):  # tables, not parameters: needed where the rest is on no device
        return AnchorGenerator(levels, ((0.5, 1.0, 2.0),) * len(levels))
