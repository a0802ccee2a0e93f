"""Scores of masks that stand in for later ones.

A mask that is shown for a later frame is compared with the annotation of that frame, exactly as any
mask is scored. Every pair of a mask and an annotation is decoded and compared once, however many
streams ask for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from vosbench.arrays import Mask
from vosbench.comparing import Predicted, Truth
from vosbench.evaluate import Rules, evaluate
from vosbench.metrics.protocols import Protocol
from vosbench.records import ObjectScore
from vosbench.sequence import Sequence as Video

Order = tuple[int, ...]
"""For every frame of a sequence, the frame whose mask is shown."""


@dataclass(frozen=True)
class Film:
    """Masks of one run on one sequence, shown in several orders.

    Attributes:
        read: frame index → stored mask.
        orders: the same one may be there several times.
    """

    read: Predicted
    orders: tuple[Order, ...]


def film_scores(
    video: Video, films: Sequence[Film], protocol: Protocol
) -> tuple[tuple[tuple[ObjectScore, ...], ...], ...]:
    """For each film, for each of its orders, the scores of the objects.

    Annotations are read once for all films. No mask is kept beyond the next frame.

    Raises:
        DataError: as `vosbench.evaluate.evaluate_sequence`.
    """
    different = [tuple(dict.fromkeys(film.orders)) for film in films]
    predictions = [
        partial(shelf.mask, order)
        for shelf, orders in zip([_Shelf(film.read) for film in films], different, strict=True)
        for order in orders
    ]
    truth = Truth(video.name, video.frames, video.read_annotation)
    found = iter(evaluate(truth, predictions, Rules(protocol)))
    scored = [{order: next(found).objects for order in orders} for orders in different]
    return tuple(
        tuple(scores[order] for order in film.orders)
        for film, scores in zip(films, scored, strict=True)
    )


class _Shelf:
    """Masks of one run that this frame or the one before has asked for: many are shown again."""

    def __init__(self, read: Predicted) -> None:
        self._read = read
        self._frame = -1
        self._before: dict[int, Mask] = {}
        self._now: dict[int, Mask] = {}

    def mask(self, order: Order, frame: int) -> Mask:
        """The mask shown for a frame; one and the same array for all orders that show it."""
        if frame != self._frame:
            self._frame, self._before, self._now = frame, self._now, {}
        index = order[frame]
        if index not in self._now:
            kept = self._before.get(index)
            self._now[index] = self._read(index) if kept is None else kept
        return self._now[index]
