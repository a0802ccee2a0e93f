"""Protocols: which frames and objects of a sequence count, and what a label map means.

A protocol is data. `vosbench.comparing` compares masks, `vosbench.counting` applies the
rules, and both know no protocol by name. docs/protocols.md numbers the rules of each.
"""

from dataclasses import dataclass
from typing import Literal

from vosbench.arrays import VOID
from vosbench.errors import UsageError
from vosbench.wording import suggestion

ExtraIds = Literal["error", "ignore"]
"""What becomes of an id in a prediction that is no object."""


@dataclass(frozen=True)
class Protocol:
    """Rules under which masks are scored.

    Attributes:
        name: as in `--protocol`.
        summary: one line about it.
        source: where the rules are from.
        first_frames_dropped: frames at the start that do not count.
        last_frames_dropped: frames at the end that do not count.
        objects: which ids are objects. `"first-annotation"`: 1 … the highest id of the first
            annotation, gaps included; `"merged"`: every id is part of one object, 1;
            `"annotated"`: ids that any annotation shows; `"scored"`: ids that the annotation of
            a frame that counts shows.
        counts_from: since when the frames of an object count. `"sequence"`: all frames of the
            sequence that count; `"first-sight"`: from the first of them in which annotation or
            prediction shows the object; `"own-start"`: `first_frames_dropped` after the object's
            first annotation.
        void: value of an annotation that is read as background; None when there is none.
        sparse: whether frames without annotation are passed over; else they are an error.
        extra_ids: what becomes of other ids in predictions, unless the user says otherwise.
        groups: whether the final figure G is the mean over seen and unseen objects apart.
        variability: whether V, the spread of the frames' J&F, belongs to the figures.
        object_folders: whether each object may have a folder of masks of its own; it is scored on
            the frames in that folder then.
    """

    name: str
    summary: str
    source: str
    first_frames_dropped: int = 1
    last_frames_dropped: int = 1
    objects: Literal["first-annotation", "merged", "annotated", "scored"] = "scored"
    counts_from: Literal["sequence", "first-sight", "own-start"] = "first-sight"
    void: int | None = None
    sparse: bool = True
    extra_ids: ExtraIds = "ignore"
    groups: bool = False
    variability: bool = False
    object_folders: bool = False

    def scored_frames(self, frames: int) -> range:
        """Indices that count among `frames` annotated frames; empty when there are too few.

        >>> get("davis2017").scored_frames(5)
        range(1, 4)
        """
        return range(self.first_frames_dropped, frames - self.last_frames_dropped)


PROTOCOLS = (
    Protocol(
        name="davis2016",
        summary="DAVIS 2016: all objects merged to one, first and last frame left out",
        source="Perazzi et al., CVPR 2016",
        objects="merged",
        counts_from="sequence",
        sparse=False,
        extra_ids="error",
    ),
    Protocol(
        name="davis2017",
        summary="DAVIS 2017 semi-supervised: every object, first and last frame left out",
        source="Pont-Tuset et al., arXiv:1704.00675, and davis2017-evaluation",
        objects="first-annotation",
        counts_from="sequence",
        void=VOID,
        sparse=False,
        extra_ids="error",
    ),
    Protocol(
        name="youtube-vos",
        summary="YouTube-VOS: objects from their own first frame on, G over seen and unseen ones",
        source="Xu et al., arXiv:1809.03327, and re-implementations of its server's scoring",
        objects="annotated",
        counts_from="own-start",
        void=VOID,
        groups=True,
    ),
    Protocol(
        name="vos-benchmark",
        summary="vos-benchmark: objects of the frames that count, from first sight on",
        source="the package vos-benchmark 0.1.0",
    ),
    Protocol(
        name="sa-v",
        summary="SA-V: as vos-benchmark, or one folder of masks an object",
        source="the evaluator of the SA-V dataset (Ravi et al., arXiv:2408.00714)",
        object_folders=True,
    ),
    Protocol(
        name="lvos",
        summary="LVOS: objects from their own first frame on, G over seen and unseen ones, V",
        source="Hong et al., ICCV 2023 and arXiv:2404.19326, and lvos-evaluation",
        objects="annotated",
        counts_from="own-start",
        groups=True,
        variability=True,
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
