"""Which ids of a prediction stand for which objects: white, grey of colours, exchanged, surplus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vosbench.doctor.evidence import Evidence
from vosbench.doctor.rules import Counts, Rules, ids_of
from vosbench.masks import davis_palette

WHITE = 255

LEAST_OVERLAP = 0.3
"""Intersection over union from which an object may be said to bear another id."""

_LEAST_OVERLAP_FIRST = 0.8
"""The same in the first frame, whose mask the method was given."""


@dataclass(frozen=True)
class Relabelling:
    """What must be done to the ids of a prediction so that they are those of the objects.

    Attributes:
        values: stored value → id, where values were painted instead of ids: 255, or the grey that
            the colours of the palette turn to.
        exchanged: predicted id → object whose pixels it has, where they differ.
        proven: whether the first mask shows the same exchange.
        extra: ids that are scored nowhere, ascending.
        resembling: extra id → object that it covers, so that it may be that object.
    """

    values: Mapping[int, int] = field(default_factory=dict)
    exchanged: Mapping[int, int] = field(default_factory=dict)
    proven: bool = False
    extra: tuple[int, ...] = ()
    resembling: Mapping[int, int] = field(default_factory=dict)

    @property
    def removable(self) -> tuple[int, ...]:
        """Extra ids that are nothing else; one that may be an object is for its owner to judge."""
        return tuple(i for i in self.extra if i not in self.resembling)

    def table(self) -> tuple[int, ...]:
        """The id to store in place of each of 256 values, as far as that is safe."""
        table = []
        for value in range(256):
            new = self.values.get(value, value)
            if self.proven:
                new = self.exchanged.get(new, new)
            table.append(0 if new in self.removable else new)
        return tuple(table)


def relabelling(evidence: Evidence, rules: Rules) -> Relabelling:
    """What the ids of a sequence need; nothing where the protocol merges objects or none is scored.

    Seams and noise are none of it, since nobody can tell what they should be.
    """
    if rules.merged or not evidence.scored_ids or evidence.predicted.blurred:
        return Relabelling()
    values = painted_values(evidence)
    if is_white(evidence) and not values:
        return Relabelling()  # several objects in one, which nobody can tell apart
    overlap = renumbered(evidence.overlap, values)
    exchanged = exchanged_ids(overlap, least=LEAST_OVERLAP)
    proven = False
    if evidence.first_overlap is not None:
        first = renumbered(evidence.first_overlap, values)
        shown = exchanged_ids(first, least=_LEAST_OVERLAP_FIRST)
        # A method may lose an object, and yet bear out for the others what its first mask shows.
        proven = exchanged.items() <= shown.items() and gain(overlap, shown) > 0
        exchanged = shown if proven else exchanged
    ids = {values.get(i, i) for i in evidence.predicted.all_ids}
    if proven:
        ids = {exchanged.get(i, i) for i in ids}
    extra = _extra_ids(ids, evidence.scored_ids, rules)
    fit = object_fit(overlap, annotated_objects(evidence), extra)  # objects×extra
    resembling = {
        label: annotated_objects(evidence)[int(column.argmax())]
        for label, column in zip(extra, fit.T, strict=True)
        if column.max(initial=0) >= LEAST_OVERLAP
    }
    return Relabelling(values, exchanged, proven, extra, resembling)


def painted_values(evidence: Evidence) -> dict[int, int]:
    """Value → id, where a prediction holds no id of its own but white, or the grey of colours.

    White is an object only where there is but one. Grey is what the palette of DAVIS becomes when
    a picture in colour is made grey: 38 for id 1, 75 for id 2.
    """
    stored = set(evidence.predicted.all_ids)
    objects = annotated_objects(evidence)
    if is_white(evidence):
        return {WHITE: objects[0]} if len(objects) == 1 else {}
    greys = _greys()
    by_grey = {greys[i]: i for i in objects}
    if stored and len(by_grey) == len(objects) and stored <= by_grey.keys() - set(objects):
        return {value: by_grey[value] for value in sorted(stored)}
    return {}


def is_white(evidence: Evidence) -> bool:
    """Whether masks hold 0 and 255, nothing else, and 255 is no object."""
    return evidence.predicted.all_ids == (WHITE,) and WHITE not in annotated_objects(evidence)


def annotated_objects(evidence: Evidence) -> tuple[int, ...]:
    """Ids that are scored and do occur in annotations, ascending."""
    return tuple(i for i in evidence.scored_ids if i in evidence.truth.all_ids)


def renumbered(overlap: Counts, values: Mapping[int, int]) -> Counts:
    """Pixels by annotated and predicted id, with predicted values taken for the ids they mean."""
    if not values:
        return overlap
    moved = overlap.copy()
    for value, object_id in values.items():
        moved[:, value] = 0
        moved[:, object_id] += overlap[:, value]
    return moved


def exchanged_ids(overlap: Counts, *, least: float) -> dict[int, int]:
    """Predicted id → the object it fits, where another assignment of ids fits better by far.

    The assignment is that of the highest sum of intersections over unions (of pixels added up over
    frames). An id is taken for exchanged where it covers its object to `least` and twice as well as
    the id of that object does, and where no other id is in its way.

    Args:
        overlap: pixels by annotated and predicted id, `int64 256×256`.
        least: intersection over union.

    >>> overlap = np.zeros((256, 256), np.int64)
    >>> overlap[1, 2] = overlap[2, 1] = overlap[3, 3] = 10
    >>> exchanged_ids(overlap, least=0.5)
    {1: 2, 2: 1}
    """
    objects = [i for i in ids_of(overlap.sum(axis=1)) if i != WHITE]
    predicted = list(ids_of(overlap.sum(axis=0)))
    fit = object_fit(overlap, objects, predicted)
    moved = {}
    for row, column in zip(*linear_sum_assignment(fit, maximize=True), strict=True):
        object_id, label = objects[row], predicted[column]
        own = fit[row, predicted.index(object_id)] if object_id in predicted else 0.0
        if label != object_id and fit[row, column] >= max(least, 2 * own):
            moved[label] = object_id
    while blocked := [i for i, to in moved.items() if to in predicted and to not in moved]:
        for label in blocked:
            del moved[label]
    return dict(sorted(moved.items()))


def gain(overlap: Counts, exchanged: Mapping[int, int]) -> float:
    """By how much exchanged ids fit better than ids as they are, as mean over these objects."""
    pairs = list(exchanged.items())
    after = [object_fit(overlap, [i], [label])[0, 0] for label, i in pairs]
    before = [object_fit(overlap, [i], [i])[0, 0] for _, i in pairs]
    return float(np.mean(np.subtract(after, before))) if pairs else 0.0


def object_fit(
    overlap: Counts, objects: Sequence[int], predicted: Sequence[int]
) -> NDArray[np.float64]:
    """Intersection over union of these annotated and predicted ids, 0 where neither has a pixel.

    Returns:
        `float64 objects×predicted`.
    """
    both = overlap[np.ix_(objects, predicted)]
    annotated = overlap[list(objects)].sum(axis=1)[:, None]
    union = annotated + overlap[:, list(predicted)].sum(axis=0) - both
    return np.divide(both, union, out=np.zeros(both.shape), where=union > 0)


def _extra_ids(ids: set[int], scored: tuple[int, ...], rules: Rules) -> tuple[int, ...]:
    """Ids that the protocol refuses: above the highest, or scored nowhere at all."""
    if rules.objects == "first":
        return tuple(sorted(i for i in ids if i > scored[-1]))
    return tuple(sorted(ids - set(scored)))


def _greys() -> list[int]:
    """Brightness of the colour of every id, ITU-R 601, as Pillow and OpenCV round it."""
    weighted = davis_palette().astype(np.int64) @ np.array([299, 587, 114])
    return [int(value) for value in (weighted + 500) // 1000]
