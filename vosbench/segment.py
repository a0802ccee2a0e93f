"""One sequence through a method: what it is given, what it may answer, and what is on the clock.

On the clock of a method is all from a frame in host memory, `uint8`, to its mask there: `fit` is
charged to `init`, `step` to `infer`, less what the method marks otherwise. Decoding and keeping
masks is charged to `io` and never goes on beside the method: a thread that decodes meanwhile would
take the second core of a small machine, and share caches and memory on a large one. So frames are
decoded ahead, as many as fit `AHEAD_BYTES`, then the method has the machine for itself, step after
step, and then the masks of these frames are written. Most clips fit whole.
"""

import math
import random
import sys
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from vosbench.arrays import VOID, Image, Mask, check_mask, object_ids
from vosbench.errors import DataError, MethodError
from vosbench.method import Detection, MaskSource, Method
from vosbench.pass_samples import PassSamples
from vosbench.sequence import Sequence
from vosbench.time_limits import Limited, unlimited
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import STREAMING, TimedPass, Timing

AHEAD_BYTES = 256 << 20
"""Decoded frames that wait for a streaming method, all together; 218 of 854×480 pixels."""

Keep = Callable[[int, Mask], None]
"""Takes the mask of a frame, by its index; every frame once, in order."""

Note = Callable[[int, tuple[Detection, ...]], None]
"""Takes where a method saw its objects in a frame, by the index of the frame."""


def segment(
    method: Method,
    sequence: Sequence,
    keep: Keep,
    *,
    seed: int,
    clock: PhaseClock,
    mode: str = STREAMING,
    at_work: AbstractContextManager[object] | None = None,
    tell: Callable[[], None] = lambda: None,
    samples: PassSamples | None = None,
    limited: Limited = unlimited,
    note: Note = lambda index, seen: None,
) -> Timing:
    """The time that `method` takes to segment `sequence`, one pass; its masks go to `keep`.

    The first mask kept is the annotation given, with void (255) as background. Random generators
    of python, numpy and (where it is imported) torch are seeded before `fit`, so that masks do not
    depend on what was done before. An oracle (`Method.sees_annotations`) is shown the annotation
    of a frame after it has answered for that frame, off the clock; in streaming mode only.

    Args:
        clock: a fresh one; its seconds become those of the pass.
        mode: `STREAMING`, a frame once the mask before is back, or `THROUGHPUT`, the whole clip.
        at_work: entered when frames wait and left when the method has answered for the last.
        tell: called, off the clock, whenever a frame is done.
        samples: of the clock; filled as it goes, for who wants those of a pass that fails.
        limited: entered around each call of the method and its end on the device, off the clock.
        note: given the detections of each step, off the clock; a whole clip has none.

    Raises:
        DataError: a frame cannot be read, or the first annotation is missing or holds no object.
        MethodError: the method answered with something that its contract forbids.
    """
    taken = PassSamples(clock) if samples is None else samples
    with clock.running():
        with phase("io"):
            given = first_mask(sequence)
        way = _Way(method, sequence, given.copy(), keep, clock, tell, taken, limited, note)
        seed_everything(seed)
        method.seed = seed
        window = nullcontext() if at_work is None else at_work
        size = (way.stream if mode == STREAMING else way.pass_whole)(given, window)
    return timing_of(sequence, way.ids, taken.whole(), size=size, mode=mode)


def timing_of(
    sequence: Sequence, ids: tuple[int, ...], made: TimedPass, *, size: tuple[int, ...], mode: str
) -> Timing:
    """The timing of one pass over `sequence`, in which objects `ids` are followed to the end."""
    return Timing(
        frames=len(sequence) - 1,
        objects=len(ids),
        passes=(made,),
        mode=mode,
        object_frames=(len(sequence) - 1) * len(ids),
        size=size,
    )


