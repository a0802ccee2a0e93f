"""Animals: four-legged ones from dogs to camels, birds and fish."""

import math

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.figures import Part, Swing
from vosbench.synthetic.outlines import Point, capsule, ellipse, smooth


def quadruped(rng: Generator) -> tuple[Part, ...]:
    """A walking or running animal seen from the side."""
    length = rng.uniform(0.3, 0.52)
    depth = rng.uniform(0.11, 0.2)
    leg_length = rng.uniform(0.28, 0.5)
    thick = rng.uniform(0.025, 0.06)
    belly = 1.0 - leg_length
    back = belly - 2 * depth * rng.uniform(0.85, 1.1)
    middle = (belly + back) / 2
    pace, phase = rng.uniform(0.2, 0.6), rng.uniform(0, 2 * np.pi)
    stride = rng.uniform(0.15, 0.6)
    fray = rng.choice([0.0, 0.003, 0.008])
    hump = rng.uniform(0, 0.1) if rng.random() < 0.25 else 0.0
    trunk = Part(
        "trunk",
        smooth(
            [
                (-length, middle - 0.2 * depth),
                (-0.75 * length, back),
                (0.0, back + 0.02 - hump),
                (0.7 * length, back - 0.01),
                (length, middle - 0.1 * depth),
                (0.75 * length, belly),
                (0.0, belly + rng.uniform(-0.06, 0.03)),
                (-0.75 * length, belly - 0.02),
            ]
        ),
        "fur",
        pivot=(0.0, middle),
        swing=Swing(rng.normal(0, 0.04), 0.03, pace, phase),
        fray=fray,
    )
    parts = [*_legs(rng, length, belly, thick, (pace, phase, stride), "far")]
    parts.append(_tail(rng, (-length * 0.95, middle - 0.4 * depth), thick, pace))
    head = _neck_and_head(rng, (0.82 * length, middle - 0.4 * depth), depth, pace, fray)
    parts += [trunk, *head] if rng.random() < 0.7 else [*head, trunk]
    parts += _markings(rng, length, middle, depth)
    return (*parts, *_legs(rng, length, belly, thick, (pace, phase, stride), "near"))


def _legs(
    rng: Generator,
    length: float,
    belly: float,
    thick: float,
    gait: tuple[float, float, float],
    side: str,
) -> list[Part]:
    """Hind and fore leg of one side, two segments each."""
    pace, phase, stride = gait
    parts = []
    surface = "fur" if rng.random() < 0.7 else "fur:legs"
    for name, x, bend, lag in (("hind", -0.72, 0.35, 0.0), ("fore", 0.7, -0.15, np.pi)):
        turn = phase + lag + (np.pi if side == "far" else 0.0)
        x = (x + (0.06 if side == "far" else 0.0)) * length
        hip, knee, hoof = (x, belly - 0.06), (x, belly + 0.45 * (1 - belly)), (x, 0.985)
        thigh = Part(
            f"{side} {name} thigh",
            capsule(hip, knee, thick * 1.7, thick * 0.95),
            surface,
            "trunk",
            hip,
            Swing(bend * 0.5, stride, pace, turn),
        )
        shin = Part(
            f"{side} {name} shin",
            capsule(knee, hoof, thick * 0.9, thick * 0.65),
            surface,
            thigh.name,
            knee,
            Swing(-bend, stride * 0.7, pace, turn - 1.2),
        )
        parts += [shin, thigh]
    return parts


def _tail(rng: Generator, root: Point, thick: float, pace: float) -> Part:
    """Tail, short or long, thin or bushy."""
    size, angle = rng.uniform(0.08, 0.4), rng.uniform(-0.6, 1.4)
    tip = (root[0] - size * math.cos(angle), root[1] + size * math.sin(angle))
    end = rng.uniform(0.3, 1.4) * thick
    return Part(
        "tail",
        capsule(root, tip, 0.6 * thick, end),
        "fur" if rng.random() < 0.6 else "hair",
        "trunk",
        root,
        Swing(0.0, rng.uniform(0.05, 0.4), pace * rng.uniform(0.5, 2), rng.uniform(0, 6)),
        fray=0.004,
    )


