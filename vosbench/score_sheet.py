"""Masks compared with annotations, frame by frame: J and F of every object, before any rule.

Protocols differ in what they count, not in how they compare, so masks are compared once and each
protocol chooses from the sheet (`vosbench.metrics.counting`).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import VOID, BinaryMask, Mask, object_ids
from vosbench.errors import DataError
from vosbench.metrics.frames import FrameScorer, FrameScores
from vosbench.metrics.protocols import Protocol

Predicted = Callable[[int], Mask]
"""Frame index → predicted label map."""


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

    def where(self, index: int) -> str:
        """A frame in a sentence."""
        return f"frame {self.frames[index]} of sequence {self.sequence}"


@dataclass(frozen=True)
class ScoreSheet:
    """J and F of the objects of one sequence under one prediction.

    Attributes:
        frames: indices of the n frames that were compared, ascending.
        ids: the k objects that were compared, ascending.
        J: `float64 n×k`, 0..1; NaN in frames before the object was known.
        F: the same.
        annotated: whether the annotation shows the object, `bool n×k`.
        predicted: whether the prediction does.
        first_ids: ids that the first annotation shows, void left out.
        late_ids: ids of later annotations that were not compared, and the frame that shows them
            first.
        extra_ids: the same of predictions.
    """

    frames: tuple[int, ...]
    ids: tuple[int, ...]
    J: NDArray[np.float64]
    F: NDArray[np.float64]
    annotated: BinaryMask
    predicted: BinaryMask
    first_ids: tuple[int, ...]
    late_ids: Mapping[int, int]
    extra_ids: Mapping[int, int]

    def starts_at(self, object_id: int) -> int | None:
        """Row of an object's first annotation; None for an object that is never annotated.

        The first annotation of the sequence has no row and is −1.
        """
        if object_id in self.first_ids:
            return -1
        rows = self.annotated[:, self.ids.index(object_id)].nonzero()[0]
        return int(rows[0]) if rows.size else None


@dataclass(frozen=True)
class Comparing:
    """How masks are to be compared so that certain protocols can be applied.

    Attributes:
        name: of the protocol or protocols, for sentences.
        first_frames_dropped: annotated frames at the start that need no comparison.
        last_frames_dropped: the same at the end.
        merged: whether all ids are one object, 1.
        gaps: whether the ids 1 … highest of the first annotation are objects, shown or not.
        every_id: whether every id that is met is compared from there on.
        sparse: whether frames may lack an annotation.
    """

    name: str
    first_frames_dropped: int
    last_frames_dropped: int
    merged: bool
    gaps: bool
    every_id: bool
    sparse: bool

    @staticmethod
    def under(protocols: Sequence[Protocol]) -> "Comparing":
        """What these protocols need; all of them merge objects or none does.

        Raises:
            ValueError: only some of them do.
        """
        merged = {protocol.objects == "merged" for protocol in protocols}
        if len(merged) != 1:
            raise ValueError("expected protocols that agree on whether objects are merged")
        return Comparing(
            name=" and ".join(each.name for each in protocols),
            first_frames_dropped=min(each.first_frames_dropped for each in protocols),
            last_frames_dropped=min(each.last_frames_dropped for each in protocols),
            merged=merged.pop(),
            gaps=any(each.objects == "first-annotation" for each in protocols),
            every_id=any(each.objects in ("annotated", "scored") for each in protocols),
            sparse=all(each.sparse for each in protocols),
        )

    def labels(self, mask: Mask) -> Mask:
        """The label map that is compared."""
        if not self.merged or mask.max(initial=0) <= 1:
            return mask
        return np.not_equal(mask, 0).view(np.uint8)

    def start(self, first: Mask) -> tuple[int, ...]:
        """Ids that are compared from the first frame on."""
        shown = self.shown(first)
        return tuple(range(1, max(shown, default=0) + 1)) if self.gaps else shown

    def shown(self, first: Mask) -> tuple[int, ...]:
        """Ids that the first annotation shows; 255 is none until a later one shows it too."""
        ids = object_ids(self.labels(first))
        return tuple(object_id for object_id in ids if object_id != VOID)


def score_sheets(
    truth: Truth, predictions: Sequence[Predicted], comparing: Comparing
) -> tuple[ScoreSheet, ...]:
    """A sheet for each of some predictions; frames are read one at a time and not kept.

    Args:
        predictions: each is asked for the frames that count only, once each, in order.

    Raises:
        DataError: the first frame or one that counts is not annotated, none counts, or a prediction
            has another size than the annotation.
    """
    first = truth.read(0)
    if first is None:
        raise _not_annotated(truth, 0, comparing)
    building = _Building(truth, comparing, comparing.start(first), len(predictions))
    for index, annotation in _frames_that_count(truth, comparing):
        masks = [comparing.labels(predicted(index)) for predicted in predictions]
        building.add(index, comparing.labels(annotation), masks)
    if not building.frames:
        raise _too_few_frames(truth, comparing)
    return building.sheets(comparing.shown(first))


@dataclass
class _Building:
    """Sheets while frames come in."""

    truth: Truth
    comparing: Comparing
    ids: tuple[int, ...]
    predictions: int
    frames: list[int] = field(default_factory=list)
    rows: list[tuple[tuple[int, ...], tuple[FrameScores, ...]]] = field(default_factory=list)
    late_ids: dict[int, int] = field(default_factory=dict)
    extra_ids: list[dict[int, int]] = field(default_factory=list)
    scorer: FrameScorer | None = None

    def __post_init__(self) -> None:
        self.extra_ids = [{} for _ in range(self.predictions)]

    def add(self, index: int, annotation: Mask, masks: Sequence[Mask]) -> None:
        """Compare the masks of a frame with its annotation."""
        for mask in masks:
            _check_size(mask, annotation, self.truth.where(index))
        self._meet(index, annotation, self.late_ids)
        for mask, extra in zip(masks, self.extra_ids, strict=True):
            self._meet(index, mask, extra)
        if self.scorer is None or self.scorer.size != annotation.shape:
            self.scorer = FrameScorer(annotation.shape)
        self.frames.append(index)
        self.rows.append((self.ids, self.scorer.compare(annotation, masks, self.ids)))

    def _meet(self, index: int, mask: Mask, unknown: dict[int, int]) -> None:
        """Take up the ids of a label map, or note those that are not compared."""
        if not self.comparing.every_id and int(mask.max(initial=0)) <= max(self.ids, default=0):
            return  # what most frames are, without a look at every pixel
        new = set(object_ids(mask)) - set(self.ids)
        if self.comparing.every_id:
            self.ids = tuple(sorted(new.union(self.ids))) if new else self.ids
            return
        for object_id in new:
            unknown.setdefault(object_id, index)

    def sheets(self, first_ids: tuple[int, ...]) -> tuple[ScoreSheet, ...]:
        """The finished sheets."""
        return tuple(self._sheet(number, first_ids) for number in range(self.predictions))

    def _sheet(self, number: int, first_ids: tuple[int, ...]) -> ScoreSheet:
        shape = len(self.frames), len(self.ids)
        J, F = np.full(shape, np.nan), np.full(shape, np.nan)
        annotated, predicted = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        for row, (ids, scores) in enumerate(self.rows):
            columns = np.searchsorted(self.ids, ids)
            J[row, columns], F[row, columns] = scores[number].J, scores[number].F
            annotated[row, columns] = scores[number].annotated
            predicted[row, columns] = scores[number].predicted
        return ScoreSheet(
            frames=tuple(self.frames),
            ids=self.ids,
            J=J,
            F=F,
            annotated=annotated,
            predicted=predicted,
            first_ids=first_ids,
            late_ids=self.late_ids,
            extra_ids=self.extra_ids[number],
        )


def _frames_that_count(truth: Truth, comparing: Comparing) -> Iterator[tuple[int, Mask]]:
    """Index and annotation of every frame that counts under some protocol."""
    first, last = comparing.first_frames_dropped, comparing.last_frames_dropped
    if not comparing.sparse:
        for index in range(first, len(truth.frames) - last):
            annotation = truth.read(index)
            if annotation is None:
                raise _not_annotated(truth, index, comparing)
            yield index, annotation
        return
    # Which frame is the last annotated one shows only later, so as many are held back.
    held: deque[tuple[int, Mask]] = deque()
    for index in range(len(truth.frames)):
        annotation = truth.read(index)
        if annotation is None:
            continue
        if first > 0:
            first -= 1
            continue
        held.append((index, annotation))
        if len(held) > last:
            yield held.popleft()


def _not_annotated(truth: Truth, index: int, comparing: Comparing) -> DataError:
    return DataError(
        f"sequence {truth.sequence} has no annotation of frame {truth.frames[index]}, but "
        f"protocol {comparing.name} needs it; add it or choose another protocol"
    )


def _too_few_frames(truth: Truth, comparing: Comparing) -> DataError:
    first, last = comparing.first_frames_dropped, comparing.last_frames_dropped
    frames = "frames with an annotation" if comparing.sparse else "frames"
    return DataError(
        f"sequence {truth.sequence} has {len(truth.frames)} frames, but protocol {comparing.name} "
        f"needs at least {first + last + 1} {frames}, since it leaves out {first} at the start and "
        f"{last} at the end; leave the sequence out"
    )


def _check_size(mask: Mask, annotation: Mask, where: str) -> None:
    if mask.shape != annotation.shape:
        raise DataError(
            f"the mask of {where} is {_pixels(mask)} pixels (width×height), its annotation "
            f"{_pixels(annotation)}; give masks in the size of the annotations, they are never "
            "resized"
        )


def _pixels(mask: Mask) -> str:
    """Size of a label map for people, width first."""
    height, width = mask.shape
    return f"{width}×{height}"
