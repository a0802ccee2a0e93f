"""Masks compared with annotations, frame by frame, once for all protocols."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from vosbench.arrays import VOID, Mask, object_ids
from vosbench.errors import DataError
from vosbench.metrics.frames import FrameScorer, FrameScores, PackedFrame
from vosbench.metrics.protocols import Protocol
from vosbench.score_sheet import ScoreSheet
from vosbench.wording import counted

AT_ONCE = 4
"""Frames that are scored in one go: more gain no time, since they leave the nearer caches."""

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
        predictions: each is asked for the frames that count only, once each, in order. Those that
            answer with one and the same array share the work.
        comparisons: they leave out the same frames.

    Raises:
        DataError: the first frame or one that counts is not annotated, none counts, or a prediction
            has another size than the annotation.
    """
    first = truth.read(0)
    if first is None:
        raise _not_annotated(truth, 0, comparisons[0])
    buildings = [_Building(truth, each, first, len(predictions)) for each in comparisons]
    for index, annotation in _frames_that_count(truth, first, comparisons[0]):
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
        self._ids_of_rows: list[tuple[int, ...]] = []
        self._rows: list[tuple[FrameScores, ...]] = []
        self._places: list[tuple[int, ...]] = []  # of each prediction in a row of `_rows`
        self._waiting: list[PackedFrame] = []
        self._late_ids: dict[int, int] = {}
        self._extra_ids: list[dict[int, int]] = [{} for _ in range(predictions)]
        self._scorer: FrameScorer | None = None

    def add(self, index: int, annotation: Mask, masks: Sequence[Mask]) -> None:
        """Compare the masks of a frame with its annotation."""
        annotation = self._comparing.labels(annotation)
        distinct, places = _without_repetition(masks)
        masks = [self._comparing.labels(mask) for mask in distinct]
        highest = self._meet(index, annotation, self._late_ids)
        unknown: list[dict[int, int]] = [{} for _ in masks]
        for mask, ids in zip(masks, unknown, strict=True):
            highest = max(highest, self._meet(index, mask, ids))
        for place, extra in zip(places, self._extra_ids, strict=True):
            extra.update(unknown[place] | extra)  # the first frame of an id stays
        if self._scorer is None or self._scorer.size != annotation.shape:
            self._score_waiting()
            self._scorer = FrameScorer(annotation.shape)
        self.frames.append(index)
        self._ids_of_rows.append(self._ids)
        self._places.append(places)
        self._waiting.append(self._scorer.pack(annotation, masks, self._ids, binary=highest <= 1))
        if len(self._waiting) == AT_ONCE:
            self._score_waiting()

    def _score_waiting(self) -> None:
        """Score the frames that are packed."""
        if self._scorer is not None:
            self._rows += self._scorer.score(self._waiting)
        self._waiting = []

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
        self._score_waiting()
        return tuple(self._sheet(number) for number in range(len(self._extra_ids)))

    def _sheet(self, number: int) -> ScoreSheet:
        J, F = (np.ones((len(self.frames), len(self._ids))) for _ in range(2))
        annotated, predicted = (np.zeros(J.shape, np.bool_) for _ in range(2))
        for ids, group in groupby(range(len(self._rows)), self._ids_of_rows.__getitem__):
            rows = list(group)
            scores = [self._rows[row][self._places[row][number]] for row in rows]
            place = np.ix_(np.array(rows), np.searchsorted(self._ids, ids))
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


def _without_repetition(masks: Sequence[Mask]) -> tuple[tuple[Mask, ...], tuple[int, ...]]:
    """The arrays without repetition, and the place of each mask among them."""
    distinct = {id(mask): mask for mask in masks}
    places = {name: place for place, name in enumerate(distinct)}
    return tuple(distinct.values()), tuple(places[id(mask)] for mask in masks)


def _frames_that_count(
    truth: Truth, start: Mask, comparing: Comparing
) -> Iterator[tuple[int, Mask]]:
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
        annotation = truth.read(index) if index else start
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
