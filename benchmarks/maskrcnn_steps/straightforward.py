"""The same fine-tuning as one would write it first, for comparison.

torchvision's Mask R-CNN as it comes, forward with targets in training mode, its loss functions
alone exchanged for those of e-OSVOS; the Lovász hinge region by region; parameters moved tensor by
tensor; nothing kept from one step to the next, and nothing made beforehand. It draws the same
samples, so that losses and gradients are those of `vosbench.methods._maskrcnn` but for rounding.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.detection import roi_heads
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.models.detection.transform import resize_boxes
from torchvision.ops import MultiScaleRoIAlign, clip_boxes_to_image, roi_align

from vosbench.meta.learner import Loss, Parameters
from vosbench.methods._maskrcnn import OBJECT, Found, Frames, ObjectRCNN

Result = TypeVar("Result")


class PlainRCNN(nn.Module):
    """Mask R-CNN in the interface of `ObjectRCNN`, put together from torchvision's own parts.

    Args:
        network: whose parts are taken over; its RoIAligns are replaced by torchvision's.
    """

    def __init__(self, network: ObjectRCNN) -> None:
        super().__init__()
        assert (network.design.mask_loss, network.design.box_losses) == ("lovasz", "paper")
        self.transform = network.transform.eval()  # in training it would draw one size of one
        self.backbone = network.backbone
        self.rpn = network.rpn
        self.roi_heads = network.roi_heads
        for name in ("box_roi_pool", "mask_roi_pool"):
            pool = getattr(self.roi_heads, name)
            arguments = (pool.featmap_names, pool.output_size, pool.sampling_ratio)
            setattr(self.roi_heads, name, MultiScaleRoIAlign(*arguments))

    def forward(self, work: Callable[["PlainRCNN"], Result]) -> Result:
        """What `work` gives, with parameters from outside in place."""
        return work(self)

    def lesson(self, frames: Frames, like: Tensor) -> tuple[Frames, Tensor]:
        """Nothing is made beforehand."""
        return frames, like

    def losses(
        self, lesson: tuple[Frames, Tensor], generator: torch.Generator
    ) -> dict[str, Tensor]:
        """The five losses by torchvision's forward pass."""
        frames, like = lesson
        images = [image.permute(2, 0, 1).to(like) / 255 for image in frames.images]
        targets = [
            {
                "boxes": box[None].to(like),
                "labels": torch.tensor([OBJECT], device=like.device),
                "masks": mask[None].to(like.device),
            }
            for box, mask in zip(frames.boxes, frames.masks, strict=True)
        ]
        with _drawing_from(generator), _papers_losses(self.rpn):
            batch, targets = self.transform(images, targets)
            features = self.backbone(batch.tensors)
            proposals, losses = self.rpn.train()(batch, features, targets)
            _, more = self.roi_heads.train()(features, proposals, batch.image_sizes, targets)
        found: dict[str, Tensor] = losses | more
        return found

    def detect(self, image: Tensor, own: int, more: Tensor) -> Found | None:
        """The best detection by torchvision's heads; None where no score is above 0.5."""
        size = (image.shape[-2], image.shape[-1])
        batch, _ = self.transform([image])
        features = self.backbone(batch.tensors)
        boxes = resize_boxes(more.to(image), size, batch.image_sizes[0])
        proposals = clip_boxes_to_image(boxes, batch.tensors.shape[-2:])
        if own:
            (best,), _ = self.rpn.eval()(batch, features)
            proposals = torch.cat((best[:own], proposals))
        (found,), _ = self.roi_heads.eval()(features, [proposals], batch.image_sizes)
        if len(found["boxes"]) == 0:
            return None
        boxes = resize_boxes(found["boxes"], batch.image_sizes[0], size)
        soft = paste_masks_in_image(found["masks"], boxes, size)[0, 0]
        return Found(soft, boxes[0], found["scores"][0])