class _Way:
    """One pass of a method over one sequence.

    Args:
        given: the first mask, for nobody to paint into.
    """

    def __init__(
        self,
        method: Method,
        sequence: Sequence,
        given: Mask,
        keep: Keep,
        clock: PhaseClock,
        tell: Callable[[], None],
        samples: PassSamples,
        limited: Limited,
        note: Note,
    ) -> None:
        self.ids = object_ids(given)
        self._method = method
        self._sequence = sequence
        self._keep = keep
        self._clock = clock
        self._tell = tell
        self._samples = samples
        self._limited = limited
        self._note = note
        self._kept = 0
        self._waiting = [given]

    def stream(self, given: Mask, at_work: AbstractContextManager[object]) -> tuple[int, ...]:
        """Hand over frame by frame; (height, width) of the first."""
        images = self._decoded(0)
        size = images[0].shape[:2]
        with at_work:
            with self._limited("init"), phase("init"):
                self._method.fit(images.popleft(), given)
            self._tell()
            for index in range(1, len(self._sequence)):
                if not images:
                    self._write()
                    images = self._decoded(index)
                self._step(index, images.popleft())
        self._write()
        return size

    def pass_whole(self, given: Mask, at_work: AbstractContextManager[object]) -> tuple[int, ...]:
        """Hand over the whole clip; (height, width) of its first frame."""
        with phase("io"):
            images = [self._sequence.read_image(index) for index in range(len(self._sequence))]
        sizes = [image.shape[:2] for image in images]  # the method may do with images what it likes
        with at_work, self._limited("clip"), phase("infer"):
            masks = self._method.clip(images, given)
        _check_masks(masks, len(sizes) - 1, self._method)
        for index, mask in enumerate(masks, 1):
            _check_form(mask, sizes[index], self._method, self._sequence.frames[index])
        self._waiting += masks
        self._write()
        for _ in sizes:
            self._tell()
        return sizes[0]

    def _decoded(self, begin: int) -> deque[Image]:
        """Frames from `begin` on, as many as may wait at a time, one at least."""
        images: deque[Image] = deque()
        taken = 0
        with phase("io"):
            for index in range(begin, len(self._sequence)):
                images.append(self._sequence.read_image(index))
                taken += images[-1].nbytes
                if taken + images[-1].nbytes > AHEAD_BYTES:
                    break
        return images

    def _step(self, index: int, image: Image) -> None:
        """One frame through the method."""
        size = image.shape[:2]
        before, adapted = self._busy(), self._clock.seconds["adapt"]
        with self._limited("step"), phase("infer"):
            mask = self._method.step(image)
        samples = self._samples
        if self._clock.seconds["adapt"] > adapted:
            samples.adapting.append(len(samples.latencies))
        samples.latencies.append(self._busy() - before)
        if samples.first_mask is None:
            samples.first_mask = self._busy()
        _check_form(mask, size, self._method, self._sequence.frames[index])
        self._waiting.append(mask.copy())  # a method may paint its next answer over this one
        with phase("io"):
            seen = tuple(self._method.detections())
            _check_detections(seen, self.ids, self._method, self._sequence.frames[index])
            self._note(index, seen)
        if self._method.sees_annotations:
            with phase("io"):
                show_annotation(self._method, self._sequence.read_annotation(index), self.ids)
        self._tell()

    def _write(self) -> None:
        """Hand on the masks that wait."""
        with phase("io"):
            for index, mask in enumerate(self._waiting, self._kept):
                _check_ids(mask, self.ids, self._method, self._sequence.frames[index])
                self._keep(index, mask)
        self._kept += len(self._waiting)
        self._waiting = []

    def _busy(self) -> float:
        """Seconds of all phases that a user waits for within a step."""
        return sum(seconds for name, seconds in self._clock.seconds.items() if name != "io")