def _neck_and_head(
    rng: Generator, root: Point, depth: float, pace: float, fray: float
) -> list[Part]:
    """Neck, head with a snout, and ears, horns or a mane."""
    neck_length, angle = rng.uniform(0.1, 0.42), rng.uniform(-0.1, 1.25)
    top = (root[0] + neck_length * math.cos(angle), root[1] - neck_length * math.sin(angle))
    head_size = rng.uniform(0.05, 0.1)
    snout_angle = rng.uniform(-0.2, 0.9)
    snout_length = head_size * rng.uniform(1.0, 2.4)
    nose = (
        top[0] + snout_length * math.cos(snout_angle),
        top[1] + snout_length * math.sin(snout_angle),
    )
    nod = Swing(rng.normal(0, 0.08), rng.uniform(0.03, 0.15), pace, rng.uniform(0, 6))
    neck = Part(
        "neck",
        capsule(root, top, depth * rng.uniform(0.55, 0.85), head_size * 0.8),
        "fur",
        "trunk",
        root,
        nod,
        fray=fray,
    )
    surface = "fur" if rng.random() < 0.7 else "fur:head"
    skull = Part("skull", ellipse(top, (head_size * 1.15, head_size)), surface, "neck", fray=fray)
    snout = Part("snout", capsule(top, nose, head_size * 0.8, head_size * 0.45), surface, "neck")
    muzzle = Part("muzzle", ellipse(nose, (head_size * 0.35, head_size * 0.35)), "tyre", "neck")
    eye_place = (top[0] + 0.3 * head_size, top[1] - 0.2 * head_size)
    eye = Part("eye", ellipse(eye_place, (0.14 * head_size, 0.14 * head_size)), "tyre", "neck")
    ear_size = head_size * rng.uniform(0.6, 2.0)
    lean = rng.uniform(-0.9, 0.5)
    ear_root = (top[0] - 0.4 * head_size, top[1] - 0.6 * head_size)
    tip = (ear_root[0] + ear_size * math.sin(lean), ear_root[1] - ear_size * math.cos(lean))
    ear_surface = str(rng.choice([surface, surface, "hair", "wood"]))
    ear = Part(
        "ear",
        capsule(ear_root, tip, head_size * 0.4, head_size * 0.1),
        ear_surface,
        "neck",
        ear_root,
        Swing(0, 0.1, pace, 1.0),
    )
    mane = Part("mane", capsule(root, top, depth * 0.3, head_size * 0.5), "hair", "neck", fray=0.01)
    crest = [mane] if rng.random() < 0.25 else []
    return [*crest, neck, ear, skull, snout, muzzle, eye]


def _markings(rng: Generator, length: float, middle: float, depth: float) -> list[Part]:
    """A patch, a saddle or a collar on the trunk, now and then."""
    if rng.random() < 0.65:
        return []
    centre = (rng.uniform(-0.5, 0.5) * length, middle + rng.uniform(-0.4, 0.1) * depth)
    radii = (rng.uniform(0.15, 0.4) * length, rng.uniform(0.3, 0.6) * depth)
    surface = str(rng.choice(["fur:patch", "cloth:rug"]))
    return [Part("patch", ellipse(centre, radii, rng.normal(0, 0.3)), surface, "trunk")]


def bird(rng: Generator) -> tuple[Part, ...]:
    """A bird that swims, walks or flies, with a neck, a beak and a wing."""
    manner = str(rng.choice(["swims", "walks", "flies"]))
    length, depth = rng.uniform(0.3, 0.5), rng.uniform(0.12, 0.22)
    middle = 0.82 if manner == "swims" else 0.6
    pace, phase = rng.uniform(0.15, 0.5), rng.uniform(0, 6)
    trunk = Part(
        "trunk",
        smooth(
            [
                (-length * 1.3, middle - 0.5 * depth * rng.uniform(0.2, 1.5)),
                (-0.4 * length, middle - 0.9 * depth),
                (0.6 * length, middle - 0.9 * depth),
                (length, middle - 0.1 * depth),
                (0.5 * length, middle + depth),
                (-0.6 * length, middle + 0.7 * depth),
            ]
        ),
        "fur",
        pivot=(0, middle),
        swing=Swing(rng.normal(0, 0.08), 0.04, pace, phase),
        fray=0.003,
    )
    neck, *head = _bird_neck(rng, (0.75 * length, middle - 0.4 * depth), pace, phase)
    far, near = _wings(rng, (0.3 * length, middle - 0.5 * depth), manner == "flies", phase)
    before: tuple[Part, ...] = ()
    if manner == "flies":
        before = (far,)
    elif manner == "walks":
        before = _bird_legs(middle + 0.5 * depth, pace, phase)
    return (*before, neck, trunk, *head, near)