@dataclass(frozen=True)
class PlainTuner:
    """Inner steps tensor by tensor.

    Attributes:
        start: where fine-tuning begins.
        sizes: what gradients are multiplied by.
    """

    start: Parameters
    sizes: Mapping[str, Tensor]

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` steps from the start."""
        return self.online(loss, steps, self.start)

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` steps from `begin`."""
        reached = dict(begin)
        for parameters in self.descent(loss, steps, begin):
            reached = parameters
        return reached

    def descent(
        self, loss: Loss, steps: int, begin: Parameters | None = None
    ) -> Iterator[dict[str, Tensor]]:
        """Yield the parameters after each of `steps` steps."""
        parameters = dict(self.start if begin is None else begin)
        for step in range(steps):
            leaves = {name: p.detach().requires_grad_() for name, p in parameters.items()}
            gradients = torch.autograd.grad(loss(leaves, step), list(leaves.values()))
            pairs = zip(leaves.items(), gradients, strict=True)
            parameters = {name: p.detach() - self.sizes[name] * g for (name, p), g in pairs}
            yield parameters


def lovasz_hinge_of_one(logits: Tensor, target: Tensor) -> Tensor:
    """Lovász hinge of one region, a scalar; see `vosbench.losses.lovasz_hinge`."""
    judged = target <= 1
    logits, target = logits[judged], target[judged]
    errors, order = (1 - logits * (2 * target - 1)).sort(descending=True)
    inside = target[order]
    intersection = inside.sum() - inside.cumsum(0)
    union = inside.sum() + (1 - inside).cumsum(0)
    jaccard = 1 - intersection / union
    weights = torch.cat((jaccard[:1], jaccard[1:] - jaccard[:-1]))
    return (errors.relu() * weights).sum()


def _mask_loss(
    logits: Tensor,
    proposals: list[Tensor],
    masks: list[Tensor],
    labels: list[Tensor],
    matched: list[Tensor],
) -> Tensor:
    """In place of torchvision's loss of masks, with its arguments."""
    size = logits.shape[-1]
    targets = torch.cat(
        [
            roi_align(mask[None].to(box), F.pad(box, (1, 0)), size)[:, 0]
            for mask, box in zip(masks, proposals, strict=True)
        ]
    )
    each = [
        lovasz_hinge_of_one(logit[OBJECT].flatten(), target.flatten())
        for logit, target in zip(logits, targets, strict=True)
    ]
    return torch.stack(each).mean() if each else logits.sum() * 0


def _head_losses(
    logits: Tensor, changes: Tensor, labels: list[Tensor], wanted: list[Tensor]
) -> tuple[Tensor, Tensor]:
    """In place of torchvision's losses of the box head: quadratic up to 1."""
    label = torch.cat(labels)
    positive = torch.where(label > 0)[0]
    found = changes.reshape(len(label), -1, 4)[positive, label[positive]]
    box = F.smooth_l1_loss(found, torch.cat(wanted)[positive], beta=1.0, reduction="sum")
    return F.cross_entropy(logits, label), box / len(label)


def _proposal_losses(
    rpn: RegionProposalNetwork,
    objectness: Tensor,
    changes: Tensor,
    labels: list[Tensor],
    wanted: list[Tensor],
) -> tuple[Tensor, Tensor]:
    """In place of torchvision's losses of the proposals: plain L1."""
    positive, negative = (torch.where(torch.cat(one))[0] for one in rpn.fg_bg_sampler(labels))
    sampled = torch.cat((positive, negative))
    box = F.l1_loss(changes[positive], torch.cat(wanted)[positive], reduction="sum")
    logits = objectness.flatten()[sampled]
    label = torch.cat(labels)[sampled].to(logits)
    return F.binary_cross_entropy_with_logits(logits, label), box / len(sampled)


@contextmanager
def _papers_losses(rpn: RegionProposalNetwork) -> Iterator[None]:
    with (
        patch.object(rpn, "compute_loss", partial(_proposal_losses, rpn)),
        patch.object(roi_heads, "fastrcnn_loss", _head_losses),
        patch.object(roi_heads, "maskrcnn_loss", _mask_loss),
    ):
        yield


@contextmanager
def _drawing_from(generator: torch.Generator) -> Iterator[None]:
    """Torchvision draws from torch's own generators: seed them as this one, and put them back."""
    device = generator.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(generator.initial_seed())
        yield