def copy_masks(source: MaskSource, sequence: Sequence, keep: Keep) -> None:
    """Hand the stored masks of `sequence` to `keep` as they are.

    Raises:
        DataError: a mask is missing, unreadable, of another size than the first annotation, or
            there are more or fewer masks than frames.
    """
    annotation = sequence.read_annotation(0)
    size = None if annotation is None else (annotation.shape[0], annotation.shape[1])
    count = 0
    for index, mask in enumerate(source.masks(sequence)):
        if index < len(sequence):
            try:
                check_mask(mask, size)
            except ValueError as error:
                where = f"frame {sequence.frames[index]} of {sequence.name}"
                raise DataError(f"the stored mask of {where} does not fit: {error}") from error
            keep(index, mask)
        count = index + 1
    if count != len(sequence):
        raise DataError(
            f"{count} masks are stored for the {len(sequence)} frames of {sequence.name}"
        )


def first_mask(sequence: Sequence) -> Mask:
    """The first annotation as methods get it: void is background.

    Raises:
        DataError: it is missing, unreadable or holds no object.
    """
    annotation = sequence.read_annotation(0)
    if annotation is None:
        raise DataError(f"sequence {sequence.name} has no annotation of its first frame")
    given = np.where(annotation == VOID, 0, annotation).astype(np.uint8)
    if not given.any():
        raise DataError(f"the first annotation of sequence {sequence.name} holds no object")
    return given


def show_annotation(oracle: Method, annotation: Mask | None, ids: tuple[int, ...]) -> None:
    """Let `oracle` look at the annotation of the frame that it has just segmented, if any."""
    if annotation is not None:
        oracle.peek(np.where(np.isin(annotation, ids), annotation, 0).astype(np.uint8))


def seed_everything(seed: int) -> None:
    """Seed the global generators of python, numpy and, where it is imported, torch."""
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        import torch

        torch.manual_seed(seed)


def _check_masks(masks: list[Mask], wanted: int, method: Method) -> None:
    """Raise `MethodError` unless a clip was answered frame for frame, and on the clock."""
    if not isinstance(masks, list | tuple):  # a generator has not done its work yet
        raise MethodError(
            f"{type(method).__name__}.clip returned a {type(masks).__name__}, expected a list of "
            f"{wanted} masks"
        )
    if len(masks) != wanted:
        raise MethodError(
            f"{type(method).__name__}.clip returned {len(masks)} masks, expected {wanted}: one for "
            "each frame but the first"
        )


def _check_form(mask: Mask, size: tuple[int, ...], method: Method, frame: str) -> None:
    """Raise `MethodError` unless `mask` is a label map of the frame's size."""
    who = f"{_answering(method)} returned for frame {frame}"
    if not isinstance(mask, np.ndarray):
        raise MethodError(f"{who} a {type(mask).__name__}, expected a numpy array uint8 h×w")
    if mask.dtype != np.uint8 or mask.shape != size:
        raise MethodError(
            f"{who} an array {mask.dtype} {mask.shape}, expected a label map uint8 {size}"
        )


def _check_ids(mask: Mask, ids: tuple[int, ...], method: Method, frame: str) -> None:
    """Raise `MethodError` unless all ids in `mask` are those of the first mask."""
    strange = sorted(set(object_ids(mask)) - set(ids))
    if strange:
        raise MethodError(
            f"{_answering(method)} returned for frame {frame} object id "
            f"{', '.join(map(str, strange))}, expected 0 or an id of the first mask "
            f"({', '.join(map(str, ids))})"
        )


def _check_detections(
    seen: tuple[Detection, ...], ids: tuple[int, ...], method: Method, frame: str
) -> None:
    """Raise `MethodError` unless these are boxes and scores of the objects."""
    for each in seen:
        numbers = (*each.box, each.score) if isinstance(each, Detection) else ()
        if len(numbers) != 5 or each.object_id not in ids or not all(map(math.isfinite, numbers)):
            raise MethodError(
                f"{type(method).__name__}.detections returned for frame {frame} {each!r:.120}, "
                "expected Detection(object_id, (left, top, right, bottom), score) with finite "
                f"numbers and an id of the first mask ({', '.join(map(str, ids))})"
            )


def _answering(method: Method) -> str:
    return f"{type(method).__name__}.{'clip' if method.offline else 'step'}"
