"""The network that proposes boxes: its proposals everywhere, its losses where they are sampled.

Proposals are constants to all losses (specification 1.2), and the losses look at a few hundred of
some hundred thousand anchors. So the network runs over the whole image without a graph, and once
more on the 3×3 cells around the sampled anchors with one: the same losses and gradients, without a
backward pass over the image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import clip_boxes_to_image, nms

from vosbench.methods._maskrcnn_anchors import Anchors, around
from vosbench.methods._maskrcnn_boxes import decoded, encoded
from vosbench.methods._maskrcnn_design import BoxLosses
from vosbench.methods._maskrcnn_losses import proposal_box_loss


@dataclass(frozen=True)
class Proposals:
    """Boxes in one image where an object may be, the best first.

    Attributes:
        boxes: `float k×4`, pixels of the image.
        real: `bool k`: False for one that has no extent within the image. Those come last; they
            are kept because the host need not know their number then.
    """

    boxes: Tensor
    real: Tensor


@torch.no_grad()
def propose(
    rpn: RegionProposalNetwork,
    features: Sequence[Tensor],
    anchors: Anchors,
    size: tuple[int, int],
) -> list[Proposals]:
    """Proposals of each image; in training more than in use.

    Args:
        rpn: in the mode that is meant.
        features: maps by level, `float n×c×h×w`.
        anchors: of these maps.
        size: of the images without padding.
    """
    scores, boxes = [], []
    for logits, changes, level in zip(*rpn.head(list(features)), anchors.levels, strict=True):
        images, _, height, width = logits.shape
        score = logits.to(level.boxes).permute(0, 2, 3, 1).flatten(1)  # n×k
        score, best = score.topk(min(rpn.pre_nms_top_n(), score.shape[1]), dim=1)  # n×b
        change = changes.to(level.boxes).reshape(images, -1, 4, height, width)
        change = change.permute(0, 3, 4, 1, 2).reshape(images, -1, 4)
        change = change.gather(1, best[..., None].expand(-1, -1, 4))  # n×b×4
        scores.append(score)
        boxes.append(decoded(change, level.boxes[best]))
    sizes = [score.shape[1] for score in scores]
    score = torch.cat(scores, dim=1).sigmoid()
    box = clip_boxes_to_image(torch.cat(boxes, dim=1), size)
    real = (box[..., 2:] - box[..., :2] >= rpn.min_size).all(dim=-1)
    score = score.masked_fill(~real, -1.0)  # after all others: it suppresses none of them
    found = []
    for image in range(len(box)):
        kept = _apart(box[image], score[image], sizes, rpn.nms_thresh)[: rpn.post_nms_top_n()]
        found.append(Proposals(box[image][kept], real[image][kept]))
    return found


def losses(
    rpn: RegionProposalNetwork,
    features: Sequence[Tensor],
    anchors: Anchors,
    boxes: Tensor,
    drawn: Sequence[tuple[Tensor, Tensor]],
    form: BoxLosses,
) -> dict[str, Tensor]:
    """Losses `objectness` and `proposal_box`, on the sampled anchors.

    Args:
        rpn: see above.
        features: maps by level, `float n×c×h×w`.
        anchors: of these maps.
        boxes: of the object in each image, `float n×4`.
        drawn: numbers of positive and of negative anchors in each image.
        form: of the loss of boxes.
    """
    parts = [[part[kind] for part in drawn] for kind in (0, 1)]
    positive = sum(map(len, parts[0]))
    chosen = torch.cat([*parts[0], *parts[1]])  # k, the positive ones first
    image = torch.cat([torch.full_like(c, n) for part in parts for n, c in enumerate(part)])
    logits, changes = _at(rpn, features, anchors, image, chosen)
    logits, changes = logits.to(boxes), changes[:positive].to(boxes)
    labels = torch.cat((torch.ones_like(logits[:positive]), torch.zeros_like(logits[positive:])))
    wanted = encoded(boxes[image[:positive]], anchors.boxes[chosen[:positive]])
    return {
        "objectness": F.binary_cross_entropy_with_logits(logits, labels),
        "proposal_box": proposal_box_loss(changes, wanted, len(chosen), form),
    }


def _at(
    rpn: RegionProposalNetwork,
    features: Sequence[Tensor],
    anchors: Anchors,
    image: Tensor,
    chosen: Tensor,
) -> tuple[Tensor, Tensor]:
    """What the head says of single anchors: logits `float k` and changes `float k×4`."""
    cells = torch.zeros((), dtype=features[0].dtype, device=chosen.device)
    for level, of in zip(features, anchors.levels, strict=True):
        rows, columns, inside = around(of, anchors.each, chosen)
        seen = level.permute(0, 2, 3, 1)[image[:, None], rows, columns]  # k×9×c
        cells = cells + seen.masked_fill(~inside[..., None], 0)
    ((convolution, _),) = rpn.head.conv
    weight = convolution.weight.permute(0, 2, 3, 1).flatten(1)  # c×9c
    hidden = F.linear(cells.flatten(1), weight, convolution.bias).relu()
    logits = F.linear(hidden, rpn.head.cls_logits.weight.flatten(1), rpn.head.cls_logits.bias)
    changes = F.linear(hidden, rpn.head.bbox_pred.weight.flatten(1), rpn.head.bbox_pred.bias)
    which = (chosen % anchors.each)[:, None]  # every level holds whole cells
    changes = changes.unflatten(1, (anchors.each, 4))  # k×a×4
    return (
        logits.gather(1, which)[:, 0],
        changes.gather(1, which[..., None].expand(-1, -1, 4))[:, 0],
    )


def _apart(boxes: Tensor, scores: Tensor, sizes: Sequence[int], overlap: float) -> Tensor:
    """Numbers of boxes after non-maximum suppression within each level, the best first.

    Args:
        boxes: `float k×4`.
        scores: `float k`.
        sizes: how many boxes there are of each level, one after another.
        overlap: from which on a box suppresses another.
    """
    if boxes.device.type == "cpu":  # level by level is least work
        begins = accumulate(sizes, initial=0)
        parts = zip(begins, boxes.split(sizes), scores.split(sizes), strict=False)
        kept = torch.cat([begin + nms(box, score, overlap) for begin, box, score in parts])
        return kept[scores[kept].argsort(descending=True, stable=True)]
    # All at once, so that the device is waited for once: as in torchvision, boxes of different
    # levels are moved so far apart that they do not meet.
    level = torch.cat([boxes.new_full((size,), n) for n, size in enumerate(sizes)])
    away = level * (boxes.max() + 1)
    apart: Tensor = nms(boxes + away[:, None], scores, overlap)
    return apart
