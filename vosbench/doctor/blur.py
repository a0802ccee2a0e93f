"""Label maps that were resized with interpolation or compressed: ids that are only seams and noise.

Between objects a and b, interpolation puts every value in between, along a line; compression puts
values close to the true ones, scattered. Neither fills an area.
"""

from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import Mask
from vosbench.doctor.rules import Counts, ids_of

MOST_SOLID = 0.3
"""Largest share of pixels amid their like that an id of seams or noise has."""


def thin_ids(mask: Mask, counts: Counts, *, known: Set[int], fewest: int) -> tuple[int, ...]:
    """Ids that no object has and that nowhere fill an area, ascending.

    Args:
        mask: label map.
        counts: its pixels by id.
        known: ids that objects have.
        fewest: with fewer such ids than this there are none: an odd id or two are no blur.
    """
    odd = [i for i in ids_of(counts) if i not in known]
    if len(odd) < fewest:
        return ()
    solid = np.bincount(mask[1:-1, 1:-1][_amid_its_like(mask)], minlength=256)
    thin = [i for i in odd if solid[i] <= MOST_SOLID * counts[i]]
    return tuple(thin) if len(thin) >= fewest else ()


def seams_and_jumps(mask: Mask) -> tuple[int, int]:
    """Pixels that lie between a lower and a higher id in their row, and direct edges over a gap.

    A line of 1 between 0 and 2 is what interpolation leaves where 0 and 2 touch. Where several ids
    were drawn and not interpolated, there are edges of 0 against 2, and hardly a seam.

    >>> seams_and_jumps(np.array([[0, 1, 2, 2], [0, 0, 2, 2]], np.uint8))
    (1, 1)
    """
    left, middle, right = mask[:, :-2], mask[:, 1:-1], mask[:, 2:]  # h×(w-2)
    rises = (left < middle) & (middle < right)
    falls = (left > middle) & (middle > right)
    steps = np.maximum(mask[:, 1:], mask[:, :-1]) - np.minimum(mask[:, 1:], mask[:, :-1])
    return int(np.count_nonzero(rises | falls)), int(np.count_nonzero(steps > 1))


def _amid_its_like(mask: Mask) -> NDArray[np.bool_]:
    """Inner pixels whose eight neighbours all have their id, `bool (h-2)×(w-2)`."""
    if min(mask.shape) < 3:
        return np.zeros((max(mask.shape[0] - 2, 0), max(mask.shape[1] - 2, 0)), np.bool_)
    across = (mask[:, 1:-1] == mask[:, :-2]) & (mask[:, 1:-1] == mask[:, 2:])  # h×(w-2)
    middle = mask[:, 1:-1]
    above, below = middle[:-2] == middle[1:-1], middle[2:] == middle[1:-1]
    return across[:-2] & across[1:-1] & across[2:] & above & below
