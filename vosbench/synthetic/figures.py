"""Jointed figures: named parts that hang on each other, swing and carry a texture each.

Body coordinates: x to the right (the way the figure faces), y downwards, the figure about one unit
tall with its feet at y = 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import uniform_filter

from vosbench.synthetic.outlines import Outline, Point, frayed, uneven
from vosbench.synthetic.sampling import Affine, Floats, affine
from vosbench.synthetic.surfaces import MARGIN, surface_for


@dataclass(frozen=True)
class Swing:
    """Turn of a joint over time: `rest + amplitude · sin(frequency · time + phase)`, + `spin`.

    Angles in radians, time in video frames.
    """

    rest: float = 0.0
    amplitude: float = 0.0
    frequency: float = 0.26
    phase: float = 0.0
    spin: float = 0.0

    def angle(self, time: float) -> float:
        """Angle at `time`."""
        wave = math.sin(self.frequency * time + self.phase)
        return self.rest + self.amplitude * wave + self.spin * time


STILL = Swing()


@dataclass(frozen=True)
class Part:
    """One rigid part of a figure.

    Attributes:
        name: unique in the figure.
        outline: in body coordinates at rest.
        surface: what it is made of: a key of `vosbench.synthetic.surfaces`, with an optional
            number behind a colon (`cloth:2`); parts with equal text share one texture.
        parent: name of the part it hangs on; empty for none.
        pivot: joint, in body coordinates at rest.
        swing: how it turns about the joint.
        holes: outlines of what is cut out.
        fray: depth of tufts along the outline.
    """

    name: str
    outline: Outline
    surface: str
    parent: str = ""
    pivot: Point = (0.0, 0.0)
    swing: Swing = STILL
    holes: tuple[Outline, ...] = ()
    fray: float = 0.0


@dataclass(frozen=True)
class Sprite:
    """Parts that never move against each other, with their textures, ready to be drawn.

    Attributes:
        pixels: colours multiplied by opacity, and opacity, `h×w×4`, transparent at the border.
        placement: body coordinates at rest to pixels of the sprite.
        carrier: name of the part whose joint moves them.
    """

    pixels: Floats
    placement: Affine
    carrier: str


@dataclass(frozen=True)
class Figure:
    """A textured figure.

    Attributes:
        parts: by name.
        sprites: from back to front.
        softness: how far waves bend the body, in body units.
    """

    parts: Mapping[str, Part]
    sprites: tuple[Sprite, ...]
    softness: float

    def poses(self, time: float) -> list[Affine]:
        """Where each sprite is at `time`: rest coordinates to body coordinates."""
        known: dict[str, Affine] = {}

        def pose(name: str) -> Affine:
            if name not in known:
                part = self.parts[name]
                turn = affine(angle=part.swing.angle(time), about=part.pivot)
                known[name] = pose(part.parent) @ turn if part.parent else turn
            return known[name]

        return [pose(sprite.carrier) for sprite in self.sprites]


def extent(parts: tuple[Part, ...]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of `parts` at rest."""
    points = np.concatenate([part.outline for part in parts])
    left, top = points.min(0)
    right, bottom = points.max(0)
    return float(left), float(top), float(right), float(bottom)


def area(parts: tuple[Part, ...]) -> float:
    """About the area that `parts` cover at rest, in square body units."""
    left, top, right, bottom = extent(parts)
    scale = 64 / max(right - left, bottom - top)
    canvas = PillowImage.new("L", (66, 66))
    pen = ImageDraw.Draw(canvas)
    for part in parts:
        corner = np.array([left, top])
        pen.polygon(_vertices((part.outline - corner) * scale), fill=1)
        for hole in part.holes:
            pen.polygon(_vertices((hole - corner) * scale), fill=0)
    return max(float(np.asarray(canvas).sum()) / scale**2, 1e-3)


def textured(
    rng: Generator,
    parts: tuple[Part, ...],
    density: float,
    softness: float = 0.0,
) -> Figure:
    """Figure of `parts` with freshly drawn textures at `density` pixels a body unit."""
    left, top, right, bottom = extent(parts)
    size = (
        math.ceil((bottom - top) * density) + MARGIN,
        math.ceil((right - left) * density) + MARGIN,
    )
    if softness:
        parts = tuple(replace(part, outline=uneven(rng, part.outline)) for part in parts)
    textures: dict[str, Floats] = {}
    for part in parts:
        if part.surface not in textures:
            textures[part.surface] = surface_for(rng, part.surface, size)
    light = rng.uniform(-np.pi, 0)
    shade = rng.uniform(0.1, 0.6)
    by_name = {part.name: part for part in parts}
    sprites = [
        _sprite(
            rng,
            part,
            _carrier(part, by_name),
            textures[part.surface],
            density,
            (left, top),
            (light, shade),
        )
        for part in parts
    ]
    merged = tuple(
        _merged(list(run)) for _, run in groupby(sprites, key=lambda sprite: sprite.carrier)
    )
    return Figure(by_name, merged, softness)


