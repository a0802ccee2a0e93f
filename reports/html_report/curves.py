"""J and F of the frames of a sequence, for curves and for what is read beside them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vosbench.evaluate import FrameScore

ALL = "all"
"""Stands for the mean over the objects of a sequence."""

Values = Sequence[float | None]
"""One a frame, fractions; None where the frame does not count."""


@dataclass(frozen=True)
class FrameValues:
    """J and F by frame, of one object or the mean over them."""

    J: Values
    F: Values


def by_object(scores: Iterable[FrameScore], frames: Sequence[str]) -> Mapping[str, FrameValues]:
    """Values of each object by its id, after the mean over objects where there are several.

    Args:
        scores: of one run on one sequence.
        frames: names of its frames.
    """
    places = {name: index for index, name in enumerate(frames)}
    found: dict[int, dict[int, FrameScore]] = {}
    for score in scores:
        if score.frame in places:
            found.setdefault(score.object_id, {})[places[score.frame]] = score
    count = len(frames)
    of_objects = {
        str(object_id): FrameValues(
            [_rounded(at[i].J) if i in at else None for i in range(count)],
            [_rounded(at[i].F) if i in at else None for i in range(count)],
        )
        for object_id, at in sorted(found.items())
    }
    if len(of_objects) < 2:
        return of_objects
    mean = FrameValues(
        _means([values.J for values in of_objects.values()]),
        _means([values.F for values in of_objects.values()]),
    )
    return {ALL: mean, **of_objects}


def points(values: Values) -> str:
    """The points of an SVG polyline: x is the index of the frame, y runs from 100 down to 0.

    A single one stands twice, or nothing would be drawn.

    >>> points([None, 0.5, 1.0])
    '1,50 2,0'
    """
    known = [
        f"{index},{100 - 100 * value:.4g}"
        for index, value in enumerate(values)
        if value is not None
    ]
    return " ".join(2 * known if len(known) == 1 else known)


def _means(of_objects: Sequence[Values]) -> Values:
    return [
        _rounded(math.fsum(known) / len(known)) if known else None
        for known in (
            [value for value in at if value is not None] for at in zip(*of_objects, strict=True)
        )
    ]


def _rounded(value: float) -> float:
    return round(value, 4)
