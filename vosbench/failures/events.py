"""Events in which a run loses quality: their kinds, their frames, their price.

Every object in every frame belongs to at most one event, so prices add up: the mean J&F of a run,
the prices of its events and what no event explains are 1 together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LOST = "lost object"
DRIFT = "drift to background"
SWITCH = "identity switch"
GHOST = "false positive after disappearance"
MISSED_RETURN = "missed re-appearance"
BOUNDARY = "boundary-only error"
COLLAPSE = "small-object collapse"
OVER_FIT = "first-frame over-fit"
PART = "part missed"
SPILL = "spill-over"

KINDS: Mapping[str, str] = {
    LOST: "the object is there and next to nothing of it is answered",
    DRIFT: "most of what is answered lies on the background",
    SWITCH: "most of what is answered lies on other objects",
    GHOST: "the object is gone and something is answered",
    MISSED_RETURN: "the object came back and is not taken up again",
    BOUNDARY: "the region is right, its outline is not",
    COLLAPSE: "the object became small and its mask fell apart",
    OVER_FIT: "what is answered resembles the first mask more than the object as it is now",
    PART: "a part of the object is answered, another part is not",
    SPILL: "the object is answered, and what is around it with it",
}
"""Kind → what happens, in the order in which reports name them."""


@dataclass(frozen=True)
class FailureEvent:
    """One stretch of frames in which one object goes wrong in one way.

    Attributes:
        kind: one of `KINDS`.
        sequence: its name.
        object_id: as the protocol of the run counts objects.
        first: index of its first frame.
        last: index of its last frame.
        worst: index of the frame that costs most, the first of them on a tie.
        frames: how many frames that count belong to it.
        price: what the mean J&F over all objects of the dataset would gain if these frames were
            perfect, a fraction; against another run, if they were as good as there.
    """

    kind: str
    sequence: str
    object_id: int
    first: int
    last: int
    worst: int
    frames: int
    price: float
