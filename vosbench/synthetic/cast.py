"""Who plays in a clip: single figures, and riders, boarders and the like of several figures."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.animals import quadruped
from vosbench.synthetic.figures import Part, area, extent
from vosbench.synthetic.outlines import capsule
from vosbench.synthetic.people import person
from vosbench.synthetic.rides import board, cycle, motorcycle
from vosbench.synthetic.things import KINDS, kite
from vosbench.synthetic.vehicles import car

COMPANIES = {
    "cyclist": 0.05,
    "biker": 0.06,
    "rider": 0.05,
    "boarder": 0.07,
    "glider": 0.03,
    "kart": 0.02,
}
"""Kinds of several figures, and how often they are drawn."""

SOFT_COMPANY = 0.008
"""How soft they are at most, in body units."""

ACROBATS = 0.12
"""Share of people who tumble."""


@dataclass(frozen=True)
class Role:
    """Figures that move as one, before they are textured.

    Attributes:
        kind: key of `KINDS` or `COMPANIES`.
        figures: parts of each, from back to front.
        softness: as of `Figure`.
        upright: whether it stands on the ground and turns little.
    """

    kind: str
    figures: tuple[tuple[Part, ...], ...]
    softness: float
    upright: bool

    def area(self) -> float:
        """About the area that it covers, in square body units."""
        return area(tuple(part for figure in self.figures for part in figure))

    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in body coordinates."""
        return extent(tuple(part for figure in self.figures for part in figure))


def role(rng: Generator, kind: str | None = None) -> Role:
    """A random role, of `kind` if given.

    Raises:
        ValueError: there is no such kind.
    """
    if kind is None:
        shares = {name: share for name, (_, share, _) in KINDS.items()} | COMPANIES
        weights = np.array(list(shares.values()))
        kind = str(rng.choice(list(shares), p=weights / weights.sum()))
    if kind in COMPANIES:
        return Role(kind, _company(rng, kind), SOFT_COMPANY * rng.random(), True)
    if kind not in KINDS:
        raise ValueError(f"no figure {kind!r}; there are {', '.join([*KINDS, *COMPANIES])}")
    make, _, softness = KINDS[kind]
    upright = kind not in ("bird", "fish", "lump", "ball", "kite", "parcel", "cutout")
    if kind == "person" and rng.random() < ACROBATS:
        upright = False
    return Role(kind, (make(rng),), softness * rng.uniform(0.2, 1), upright)


def _company(rng: Generator, kind: str) -> tuple[tuple[Part, ...], ...]:
    """Figures of a rider on something, from back to front."""
    if kind == "boarder":
        posture = str(rng.choice(["crouch", "stand"]))
        foot = 0.86 if posture == "crouch" else 1.0
        return board(rng, foot), person(rng, posture, "rider ")
    if kind == "rider":
        mount = quadruped(rng)
        trunk = next(part.outline for part in mount if part.name == "trunk")
        back = float(trunk[:, 1].min())
        return mount, person(rng, "sit", "rider ", (rng.uniform(-0.1, 0.1), back + 0.49))
    if kind == "glider":
        return _glider(rng)
    if kind == "kart":
        seat = rng.uniform(-0.2, 0.1)
        cart = tuple(part for part in car(rng) if "pane" not in part.name)
        low = tuple(replace(part, outline=part.outline * (0.6, 0.5) + (0, 0.5)) for part in cart)
        low = tuple(
            replace(part, pivot=(part.pivot[0] * 0.6, part.pivot[1] * 0.5 + 0.5)) for part in low
        )
        return person(rng, "sit", "rider ", (seat, 1.25)), low
    if kind == "biker":
        return motorcycle(rng), person(rng, "sit", "rider ", (-0.2, 0.97))
    return cycle(rng), person(rng, "sit", "rider ", (-0.12, 0.95))


def _glider(rng: Generator) -> tuple[tuple[Part, ...], ...]:
    """Someone who hangs under a canopy on thin lines."""
    size = rng.uniform(1.2, 2.2)
    lift = rng.uniform(-1.6, -0.9)
    canopy = tuple(replace(part, outline=part.outline * size + (0.0, lift)) for part in kite(rng))
    hands = (0.0, 0.4)
    ends = [part.outline[0] for part in canopy]
    lines = tuple(
        Part(f"line {i}", capsule((float(x), float(y)), hands, 0.006, 0.006), "tyre", "frame")
        for i, (x, y) in enumerate(ends)
    )
    return (*lines, *canopy), person(rng, str(rng.choice(["stand", "sit"])), "rider ")
