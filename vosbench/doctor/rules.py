"""What a protocol makes of ids and frames, as far as the doctor must know."""

from dataclasses import dataclass
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
    """

    protocol: Protocol
    objects: Literal["merged", "first", "own"]

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

    def scored_ids(self, first: tuple[int, ...], annotated: tuple[int, ...]) -> tuple[int, ...]:
        """Ids that are scored, gaps included, given those of the first annotation and of all."""
        if self.merged:
            return (1,) if annotated else ()
        ids = first if self.objects == "first" else annotated
        ids = tuple(i for i in ids if not (self.void and i == VOID))
        return tuple(range(1, max(ids, default=0) + 1)) if self.objects == "first" else ids


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
