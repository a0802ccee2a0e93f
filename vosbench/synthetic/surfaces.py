"""What the parts of figures are made of, by name: skin, cloth, fur, paint, glass and so on."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.cutouts import cut_surface
from vosbench.synthetic.sampling import Floats, as_colours
from vosbench.synthetic.textures import (
    Size,
    cloudy,
    furry,
    graded,
    material,
    mottled,
    plain,
    recoloured,
    scene,
    scrambled,
    striped,
    surface,
)

MARGIN = 4
"""Pixels by which a texture exceeds the figure, on the right and at the bottom."""


def surface_for(rng: Generator, name: str, size: Size) -> Floats:
    """Texture of the surface `name`, `float32 h×w×3`, a little crumpled unless it is glass.

    Args:
        name: `fur`; `fur:head` for another fur; `cut:cup` for the photograph of a cup.
        size: of the figure, with `MARGIN`.
    """
    kind, _, variant = name.partition(":")
    if kind == "cut":
        return recoloured(rng, cut_surface(variant, size, MARGIN), rng.uniform(0, 0.8))
    texture = SURFACES[kind](rng, size)
    return texture if kind in ("glass", "lamp") else _crumpled(rng, texture)


def _crumpled(rng: Generator, texture: Floats) -> Floats:
    """`texture` lit from one side over folds and bumps."""
    size = (texture.shape[0], texture.shape[1])
    relief = cloudy(rng, size, rng.uniform(0.1, 0.4), 0.5)
    down, across = np.gradient(relief)
    angle = rng.uniform(0, 2 * np.pi)
    facing = down * np.sin(angle) + across * np.cos(angle)
    facing /= facing.std() + 1e-6
    light = 1 + np.float32(min(rng.exponential(0.1), 0.3)) * np.clip(facing, -2.5, 2.5)
    return as_colours(texture * light[..., None])


def _one_of(
    *draws: Callable[[Generator, Size], Floats],
) -> Callable[[Generator, Size], Floats]:
    """Surface that is any of `draws` with equal chance."""

    def draw(rng: Generator, size: Size) -> Floats:
        return draws[rng.integers(len(draws))](rng, size)

    return draw


def _toned(rng: Generator, size: Size, low: Floats, high: Floats, grain: float) -> Floats:
    """A colour between `low` and `high`, uneven by `grain`."""
    tone = low + rng.random(dtype=np.float32) * (high - low)
    noise = cloudy(rng, size, 0.3, 0.6)[..., None]
    return as_colours(tone * (1 + grain * noise))


def _colour(red: float, green: float, blue: float) -> Floats:
    return np.array([red, green, blue], np.float32)


def _skin(rng: Generator, size: Size) -> Floats:
    return _toned(rng, size, _colour(0.25, 0.15, 0.1), _colour(0.92, 0.72, 0.6), 0.06)


def _hair(rng: Generator, size: Size) -> Floats:
    return _toned(rng, size, _colour(0.05, 0.04, 0.03), _colour(0.55, 0.4, 0.22), 0.3)


def _tyre(rng: Generator, size: Size) -> Floats:
    return _toned(rng, size, _colour(0.03, 0.03, 0.03), _colour(0.2, 0.2, 0.2), 0.15)


def _metal(rng: Generator, size: Size) -> Floats:
    return _toned(rng, size, _colour(0.3, 0.3, 0.32), _colour(0.85, 0.85, 0.85), 0.25)


def _lamp(rng: Generator, size: Size) -> Floats:
    return _toned(rng, size, _colour(0.8, 0.1, 0.05), _colour(1.0, 0.95, 0.8), 0.05)


def _glass(rng: Generator, size: Size) -> Floats:
    """Dark panes with a faint reflection."""
    tint = _colour(0.12, 0.14, 0.16) * rng.uniform(0.4, 2.5)
    return as_colours(tint + rng.uniform(0.1, 0.4) * scene(rng, size))


def _paint(rng: Generator, size: Size) -> Floats:
    """Lacquer: one colour, brighter above."""
    fade = np.linspace(rng.uniform(1.0, 1.5), rng.uniform(0.5, 1.0), size[0], dtype=np.float32)
    return as_colours(plain(rng, size) * fade[:, None, None])


def _photo(rng: Generator, size: Size) -> Floats:
    return recoloured(rng, scene(rng, size), 0.5)


SURFACES: dict[str, Callable[[Generator, Size], Floats]] = {
    "skin": _skin,
    "hair": _hair,
    "cloth": _one_of(plain, plain, plain, mottled, striped, scrambled, material),
    "fur": _one_of(furry, furry, mottled, scrambled, plain, material),
    "paint": _one_of(_paint, _paint, _paint, material),
    "glass": _glass,
    "tyre": _tyre,
    "metal": _metal,
    "lamp": _lamp,
    "wood": _one_of(furry, scrambled, mottled, graded),
    "photo": _photo,
    "ground": _one_of(surface, scrambled),
    "any": material,
}
"""Name → how to draw it."""
