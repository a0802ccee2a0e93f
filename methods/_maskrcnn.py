"""Losses and detection of Mask R-CNN for two classes, background and the object.

They are put together from torchvision's parts, because e-OSVOS has other losses than torchvision
has today (specification 1.4) and proposals from outside (specification 3.3), and because
torchvision waits for the device wherever it selects boxes. Here the host waits only where it must
know how many there are: after non-maximum suppression, sampling, and sorting by level.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.ops import box_iou, clip_boxes_to_image

from vosbench.methods import _maskrcnn_proposer as proposer
from vosbench.methods._maskrcnn_anchors import AnchorTables, labelled
from vosbench.methods._maskrcnn_boxes import decoded, encoded, numbered
from vosbench.methods._maskrcnn_design import Design
from vosbench.methods._maskrcnn_frames import (
    View,
    boxes_seen_by,
    masks_seen_by,
    seen_by,
    sent,
)
from vosbench.methods._maskrcnn_losses import mask_loss, mask_targets, object_box_loss
from vosbench.methods._maskrcnn_roi_align import Regions
from vosbench.methods._maskrcnn_sampling import Sampler, Sorted, on_host

OBJECT = 1
"""Class of the object; 0 is background."""

SMALLEST_SIDE = 1e-2
"""A detection with a shorter side is none; pixels of the frame as the network sees it."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Frames:
    """Annotated frames of one size, on the host.

    Attributes:
        images: `uint8 n×h×w×3`, RGB.
        masks: `uint8 n×h×w`: 1 the object, 0 not, `VOID` not known.
        boxes: `float64 n×4`, of the object, pixels.
    """

    images: Tensor
    masks: Tensor
    boxes: Tensor


