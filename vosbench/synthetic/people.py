"""People: walking, running, sitting and standing, seen from the side or the front."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.figures import Part, Swing
from vosbench.synthetic.outlines import Point, box, capsule, ellipse, smooth

BENT = {
    "stand": (0.0, 0.0, 0.06),
    "walk": (0.0, 0.12, 0.45),
    "run": (0.15, 0.7, 0.8),
    "crouch": (-0.9, 1.5, 0.12),
    "sit": (-1.25, 1.15, 0.08),
}
"""Posture → turn of the thighs, bend of the knees, swing of the legs, in radians."""


def person(
    rng: Generator, posture: str | None = None, prefix: str = "", feet: Point = (0.0, 1.0)
) -> tuple[Part, ...]:
    """A person of height 1.

    Args:
        posture: key of `BENT`; None draws one.
        prefix: put before the names of parts and the numbers of surfaces, for a second person.
        feet: point between the feet of the upright person.
    """
    posture = posture or str(
        rng.choice(["walk", "run", "stand", "crouch"], p=[0.45, 0.25, 0.2, 0.1])
    )
    body = _body(rng, posture, prefix, feet)
    sleeve = "skin" if rng.random() < 0.35 else "cloth:top"
    legwear = "skin" if rng.random() < 0.2 else "cloth:legs"
    arms = _arms(rng, posture, sleeve)
    head = _head(rng, body)
    near, far = (1.0, -1.0) if body.frontal else (-0.15, 0.15)
    behind = [*_arm(body, arms, "far", far)]
    behind += [*_leg(rng, body, "far", far, legwear), *_leg(rng, body, "near", near, legwear)]
    worn = _worn(rng, body)
    behind += [part for part in worn if part.name.endswith("pack") and not body.frontal]
    skirt = [part for part in worn if part.name.endswith("skirt")]
    return (*behind, _neck(body), _torso(body), *head, *skirt, *_arm(body, arms, "near", near))


@dataclass(frozen=True)
class _Body:
    """Proportions and gait of one person.

    Attributes:
        prefix: see `person`.
        feet: see `person`.
        breadth: thickness of trunk and limbs, about 1.
        frontal: seen from the front, not from the side.
        shoulder: half the width of the shoulders.
        hip: half the width of the hips.
        lean: turn of the trunk, in radians.
        thighs: turn of the thighs at rest.
        knees: bend of the knees at rest.
        stride: swing of the legs.
        pace: of all swings; see `Swing`.
        phase: where in the stride the first frame is.
    """

    prefix: str
    feet: Point
    breadth: float
    frontal: bool
    shoulder: float
    hip: float
    lean: float
    thighs: float
    knees: float
    stride: float
    pace: float
    phase: float

    def at(self, x: float, y: float) -> Point:
        """A point of the person who stands at (0, 1), where this one is."""
        return self.feet[0] + x, y + (self.feet[1] - 1.0)

    def named(self, part: str) -> str:
        """Name of a part of this person."""
        return f"{self.prefix}{part}"

    def surface(self, kind: str) -> str:
        """`kind` as a texture of this person's own."""
        return prefix_surface(kind, self.prefix)


@dataclass(frozen=True)
class _Arms:
    """How a person holds both arms.

    Attributes:
        rest: turn of the upper arms, in radians.
        raised: whether the near arm is up.
        elbows: bend of the elbows.
        sleeve: surface of the forearms.
    """

    rest: float
    raised: bool
    elbows: float
    sleeve: str


def _body(rng: Generator, posture: str, prefix: str, feet: Point) -> _Body:
    """Random proportions and gait for a posture."""
    thighs, knees, stride = BENT[posture]
    pace = rng.uniform(0.2, 0.3) if posture == "walk" else rng.uniform(0.3, 0.5)
    phase = rng.uniform(0, 2 * np.pi)
    breadth = rng.uniform(0.75, 1.35)
    frontal = bool(rng.random() < 0.4)
    return _Body(
        prefix=prefix,
        feet=feet,
        breadth=breadth,
        frontal=frontal,
        shoulder=(0.115 if frontal else 0.06) * breadth,
        hip=(0.075 if frontal else 0.05) * breadth,
        lean=rng.normal(0.05, 0.06) + (0.35 if posture == "crouch" else 0.15 * (posture == "run")),
        thighs=thighs,
        knees=knees,
        stride=stride,
        pace=pace,
        phase=phase,
    )


def _arms(rng: Generator, posture: str, sleeve: str) -> _Arms:
    """Arms as a posture holds them."""
    return _Arms(
        rest=-0.9 if posture in ("sit", "crouch") else float(rng.normal(0, 0.25)),
        raised=bool(rng.random() < 0.12),
        elbows=-float(rng.uniform(0.1, 1.4 if posture == "run" else 0.8)),
        sleeve=sleeve,
    )


