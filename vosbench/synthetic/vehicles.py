"""Vehicles: cars, vans and buses, cycles and motorcycles, boats; and boards to stand on."""

import math

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.figures import Part, Swing
from vosbench.synthetic.outlines import Outline, Point, box, capsule, ellipse, smooth


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


def cycle(rng: Generator) -> tuple[Part, ...]:
    """A bicycle: thin rings, thin bars, and holes between them."""
    radius, reach = rng.uniform(0.2, 0.25), rng.uniform(0.3, 0.36)
    axle = 1 - radius
    crank, saddle, head = (-0.03, axle + 0.02), (-0.12, axle - 0.3), (0.2, axle - 0.28)
    thin = rng.uniform(0.012, 0.022)
    spin = rng.uniform(0.15, 0.5)
    bars = [
        ((-reach, axle), crank),
        (crank, saddle),
        (saddle, head),
        (crank, head),
        (saddle, (-reach, axle)),
        (head, (reach, axle)),
        (head, (0.17, axle - 0.38)),
    ]
    frame = [
        Part(f"bar {i}" if i else "frame", capsule(a, b, thin, thin), "paint", "frame" if i else "")
        for i, (a, b) in enumerate(bars)
    ]
    wheels = [
        part
        for name, x in (("rear", -reach), ("front", reach))
        for part in wheel(name, (x, axle), radius, rng.uniform(0.1, 0.2), spin, 3)
    ]
    grip = Part(
        "grip", capsule((0.15, axle - 0.39), (0.24, axle - 0.37), 0.018, 0.018), "tyre", "frame"
    )
    seat = Part(
        "seat", capsule((-0.19, axle - 0.33), (-0.07, axle - 0.33), 0.025, 0.015), "tyre", "frame"
    )
    return (*wheels, *frame, grip, seat)


def motorcycle(rng: Generator) -> tuple[Part, ...]:
    """A motorcycle or scooter: fat wheels and a body between them."""
    radius, reach = rng.uniform(0.17, 0.23), rng.uniform(0.38, 0.46)
    axle = 1 - radius
    spin = rng.uniform(0.15, 0.5)
    engine = smooth(
        [(-0.22, axle - 0.12), (0.15, axle - 0.15), (0.2, axle + 0.05), (-0.15, axle + 0.1)], 4
    )
    tank = smooth(
        [
            (-0.42, axle - 0.3),
            (-0.1, axle - 0.25),
            (0.1, axle - 0.36),
            (0.28, axle - 0.28),
            (0.15, axle - 0.12),
            (-0.2, axle - 0.13),
        ],
        5,
    )
    fairing = smooth(
        [(0.15, axle - 0.4), (0.32, axle - 0.42), (0.42, axle - 0.22), (0.2, axle - 0.05)], 5
    )
    parts = [
        part
        for name, x in (("rear", -reach), ("front", reach))
        for part in wheel(name, (x, axle), radius, 0.4, spin, int(rng.integers(0, 4)))
    ]
    fork = capsule((reach, axle), (0.22, axle - 0.4), 0.022, 0.03)
    arm = capsule((-reach, axle), (-0.05, axle), 0.022, 0.03)
    parts += [
        Part("arm", arm, "metal", "frame"),
        Part("fork", fork, "metal", "frame"),
        Part("frame", engine, str(rng.choice(["metal", "tyre", "photo"]))),
        Part("tank", tank, "paint", "frame"),
        Part(
            "seat", capsule((-0.4, axle - 0.31), (-0.08, axle - 0.27), 0.035, 0.03), "tyre", "frame"
        ),
        Part(
            "bar", capsule((0.2, axle - 0.42), (0.12, axle - 0.46), 0.018, 0.018), "tyre", "frame"
        ),
        Part(
            "exhaust",
            capsule((0.05, axle + 0.08), (-0.45, axle + 0.03), 0.025, 0.035),
            "metal",
            "frame",
        ),
    ]
    return (
        (*parts, Part("fairing", fairing, "paint", "frame")) if rng.random() < 0.6 else tuple(parts)
    )


def boat(rng: Generator) -> tuple[Part, ...]:
    """A boat with a sail or a cabin."""
    length, depth = rng.uniform(0.4, 0.8), rng.uniform(0.08, 0.2)
    deck = 0.98 - depth
    hull = smooth(
        [
            (-length, deck),
            (0, deck + 0.02),
            (length * 1.1, deck - 0.04),
            (length * 0.8, 0.98),
            (-length * 0.9, 0.98),
        ],
        4,
    )
    parts = [
        Part("frame", hull, "paint", pivot=(0, 0.98), swing=Swing(rng.normal(0, 0.06), 0.05, 0.12))
    ]
    if rng.random() < 0.6:
        mast = (rng.uniform(-0.1, 0.2), 0.02)
        parts.insert(
            0, Part("mast", capsule(mast, (mast[0], deck), 0.008, 0.012), "metal", "frame")
        )
        sail = smooth(
            [
                (mast[0] - 0.01, 0.04),
                (mast[0] - 0.01, deck - 0.06),
                (mast[0] - length * 0.8, deck - 0.08),
                (mast[0] - length * 0.45, 0.4),
            ],
            4,
        )
        parts.insert(0, Part("sail", sail, "cloth:sail", "frame"))
    else:
        cabin = box(-length * 0.5, deck - rng.uniform(0.12, 0.3), length * 0.3, deck + 0.03, 0.2)
        parts.append(Part("cabin", cabin, "paint:cabin", "frame"))
        parts.append(
            Part(
                "pane", box(-length * 0.1, deck - 0.1, length * 0.22, deck - 0.03), "glass", "frame"
            )
        )
    return tuple(parts)


def board(rng: Generator, foot: float = 1.0) -> tuple[Part, ...]:
    """A surfboard, skateboard, snowboard or pair of skis under `foot`."""
    length, thick = rng.uniform(0.2, 0.5), rng.uniform(0.012, 0.035)
    tilt = rng.normal(0, 0.08)
    ends: tuple[Point, Point] = ((-length, foot - tilt * length), (length, foot + tilt * length))
    parts = [Part("frame", capsule(*ends, thick, thick), "paint", pivot=(0.0, foot))]
    if length < 0.3:
        for name, x in (("rear", -0.7 * length), ("front", 0.7 * length)):
            parts += [Part(name, _disc((x, foot + 0.04), 0.028), "tyre", "frame")]
    return tuple(parts)


def _disc(centre: Point, radius: float) -> Outline:
    return ellipse(centre, (radius, radius), vertices=16)
