"""Which kind of failure one object in one frame is, from the evidence; see docs/failures.md."""

from vosbench.failures.events import (
    BOUNDARY,
    COLLAPSE,
    DRIFT,
    GHOST,
    LOST,
    MISSED_RETURN,
    OVER_FIT,
    PART,
    SPILL,
    SWITCH,
)
from vosbench.failures.evidence import Evidence

SLIGHT = 0.05
"""Loss of J&F below which a frame is no failure.

On generated objects of DAVIS size an outline that is one pixel off all around costs 0.03 in the
median, one that is two off (a quarter of the tolerance of F) 0.055.
"""

MOST = 0.5
"""Share above which something is most of a whole."""

FOUND = 0.75
"""J above which a region is right: the strict match of COCO (AP75)."""

NEXT_TO_NOTHING = 0.1
"""Share of the object's area up to which an answer is next to nothing, on it or beside it."""

SMALL = 32 * 32 / (640 * 480)
"""Share of the frame below which an object is small: COCO's 32² pixels in its usual frame."""

SHRUNK = 0.5
"""Share of the first area below which an object became smaller (scale variation of DAVIS)."""


def kind_of(seen: Evidence, loss: float) -> str | None:
    """The kind of failure, one of `vosbench.failures.events.KINDS`; None where there is none.

    The first that applies, in this order:

    1. none, where `loss` is slight;
    2. false positive after disappearance, where the object is gone (none, if it was never there);
    3. identity switch, where the answer is astray, and more of that on other objects than not;
    4. missed re-appearance, where the object came back and has been missed ever since;
    5. boundary-only error, where the region is right and most wrong pixels are near its outline;
    6. first-frame over-fit, where the answer differs from the first mask at most half as much as
       from the object;
    7. drift to background, where the answer is astray;
    8. small-object collapse, where the object became small and most of it is not answered;
    9. lost object, where it is missed;
    10. part missed or spill-over, where some of the object is found and most of the answer right:
        whichever makes up more of the wrong pixels.

    Args:
        seen: of the object in the frame.
        loss: 1 - (J + F) / 2 of the object in the frame.
    """
    if loss < SLIGHT:
        return None
    if not seen.truth:
        return GHOST if seen.first else None
    if astray(seen) and sum(seen.on_others.values()) > seen.on_background:
        return SWITCH
    if not seen.taken_up and missed(seen):
        return MISSED_RETURN
    if seen.likeness > FOUND and seen.near > MOST:
        return BOUNDARY
    if over_fitted(seen):
        return OVER_FIT
    if astray(seen):
        return DRIFT
    if became_small(seen) and seen.missed > MOST * seen.truth:
        return COLLAPSE
    if missed(seen):
        return LOST
    return PART if seen.missed > seen.elsewhere else SPILL


def astray(seen: Evidence) -> bool:
    """Whether most of the answer is off the object, and more than next to nothing."""
    return seen.elsewhere > max(seen.common, NEXT_TO_NOTHING * seen.truth)


def missed(seen: Evidence) -> bool:
    """Whether next to nothing of the object is answered."""
    return seen.common <= NEXT_TO_NOTHING * seen.truth


def became_small(seen: Evidence) -> bool:
    """Whether the object is small in its frame, and was larger when it was seen first."""
    return seen.truth < SMALL * seen.frame and seen.truth < SHRUNK * seen.first


def over_fitted(seen: Evidence) -> bool:
    """Whether the first mask explains at least half of what is wrong.

    Either the answer stayed where the first mask is, or it moved and kept its shape. For the latter
    most of the error must be one of shape: what remains of it once the centroids are aligned.
    """
    stayed = 1 - seen.like_first <= MOST * (1 - seen.likeness)
    kept_shape = 1 - seen.shape_like_first <= MOST * (1 - seen.shape_like_now)
    of_shape = 1 - seen.shape_like_now > MOST * (1 - seen.likeness)
    return stayed or (kept_shape and of_shape)
