"""Losses and detection of Mask R-CNN for two classes, background and the object.

They are put together from torchvision's parts, because e-OSVOS has other losses than torchvision
has today (specification 1.4) and proposals from outside (specification 3.3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.models.detection.transform import resize_boxes
from torchvision.ops import clip_boxes_to_image

from vosbench.methods._maskrcnn_design import Design
from vosbench.methods._maskrcnn_losses import (
    mask_loss,
    mask_targets,
    object_box_loss,
    proposal_box_loss,
)

OBJECT = 1
"""Class of the object; 0 is background."""

Result = TypeVar("Result")
Target = dict[str, Tensor]
"""`boxes` float 1×4, `labels` int64 1, `masks` uint8 1×h×w, as torchvision takes them."""


@dataclass(frozen=True)
class Found:
    """The object in a frame.

    Attributes:
        soft: its probability in each pixel of the frame, `float h×w`.
        box: `float 4`, pixels of the frame.
        score: `float` without dimensions, 0.5..1.
    """

    soft: Tensor
    box: Tensor
    score: Tensor


class ObjectRCNN(nn.Module):
    """Mask R-CNN of one object; used with parameters from outside, by `functional_call`.

    Args:
        stock: torchvision's network for two classes, as `build` makes it.
        design: which losses.
    """

    def __init__(self, stock: MaskRCNN, design: Design) -> None:
        super().__init__()
        self.design = design
        # The names of parameters are torchvision's.
        self.transform = stock.transform.eval()  # in training it would draw one size of one
        self.backbone = stock.backbone
        self.rpn = stock.rpn
        self.roi_heads = stock.roi_heads

    def forward(self, work: Callable[["ObjectRCNN"], Result]) -> Result:
        """What `work` gives: parameters from outside are in place only while `forward` runs."""
        return work(self)

    def losses(self, images: list[Tensor], targets: list[Target]) -> dict[str, Tensor]:
        """The five losses, whose sum is L_seg; anchors and proposals are sampled at random.

        Args:
            images: `float 3×h×w`, 0..1.
            targets: one an image.
        """
        batch, targets = self.transform(images, targets)
        features = self.backbone(batch.tensors)
        proposals, losses = self._proposal_losses(batch, features, targets)
        proposals, _, labels, wanted = self.roi_heads.select_training_samples(proposals, targets)
        logits, deltas = self._classified(features, proposals, batch)
        label = torch.cat(labels)  # k, over all images
        positive = torch.nonzero(label == OBJECT).flatten()
        losses["class"] = F.cross_entropy(logits, label)
        losses["box"] = object_box_loss(
            deltas.reshape(len(label), -1, 4)[positive, OBJECT],
            torch.cat(wanted)[positive],
            len(label),
            self.design.box_losses,
        )
        inside = [p[of == OBJECT] for p, of in zip(proposals, labels, strict=True)]
        masks = self._mask_logits(features, inside, batch)  # p×s×s
        cells = [
            mask_targets(target["masks"], boxes, masks.shape[-1])
            for target, boxes in zip(targets, inside, strict=True)
        ]
        losses["mask"] = mask_loss(masks, torch.cat(cells), self.design.mask_loss)
        return losses

    def detect(self, image: Tensor, own: int, more: Tensor) -> Found | None:
        """The best detection; None where no score is above 0.5.

        Args:
            image: `float 3×h×w`, 0..1.
            own: number of proposals that the network makes itself, the best ones.
            more: `float k×4`, proposals from outside in pixels of the frame; own + k is at least 1.
        """
        size = (image.shape[-2], image.shape[-1])
        batch, _ = self.transform([image])
        features = self.backbone(batch.tensors)
        padded = batch.tensors.shape[-2:]
        proposals = clip_boxes_to_image(resize_boxes(more, size, batch.image_sizes[0]), padded)
        if own:
            self.rpn.eval()
            (best,), _ = self.rpn(batch, features)
            proposals = torch.cat((best[:own], proposals))
        logits, deltas = self._classified(features, [proposals], batch)
        (boxes,), (scores,), _ = self.roi_heads.postprocess_detections(
            logits, deltas, [proposals], batch.image_sizes
        )
        if len(boxes) == 0:
            return None
        local = self._mask_logits(features, [boxes], batch).sigmoid()[:, None]  # 1×1×s×s
        boxes = resize_boxes(boxes, batch.image_sizes[0], size)
        return Found(paste_masks_in_image(local, boxes, size)[0, 0], boxes[0], scores[0])

    def _proposal_losses(
        self, batch: ImageList, features: dict[str, Tensor], targets: list[Target]
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """Proposals, `float k×4` an image, and the two losses of the network that makes them."""
        rpn = self.rpn.train()  # twice as many proposals as in use
        levels = list(features.values())
        objectness, deltas = rpn.head(levels)
        anchors = rpn.anchor_generator(batch, levels)
        counts = [level[0].numel() for level in objectness]
        objectness, deltas = concat_box_prediction_layers(objectness, deltas)
        boxes = rpn.box_coder.decode(deltas.detach(), anchors).reshape(len(anchors), -1, 4)
        proposals, _ = rpn.filter_proposals(boxes, objectness, batch.image_sizes, counts)

        labels, matched = rpn.assign_targets_to_anchors(anchors, targets)
        wanted = torch.cat(rpn.box_coder.encode(matched, anchors))
        positive, negative = (
            torch.nonzero(torch.cat(chosen)).flatten() for chosen in rpn.fg_bg_sampler(labels)
        )
        sampled = torch.cat((positive, negative))
        losses = {
            "objectness": F.binary_cross_entropy_with_logits(
                objectness.flatten()[sampled], torch.cat(labels)[sampled]
            ),
            "proposal_box": proposal_box_loss(
                deltas[positive], wanted[positive], len(sampled), self.design.box_losses
            ),
        }
        return proposals, losses

    def _classified(
        self, features: dict[str, Tensor], proposals: list[Tensor], batch: ImageList
    ) -> tuple[Tensor, Tensor]:
        """Class logits `float k×2` and box changes `float k×8` of all proposals."""
        heads = self.roi_heads
        pooled = heads.box_roi_pool(features, proposals, batch.image_sizes)
        logits, deltas = heads.box_predictor(heads.box_head(pooled))
        return logits, deltas

    def _mask_logits(
        self, features: dict[str, Tensor], boxes: list[Tensor], batch: ImageList
    ) -> Tensor:
        """Logits of the object in each cell of each box, `float p×56×56`."""
        heads = self.roi_heads
        pooled = heads.mask_roi_pool(features, boxes, batch.image_sizes)
        logits: Tensor = heads.mask_predictor(heads.mask_head(pooled))[:, OBJECT]
        return logits
