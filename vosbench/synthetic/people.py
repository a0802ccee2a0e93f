"""People: walking, running, sitting and standing, seen from the side or the front."""

import math
from collections.abc import Callable

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
    thigh_rest, knee_rest, stride = BENT[posture]
    pace = rng.uniform(0.2, 0.3) if posture == "walk" else rng.uniform(0.3, 0.5)
    phase = rng.uniform(0, 2 * np.pi)
    breadth = rng.uniform(0.75, 1.35)
    frontal = rng.random() < 0.4
    shoulder = (0.115 if frontal else 0.06) * breadth
    hip = (0.075 if frontal else 0.05) * breadth
    lean = rng.normal(0.05, 0.06) + (0.35 if posture == "crouch" else 0.15 * (posture == "run"))
    x, dy = feet[0], feet[1] - 1.0

    def at(px: float, py: float) -> Point:
        return x + px, py + dy

    sleeve = "skin" if rng.random() < 0.35 else "cloth:top"
    legwear = "skin" if rng.random() < 0.2 else "cloth:legs"
    top, bottom = "cloth:top", "cloth:legs"

    def leg(side: str, sign: float) -> tuple[Part, Part, Part]:
        turn = 0.0 if side == "near" else math.pi
        hip_joint, knee, ankle = (
            at(sign * hip * 0.7, 0.5),
            at(sign * hip * 0.7, 0.73),
            at(sign * hip * 0.7, 0.955),
        )
        thick = rng.uniform(0.9, 1.1) * breadth
        thigh = Part(
            f"{prefix}{side} thigh",
            capsule(hip_joint, knee, 0.062 * thick, 0.043 * thick),
            prefix_surface(bottom, prefix),
            f"{prefix}torso",
            hip_joint,
            Swing(thigh_rest - lean + rng.normal(0, 0.06), stride, pace, phase + turn),
        )
        shin = Part(
            f"{prefix}{side} shin",
            capsule(knee, ankle, 0.043 * thick, 0.028 * thick),
            prefix_surface(legwear, prefix),
            thigh.name,
            knee,
            Swing(knee_rest + rng.normal(0, 0.06), stride * 0.6, pace, phase + turn - 1.4),
        )
        foot = Part(
            f"{prefix}{side} foot",
            capsule(
                at(sign * hip * 0.7 - 0.015, 0.97), at(sign * hip * 0.7 + 0.07, 0.98), 0.028, 0.02
            ),
            prefix_surface("cloth:shoes", prefix),
            shin.name,
            ankle,
            Swing(-0.3 * knee_rest, 0.15, pace, phase),
        )
        return foot, shin, thigh

    arm_rest = -0.9 if posture in ("sit", "crouch") else float(rng.normal(0, 0.25))
    raised = rng.random() < 0.12
    elbow_rest = -float(rng.uniform(0.1, 1.4 if posture == "run" else 0.8))

    def arm(side: str, sign: float) -> tuple[Part, Part]:
        turn = math.pi if side == "near" else 0.0
        joint, elbow, hand = (
            at(sign * shoulder, 0.2),
            at(sign * shoulder, 0.35),
            at(sign * shoulder, 0.49),
        )
        swing = Swing(
            arm_rest + sign * 0.15 * frontal + (-2.2 if raised and side == "near" else 0),
            stride * 0.8,
            pace,
            phase + turn,
        )
        upper = Part(
            f"{prefix}{side} arm",
            capsule(joint, elbow, 0.04 * breadth, 0.032 * breadth),
            prefix_surface(top, prefix),
            f"{prefix}torso",
            joint,
            swing,
        )
        lower = Part(
            f"{prefix}{side} forearm",
            capsule(elbow, hand, 0.031 * breadth, 0.026),
            prefix_surface(sleeve, prefix),
            upper.name,
            elbow,
            Swing(elbow_rest, stride * 0.3, pace, phase + turn),
        )
        return lower, upper

    torso = Part(
        f"{prefix}torso",
        smooth(
            [
                at(-shoulder * 0.5, 0.155),
                at(shoulder * 0.5, 0.155),
                at(shoulder * 1.1, 0.2),
                at(hip * 1.15 + 0.02 * breadth, 0.36),
                at(hip * 1.2, 0.53),
                at(-hip * 1.2, 0.53),
                at(-hip * 1.15 - 0.02 * breadth, 0.36),
                at(-shoulder * 1.1, 0.2),
            ]
        ),
        prefix_surface(top, prefix),
        pivot=at(0, 0.52),
        swing=Swing(lean, 0.03, 2 * pace, phase),
    )
    head_joint, head_size = at(0.01, 0.16), rng.uniform(0.9, 1.2)
    head = Part(
        f"{prefix}head",
        ellipse(at(0.015, 0.085), (0.05 * head_size, 0.068 * head_size)),
        "skin",
        torso.name,
        head_joint,
        Swing(-0.6 * lean, 0.06, pace, phase),
    )
    crown = Part(
        f"{prefix}hair",
        smooth(
            [
                at(0.06 * head_size, 0.05),
                at(0.02, 0.085 - 0.078 * head_size),
                at(-0.05 * head_size, 0.04),
                at(-0.05 * head_size, rng.uniform(0.09, 0.2)),
                at(-0.015, 0.07),
            ]
        ),
        prefix_surface(str(rng.choice(["hair", "hair", "paint", "cloth:hat"])), prefix),
        head.name,
        head_joint,
    )
    neck = Part(
        f"{prefix}neck",
        capsule(at(0, 0.18), at(0.012, 0.11), 0.033, 0.028),
        "skin",
        torso.name,
        at(0, 0.18),
    )
    near_sign, far_sign = (1.0, -1.0) if frontal else (-0.15, 0.15)
    parts = [*arm("far", far_sign), *leg("far", far_sign), *leg("near", near_sign)]
    extras = _worn(rng, at, hip, prefix)
    parts += [extras[0]] if extras and extras[0].name.endswith("pack") and not frontal else []
    parts += [neck, torso, head, crown]
    parts += [extras[0]] if extras and extras[0].name.endswith("skirt") else []
    return (*parts, *arm("near", near_sign))


def _worn(
    rng: Generator, at: Callable[[float, float], Point], hip: float, prefix: str
) -> tuple[Part, ...]:
    """A rucksack, a skirt or coat, or nothing."""
    draw = rng.random()
    torso = f"{prefix}torso"
    if draw < 0.15:
        outline = box(*at(-0.17, 0.18), *at(-0.03, 0.42), rounding=0.3)
        return (Part(f"{prefix}pack", outline, prefix_surface("cloth:pack", prefix), torso),)
    if draw < 0.35:
        hem, flare = rng.uniform(0.62, 0.9), rng.uniform(1.3, 2.6)
        outline = smooth(
            [at(-hip, 0.45), at(hip, 0.45), at(hip * flare, hem), at(-hip * flare, hem)], 4
        )
        surface = str(rng.choice(["cloth:top", "cloth:skirt"]))
        return (Part(f"{prefix}skirt", outline, prefix_surface(surface, prefix), torso),)
    return ()


def prefix_surface(surface: str, prefix: str) -> str:
    """`surface` as its own texture for the figure `prefix`.

    >>> prefix_surface("cloth:top", "rider "), prefix_surface("skin", "")
    ('cloth:rider top', 'skin')
    """
    kind, _, number = surface.partition(":")
    return f"{kind}:{prefix}{number}" if prefix or number else kind
