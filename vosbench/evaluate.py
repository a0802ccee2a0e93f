"""Masks against annotations under a protocol: scores a frame, an object, and over all objects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vosbench.arrays import VOID, Mask, object_ids
from vosbench.errors import DataError
from vosbench.metrics.aggregate import mean_statistic, statistic
from vosbench.metrics.frames import FrameScorer
from vosbench.metrics.protocols import Protocol
from vosbench.records import ObjectScore, Statistic
from vosbench.sequence import Sequence

ExtraIds = Literal["error", "ignore"]
"""What becomes of an id in a prediction that the protocol does not score."""


@dataclass(frozen=True)
class Truth:
    """Annotations of one sequence, which is all of it that scoring needs.

    Attributes:
        sequence: its name.
        frames: names of all its frames in order.
        read: frame index → annotation, or None where the frame is not annotated.
    """

    sequence: str
    frames: tuple[str, ...]
    read: Callable[[int], Mask | None]


@dataclass(frozen=True)
class FrameScore:
    """J and F of one object in one frame, fractions in 0..1."""

    object_id: int
    frame: str
    J: float
    F: float


@dataclass(frozen=True)
class SequenceScores:
    """Scores of one sequence.

    Attributes:
        sequence: its name.
        protocol: name of the protocol.
        frames: one row a scored frame and object, in the order of the frames, then of the ids.
        objects: one an object, ids ascending.
    """

    sequence: str
    protocol: str
    frames: tuple[FrameScore, ...]
    objects: tuple[ObjectScore, ...]


@dataclass(frozen=True)
class Summary:
    """Means over objects, whatever sequence they are from: the global figures of DAVIS.

    Attributes:
        objects: number of objects.
        frames: frames that counted, added up over objects.
    """

    objects: int
    frames: int
    J: Statistic
    F: Statistic


def evaluate_sequence(
    sequence: Sequence,
    predicted: Callable[[int], Mask],
    protocol: Protocol,
    *,
    extra_ids: ExtraIds = "error",
) -> SequenceScores:
    """Scores of the masks of one sequence, read one frame at a time.

    Args:
        sequence: its first frame and all frames that the protocol scores must be annotated.
        predicted: frame index → label map; asked for scored frames only, once each, in order.
        protocol: from `vosbench.metrics.protocols`.
        extra_ids: whether an id in a prediction that the protocol does not score is an error or is
            left out.

    Raises:
        DataError: the sequence is too short for the protocol, its annotations do not fit it, or a
            prediction has another size than the annotation or an id that is not scored.
    """
    truth = Truth(sequence.name, sequence.frames, sequence.read_annotation)
    return evaluate(truth, predicted, protocol, extra_ids=extra_ids)


def evaluate(
    truth: Truth,
    predicted: Callable[[int], Mask],
    protocol: Protocol,
    *,
    extra_ids: ExtraIds = "error",
) -> SequenceScores:
    """`evaluate_sequence` for annotations that come without images."""
    scored = _scored_frames(truth, protocol)
    ids = _scored_ids(truth, protocol)
    rows: list[FrameScore] = []
    scorer: FrameScorer | None = None
    for index in scored:
        where = f"frame {truth.frames[index]} of sequence {truth.sequence}"
        annotation = protocol.truth(_annotation(truth, index, protocol))
        _check_late_ids(annotation, ids, where, protocol)
        mask = protocol.prediction(predicted(index))
        _check_size(mask, annotation, where)
        if extra_ids == "error":
            _check_extra_ids(mask, ids, where, protocol)
        if scorer is None or scorer.size != annotation.shape:
            scorer = FrameScorer(annotation.shape)
        rows += _frame_scores(scorer, annotation, mask, ids, truth.frames[index])
    objects = tuple(_object_score(truth.sequence, object_id, rows) for object_id in ids)
    return SequenceScores(truth.sequence, protocol.name, tuple(rows), objects)


def summarise(scores: Iterable[ObjectScore]) -> Summary:
    """Means over all objects; an object of a short sequence weighs as much as any other.

    Raises:
        ValueError: there is no object.
    """
    objects = tuple(scores)
    return Summary(
        objects=len(objects),
        frames=sum(score.frames for score in objects),
        J=mean_statistic(score.J for score in objects),
        F=mean_statistic(score.F for score in objects),
    )


def _scored_frames(truth: Truth, protocol: Protocol) -> range:
    scored = protocol.scored_frames(len(truth.frames))
    if not scored:
        least = protocol.first_frames_dropped + protocol.last_frames_dropped + 1
        raise DataError(
            f"sequence {truth.sequence} has {len(truth.frames)} frames, but protocol "
            f"{protocol.name} needs at least {least}, since it leaves out "
            f"{protocol.first_frames_dropped} at the start and {protocol.last_frames_dropped} "
            "at the end; leave the sequence out"
        )
    return scored


def _scored_ids(truth: Truth, protocol: Protocol) -> tuple[int, ...]:
    first = _annotation(truth, 0, protocol)
    ids = protocol.object_ids(first)
    if not ids:
        found = "nothing but void (255)" if (first == VOID).any() else "no object"
        raise DataError(
            f"the first annotation of sequence {truth.sequence} ({truth.frames[0]}) holds {found}, "
            f"but protocol {protocol.name} takes the objects from it; "
            "annotate it, or score 0/255 annotations under davis2016"
        )
    return ids


def _annotation(truth: Truth, index: int, protocol: Protocol) -> Mask:
    annotation = truth.read(index)
    if annotation is None:
        raise DataError(
            f"sequence {truth.sequence} has no annotation of frame {truth.frames[index]}, but "
            f"protocol {protocol.name} needs it; add it or choose another protocol"
        )
    return annotation


def _check_late_ids(annotation: Mask, ids: tuple[int, ...], where: str, protocol: Protocol) -> None:
    late = _ids_above(annotation, ids)
    if late:
        raise DataError(
            f"object {late[0]} is annotated in {where}, but protocol {protocol.name} takes the "
            f"objects 1 to {ids[-1]} from the first annotation; objects that appear later are what "
            "protocol youtube-vos is for"
        )


def _check_size(mask: Mask, annotation: Mask, where: str) -> None:
    if mask.shape != annotation.shape:
        raise DataError(
            f"the mask of {where} is {_pixels(mask)} pixels (width×height), its annotation "
            f"{_pixels(annotation)}; give masks in the size of the annotations, they are never "
            "resized"
        )


def _check_extra_ids(mask: Mask, ids: tuple[int, ...], where: str, protocol: Protocol) -> None:
    extra = _ids_above(mask, ids)
    if not extra:
        return
    mend = "remove it, or have such ids ignored (--extra-ids ignore)"
    if object_ids(mask) == (255,):
        mend = "it looks saved as 0/255: save object 1 as 1, or score under davis2016"
    raise DataError(
        f"the mask of {where} holds id {', '.join(map(str, extra))}, but protocol {protocol.name} "
        f"scores the objects 1 to {ids[-1]}; {mend}"
    )


def _pixels(mask: Mask) -> str:
    """Size of a label map for people, width first."""
    height, width = mask.shape
    return f"{width}×{height}"


def _ids_above(mask: Mask, ids: tuple[int, ...]) -> tuple[int, ...]:
    """Ids in a label map that are higher than any scored one."""
    if int(mask.max(initial=0)) <= ids[-1]:
        return ()
    return tuple(object_id for object_id in object_ids(mask) if object_id > ids[-1])


def _frame_scores(
    scorer: FrameScorer, annotation: Mask, mask: Mask, ids: tuple[int, ...], frame: str
) -> Iterator[FrameScore]:
    (scores,) = scorer.compare(annotation, [mask], ids)
    for object_id, J, F in zip(ids, scores.J.tolist(), scores.F.tolist(), strict=True):
        yield FrameScore(object_id, frame, J, F)


def _object_score(sequence: str, object_id: int, rows: Iterable[FrameScore]) -> ObjectScore:
    own = [row for row in rows if row.object_id == object_id]
    return ObjectScore(
        sequence=sequence,
        object_id=object_id,
        frames=len(own),
        J=statistic(np.array([row.J for row in own])),
        F=statistic(np.array([row.F for row in own])),
    )