def _leg(
    rng: Generator, body: _Body, side: str, sign: float, legwear: str
) -> tuple[Part, Part, Part]:
    """Foot, shin and thigh of the leg that is near or far; `sign` says left or right."""
    turn = 0.0 if side == "near" else math.pi
    x = sign * body.hip * 0.7
    hip, knee, ankle = body.at(x, 0.5), body.at(x, 0.73), body.at(x, 0.955)
    thick = rng.uniform(0.9, 1.1) * body.breadth
    bent = body.thighs - body.lean + rng.normal(0, 0.06)
    thigh = Part(
        body.named(f"{side} thigh"),
        capsule(hip, knee, 0.062 * thick, 0.043 * thick),
        body.surface("cloth:legs"),
        body.named("torso"),
        hip,
        Swing(bent, body.stride, body.pace, body.phase + turn),
    )
    bent = body.knees + rng.normal(0, 0.06)
    shin = Part(
        body.named(f"{side} shin"),
        capsule(knee, ankle, 0.043 * thick, 0.028 * thick),
        body.surface(legwear),
        thigh.name,
        knee,
        Swing(bent, body.stride * 0.6, body.pace, body.phase + turn - 1.4),
    )
    foot = Part(
        body.named(f"{side} foot"),
        capsule(body.at(x - 0.015, 0.97), body.at(x + 0.07, 0.98), 0.028, 0.02),
        body.surface("cloth:shoes"),
        shin.name,
        ankle,
        Swing(-0.3 * body.knees, 0.15, body.pace, body.phase),
    )
    return foot, shin, thigh


def _arm(body: _Body, arms: _Arms, side: str, sign: float) -> tuple[Part, Part]:
    """Forearm and upper arm, near or far; an arm swings against the leg of its side."""
    turn = math.pi if side == "near" else 0.0
    x = sign * body.shoulder
    joint, elbow, hand = body.at(x, 0.2), body.at(x, 0.35), body.at(x, 0.49)
    up = -2.2 if arms.raised and side == "near" else 0
    rest = arms.rest + sign * 0.15 * body.frontal + up
    upper = Part(
        body.named(f"{side} arm"),
        capsule(joint, elbow, 0.04 * body.breadth, 0.032 * body.breadth),
        body.surface("cloth:top"),
        body.named("torso"),
        joint,
        Swing(rest, body.stride * 0.8, body.pace, body.phase + turn),
    )
    lower = Part(
        body.named(f"{side} forearm"),
        capsule(elbow, hand, 0.031 * body.breadth, 0.026),
        body.surface(arms.sleeve),
        upper.name,
        elbow,
        Swing(arms.elbows, body.stride * 0.3, body.pace, body.phase + turn),
    )
    return lower, upper


def _torso(body: _Body) -> Part:
    """The trunk, on which all else hangs."""
    shoulder, hip, breadth = body.shoulder, body.hip, body.breadth
    outline = [
        (-shoulder * 0.5, 0.155),
        (shoulder * 0.5, 0.155),
        (shoulder * 1.1, 0.2),
        (hip * 1.15 + 0.02 * breadth, 0.36),
        (hip * 1.2, 0.53),
        (-hip * 1.2, 0.53),
        (-hip * 1.15 - 0.02 * breadth, 0.36),
        (-shoulder * 1.1, 0.2),
    ]
    return Part(
        body.named("torso"),
        smooth([body.at(*point) for point in outline]),
        body.surface("cloth:top"),
        pivot=body.at(0, 0.52),
        swing=Swing(body.lean, 0.03, 2 * body.pace, body.phase),
    )


def _neck(body: _Body) -> Part:
    low, high = body.at(0, 0.18), body.at(0.012, 0.11)
    return Part(
        body.named("neck"), capsule(low, high, 0.033, 0.028), "skin", body.named("torso"), low
    )


def _head(rng: Generator, body: _Body) -> tuple[Part, Part]:
    """The head, and the hair or hat on it."""
    joint, size = body.at(0.01, 0.16), rng.uniform(0.9, 1.2)
    head = Part(
        body.named("head"),
        ellipse(body.at(0.015, 0.085), (0.05 * size, 0.068 * size)),
        "skin",
        body.named("torso"),
        joint,
        Swing(-0.6 * body.lean, 0.06, body.pace, body.phase),
    )
    outline = [
        (0.06 * size, 0.05),
        (0.02, 0.085 - 0.078 * size),
        (-0.05 * size, 0.04),
        (-0.05 * size, rng.uniform(0.09, 0.2)),
        (-0.015, 0.07),
    ]
    hair = Part(
        body.named("hair"),
        smooth([body.at(*point) for point in outline]),
        body.surface(str(rng.choice(["hair", "hair", "paint", "cloth:hat"]))),
        head.name,
        joint,
    )
    return head, hair


def _worn(rng: Generator, body: _Body) -> tuple[Part, ...]:
    """A rucksack, a skirt or coat, or nothing."""
    draw = rng.random()
    torso, at, hip = body.named("torso"), body.at, body.hip
    if draw < 0.15:
        outline = box(*at(-0.17, 0.18), *at(-0.03, 0.42), rounding=0.3)
        return (Part(body.named("pack"), outline, body.surface("cloth:pack"), torso),)
    if draw < 0.35:
        hem, flare = rng.uniform(0.62, 0.9), rng.uniform(1.3, 2.6)
        outline = smooth(
            [at(-hip, 0.45), at(hip, 0.45), at(hip * flare, hem), at(-hip * flare, hem)], 4
        )
        surface = str(rng.choice(["cloth:top", "cloth:skirt"]))
        return (Part(body.named("skirt"), outline, body.surface(surface), torso),)
    return ()


def prefix_surface(surface: str, prefix: str) -> str:
    """`surface` as its own texture for the figure `prefix`.

    >>> prefix_surface("cloth:top", "rider "), prefix_surface("skin", "")
    ('cloth:rider top', 'skin')
    """
    kind, _, number = surface.partition(":")
    return f"{kind}:{prefix}{number}" if prefix or number else kind
