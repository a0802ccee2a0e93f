"""Who plays in a clip: single figures, and riders, boarders and the like of several figures."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.animals import quadruped
from vosbench.synthetic.figures import Part, area, extent
from vosbench.synthetic.people import person
from vosbench.synthetic.things import KINDS
from vosbench.synthetic.vehicles import board, cycle, motorcycle

COMPANIES = {"cyclist": 0.05, "biker": 0.05, "rider": 0.05, "boarder": 0.07}
"""Kinds of several figures, and how often they are drawn."""

SOFT_COMPANY = 0.008


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
    upright = kind not in ("bird", "fish", "lump", "ball", "kite", "parcel")
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
    if kind == "biker":
        return motorcycle(rng), person(rng, "sit", "rider ", (-0.2, 0.97))
    return cycle(rng), person(rng, "sit", "rider ", (-0.12, 0.95))
