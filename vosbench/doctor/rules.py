"""What a protocol makes of ids and frames, as far as the doctor must know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import VOID
from vosbench.metrics.protocols import Protocol

Counts = NDArray[np.int64]
"""Numbers of pixels by id, `int64 256`, or by annotated and predicted id, `int64 256×256`."""


@dataclass(frozen=True)
class Rules:
    """A protocol as the doctor sees it.

    Attributes:
        protocol: the protocol itself.
        objects: `"merged"`: every value above 0 is the one object; `"first"`: 1 … the highest id
            of the first annotation; `"own"`: every annotated id, from wherever it appears.
        one_object: whether a folder of masks stands for one object, under whatever value.
    """

    protocol: Protocol
    objects: Literal["merged", "first", "own"]
    one_object: bool = False

    @property
    def name(self) -> str:
        """Name of the protocol."""
        return self.protocol.name

    @property
    def merged(self) -> bool:
        """Whether ids mean nothing, only 0 or not."""
        return self.objects == "merged"

    @property
    def void(self) -> bool:
        """Whether 255 in an annotation is no object."""
        return self.protocol.void == VOID

    @property
    def reads_object_folders(self) -> bool:
        """Whether each object may have a folder of masks of its own."""
        return self.protocol.object_folders

    @property
    def refuses_extra_ids(self) -> bool:
        """Whether an id that is no object makes a prediction impossible to score."""
        return self.protocol.extra_ids == "error"

    def of_one_object(self) -> "Rules":
        """The rules for a folder that stands for one object."""
        return replace(self, objects="merged", one_object=True)

    def scored_ids(self, first: tuple[int, ...], annotated: tuple[int, ...]) -> tuple[int, ...]:
        """Ids that are scored, gaps included, given those of the first annotation and of all."""
        if self.merged:
            return (1,) if annotated else ()
        ids = first if self.objects == "first" else annotated
        ids = tuple(i for i in ids if not (self.void and i == VOID))
        return tuple(range(1, max(ids, default=0) + 1)) if self.objects == "first" else ids

    def counted_ids(
        self,
        scored: tuple[int, ...],
        shown: Mapping[tuple[int, ...], Sequence[int]],
        frames: int,
    ) -> tuple[int, ...]:
        """Those of the scored ids of which at least one frame counts.

        Args:
            scored: ids, as from `scored_ids`.
            shown: set of ids → indices of the frames whose annotations show exactly these.
            frames: number of annotated frames.
        """
        counting = self.protocol.scored_frames(frames)
        if self.protocol.objects in ("first-annotation", "merged"):
            return scored if counting else ()
        counted = []
        for object_id in scored:
            at = [
                index
                for ids, where in shown.items()
                if object_id in ids or (self.merged and ids)
                for index in where
            ]
            if self.protocol.counts_from == "own-start":
                start = min(at, default=frames)
                at = [start + self.protocol.first_frames_dropped]
            if any(index in counting for index in at):
                counted.append(object_id)
        return tuple(counted)


def rules_of(protocol: Protocol) -> Rules:
    """The rules of a protocol."""
    kinds: dict[str, Literal["merged", "first"]] = {"merged": "merged", "first-annotation": "first"}
    return Rules(protocol, kinds.get(protocol.objects, "own"))


def ids_of(counts: Counts) -> tuple[int, ...]:
    """Ids, background left out, of which there is a pixel.

    >>> ids_of(np.array([9, 0, 3, 1]))
    (2, 3)
    """
    return tuple(int(i) for i in np.flatnonzero(counts) if i)
