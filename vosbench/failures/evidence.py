"""What masks tell about one object in one frame: counts, places and likenesses, no judgement."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vosbench.arrays import VOID, Mask, object_ids
from vosbench.failures.shapes import Shape, bounds, cut_out, near_outline
from vosbench.metrics.tolerance import tolerance_radius


@dataclass(frozen=True)
class Past:
    """What became of one object until now, by the annotations.

    Attributes:
        first: its first mask; None until it was seen.
        gone: whether it was there and is not.
        returns: how often it came back.
    """

    first: Shape | None = None
    gone: bool = False
    returns: int = 0


class History:
    """The past of all objects of a sequence while its annotations come in, in order."""

    def __init__(self) -> None:
        self._past: dict[int, Past] = {}

    def see(self, truth: Mask) -> None:
        """Take up the next annotation, `uint8 h×w`."""
        shown = object_ids(truth)
        for object_id, past in self._past.items():
            there = object_id in shown
            back = there and past.gone
            self._past[object_id] = Past(past.first, gone=not there, returns=past.returns + back)
        for object_id in shown:
            if object_id not in self._past:
                self._past[object_id] = Past(cut_out(truth == object_id))

    def of(self, object_id: int) -> Past:
        """What is known of an object; nothing, until it was seen."""
        return self._past.get(object_id, Past())


@dataclass(frozen=True)
class Evidence:
    """One object in one frame. Areas are in pixels, shares and likenesses in 0..1.

    Attributes:
        truth: area of the object.
        answered: area of what was answered for it.
        common: area that both share.
        on_others: area of the answer on each other object, by its id; only those that it touches.
        frame: area of the frame.
        first: area of the object where it was seen first; 0 if it has not been seen yet.
        taken_up: whether an answer before this one had some of it, since it came back the last
            time; True if it was never gone.
        near: share of the wrong pixels that lie within the tolerance of F of the true outline.
        like_first: intersection over union of answer and first mask, where they are.
        shape_like_first: the same with centroids aligned.
        shape_like_now: that of answer and object with centroids aligned.
    """

    truth: int
    answered: int
    common: int
    on_others: Mapping[int, int] = field(default_factory=dict)
    frame: int = 0
    first: int = 0
    taken_up: bool = True
    near: float = 0.0
    like_first: float = 0.0
    shape_like_first: float = 0.0
    shape_like_now: float = 0.0

    @property
    def likeness(self) -> float:
        """Intersection over union of answer and object where they are, which is J."""
        union = self.truth + self.answered - self.common
        return self.common / union if union else 1.0

    @property
    def missed(self) -> int:
        """Area of the object that was not answered."""
        return self.truth - self.common

    @property
    def elsewhere(self) -> int:
        """Area of the answer that is not on the object."""
        return self.answered - self.common

    @property
    def on_background(self) -> int:
        """Area of the answer that is on no object."""
        return self.elsewhere - sum(self.on_others.values())


def evidence(
    object_id: int, truth: Mask, answer: Mask, past: Past, *, taken_up: bool = True
) -> Evidence:
    """What the label maps of one frame tell about one object.

    Args:
        object_id: which.
        truth: `uint8 h×w`, the annotation.
        answer: `uint8 h×w`, the prediction.
        past: of the object up to this frame, this one included.
        taken_up: as in `Evidence`.
    """
    radius = tolerance_radius(truth.shape)
    box = bounds((truth == object_id) | (answer == object_id), radius)
    here, there = truth[box] == object_id, answer[box] == object_id
    landed = np.bincount(truth[box][there], minlength=VOID + 1)
    common = int(landed[object_id])
    others = np.flatnonzero(landed[1:]) + 1
    place = box[0].start, box[1].start
    object_, answered = Shape(here, *place), Shape(there, *place)
    alike = _likenesses(answered, object_, past.first) if object_.area and answered.area else {}
    return Evidence(
        truth=object_.area,
        answered=answered.area,
        common=common,
        on_others={int(other): int(landed[other]) for other in others if other != object_id},
        frame=truth.size,
        first=past.first.area if past.first else 0,
        taken_up=taken_up,
        near=_near(here, there, radius),
        **alike,
    )


def _near(here: np.ndarray, there: np.ndarray, radius: int) -> float:
    wrong = here ^ there
    many = np.count_nonzero(wrong)
    if not many or not here.any():
        return 0.0
    return float(np.count_nonzero(wrong & near_outline(here, radius)) / many)


def _likenesses(answered: Shape, object_: Shape, first: Shape | None) -> dict[str, float]:
    """What an answer resembles, the first mask or the object as it is."""
    if first is None:
        return {}
    return {
        "like_first": answered.likeness(first),
        "shape_like_first": answered.centred_on(first).likeness(first),
        "shape_like_now": answered.centred_on(object_).likeness(object_),
    }
