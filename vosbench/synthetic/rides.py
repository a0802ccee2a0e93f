"""What people ride on: cycles, motorcycles, boats and boards."""

from numpy.random import Generator

from vosbench.synthetic.figures import Part, Swing
from vosbench.synthetic.outlines import Outline, Point, box, capsule, ellipse, smooth
from vosbench.synthetic.vehicles import wheel


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
