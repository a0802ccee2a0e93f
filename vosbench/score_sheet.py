"""J and F of every object in every frame of a sequence, before any rule of a protocol.

Protocols differ in what they count, not in how they compare, so masks are compared once
(`vosbench.comparing`) and each protocol chooses from the sheet (`vosbench.counting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import VOID, BinaryMask


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
