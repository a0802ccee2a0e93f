"""What each protocol counts, as its rules read: slow, obvious, and without a line of vosbench.

Written from what the evaluators of the datasets do. A table holds, for every object, the frames
that count with J and F.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tests.metrics import oracle

LabelMap = NDArray[np.uint8]
Truth = Sequence[LabelMap | None]
Masks = Sequence[LabelMap]
Row = tuple[int, float, float]
Scores = dict[int, list[Row]]
TOLERANCE = 0.008


class RefusedError(Exception):
    """The protocol has no score for these masks."""


def row(truth: LabelMap, mask: LabelMap, frame: int, object_id: int) -> Row:
    true, predicted = truth == object_id, mask == object_id
    return frame, oracle.region(true, predicted), oracle.contour(true, predicted, TOLERANCE)


def ids(mask: LabelMap) -> set[int]:
    return {int(value) for value in mask.flat if value != 0}


def without_void(mask: LabelMap) -> LabelMap:
    return np.where(mask == 255, 0, mask).astype(np.uint8)


def annotated_frames(truth: Truth) -> list[int]:
    if truth[0] is None:
        raise RefusedError("no first annotation")
    return [frame for frame, annotation in enumerate(truth) if annotation is not None]


def davis2017(truth: Truth, masks: Masks, *, ignore_extra: bool = False) -> Scores:
    """All frames but the first and the last; objects 1 … highest of the first annotation."""
    frames = range(1, len(truth) - 1)
    if not frames or any(truth[frame] is None for frame in (0, *frames)):
        raise RefusedError("a frame lacks its annotation, or none counts")
    maps = {frame: without_void(truth[frame]) for frame in (0, *frames)}
    highest = max(ids(maps[0]), default=0)
    if highest == 0:
        raise RefusedError("no object")
    if any(max(ids(maps[frame]), default=0) > highest for frame in frames):
        raise RefusedError("a late object")
    if not ignore_extra and any(max(ids(masks[frame]), default=0) > highest for frame in frames):
        raise RefusedError("an extra id")
    return {
        object_id: [row(maps[frame], masks[frame], frame, object_id) for frame in frames]
        for object_id in range(1, highest + 1)
    }


def davis2016(truth: Truth, masks: Masks) -> Scores:
    """The same with everything that is not 0 as one object."""

    def merged(mask: LabelMap | None) -> LabelMap | None:
        return None if mask is None else (mask != 0).astype(np.uint8)

    return davis2017([merged(each) for each in truth], [merged(each) for each in masks])


def vos_benchmark(truth: Truth, masks: Masks) -> Scores:
    """Annotated frames but the first and the last; every id from where it is seen first, 255 too.

    Scores are kept for the ids that the annotations of these frames show.
    """
    frames = annotated_frames(truth)[1:-1]
    if not frames:
        raise RefusedError("no frame counts")
    in_truth: set[int] = set()
    in_masks: set[int] = set()
    scores: Scores = {}
    for frame in frames:
        in_truth |= ids(truth[frame])
        in_masks |= ids(masks[frame])
        for object_id in in_truth | in_masks:
            found = row(truth[frame], masks[frame], frame, object_id)
            scores.setdefault(object_id, []).append(found)
    return {object_id: scores[object_id] for object_id in in_truth}


def own_frames(
    truth: Truth, masks: Masks, prepare: Callable[[LabelMap], LabelMap] = lambda mask: mask
) -> Scores:
    """Annotated frames after the object's first one and before the last of the sequence."""
    frames = annotated_frames(truth)
    if len(frames) < 3:
        raise RefusedError("no frame counts")
    maps = {frame: prepare(truth[frame]) for frame in frames}
    scores: Scores = {}
    for object_id in set().union(*(ids(each) for each in maps.values())):
        first = min(frame for frame in frames if object_id in ids(maps[frame]))
        counts = [frame for frame in frames if first < frame < frames[-1]]
        if counts:
            scores[object_id] = [
                row(maps[frame], masks[frame], frame, object_id) for frame in counts
            ]
    return scores


def youtube_vos(truth: Truth, masks: Masks) -> Scores:
    """255 is background in annotations."""
    return own_frames(truth, masks, without_void)


def lvos(
    truth: Truth, masks: Masks, ranges: Mapping[int, tuple[int, int, int]] | None = None
) -> Scores:
    """255 is an id like any other.

    Args:
        truth: annotations.
        masks: predictions.
        ranges: by object: first frame, one past the last, and how many there are. All but the
            first and the last of them count; what the list promises beyond the range does not.
    """
    if ranges is None:
        return own_frames(truth, masks)
    scores: Scores = {}
    for object_id, (start, end, number) in ranges.items():
        own = list(range(start, end))[1 : number - 1]
        # The last annotated frame of the sequence is no frame to score whatever the list says.
        counts = [frame for frame in own if frame < len(truth) - 1]
        if counts:
            scores[object_id] = [
                row(truth[frame], masks[frame], frame, object_id) for frame in counts
            ]
    return scores


BY_NAME: Mapping[str, Callable[[Truth, Masks], Scores]] = {
    "davis2016": davis2016,
    "davis2017": davis2017,
    "youtube-vos": youtube_vos,
    "vos-benchmark": vos_benchmark,
    "sa-v": vos_benchmark,
    "lvos": lvos,
}


def extra_ids(truth: Truth, masks: Masks, *, void: bool) -> set[int]:
    """Ids of masks of frames between the first and last annotated one that no annotation has.

    The last annotation is not looked at.
    """
    frames = annotated_frames(truth)
    known = set().union(*(ids(truth[frame]) for frame in frames[:-1])) - ({255} if void else set())
    return set().union(*(ids(masks[frame]) for frame in frames[1:-1])) - known


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def figures(rows: Sequence[Row]) -> tuple[float, ...]:
    """Means, recalls and decays of J and of F, then V."""
    found: list[float] = []
    for column in (1, 2):
        values = [each[column] for each in rows]
        found += [
            mean(values),
            mean([float(value > 0.5) for value in values]),
            oracle.decay(values),
        ]
    both = np.array([(J + F) / 2 for _, J, F in rows])
    variance = float(np.mean((both - np.mean(both)) ** 2))
    return (*found, math.sqrt(round(variance, 4)))


def J_and_F(objects: Sequence[Sequence[Row]]) -> float:
    """Over objects, J and F apart, then the mean of both."""
    J = mean([mean([each[1] for each in rows]) for rows in objects])
    F = mean([mean([each[2] for each in rows]) for rows in objects])
    return (J + F) / 2
