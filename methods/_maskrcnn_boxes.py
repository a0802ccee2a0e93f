"""Boxes and the changes that turn one into another, as in R-CNN.

Girshick et al., "Rich feature hierarchies", CVPR 2014, appendix C: a change says how far the centre
moves, in sides of the box, and by which factors, as logarithms, the sides grow. torchvision has the
same, but sends its constants to the device at every call, and so waits for it.
"""

import math

import torch
from torch import Tensor

LARGEST_GROWTH = math.log(1000 / 16)
"""Where the logarithm of a factor is cut, as in torchvision: a box of 16 pixels becomes 1000."""

Weights = tuple[float, float, float, float]
"""What changes of (x, y, width, height) are multiplied by in the eyes of a network."""

PLAIN: Weights = (1.0, 1.0, 1.0, 1.0)


def encoded(wanted: Tensor, boxes: Tensor, weights: Weights = PLAIN) -> Tensor:
    """The changes, `float k×4`, that turn `boxes` into `wanted`, both `float k×4`."""
    centre, sides = _centre_and_sides(boxes)
    wanted_centre, wanted_sides = _centre_and_sides(wanted)
    moves = (wanted_centre - centre) / sides
    growth = (wanted_sides / sides).log()
    changes = (*moves.unbind(-1), *growth.unbind(-1))
    return torch.stack([w * c for w, c in zip(weights, changes, strict=True)], dim=-1)


def decoded(changes: Tensor, boxes: Tensor, weights: Weights = PLAIN) -> Tensor:
    """`boxes`, `float …×4`, after `changes`, `float …×4`."""
    centre, sides = _centre_and_sides(boxes)
    x, y, width, height = (c / w for c, w in zip(changes.unbind(-1), weights, strict=True))
    centre = centre + torch.stack((x, y), dim=-1) * sides
    half = torch.stack((width, height), dim=-1).clamp(max=LARGEST_GROWTH).exp() * sides / 2
    return torch.cat((centre - half, centre + half), dim=-1)


def numbered(boxes: Tensor, image: int) -> Tensor:
    """`boxes`, `float k×4`, with the number of their image before them, `float k×5`."""
    return torch.cat((torch.full_like(boxes[:, :1], image), boxes), dim=1)


def _centre_and_sides(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """(x, y) and (width, height), `float …×2` each."""
    sides = boxes[..., 2:] - boxes[..., :2]
    return boxes[..., :2] + sides / 2, sides
