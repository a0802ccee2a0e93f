"""Protocols: which frames and objects of a sequence count, and what a label map means.

A protocol is data; `vosbench.evaluate` applies it and knows none by name. Under all of them J and F
are averaged over the frames of an object first, then over the objects of all sequences.

davis2016  1. All frames count but the first and the last.
           2. Every value above 0 is the one object, 255 too, in annotation and prediction.
davis2017  1. All frames count but the first and the last.
           2. The objects are 1 … the highest id of the first annotation. An id between that the
              first annotation lacks counts like any other: J = F = 1 in frames where annotation and
              prediction both lack it.
           3. 255 in an annotation is void and read as background; a prediction there is wrong.
           4. A higher id in a later annotation is an error; in a prediction too, unless such ids
              are to be ignored.

Pont-Tuset et al., The 2017 DAVIS Challenge on Video Object Segmentation, arXiv:1704.00675, and the
official evaluator, davis2017-evaluation, semi-supervised task.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vosbench.arrays import VOID, Mask
from vosbench.errors import UsageError
from vosbench.wording import suggestion


@dataclass(frozen=True)
class Protocol:
    """Rules under which masks are scored.

    Attributes:
        name: as in `--protocol`.
        summary: one line about it.
        first_frames_dropped: frames at the start that do not count.
        last_frames_dropped: frames at the end that do not count.
        objects: `"first-annotation"`: 1 … its highest id, gaps included; `"merged"`: every id is
            part of one object, 1.
        void: value of an annotation that is read as background; None when there is none.
    """

    name: str
    summary: str
    first_frames_dropped: int
    last_frames_dropped: int
    objects: Literal["first-annotation", "merged"]
    void: int | None

    def scored_frames(self, frames: int) -> range:
        """Indices that count among `frames` frames; empty when the sequence is too short.

        >>> get("davis2017").scored_frames(5)
        range(1, 4)
        """
        return range(self.first_frames_dropped, frames - self.last_frames_dropped)

    def object_ids(self, first: Mask) -> tuple[int, ...]:
        """Ids that are scored, given the first annotation; empty when it shows no object.

        >>> get("davis2017").object_ids(np.array([[0, 1, 3, 255]], np.uint8))
        (1, 2, 3)
        """
        return tuple(range(1, int(self.truth(first).max(initial=0)) + 1))

    def truth(self, annotation: Mask) -> Mask:
        """Label map that the scored ids refer to, from an annotation as stored.

        >>> get("davis2017").truth(np.array([[0, 2, 255]], np.uint8))
        array([[0, 2, 0]], dtype=uint8)
        """
        if self.void is not None and (annotation == self.void).any():
            annotation = np.where(annotation == self.void, np.uint8(0), annotation)
        return self.prediction(annotation)

    def prediction(self, mask: Mask) -> Mask:
        """Label map that the scored ids refer to, from a predicted mask.

        >>> get("davis2016").prediction(np.array([[0, 2, 255]], np.uint8))
        array([[0, 1, 1]], dtype=uint8)
        """
        return (mask > 0).astype(np.uint8) if self.objects == "merged" else mask


PROTOCOLS = (
    Protocol(
        name="davis2016",
        summary="DAVIS 2016: all objects merged to one, first and last frame left out",
        first_frames_dropped=1,
        last_frames_dropped=1,
        objects="merged",
        void=None,
    ),
    Protocol(
        name="davis2017",
        summary="DAVIS 2017 semi-supervised: every object, first and last frame left out",
        first_frames_dropped=1,
        last_frames_dropped=1,
        objects="first-annotation",
        void=VOID,
    ),
)


def names() -> tuple[str, ...]:
    """Names of all protocols."""
    return tuple(protocol.name for protocol in PROTOCOLS)


def get(name: str) -> Protocol:
    """The protocol called `name`.

    Raises:
        UsageError: there is none; the message suggests the closest.

    >>> get("davis2016").objects
    'merged'
    """
    for protocol in PROTOCOLS:
        if protocol.name == name:
            return protocol
    raise UsageError(
        f"there is no protocol {name!r}{suggestion(name, names())}; "
        f"the protocols are {', '.join(names())}"
    )
