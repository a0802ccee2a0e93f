"""Where meta-learning tasks come from: one object in two frames of a sequence.

A source is a pure function of the number of a task. So training goes on after an interruption where
it was, its order is that of the numbers, and processes share tasks by sharing numbers.
"""

from dataclasses import dataclass
from typing import Protocol

from vosbench.arrays import BinaryMask, Image

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
        query: frame to be judged on; drawn independently, so it may be the same frame.
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
