"""A Mask R-CNN so small that tests can train it: all of torchvision's parts, few channels."""

from collections import OrderedDict

import numpy as np
from torch import nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor

from vosbench.arrays import BinaryMask, Image
from vosbench.methods._maskrcnn import ObjectRCNN
from vosbench.methods._maskrcnn_build import make_twice_derivable
from vosbench.methods._maskrcnn_design import Design, Norm
from vosbench.methods._maskrcnn_layers import norm_layer
from vosbench.methods._maskrcnn_roi_align import PyramidRoIAlign

LEVELS = ["0", "1"]
DESIGN = Design("resnet18")
"""What tests say where a design is asked for and only its losses matter."""


def tiny_stock(norm: Norm = "group", *, pool: type[nn.Module] = PyramidRoIAlign) -> MaskRCNN:
    """Two levels, strides 4 and 8, 8 channels; frames of 64 pixels, 32 proposals sampled."""
    body = nn.Sequential(
        OrderedDict(
            fine=nn.Sequential(_layer(3, 8, norm), _layer(8, 8, norm)), coarse=_layer(8, 8, norm)
        )
    )
    network = MaskRCNN(
        BackboneWithFPN(body, {"fine": "0", "coarse": "1"}, [8, 8], 8),
        min_size=64,
        max_size=128,
        rpn_anchor_generator=AnchorGenerator(((16,), (24,), (32,)), ((0.5, 1.0, 2.0),) * 3),
        rpn_pre_nms_top_n_train=60,
        rpn_post_nms_top_n_train=60,
        box_roi_pool=pool(LEVELS, output_size=7, sampling_ratio=2),
        box_head=TwoMLPHead(8 * 7 * 7, 16),
        box_predictor=FastRCNNPredictor(16, 2),
        mask_roi_pool=pool(LEVELS, output_size=28, sampling_ratio=2),
        mask_head=MaskRCNNHeads(8, (8,), 1),
        mask_predictor=MaskRCNNPredictor(8, 8, 2),
        box_score_thresh=0.5,
        box_detections_per_img=1,
        box_batch_size_per_image=32,
    )
    make_twice_derivable(network)
    return network


def tiny_rcnn(design: Design = DESIGN) -> ObjectRCNN:
    return ObjectRCNN(tiny_stock(design.norm), design)


def _layer(inputs: int, outputs: int, norm: Norm) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
    return nn.Sequential(convolution, norm_layer(norm)(outputs), nn.ReLU(inplace=True))


def scene(seed: int = 0) -> tuple[Image, BinaryMask]:
    """A bright patch on dark noise, 64×96."""
    image = np.random.default_rng(seed).integers(0, 90, (64, 96, 3), np.uint8)
    mask = np.zeros((64, 96), bool)
    mask[20:44, 30:62] = True
    image[mask] += 150
    return image, mask