def _carrier(part: Part, by_name: Mapping[str, Part]) -> str:
    """Name of the part whose joint moves `part`: itself, or the next one up that is jointed."""
    while part.parent and part.swing == STILL:
        part = by_name[part.parent]
    return part.name


def _merged(sprites: list[Sprite]) -> Sprite:
    """One sprite for `sprites`, from back to front, that share a carrier and a density."""
    if len(sprites) == 1:
        return sprites[0]
    corners = np.array([-sprite.placement[:2, 2] for sprite in sprites]).astype(int)
    sizes = np.array([sprite.pixels.shape[1::-1] for sprite in sprites])
    low = corners.min(0)
    width, height = ((corners + sizes).max(0) - low).tolist()
    canvas = np.zeros((height, width, 4), np.float32)
    for sprite, (x, y) in zip(sprites, (corners - low).tolist(), strict=True):
        below = canvas[y : y + sprite.pixels.shape[0], x : x + sprite.pixels.shape[1]]
        below *= 1 - sprite.pixels[..., 3:]
        below += sprite.pixels
    placement = sprites[0].placement.copy()
    placement[:2, 2] = -low
    return Sprite(canvas, placement, sprites[0].carrier)


SUPERSAMPLING = 3


def _sprite(
    rng: Generator,
    part: Part,
    carrier: str,
    texture: Floats,
    density: float,
    corner: Point,
    lighting: tuple[float, float],
) -> Sprite:
    """`part` drawn at `density`, its colours taken from where it lies on `texture`."""
    outline = frayed(rng, part.outline, part.fray) if part.fray else part.outline
    margin = 2
    low = np.floor(outline.min(0) * density).astype(int) - margin
    high = np.ceil(outline.max(0) * density).astype(int) + margin
    width, height = (high - low).tolist()
    fine = density * SUPERSAMPLING
    canvas = PillowImage.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    pen = ImageDraw.Draw(canvas)
    pen.polygon(_vertices(outline * fine - low * SUPERSAMPLING), fill=255)
    for hole in part.holes:
        pen.polygon(_vertices(hole * fine - low * SUPERSAMPLING), fill=0)
    opacity = np.asarray(canvas.reduce(SUPERSAMPLING), np.float32) / np.float32(255)
    offset = low - np.floor(np.array(corner) * density).astype(int)
    rows = np.clip(np.arange(height) + offset[1], 0, texture.shape[0] - 1)
    columns = np.clip(np.arange(width) + offset[0], 0, texture.shape[1] - 1)
    tone = math.exp(rng.normal(0, 0.05)) * (0.78 if part.name.startswith("far ") else 1.0)
    light = np.float32(tone) * _relief(opacity, *lighting)
    shaded = texture[rows[:, None], columns] * light[..., None]
    pixels = np.concatenate(
        [np.clip(shaded, 0, 1) * opacity[..., None], opacity[..., None]], axis=2
    )
    placement = affine((density, density), shift=(-float(low[0]), -float(low[1])))
    return Sprite(pixels, placement, carrier)


def _relief(opacity: Floats, light: float, strength: float) -> Floats:
    """Shading of a cushion of the shape `opacity`, lit from the direction `light`: about 1."""
    reach = max(3, int(0.35 * min(opacity.shape)))
    height = uniform_filter(uniform_filter(opacity, reach, mode="constant"), 3)
    slope_y, slope_x = np.gradient(height)
    facing = -(slope_x * math.cos(light) + slope_y * math.sin(light)) * reach
    return np.clip(1 + strength * (facing + 0.6 * (height - 0.8)), 0.25, 1.7).astype(np.float32)


def _vertices(outline: Outline) -> list[tuple[float, float]]:
    """`outline` as Pillow draws it; pixel centres lie at whole numbers."""
    return [(x, y) for x, y in (outline + 0.5).tolist()]
