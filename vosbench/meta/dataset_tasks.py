"""Tasks on the sequences of a dataset, and sequences held out of it to monitor training."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vosbench.errors import DataError, UsageError
from vosbench.meta.streams import Stream
from vosbench.meta.tasks import SMALLEST_OBJECT, TaskDraw, draw_task, visible_objects
from vosbench.sequence import Dataset


class DatasetTasks:
    """Tasks uniform over the objects of a dataset (specification 2.4): epochs, each shuffled anew.

    All annotations are read once, to learn where which object is visible.

    Args:
        dataset: whatever of it can be read is trained on; leave out what must not be seen.
        seed: of order and draws.

    Raises:
        DataError: an annotation cannot be read, or no object is large enough anywhere.
    """

    def __init__(self, dataset: Dataset, seed: int) -> None:
        self._seed = seed
        self._objects = tuple(
            shown for sequence in dataset.sequences for shown in visible_objects(sequence)
        )
        if not self._objects:
            raise DataError(
                f"dataset {dataset.name} has no usable task: in none of its "
                f"{len(dataset.sequences)} sequences is an object annotated with "
                f"{SMALLEST_OBJECT} pixels or more; choose another split or dataset"
            )
        self._order = lru_cache(maxsize=2)(self._shuffled)

    def __len__(self) -> int:
        """Tasks of one epoch: one for each object."""
        return len(self._objects)

    def draw(self, number: int) -> TaskDraw:
        """Task `number`: the next object of the epoch, two of its frames."""
        epoch, place = divmod(number, len(self._objects))
        generator = np.random.default_rng((Stream.FRAMES, self._seed, number))
        return draw_task(self._objects[int(self._order(epoch)[place])], generator)

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        generator = np.random.default_rng((Stream.ORDER, self._seed, epoch))
        return generator.permutation(len(self._objects))


def hold_out(dataset: Dataset, count: int, seed: int) -> tuple[Dataset, Dataset]:
    """The dataset without `count` of its sequences, and with these alone.

    Which ones depends on the names, the count and the seed, not on their order.

    Raises:
        UsageError: none would be left to train on.
    """
    names = sorted(sequence.name for sequence in dataset.sequences)
    if not 0 < count < len(names):
        raise UsageError(
            f"{count} sequences cannot be held out of the {len(names)} of dataset {dataset.name}; "
            f"hold out 1 to {len(names) - 1}"
        )
    generator = np.random.default_rng((Stream.HELD_OUT, seed))
    chosen = set(generator.permutation(names)[:count].tolist())
    kept = tuple(s for s in dataset.sequences if s.name not in chosen)
    held = tuple(s for s in dataset.sequences if s.name in chosen)
    return replace(dataset, sequences=kept), replace(dataset, sequences=held)
