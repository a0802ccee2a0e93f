"""Cars, vans and buses, from the side and from the front, and the wheels of all vehicles."""

import math

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.figures import Part, Swing
from vosbench.synthetic.outlines import Point, box, capsule, ellipse, smooth


def wheel(
    name: str, centre: Point, radius: float, rim: float, spin: float, spokes: int
) -> tuple[Part, ...]:
    """A turning wheel: tyre, then hub or spokes; `rim` is the tyre's share of the radius."""
    turning = Swing(spin=spin)
    hole = ellipse(centre, (radius * (1 - rim), radius * (1 - rim)))
    tyre = Part(
        f"{name} tyre",
        ellipse(centre, (radius, radius), vertices=40),
        "tyre",
        "frame",
        centre,
        turning,
        (hole,),
    )
    if not spokes:
        hub = Part(
            f"{name} hub", ellipse(centre, (radius * 0.62, radius * 0.62)), "metal", tyre.name
        )
        disc = Part(
            f"{name} disc", ellipse(centre, (radius * 0.95, radius * 0.95)), "tyre", tyre.name
        )
        slots = [
            Part(
                f"{name} slot {i}",
                ellipse(
                    _around(centre, radius * 0.38, i * 2 * np.pi / 5),
                    (radius * 0.11,) * 2,
                    vertices=8,
                ),
                "tyre",
                tyre.name,
            )
            for i in range(5)
        ]
        return (tyre, disc, hub, *slots)
    thin = radius * 0.025
    rods = [
        Part(
            f"{name} spoke {i}",
            capsule(
                _around(centre, radius * 0.95, i * np.pi / spokes),
                _around(centre, -radius * 0.95, i * np.pi / spokes),
                thin,
                thin,
            ),
            "metal",
            tyre.name,
        )
        for i in range(spokes)
    ]
    return (*rods, tyre)


def _around(centre: Point, radius: float, angle: float) -> Point:
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def car(rng: Generator) -> tuple[Part, ...]:
    """A car from the side: saloon, estate, small car or jeep."""
    length, height = rng.uniform(0.85, 1.3), rng.uniform(0.36, 0.6)
    radius = rng.uniform(0.11, 0.16)
    floor, top = 1 - 0.75 * radius, 1 - radius - height
    waist = top + height * rng.uniform(0.38, 0.5)
    bonnet, boot = rng.uniform(0.5, 0.68), rng.uniform(0.55, 0.95)
    front, rear = 0.42 * rng.uniform(0.7, 1.1), boot * rng.uniform(0.72, 0.95)
    body = smooth(
        [
            (-length, floor - 0.02),
            (-length * 1.01, waist + 0.03),
            (-length * boot, waist),
            (-length * rear * 0.85, top + 0.02),
            (0.0, top),
            (length * front * 0.7, top + 0.02),
            (length * bonnet, waist),
            (length * 0.97, waist + 0.06),
            (length * 1.02, floor - 0.06),
            (length * 0.95, floor),
            (0.0, floor + 0.01),
            (-length * 0.93, floor),
        ],
        5,
    )
    pane_top, pane_foot = top + 0.045, waist - 0.005
    spin = rng.uniform(0.1, 0.5)
    post = rng.uniform(-0.15, 0.05) * length
    rear_pane = [(-length * rear * 0.8, pane_top + 0.02), (post - 0.015, pane_top)]
    rear_pane += [(post - 0.015, pane_foot), (-length * boot * 0.95, pane_foot)]
    front_pane = [(post + 0.015, pane_top), (length * front * 0.62, pane_top + 0.02)]
    front_pane += [(length * bonnet * 0.88, pane_foot), (post + 0.015, pane_foot)]
    sill = box(-length * 0.9, floor - 0.05, length * 0.92, floor + 0.01, 0.3)
    parts = [
        Part("frame", body, "paint", pivot=(0, floor), swing=Swing(0, 0.008, 0.9)),
        Part("rear pane", np.array(rear_pane), "glass", "frame"),
        Part("front pane", np.array(front_pane), "glass", "frame"),
        Part("head lamp", ellipse((length * 0.95, waist + 0.1), (0.045, 0.025)), "lamp", "frame"),
        Part(
            "tail lamp",
            box(-length * 1.0, waist + 0.05, -length * 0.94, waist + 0.12, 0.2),
            "lamp:tail",
            "frame",
        ),
        Part("door", box(post - 0.006, waist, post + 0.006, floor - 0.04), "tyre", "frame"),
    ]
    if rng.random() < 0.5:
        parts.append(Part("sill", sill, str(rng.choice(["tyre", "paint:sill", "metal"])), "frame"))
    hubs = (-length * rng.uniform(0.58, 0.7), length * rng.uniform(0.6, 0.7))
    for name, x in zip(("rear", "front"), hubs, strict=True):
        arch = ellipse((x, 1 - radius), (radius * 1.15, radius * 1.15))
        parts.append(Part(f"{name} arch", arch, "tyre:arch", "frame"))
        parts += wheel(name, (x, 1 - radius), radius, 0.35, spin, 0)
    return tuple(parts)


