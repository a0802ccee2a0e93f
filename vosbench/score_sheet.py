"""Masks compared with annotations, frame by frame: J and F of every object, before any rule.

Protocols differ in what they count, not in how they compare, so masks are compared once and each
protocol chooses from the sheet (`vosbench.metrics.counting`).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import VOID, BinaryMask, Mask, object_ids
from vosbench.errors import DataError
from vosbench.metrics.frames import FrameScorer, FrameScores
from vosbench.metrics.protocols import Protocol
from vosbench.wording import counted

Predicted = Callable[[int], Mask]
"""Frame index → predicted label map."""


@dataclass(frozen=True)
class Truth:
    """Annotations of one sequence, which is all of it that scoring needs.

    Attributes:
        sequence: its name.
        frames: names of all its frames in order.
        read: frame index → annotation, or None where the frame is not annotated.
        object_folder: name of the object if all are of that one.
    """

    sequence: str
    frames: tuple[str, ...]
    read: Callable[[int], Mask | None]
    object_folder: str = ""

    @property
    def name(self) -> str:
        """What this is, in a sentence."""
        of = f"object {self.object_folder} of " if self.object_folder else ""
        return f"{of}sequence {self.sequence}"

    def where(self, index: int) -> str:
        """A frame in a sentence."""
        return f"frame {self.frames[index]} of {self.name}"


@dataclass(frozen=True)
class ScoreSheet:
    """J and F of the objects of one sequence under one prediction.

    Attributes:
        sequence: its name.
        frame_names: names of all its frames.
        frames: indices of the n frames that were compared, ascending.
        ids: the k objects that were compared, ascending.
        J: `float64 n×k`, 0..1; 1 in frames before either side has shown the object.
        F: the same.
        annotated: whether the annotation shows the object, `bool n×k`.
        predicted: whether the prediction does.
        first_ids: ids that the first annotation shows, void left out.
        starts_with_void: whether it shows void.
        late_ids: ids of later annotations that were not compared, and the frame that shows them
            first.
        extra_ids: the same of predictions.
    """

    sequence: str
    frame_names: tuple[str, ...]
    frames: tuple[int, ...]
    ids: tuple[int, ...]
    J: NDArray[np.float64]
    F: NDArray[np.float64]
    annotated: BinaryMask
    predicted: BinaryMask
    first_ids: tuple[int, ...]
    starts_with_void: bool
    late_ids: Mapping[int, int]
    extra_ids: Mapping[int, int]

    def where(self, index: int) -> str:
        """A frame in a sentence."""
        return f"frame {self.frame_names[index]} of sequence {self.sequence}"

    @property
    def annotated_ids(self) -> frozenset[int]:
        """Ids that the annotation of some frame shows, the first annotation left out."""
        return frozenset(np.array(self.ids)[self.annotated.any(axis=0)].tolist())

    @property
    def predicted_ids(self) -> frozenset[int]:
        """Ids that the prediction of some frame shows."""
        return frozenset(np.array(self.ids)[self.predicted.any(axis=0)].tolist())

    @property
    def known_ids(self) -> frozenset[int]:
        """Ids that some annotation shows, the first and void included."""
        return (
            self.annotated_ids | set(self.first_ids) | ({VOID} if self.starts_with_void else set())
        )

    def scores_of(self, object_id: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """J and F of an object in every row; 1 for an object that no mask ever shows."""
        if object_id not in self.ids:
            return np.ones(len(self.frames)), np.ones(len(self.frames))
        column = self.ids.index(object_id)
        return self.J[:, column], self.F[:, column]

    def starts_at(self, object_id: int) -> int | None:
        """Row of an object's first annotation; None for an object that is never annotated.

        The first annotation of the sequence has no row and is −1.
        """
        if object_id in self.first_ids or (object_id == VOID and self.starts_with_void):
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
    truth: Truth, predictions: Sequence[Predicted], comparisons: Sequence[Comparing]
) -> tuple[tuple[ScoreSheet, ...], ...]:
    """For each way to compare, a sheet for each prediction; frames are read once and not kept.

    Args:
        truth: the annotations.
        predictions: each is asked for the frames that count only, once each, in order.
        comparisons: they leave out the same frames.

    Raises:
        DataError: the first frame or one that counts is not annotated, none counts, or a prediction
            has another size than the annotation.
    """
    first = truth.read(0)
    if first is None:
        raise _not_annotated(truth, 0, comparisons[0])
    buildings = [_Building(truth, each, first, len(predictions)) for each in comparisons]
    for index, annotation in _frames_that_count(truth, comparisons[0]):
        masks = [predicted(index) for predicted in predictions]
        for mask in masks:
            _check_size(mask, annotation, truth.where(index))
        for building in buildings:
            building.add(index, annotation, masks)
    if not buildings[0].frames:
        raise _too_few_frames(truth, comparisons[0])
    return tuple(building.sheets() for building in buildings)


class _Building:
    """Sheets while frames come in."""

    def __init__(self, truth: Truth, comparing: Comparing, first: Mask, predictions: int) -> None:
        self.frames: list[int] = []
        self._truth = truth
        self._comparing = comparing
        self._first_ids = comparing.shown(first)
        self._starts_with_void = bool((first == VOID).any())
        self._ids = comparing.start(first)
        self._rows: list[tuple[tuple[int, ...], tuple[FrameScores, ...]]] = []
        self._late_ids: dict[int, int] = {}
        self._extra_ids: list[dict[int, int]] = [{} for _ in range(predictions)]
        self._scorer: FrameScorer | None = None

    def add(self, index: int, annotation: Mask, masks: Sequence[Mask]) -> None:
        """Compare the masks of a frame with its annotation."""
        annotation = self._comparing.labels(annotation)
        masks = [self._comparing.labels(mask) for mask in masks]
        highest = self._meet(index, annotation, self._late_ids)
        for mask, extra in zip(masks, self._extra_ids, strict=True):
            highest = max(highest, self._meet(index, mask, extra))
        if self._scorer is None or self._scorer.size != annotation.shape:
            self._scorer = FrameScorer(annotation.shape)
        self.frames.append(index)
        scores = self._scorer.compare(annotation, masks, self._ids, binary=highest <= 1)
        self._rows.append((self._ids, scores))

    def _meet(self, index: int, mask: Mask, unknown: dict[int, int]) -> int:
        """Take up the ids of a label map, or note those that are not compared; the highest."""
        every_id = self._comparing.every_id
        highest = int(mask.max(initial=0))
        known = int(1 in self._ids) if every_id else max(self._ids, default=0)
        if highest <= known:
            return highest  # what most frames are, and no more to see
        new = set(object_ids(mask)).difference(self._ids)
        if every_id and new:
            self._ids = tuple(sorted(new.union(self._ids)))
        elif not every_id:
            for object_id in new:
                unknown.setdefault(object_id, index)
        return highest

    def sheets(self) -> tuple[ScoreSheet, ...]:
        """The finished sheets, one a prediction."""
        return tuple(self._sheet(number) for number in range(len(self._extra_ids)))

    def _sheet(self, number: int) -> ScoreSheet:
        J, F = (np.ones((len(self.frames), len(self._ids))) for _ in range(2))
        annotated, predicted = (np.zeros(J.shape, np.bool_) for _ in range(2))
        for ids, rows in groupby(enumerate(self._rows), lambda row: row[1][0]):
            indices, scores = zip(*((row, found[number]) for row, (_, found) in rows), strict=True)
            place = np.ix_(indices, np.searchsorted(self._ids, ids))
            J[place] = [each.J for each in scores]
            F[place] = [each.F for each in scores]
            annotated[place] = [each.annotated for each in scores]
            predicted[place] = [each.predicted for each in scores]
        return ScoreSheet(
            sequence=self._truth.sequence,
            frame_names=self._truth.frames,
            frames=tuple(self.frames),
            ids=self._ids,
            J=J,
            F=F,
            annotated=annotated,
            predicted=predicted,
            first_ids=self._first_ids,
            starts_with_void=self._starts_with_void,
            late_ids=self._late_ids,
            extra_ids=self._extra_ids[number],
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
        f"{truth.name} has no annotation of frame {truth.frames[index]}, but "
        f"protocol {comparing.name} needs it; add it or choose another protocol"
    )


def _too_few_frames(truth: Truth, comparing: Comparing) -> DataError:
    first, last = comparing.first_frames_dropped, comparing.last_frames_dropped
    frames = "frames with an annotation" if comparing.sparse else "frames"
    return DataError(
        f"{truth.name} has {counted(len(truth.frames), 'frame')}, but protocol {comparing.name} "
        f"needs at least {first + last + 1} {frames}, since it leaves out {first} at the start and "
        f"{last} at the end; leave it out"
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
