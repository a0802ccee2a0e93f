"""One sequence through a method: what it is given, what it may answer, and what is on the clock.

Frames are handed over one by one (streaming). Decoding a frame and keeping a mask is charged to
`io`, `fit` to `init`, `step` to `infer`, less what the method marks otherwise; the device is waited
for at the borders. One pass without warm-up: first calls are inside, as a user would wait for them.
"""

import random
import sys
from collections.abc import Callable

import numpy as np

from vosbench.arrays import VOID, Mask, check_mask, object_ids
from vosbench.errors import DataError, MethodError
from vosbench.method import MaskSource, Method
from vosbench.sequence import Sequence
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import TimedPass, Timing

Keep = Callable[[int, Mask], None]
"""Takes the mask of a frame, by its index; every frame once, in order."""


def segment(
    method: Method, sequence: Sequence, keep: Keep, *, seed: int, clock: PhaseClock
) -> Timing:
    """The time that `method` takes to segment `sequence`; its masks go to `keep`.

    The first mask kept is the annotation given, with void (255) as background. Random generators
    of python, numpy and (where it is imported) torch are seeded before `fit`, so that masks do not
    depend on the order of sequences. An oracle (`Method.sees_annotations`) is shown the annotation
    of a frame after it has answered for that frame, off the clock.

    Args:
        clock: a fresh one; its seconds become those of the timing.

    Raises:
        DataError: a frame cannot be read, or the first annotation is missing or holds no object.
        MethodError: the method answered with something that its contract forbids.
    """
    latencies: list[float] = []
    with clock.running():
        with phase("io"):
            image, given = sequence.read_image(0), first_mask(sequence)
            keep(0, given)
        ids = object_ids(given)
        seed_everything(seed)
        method.seed = seed
        with phase("init"):
            method.fit(image, given)
        for index in range(1, len(sequence)):
            with phase("io"):
                image = sequence.read_image(index)
            before = _busy(clock)
            with phase("infer"):
                mask = method.step(image)
            latencies.append(_busy(clock) - before)
            _check_answer(mask, image.shape[:2], ids, method, sequence.frames[index])
            with phase("io"):
                keep(index, mask)
                if method.sees_annotations:
                    _show(method, sequence.read_annotation(index), ids)
    return Timing(
        frames=len(sequence) - 1,
        objects=len(ids),
        passes=(TimedPass(dict(clock.seconds), tuple(latencies)),),
        object_frames=(len(sequence) - 1) * len(ids),
        size=image.shape[:2],
    )


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


def _show(oracle: Method, annotation: Mask | None, ids: tuple[int, ...]) -> None:
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


def _busy(clock: PhaseClock) -> float:
    """Seconds of all phases that a user waits for within a step."""
    return sum(seconds for name, seconds in clock.seconds.items() if name != "io")


def _check_answer(
    mask: Mask, size: tuple[int, ...], ids: tuple[int, ...], method: Method, frame: str
) -> None:
    """Raise `MethodError` unless `mask` is a label map of the frame's size with ids from `fit`."""
    who = f"{type(method).__name__}.step returned for frame {frame}"
    if not isinstance(mask, np.ndarray):
        raise MethodError(f"{who} a {type(mask).__name__}, expected a numpy array uint8 h×w")
    if mask.dtype != np.uint8 or mask.shape != size:
        raise MethodError(
            f"{who} an array {mask.dtype} {mask.shape}, expected a label map uint8 {size}"
        )
    strange = sorted(set(object_ids(mask)) - set(ids))
    if strange:
        raise MethodError(
            f"{who} object id {', '.join(map(str, strange))}, expected 0 or an id of the mask "
            f"given to fit ({', '.join(map(str, ids))})"
        )
