"""Where meta-learning tasks come from: one object in two frames of a sequence.

A source is a pure function of the number of a task. So training goes on after an interruption where
it was, its order is that of the numbers, and processes share tasks by sharing numbers.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from vosbench.arrays import VOID, BinaryMask, Image
from vosbench.sequence import Sequence

SMALLEST_OBJECT = 60
"""Pixels; what is smaller in a training frame teaches nothing but its prior."""


@dataclass(frozen=True)
class ObjectFrame:
    """One object in one frame, and where it was a moment before.

    Attributes:
        image: the frame.
        mask: the object in it.
        earlier: the object in the frame before, or `mask` itself where that is not known.
    """

    image: Image
    mask: BinaryMask
    earlier: BinaryMask


@dataclass(frozen=True)
class TaskDraw:
    """What one task is made of, whatever the network.

    Attributes:
        sequence: name of the video.
        object_id: of the object in it.
        support: frame to fine-tune on.
        query: frame to be judged on; the same one where the object is visible in one only.
        seed: of all further draws of the task (augmentation, windows, samples), 0..2³¹ − 1.
    """

    sequence: str
    object_id: int
    support: ObjectFrame
    query: ObjectFrame
    seed: int


class TaskSource(Protocol):
    """Tasks without end, by number."""

    def draw(self, number: int) -> TaskDraw:
        """Task `number` (0 or more): the same one whenever and wherever it is asked for."""


@dataclass(frozen=True)
class VisibleObject:
    """One object of a sequence, and where it can be seen.

    Attributes:
        sequence: the video.
        object_id: in its annotations.
        frames: where it has `SMALLEST_OBJECT` pixels or more, ascending; never empty.
    """

    sequence: Sequence
    object_id: int
    frames: tuple[int, ...]

    def frame(self, index: int, generator: np.random.Generator) -> ObjectFrame:
        """Frame `index`, where the object is visible; half of the time with real motion behind it.

        Raises:
            DataError: a file of the frame cannot be read.
        """
        # the frame before, if the object was there
        moved = index - 1 in self.frames and generator.random() < 0.5
        earlier = self.mask(index - 1 if moved else index)
        return ObjectFrame(self.sequence.read_image(index), self.mask(index), earlier)

    def mask(self, index: int) -> BinaryMask:
        """The object in the annotated frame `index`, `bool h×w`; all False where it is not."""
        annotation = self.sequence.read_annotation(index)
        assert annotation is not None, "the frame is annotated"
        mask: BinaryMask = annotation == self.object_id
        return mask


def visible_objects(sequence: Sequence) -> tuple[VisibleObject, ...]:
    """All objects of a sequence that are large enough in some frame; void is none.

    Reads every annotation.

    Raises:
        DataError: an annotation cannot be read, or the sequence cannot be opened.
    """
    if not len(sequence):
        sequence.read_image(0)  # says why it has no frames
    found: dict[int, list[int]] = {}
    for index in range(len(sequence)):
        annotation = sequence.read_annotation(index)
        if annotation is None:
            continue
        pixels = np.bincount(annotation.ravel(), minlength=VOID + 1)
        pixels[[0, VOID]] = 0
        for object_id in np.flatnonzero(pixels >= SMALLEST_OBJECT).tolist():
            found.setdefault(object_id, []).append(index)
    return tuple(VisibleObject(sequence, i, tuple(frames)) for i, frames in sorted(found.items()))


def draw_task(shown: VisibleObject, generator: np.random.Generator) -> TaskDraw:
    """A task on one object, two of its frames drawn for it; they differ where there are two.

    Raises:
        DataError: a frame cannot be read.
    """
    frames = generator.choice(shown.frames, 2, replace=len(shown.frames) < 2)
    support, query = (shown.frame(int(index), generator) for index in frames)
    return TaskDraw(
        sequence=shown.sequence.name,
        object_id=shown.object_id,
        # It is annotated itself; as in use, there is no frame before it to know of.
        support=replace(support, earlier=support.mask),
        query=query,
        seed=int(generator.integers(2**31)),
    )
