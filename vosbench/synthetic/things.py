"""Things without a skeleton: soft bodies, boxes, balls, kites, plants; and the kinds of figures."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.animals import bird, fish, quadruped
from vosbench.synthetic.cutouts import CUTOUTS
from vosbench.synthetic.figures import Part, Swing
from vosbench.synthetic.outlines import Outline, Point, blob, box, capsule, ellipse, smooth
from vosbench.synthetic.people import person
from vosbench.synthetic.rides import boat, cycle, motorcycle
from vosbench.synthetic.vehicles import car, front_of_car, van


def lump(rng: Generator) -> tuple[Part, ...]:
    """A soft body with limbs, patches and now and then a hole."""
    centre: Point = (0.0, 0.55)
    radii = (rng.uniform(0.2, 0.5), rng.uniform(0.25, 0.42))
    holes: tuple[Outline, ...] = ()
    if rng.random() < 0.15:
        shift = rng.normal(0, 0.05, 2)
        place = (centre[0] + shift[0], centre[1] + shift[1])
        holes = (blob(rng, place, (radii[0] * 0.35, radii[1] * 0.35), 0.2),)
    body = blob(rng, centre, radii, rng.uniform(0.05, 0.35))
    fray = float(rng.choice([0.0, 0.0, 0.006]))
    trunk = Part("trunk", body, "any", holes=holes, fray=fray)
    parts = []
    for i in range(int(rng.integers(0, 5))):
        angle = rng.uniform(0, 2 * np.pi)
        root = (radii[0] * 0.7 * np.cos(angle), 0.55 + radii[1] * 0.7 * np.sin(angle))
        reach = rng.uniform(0.15, 0.5)
        tip = (root[0] + reach * np.cos(angle), root[1] + reach * np.sin(angle))
        start, end = rng.uniform(0.04, 0.12), rng.uniform(0.015, 0.08)
        swing = Swing(0, rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.4), rng.uniform(0, 6))
        surface = "any" if rng.random() < 0.5 else "any:limbs"
        parts.append(
            Part(f"limb {i}", capsule(root, tip, start, end), surface, "trunk", root, swing)
        )
    patches = [
        Part(
            f"patch {i}",
            blob(
                rng,
                (rng.normal(0, 0.3) * radii[0], 0.55 + rng.normal(0, 0.3) * radii[1]),
                (0.1, 0.1),
                0.3,
            ),
            "any:patch",
            "trunk",
        )
        for i in range(0 if holes else int(rng.integers(0, 3)))
    ]
    return (*parts, trunk, *patches)


def parcel(rng: Generator) -> tuple[Part, ...]:
    """A box, barrel, suitcase or sign of a few colours."""
    width = rng.uniform(0.25, 0.7)
    outline = box(-width, 0.1, width, 1.0, rng.uniform(0, 0.4))
    parts = [Part("frame", outline, str(rng.choice(["any", "paint", "photo", "wood"])))]
    for i in range(int(rng.integers(0, 4))):
        left, top = rng.uniform(-0.9, 0.3) * width, rng.uniform(0.15, 0.7)
        panel = box(
            left, top, left + rng.uniform(0.2, 0.6) * width, top + rng.uniform(0.05, 0.25), 0.1
        )
        parts.append(Part(f"panel {i}", panel, f"paint:{i}", "frame"))
    return tuple(parts)


def ball(rng: Generator) -> tuple[Part, ...]:
    """A rolling ball with panels."""
    roll = Swing(spin=rng.normal(0, 0.15))
    parts = [Part("frame", ellipse((0, 0.5), (0.5, 0.5), vertices=48), "any", "", (0, 0.5), roll)]
    for i in range(int(rng.integers(1, 5))):
        angle = rng.uniform(0, 6.3)
        centre = (0.27 * np.cos(angle), 0.5 + 0.27 * np.sin(angle))
        parts.append(
            Part(f"panel {i}", blob(rng, centre, (0.15, 0.15), 0.1), "cloth:panel", "frame")
        )
    return tuple(parts)


def kite(rng: Generator) -> tuple[Part, ...]:
    """A bent canopy of several colours."""
    span, rise = rng.uniform(0.4, 0.8), rng.uniform(0.15, 0.4)
    parts = []
    count = int(rng.integers(2, 7))
    edges = np.linspace(-1, 1, count + 1)
    chord = rng.uniform(0.1, 0.25)
    for i in range(count):
        x = np.linspace(edges[i], edges[i + 1], 5)
        upper = np.column_stack([x * span, 0.3 + rise * x**2])
        outline = np.concatenate([upper, upper[::-1] + np.array([0.0, chord])])
        parts.append(
            Part(f"cell {i}" if i else "frame", outline, f"cloth:{i % 2}", "frame" if i else "")
        )
    return tuple(parts)


def plant(rng: Generator) -> tuple[Part, ...]:
    """A bush or tree: a stem and tufts of leaves."""
    stem_top = rng.uniform(0.3, 0.7)
    parts = [Part("frame", capsule((0, 1.0), (rng.normal(0, 0.05), stem_top), 0.04, 0.025), "wood")]
    for i in range(int(rng.integers(2, 6))):
        centre = (rng.normal(0, 0.2), stem_top + rng.normal(-0.1, 0.12))
        radii = (rng.uniform(0.12, 0.3), rng.uniform(0.12, 0.3))
        sway = Swing(0, 0.04, rng.uniform(0.08, 0.2), rng.uniform(0, 6))
        leaves = blob(rng, centre, radii, 0.25)
        parts.append(Part(f"tuft {i}", leaves, "any", "frame", (0, 1.0), sway, fray=0.02))
    return tuple(parts)


def pole(rng: Generator) -> tuple[Part, ...]:
    """A trunk, post or pillar, much taller than wide."""
    width = rng.uniform(0.015, 0.06)
    bow = rng.normal(0, 0.02)
    outline = smooth(
        [
            (-width, 1.2),
            (bow - width, 0.4),
            (-width * 0.9, -0.4),
            (width * 0.9, -0.4),
            (bow + width, 0.4),
            (width, 1.2),
        ],
        5,
    )
    return (Part("frame", outline, str(rng.choice(["wood", "any", "paint"]))),)


def cutout(rng: Generator) -> tuple[Part, ...]:
    """A thing from a photograph as a figure of one part, its height 1."""
    name = str(rng.choice(list(CUTOUTS)))
    outline = CUTOUTS[name].outline()
    low, high = outline.min(0), outline.max(0)
    placed = (outline - ((low[0] + high[0]) / 2, low[1])) / (high[1] - low[1])
    return (Part("frame", placed, f"cut:{name}" if CUTOUTS[name].photo else "fur"),)


def verge(rng: Generator) -> tuple[Part, ...]:
    """A wide strip of grass, stones or snow with a ragged upper edge, for the foreground."""
    x = np.linspace(-2.5, 2.5, 160)
    depth = rng.uniform(0.005, 0.1)
    waves = sum(
        rng.normal(0, 0.06 / wave) * np.sin(wave * x + rng.uniform(0, 6)) for wave in (1, 2, 4, 7)
    )
    edge = 0.3 + waves + rng.normal(0, depth, len(x))
    outline = np.concatenate([np.column_stack([x, edge]), [(2.5, 1.0), (-2.5, 1.0)]])
    return (Part("frame", outline, str(rng.choice(["ground", "ground", "any"]))),)


KINDS: dict[str, tuple[Callable[[Generator], tuple[Part, ...]], float, float]] = {
    "person": (person, 0.2, 0.012),
    "quadruped": (quadruped, 0.2, 0.02),
    "bird": (bird, 0.06, 0.02),
    "fish": (fish, 0.03, 0.05),
    "car": (car, 0.1, 0.0),
    "van": (van, 0.04, 0.0),
    "oncoming": (front_of_car, 0.03, 0.0),
    "cycle": (cycle, 0.02, 0.0),
    "motorcycle": (motorcycle, 0.03, 0.0),
    "boat": (boat, 0.03, 0.0),
    "lump": (lump, 0.08, 0.06),
    "parcel": (parcel, 0.03, 0.0),
    "ball": (ball, 0.02, 0.0),
    "kite": (kite, 0.02, 0.05),
    "cutout": (cutout, 0.1, 0.025),
}
"""Kind of figure → how to make it, how often it is drawn, how soft it is (body units)."""