def _bird_neck(rng: Generator, root: Point, pace: float, phase: float) -> tuple[Part, ...]:
    """The neck from its root at the trunk, and what it carries."""
    reach = rng.uniform(0.12, 0.5)
    bend = (root[0] + 0.25 * reach, root[1] - 0.55 * reach)
    top = (bend[0] - 0.05 * reach, bend[1] - 0.5 * reach)
    width, head = rng.uniform(0.025, 0.06), rng.uniform(0.045, 0.08)
    sway = Swing(0.0, rng.uniform(0.05, 0.2), pace, phase + 1)
    beak = [(top[0], top[1] - head * 0.5), (top[0] + head * 2.4, top[1] + head * 0.3)]
    beak.append((top[0], top[1] + head * 0.6))
    eye = (top[0] + 0.4 * head, top[1] - 0.2 * head)
    return (
        Part("neck", capsule(root, bend, width * 2, width), "fur", "trunk", root, sway),
        Part("throat", capsule(bend, top, width, width * 0.9), "fur", "neck", bend, sway),
        Part("beak", np.array(beak), "lamp", "throat"),
        Part("head", ellipse(top, (head * 1.15, head)), "fur", "throat"),
        Part("eye", ellipse(eye, (0.012, 0.012)), "tyre", "throat"),
    )


def _wings(rng: Generator, joint: Point, flies: bool, phase: float) -> tuple[Part, Part]:
    """The far and the near wing, spread or folded."""
    flap = Swing(0.0, 0.9 if flies else 0.05, rng.uniform(0.3, 0.8), phase)
    span = rng.uniform(0.5, 0.9) if flies else 0.25
    outline = smooth(
        [
            joint,
            (joint[0] - 0.15, joint[1] - 0.55 * span),
            (joint[0] - 0.45, joint[1] - (0.9 if flies else -0.1) * span),
            (joint[0] - 0.35, joint[1] + 0.05),
        ]
    )
    return (
        Part("far wing", outline + np.array([0.08, -0.02]), "fur:wing", "trunk", joint, flap),
        Part("wing", outline, "fur:wing", "trunk", joint, flap, fray=0.004),
    )


def _bird_legs(height: float, pace: float, phase: float) -> tuple[Part, ...]:
    """Two legs that begin at this height."""
    return tuple(
        Part(
            f"{side} leg",
            capsule((x, height), (x, 0.98), 0.022, 0.014),
            "lamp",
            "trunk",
            (x, height),
            Swing(0, 0.4, pace, phase + turn),
        )
        for side, x, turn in (("far", 0.05, 0.0), ("near", 0.0, np.pi))
    )


def fish(rng: Generator) -> tuple[Part, ...]:
    """A fish with a beating tail and fins."""
    length, depth = rng.uniform(0.35, 0.6), rng.uniform(0.12, 0.32)
    beat = rng.uniform(0.3, 0.7)
    tail = smooth(
        [
            (-0.85 * length, 0.5),
            (-1.4 * length, 0.5 - depth),
            (-1.25 * length, 0.5),
            (-1.4 * length, 0.5 + depth),
        ],
        4,
    )
    fin = smooth(
        [
            (0.3 * length, 0.5 - 0.8 * depth),
            (-0.2 * length, 0.5 - 1.7 * depth),
            (-0.5 * length, 0.5 - 0.6 * depth),
        ],
        4,
    )
    lower = smooth(
        [(0.25 * length, 0.52), (-0.15 * length, 0.5 + 0.9 * depth), (0.05 * length, 0.55)], 4
    )
    trunk = smooth(
        [
            (length, 0.52),
            (0.4 * length, 0.5 - depth),
            (-0.5 * length, 0.5 - 0.6 * depth),
            (-length, 0.5),
            (-0.5 * length, 0.5 + 0.6 * depth),
            (0.4 * length, 0.5 + depth),
        ]
    )
    return (
        Part("tail", tail, "fur:fins", "trunk", (-0.85 * length, 0.5), Swing(0, 0.4, beat)),
        Part("fin", fin, "fur:fins", "trunk"),
        Part("trunk", trunk, "fur", pivot=(0, 0.5), swing=Swing(0, 0.06, beat, 1.0)),
        Part(
            "lower fin", lower, "fur:fins", "trunk", (0.2 * length, 0.52), Swing(0, 0.3, beat, 2.0)
        ),
        Part("eye", ellipse((0.7 * length, 0.47), (0.03, 0.03)), "tyre", "trunk"),
    )