def van(rng: Generator) -> tuple[Part, ...]:
    """A van, bus, lorry or tram from the side, with a row of windows."""
    length, height, radius = rng.uniform(0.7, 1.3), rng.uniform(0.55, 0.8), rng.uniform(0.09, 0.13)
    floor, top = 1 - 0.8 * radius, 1 - 0.8 * radius - height
    slope = rng.uniform(0, 0.25)
    body = smooth(
        [
            (-length, floor),
            (-length, top + 0.04),
            (-length + 0.04, top),
            (length - slope - 0.04, top),
            (length - slope * 0.5, top + 0.4 * height),
            (length, top + 0.6 * height),
            (length, floor),
        ],
        3,
    )
    parts = [Part("frame", body, "paint", pivot=(0, floor), swing=Swing(0, 0.006, 0.8))]
    if rng.random() < 0.6:
        stripe = top + height * rng.uniform(0.5, 0.8)
        band = box(-length * 0.99, stripe, length * 0.97, stripe + rng.uniform(0.03, 0.15))
        parts.append(Part("band", band, "paint:band", "frame"))
    count = int(rng.integers(1, 8))
    left, right = -length * 0.9, length * 0.9 - slope
    step = (right - left) / count
    pane_top, pane_foot = top + 0.1 * height, top + height * rng.uniform(0.38, 0.5)
    first = 0 if rng.random() < 0.6 else count - 1
    for i in range(first, count):
        outline = box(
            left + i * step + 0.012, pane_top, left + (i + 1) * step - 0.012, pane_foot, 0.1
        )
        parts.append(Part(f"pane {i}", outline, "glass", "frame"))
    spin = rng.uniform(0.1, 0.5)
    for name, x in (("rear", -length * 0.62), ("front", length * 0.66)):
        parts += wheel(name, (x, 1 - radius), radius, 0.35, spin, 0)
    return tuple(parts)


def front_of_car(rng: Generator) -> tuple[Part, ...]:
    """A car or bus that comes towards the camera or drives away from it."""
    width, height = rng.uniform(0.42, 0.6), rng.uniform(0.7, 0.95)
    top, waist = 0.93 - height, 0.93 - height * rng.uniform(0.5, 0.62)
    roof = width * rng.uniform(0.7, 0.95)
    body = smooth(
        [
            (-roof, top + 0.03),
            (0, top),
            (roof, top + 0.03),
            (width, waist),
            (width, 0.9),
            (0, 0.93),
            (-width, 0.9),
            (-width, waist),
        ],
        5,
    )
    pane = [(-roof * 0.88, top + 0.08), (roof * 0.88, top + 0.08), (width * 0.86, waist)]
    pane.append((-width * 0.86, waist))
    lamp = "lamp" if rng.random() < 0.5 else "lamp:tail"
    parts = []
    for x in (-0.75 * width, 0.75 * width):
        parts.append(Part(f"tyre {x:.2f}", box(x - 0.07, 0.8, x + 0.07, 1.0, 0.3), "tyre", "frame"))
    parts.append(Part("frame", body, "paint", pivot=(0, 0.9), swing=Swing(0, 0.01, 0.9)))
    parts.append(Part("pane", np.array(pane), "glass", "frame"))
    for x in (-0.78 * width, 0.78 * width):
        parts.append(
            Part(f"lamp {x:.2f}", ellipse((x, waist + 0.13), (0.07, 0.045)), lamp, "frame")
        )
    grille = box(-0.4 * width, waist + 0.12, 0.4 * width, waist + 0.24, 0.2)
    parts.append(Part("grille", grille, str(rng.choice(["tyre", "metal"])), "frame"))
    parts.append(Part("plate", box(-0.1, 0.8, 0.1, 0.85), "lamp:plate", "frame"))
    return tuple(parts)