@dataclass
class Lesson:
    """Frames where the network computes, and all that it learns from them whatever it knows.

    Attributes:
        view: the frames as it sees them.
        boxes: `float n×4`, of the object, pixels of `view.size`.
        masks: `float n×1×h×w` in `view.size`.
        anchors: which of them show the object; found out in the first step.
    """

    view: View
    boxes: Tensor
    masks: Tensor
    anchors: list[Sorted] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The object in a frame.

    Attributes:
        soft: its probability in each pixel of the frame, `float h×w`.
        box: `float 4`, pixels of the frame; on the host.
        score: `float` without dimensions, 0.5..1; on the host.
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
        self.transform = stock.transform
        self.backbone = stock.backbone
        self.rpn = stock.rpn
        self.roi_heads = stock.roi_heads
        self._tables = AnchorTables(stock.rpn.anchor_generator)
        self._anchors_drawn, self._proposals_drawn = (
            Sampler(of.fg_bg_sampler.batch_size_per_image, of.fg_bg_sampler.positive_fraction)
            for of in (stock.rpn, stock.roi_heads)
        )

    def forward(self, work: Callable[["ObjectRCNN"], Result]) -> Result:
        """What `work` gives: parameters from outside are in place only while `forward` runs."""
        return work(self)

    def compile_backbone(self) -> None:
        """Let torch compile the backbone when it is first called: its shapes alone are fixed."""
        # In place of its `forward`, so that parameters keep their names.
        forward = torch.compile(self.backbone.forward, mode="default", dynamic=False)
        self.backbone.forward = forward

    def lesson(self, frames: Frames, like: Tensor) -> Lesson:
        """What is to be learned from `frames`, of the kind and on the device of `like`."""
        images = sent(frames.images, like).permute(0, 3, 1, 2).to(like.dtype) / 255
        view = seen_by(self.transform, images)
        masks = sent(frames.masks, like)[:, None].to(like.dtype)
        height, width = frames.masks.shape[-2:]
        boxes = boxes_seen_by(frames.boxes.to(like.dtype), (height, width), view.size)
        return Lesson(view, sent(boxes, like), masks_seen_by(self.transform, masks))

    def losses(self, lesson: Lesson, generator: torch.Generator) -> dict[str, Tensor]:
        """The five losses, whose sum is L_seg; anchors and proposals are sampled at random.

        Args:
            lesson: what to learn.
            generator: source of the samples, on the device.
        """
        boxes, size = lesson.boxes, lesson.view.size
        features = self.backbone(lesson.view.images)
        levels = list(features.values())
        anchors = self._tables.of(lesson.view.images, levels, boxes)
        if not lesson.anchors:
            lesson.anchors = [labelled(self.rpn, anchors, box) for box in boxes]
        proposed = proposer.propose(self.rpn.train(), levels, anchors, size)
        candidates = [self._candidates(*pair) for pair in zip(proposed, boxes, strict=True)]
        shown = [self._shown(*pair) for pair in zip(candidates, boxes, strict=True)]
        counts = on_host([*lesson.anchors, *shown])
        drawn = self._anchors_drawn.draw(lesson.anchors, counts[: len(boxes)], generator)
        picked = self._proposals_drawn.draw(shown, counts[len(boxes) :], generator)
        losses = proposer.losses(self.rpn, levels, anchors, boxes, drawn, self.design.box_losses)
        positive, negative = (_rois(candidates, [one[kind] for one in picked]) for kind in (0, 1))
        return losses | self._object_losses(features, lesson, positive, negative)

    def detect(self, image: Tensor, own: int, more: Tensor) -> Found | None:
        """The best detection; None where no score is above 0.5.

        It is the one with the highest score: suppressing others would not change that.

        Args:
            image: `float 3×h×w`, 0..1.
            own: number of proposals that the network makes itself, the best ones.
            more: `float k×4`, proposals from outside in pixels of the frame, on the host; own + k
                is at least 1.
        """
        heads = self.roi_heads
        frame = (image.shape[-2], image.shape[-1])
        view = seen_by(self.transform, image[None])
        features = self.backbone(view.images)
        outside = sent(boxes_seen_by(more.to(image.dtype), frame, view.size), image)
        proposals = [clip_boxes_to_image(outside, view.images.shape[-2:])]
        real = [torch.ones_like(outside[:, 0], dtype=torch.bool)]
        if own:
            levels = list(features.values())
            anchors = self._tables.of(view.images, levels, image)
            (best,) = proposer.propose(self.rpn.eval(), levels, anchors, view.size)
            proposals.insert(0, best.boxes[:own])
            real.insert(0, best.real[:own])
        rois = numbered(torch.cat(proposals), 0)
        pyramid = self._pyramid(features, image)
        logits, changes = self._classified(
            pyramid, heads.box_roi_pool.regions(pyramid, rois, view.size[0]), view
        )
        boxes = decoded(changes.to(image)[:, OBJECT], rois[:, 1:], heads.box_coder.weights)
        boxes = clip_boxes_to_image(boxes, view.size)
        scores = logits.to(image).softmax(dim=1)[:, OBJECT]
        extent = (boxes[:, 2:] - boxes[:, :2] >= SMALLEST_SIDE).all(dim=1)
        scores = scores.masked_fill(~(extent & torch.cat(real)), 0)
        top = scores.argmax()[None]
        box, score = boxes[top], scores[top]
        *sides, sure = torch.cat((box.flatten(), score)).tolist()
        if not sure > heads.score_thresh:
            return None
        region = heads.mask_roi_pool.regions(pyramid, numbered(box, 0), view.size[0])
        local = self._mask_logits(pyramid, region, view).to(image).sigmoid()[:, None]  # 1×1×s×s
        on_frame = boxes_seen_by(torch.tensor([sides], dtype=image.dtype), view.size, frame)
        soft = paste_masks_in_image(local, on_frame, frame)[0, 0]
        return Found(soft, on_frame[0], torch.tensor(sure, dtype=image.dtype))

    def _candidates(self, proposed: proposer.Proposals, box: Tensor) -> proposer.Proposals:
        """Proposals in one image, and the object's own box as one more."""
        real = F.pad(proposed.real, (0, 1), value=True)
        return proposer.Proposals(torch.cat((proposed.boxes, box[None])), real)

    def _shown(self, candidates: proposer.Proposals, box: Tensor) -> Sorted:
        """Candidates by whether they show the object, whose box is `box`, `float 4`."""
        overlap = box_iou(box[None], candidates.boxes)[0]
        labels = (overlap >= self.roi_heads.proposal_matcher.high_threshold).to(torch.int8)
        # One without extent is neither the object nor background: it is never drawn.
        return Sorted.by(labels.masked_fill(~candidates.real, -1))

    def _object_losses(
        self, features: Mapping[str, Tensor], lesson: Lesson, positive: Tensor, negative: Tensor
    ) -> dict[str, Tensor]:
        """Losses `class`, `box` and `mask` on sampled proposals, `float k×5` with their image."""
        heads, view, boxes = self.roi_heads, lesson.view, lesson.boxes
        count, rois = len(positive), torch.cat((positive, negative))
        pyramid = self._pyramid(features, boxes)
        # Both before the heads run: the device is waited for while it has little to do.
        regions = heads.box_roi_pool.regions(pyramid, rois, view.size[0])
        inside = heads.mask_roi_pool.regions(pyramid, positive, view.size[0])
        logits, changes = self._classified(pyramid, regions, view)
        label = torch.zeros(len(rois), dtype=torch.int64, device=rois.device)
        label[:count].fill_(OBJECT)
        wanted = boxes[positive[:, 0].to(torch.int64)]
        masks = self._mask_logits(pyramid, inside, view).to(boxes)  # p×s×s
        return {
            "class": F.cross_entropy(logits.to(boxes), label),
            "box": object_box_loss(
                changes[:count, OBJECT].to(boxes),
                encoded(wanted, positive[:, 1:], heads.box_coder.weights),
                len(rois),
                self.design.box_losses,
            ),
            "mask": mask_loss(
                masks,
                mask_targets(lesson.masks, inside.rois, masks.shape[-1]),
                self.design.mask_loss,
            ),
        }

    def _pyramid(self, features: Mapping[str, Tensor], like: Tensor) -> list[Tensor]:
        """Feature maps as RoIAlign takes them: once for both heads."""
        levels = self.roi_heads.box_roi_pool.levels(features)
        return [level.to(like.dtype).contiguous() for level in levels]

    def _classified(
        self, pyramid: list[Tensor], regions: Regions, view: View
    ) -> tuple[Tensor, Tensor]:
        """Class logits `float k×2` and box changes `float k×2×4`, by `regions.places`."""
        heads = self.roi_heads
        pooled = heads.box_roi_pool.pooled(pyramid, regions, view.size[0])
        logits, changes = heads.box_predictor(heads.box_head(pooled))
        return logits[regions.places], changes[regions.places].unflatten(1, (-1, 4))

    def _mask_logits(self, pyramid: list[Tensor], regions: Regions, view: View) -> Tensor:
        """Logits of the object in each cell of `regions.rois`, `float p×56×56`."""
        heads = self.roi_heads
        pooled = heads.mask_roi_pool.pooled(pyramid, regions, view.size[0])
        logits: Tensor = heads.mask_predictor(heads.mask_head(pooled))[:, OBJECT]
        return logits


def _rois(candidates: Sequence[proposer.Proposals], picked: Sequence[Tensor]) -> Tensor:
    """Picked candidates of all images, `float k×5` with the number of their image."""
    pairs = enumerate(zip(candidates, picked, strict=True))
    return torch.cat([numbered(of.boxes[which], image) for image, (of, which) in pairs])
