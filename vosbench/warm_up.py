"""A made-up clip through all phases of a method before its clock begins.

Libraries choose kernels, compile and reserve memory at the first frame of a shape; a rate with that
inside says little about the next clip. What it took is told as the cold start, once for each shape
in a process, and is in no rate. The next `fit` forgets the clip, and every generator is seeded
again before it: masks are the same with a warm-up and without.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.method import Method
from vosbench.segment import seed_everything
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import STREAMING


@dataclass(frozen=True)
class Shape:
    """What kernels and memory depend on: clips of one shape are alike to a warm-up.

    Attributes:
        height: of the frames, pixels.
        width: likewise.
        objects: that are followed.
    """

    height: int
    width: int
    objects: int


class WarmUp:
    """Warms a method up to one shape after another.

    Args:
        method: what is to be warm.
        open_clock: makes a clock for its device.
        seed: of the run.
        mode: in which frames will be handed over.
    """

    def __init__(
        self,
        method: Method,
        open_clock: Callable[[], PhaseClock],
        *,
        seed: int,
        mode: str = STREAMING,
    ) -> None:
        self._method = method
        self._open_clock = open_clock
        self._seed = seed
        self._mode = mode
        self._seen: set[Shape] = set()

    def to(self, shape: Shape) -> float | None:
        """Seconds of the first contact with frames of `shape`; None if there was one before.

        That is `init` and the first step, or the whole made-up clip in throughput mode. Whatever
        the method raises passes through, and the shape is not tried again.
        """
        if shape in self._seen:
            return None
        self._seen.add(shape)
        rehearsal = self._method.rehearsal()
        images, mask = made_up_clip(shape, rehearsal.warm_up_frames)
        seed_everything(self._seed)
        rehearsal.seed = self._seed
        clock = self._open_clock()
        with clock.running():
            if self._mode != STREAMING:
                with phase("infer"):
                    rehearsal.clip(images, mask)
                return sum(clock.seconds.values())
            with phase("init"):
                rehearsal.fit(images[0], mask)
            contact = sum(clock.seconds.values())
            for number, image in enumerate(images[1:], 1):
                with phase("infer"):
                    rehearsal.step(image)
                if number == 1:
                    contact = sum(clock.seconds.values())
        return contact


def made_up_clip(shape: Shape, steps: int) -> tuple[list[Image], Mask]:
    """Frames of noise over which the objects, each of its own colour, move a little to the right.

    Returns:
        `steps` + 1 images, and the label map of the first with ids 1 … `shape.objects`.
    """
    mask = _grid(shape)
    rng = np.random.default_rng((shape.height, shape.width, shape.objects))
    noise = rng.integers(0, 64, (shape.height, shape.width, 3), np.uint8)
    colours = rng.integers(0, 192, (256, 3), np.uint8)
    move = max(1, shape.width // 200)
    labels = [np.roll(mask, move * index, axis=1) for index in range(steps + 1)]
    return [noise + colours[label] * (label > 0)[..., None] for label in labels], mask


def _grid(shape: Shape) -> Mask:
    """A label map with each object in the middle of a cell of its own."""
    columns = min(
        shape.width, max(math.ceil(math.sqrt(shape.objects)), -(-shape.objects // shape.height))
    )
    rows = -(-shape.objects // columns)
    mask = np.zeros((shape.height, shape.width), np.uint8)
    for number in range(shape.objects):
        row, column = divmod(number, columns)
        down, across = _middle(shape.height, rows, row), _middle(shape.width, columns, column)
        mask[down, across] = number + 1
    return mask


def _middle(length: int, cells: int, cell: int) -> slice:
    """The middle half of one of `cells` equal parts of `length` pixels, one pixel at least."""
    begin, end = length * cell // cells, length * (cell + 1) // cells
    edge = (end - begin) // 4
    return slice(begin + edge, end - edge)
