"""Propagated boxes: where the object was in the last frame directs the search in the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosbench.methods._propagation_settings import BoxPropagation
from vosbench.methods._window import Box

PROPOSALS = 1000
"""Proposals that are looked at in a frame, as in torchvision."""

OUTWARDS = 0.1
"""Farthest that a side of a propagated box lies outside of the box it comes from, in its sides."""


@dataclass(frozen=True)
class Search:
    """Where one frame is searched.

    Attributes:
        own: number of proposals of the network's own.
        boxes: `float64 k×4`, further proposals, pixels of the frame; they may reach out of it.
    """

    own: int
    boxes: NDArray[np.float64]


def plan_search(
    seen: Box | None,
    begin: Box | None,
    propagation: BoxPropagation,
    generator: np.random.Generator,
) -> Search:
    """Where to search the next frame (specification 3.3).

    Half of all proposals lie around the object as it was seen last (`extend`), or all of them
    (`replace`). A lost object is looked for around where it was at the beginning of the chunk, and
    where else the network proposes, whatever the propagation; and if it was not there either, only
    where the network proposes.

    Args:
        seen: tight box of the object in the last frame; None if it was not seen.
        begin: the same at the beginning of the chunk.
        propagation: not `auto`.
        generator: source of all draws.
    """
    box = begin if seen is None else seen
    if propagation == "off" or box is None:
        return Search(PROPOSALS, np.empty((0, 4)))
    own = 0 if propagation == "replace" and seen is not None else PROPOSALS // 2
    return Search(own, surrounding_boxes(box, PROPOSALS - own, generator))


def surrounding_boxes(box: Box, count: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Boxes `count×4` whose sides lie outside of those of `box`, each by up to a tenth."""
    sides = np.array([box.left, box.top, box.right, box.bottom])
    outwards = np.array([-box.width, -box.height, box.width, box.height])
    return sides + outwards * generator.uniform(0, OUTWARDS, (count, 4))
