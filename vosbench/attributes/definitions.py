"""Attributes by name: what each means, from which value on an object has it, and why it does.

Six of them are those of DAVIS (Perazzi et al., CVPR 2016, Table 1), whose authors gave them to
whole sequences, by numbers where the table has numbers and by hand elsewhere. DAVIS counts an
object that is gone among the occluded ones; it is an attribute of its own here. Here they are given
to objects, by numbers alone, so that they exist for every dataset. DAVIS also has background
clutter, motion blur, appearance change, edge ambiguity, camera shake, heterogeneous and interacting
objects, dynamic background and shape complexity: those are seen in images, not in annotations.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vosbench.attributes.measures import FAST, FAST_PIXELS, OCCLUSION_FRAMES, Measures
from vosbench.attributes.sightings import CLIPPED
from vosbench.wording import counted

DAVIS = "DAVIS"
"""The threshold is that of DAVIS."""

OURS = "vosbench"
"""DAVIS judges by hand or has no such attribute; the threshold is chosen here."""

SMALL_BOX = 0.1
"""DAVIS, τ_lr: mean area of the box over that of the image."""

TINY = 0.01
"""A hundredth of the image: 64×64 pixels at 480p, where an outline is a large part of an object."""

SCALE = 0.5
"""DAVIS, τ_sv: ratio of the areas of any two boxes."""

DEFORMED = 1 / 3
"""Between a square turned by 45° (0.29), which is no deformation, and a square stretched to a
rectangle of 1:2 (0.45), which is one."""

HIDDEN = 0.5
"""Half of the object is hidden."""

BROKEN = 0.2
"""A fifth of the object comes apart from the rest."""

TWIN_FRAMES = 0.1
"""Share of frames with a similar object near by: one that merely runs past is enough to switch."""

MANY = 3
"""Objects in one sequence."""


@dataclass(frozen=True)
class Held:
    """An attribute that an object has.

    Attributes:
        attribute: its name, as in `Attribute.name`.
        reason: why, in a line.
        frame: index of a frame that shows it; None where all do.
    """

    attribute: str
    reason: str
    frame: int | None = None


Reason = tuple[str, str]
"""A line, and the name of the measure that decides."""


@dataclass(frozen=True)
class Attribute:
    """A name for what makes an object hard.

    Attributes:
        name: as tables write it.
        short: that of DAVIS where DAVIS has it.
        meaning: who has it, half a sentence.
        source: `DAVIS` or `OURS`, for the threshold.
        reason: why an object has it, from its measures, and which of these says so first; None for
            one that has it not.
    """

    name: str
    short: str
    meaning: str
    source: str
    reason: Callable[[Measures], Reason | None]

    def held_by(self, measures: Measures) -> Held | None:
        """This attribute with the reason, if an object with these measures has it."""
        found = self.reason(measures)
        if found is None:
            return None
        reason, decisive = found
        return Held(self.name, reason, measures.when.get(decisive))


def _low_resolution(of: Measures) -> Reason | None:
    if of.box >= SMALL_BOX:
        return None
    return f"its box takes {_percent(of.box)} of the image on average", "box"


def _tiny(of: Measures) -> Reason | None:
    if of.area >= TINY:
        return None
    return f"it covers {_percent(of.area)} of the image, in the median", "smallest_area"


def _scale_variation(of: Measures) -> Reason | None:
    if of.scale is None or of.scale >= SCALE:
        return None
    return f"its smallest box has {of.scale:.2f} times the area of its largest", "scale"


def _fast_motion(of: Measures) -> Reason | None:
    if of.motion is None or of.own_motion is None or of.motion <= FAST:
        return None
    return (
        f"it moves by {_percent(of.motion)} of the image's diagonal a frame, "
        f"{of.own_motion:.2f} times its own size",
        "motion",
    )


def _deformation(of: Measures) -> Reason | None:
    if of.deformation is None or of.deformation < DEFORMED:
        return None
    shared = _percent(1 - of.deformation)
    return f"its shape shares {shared} with its first one, in the median", "deformation"


def _occlusion(of: Measures) -> Reason | None:
    reasons = []
    if of.hidden is not None and of.hidden >= HIDDEN:
        reasons.append((f"{_percent(of.hidden)} of it is hidden for a time", "hidden"))
    if of.broken >= BROKEN:
        reasons.append((f"{_percent(of.broken)} of it comes apart from the rest", "broken"))
    return _joined(reasons)


def _out_of_view(of: Measures) -> Reason | None:
    reasons = []
    if of.contact >= CLIPPED:
        clipped = f"the border clips it in {_percent(of.clipped)} of its frames"
        reasons.append((clipped, "contact"))
    if of.exits:
        reasons.append(("it leaves the image" + _times(of.exits), "exits"))
    return _joined(reasons)


def _disappearance(of: Measures) -> Reason | None:
    if not of.absent:
        return None
    back = f"comes back{_times(of.returns)}" if of.returns else "never comes back"
    gone = f"it is gone in {_percent(of.absent)} of {counted(of.frames, 'frame')}"
    return f"{gone} and {back}", "absent"


def _similar(of: Measures) -> Reason | None:
    if of.twins is None or of.twins < TWIN_FRAMES:
        return None
    share = _percent(of.twins)
    return f"another of its size and shape is near by in {share} of its frames", "twins"


def _many(of: Measures) -> Reason | None:
    return (f"it is one of {of.objects} objects", "objects") if of.objects >= MANY else None


def _joined(reasons: list[Reason]) -> Reason | None:
    """Several reasons as one, shown by the first."""
    if not reasons:
        return None
    return " and ".join(text for text, _ in reasons), reasons[0][1]


def _percent(share: float) -> str:
    """A share as a sentence has it; two digits, never rounded to nothing or to all."""
    percent = 100 * share
    if percent < 9.95:
        return f"{percent:.2g} %"
    return f"{min(percent, 99) if share < 1 else percent:.0f} %"


def _times(number: int) -> str:
    return "" if number == 1 else f" {number} times"


ATTRIBUTES = (
    Attribute(
        "low resolution",
        "LR",
        f"its box takes less than {_percent(SMALL_BOX)} of the image on average",
        DAVIS,
        _low_resolution,
    ),
    Attribute(
        "tiny",
        "TINY",
        f"it covers less than {_percent(TINY)} of the image in half of the frames that show it",
        OURS,
        _tiny,
    ),
    Attribute(
        "scale variation",
        "SV",
        f"its smallest box has less than {SCALE:g} times the area of its largest, frames in which "
        "the border clips it left out",
        DAVIS,
        _scale_variation,
    ),
    Attribute(
        "fast motion",
        "FM",
        f"its centroid moves by more than {FAST_PIXELS:g} pixels of a Full HD frame on average "
        f"({100 * FAST:.1f} % of the diagonal)",
        DAVIS,
        _fast_motion,
    ),
    Attribute(
        "deformation",
        "DEF",
        f"its shape, moved and scaled to the first one, shares at most {_percent(1 - DEFORMED)} "
        "with it in half of the frames; turns count, outlines do not tell them apart",
        OURS,
        _deformation,
    ),
    Attribute(
        "occlusion",
        "OCC",
        f"{_percent(HIDDEN)} of its area is hidden and shows in the {OCCLUSION_FRAMES} frames "
        f"before and after, or {_percent(BROKEN)} of it comes apart from its largest part",
        OURS,
        _occlusion,
    ),
    Attribute(
        "out of view",
        "OV",
        f"the border of the image takes {_percent(CLIPPED)} of its outline in some frame, or it is "
        "gone after it touched the border or headed across it",
        OURS,
        _out_of_view,
    ),
    Attribute(
        "disappearance",
        "GONE",
        "it has no pixel in some frame after it was seen",
        OURS,
        _disappearance,
    ),
    Attribute(
        "similar object near by",
        "SIM",
        f"in {_percent(TWIN_FRAMES)} of its frames another object of at least half its area and of "
        "similar shape is nearer than its own size; looks are not compared",
        OURS,
        _similar,
    ),
    Attribute(
        "many objects",
        "MANY",
        f"its sequence has at least {MANY} objects",
        OURS,
        _many,
    ),
)
"""All attributes, in the order in which reports name them."""
