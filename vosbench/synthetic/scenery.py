"""Backgrounds: a far picture, now and then a nearer strip before it, and what stands around."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import uniform_filter

from vosbench.synthetic.motion import Camera
from vosbench.synthetic.outlines import blob
from vosbench.synthetic.photos import SCENES, SURFACES, photo
from vosbench.synthetic.sampling import (
    Floats,
    affine,
    after,
    inverse,
    mapped_grid,
    mirrored,
    sample,
)
from vosbench.synthetic.textures import (
    Size,
    cloudy,
    colour,
    graded,
    mottled,
    oddity,
    photograph,
    plain,
    recoloured,
    resized,
    scene,
    scrambled,
    striped,
    surface,
)

MARGIN = 0.3
"""How far a background reaches beyond the frame on each side, as a share of its size."""


@dataclass(frozen=True)
class Scenery:
    """The background of a clip.

    Attributes:
        far: `H×W×3`, larger than the frame by `MARGIN` on each side and mirrored beyond.
        near: colours multiplied by opacity, and opacity, `H×W×4`, in front of `far`, or None.
        depths: share of the camera's motion that `far` and `near` take part in.
        ripple: reach of waves that run over `far`, in pixels, as on water.
    """

    far: Floats
    near: Floats | None
    depths: tuple[float, float]
    ripple: float

    def draw(self, index: int, time: float, camera: Camera, frame: Size) -> Floats:
        """Background of frame `index`, `float32 h×w×3` in 0..1."""
        x, y = _positions(camera, index, self.depths[0], self.far, frame)
        if self.ripple:
            x = x + np.float32(self.ripple) * np.sin(0.35 * y + np.float32(0.5 * time))
            y = y + np.float32(self.ripple) * np.sin(0.21 * x + 0.4 * y + np.float32(0.4 * time))
        image = sample(self.far, x, y)
        if self.near is not None:
            x, y = _positions(camera, index, self.depths[1], self.near, frame)
            nearer = sample(self.near, x, y)
            image = image * (1 - nearer[..., 3:]) + nearer[..., :3]
        return image


def _positions(
    camera: Camera, index: int, depth: float, texture: Floats, frame: Size
) -> tuple[Floats, Floats]:
    """Where each pixel of the frame lies on `texture`."""
    margin = affine(shift=_margin(frame))
    x, y = mapped_grid(
        after(margin, inverse(camera.view(index, depth))), (0, 0, frame[1], frame[0])
    )
    return mirrored(x, texture.shape[1]), mirrored(y, texture.shape[0])


def _margin(frame: Size) -> tuple[int, int]:
    """Pixels (x, y) beyond the frame on each side."""
    return round(MARGIN * frame[1]), round(MARGIN * frame[0])


def scenery(rng: Generator, frame: Size) -> Scenery:
    """A random background for frames of size `frame`."""
    beyond = _margin(frame)
    size = (frame[0] + 2 * beyond[1], frame[1] + 2 * beyond[0])
    weights = np.array([weight for _, weight in PLACES])
    place = PLACES[rng.choice(len(PLACES), p=weights / weights.sum())][0]
    far = place(rng, size)
    if rng.random() < 0.5:
        far = _lit(rng, far)
    if rng.random() < 0.35:
        reach = int(rng.integers(1, 4)) * 2 + 1
        far = uniform_filter(uniform_filter(far, (reach, reach, 0)), (reach, reach, 0))
    near = _strip(rng, size) if rng.random() < 0.3 else None
    ripple = rng.uniform(0.5, 3.0) if rng.random() < 0.12 else 0.0
    return Scenery(far, near, (rng.uniform(0.5, 1.0), rng.uniform(0.9, 1.3)), ripple)


def _photo_place(rng: Generator, size: Size) -> Floats:
    """One photograph."""
    return recoloured(rng, photograph(rng, size, SCENES, closest=0.45), 0.7)


def _collage(rng: Generator, size: Size) -> Floats:
    """Two photographs that pass into each other along clouds."""
    share = 1 / (1 + np.exp(-rng.uniform(2, 12) * cloudy(rng, size, rng.uniform(0.3, 1.0), 0.4)))
    first, second = _photo_place(rng, size), _any_ground(rng, size)
    return first + share[..., None] * (second - first)


def _any_ground(rng: Generator, size: Size) -> Floats:
    draws = (surface, surface, scrambled, scrambled, scene, mottled)
    return recoloured(rng, draws[rng.integers(len(draws))](rng, size), 0.7)


def _landscape(rng: Generator, size: Size) -> Floats:
    """Ground that recedes to a horizon, something behind it, and sky."""
    height, width = size
    horizon = int(height * rng.uniform(0.3, 0.65))
    image = _backdrop(rng, size)
    skyline = horizon - height * rng.uniform(0.02, 0.3) * (
        1 + 0.5 * cloudy(rng, (1, width), 40.0, 0.6)[0]
    )
    rows = np.arange(height, dtype=np.float32)[:, None]
    beyond = np.clip(rows - skyline + 0.5, 0, 1)[..., None]
    image = image + beyond * (_any_ground(rng, size) - image)
    ground = _receding(rng, (height - horizon, width))
    edge = 3 * cloudy(rng, (1, width), 20.0, 0.7)[0]
    share = np.clip((rows[: height - horizon] - np.clip(edge, 0, 8)) / 3, 0, 1)[..., None]
    image[horizon:] += share * (ground - image[horizon:])
    return image.astype(np.float32)


def _backdrop(rng: Generator, size: Size) -> Floats:
    """Sky, a wall or a photograph."""
    if rng.random() < 0.45:
        return recoloured(rng, scene(rng, size), 0.8)
    top, low = np.array([0.45, 0.6, 0.85]), np.array([0.85, 0.88, 0.9])
    if rng.random() < 0.4:
        top, low = colour(rng), colour(rng)
    fade = np.linspace(0, 1, size[0])[:, None, None]
    clouds = np.clip(cloudy(rng, size, 0.7, 0.5) * rng.uniform(0, 0.12), 0, 1)[..., None]
    sky = (top + fade * (low - top) + clouds) * rng.uniform(0.6, 1.1)
    return np.clip(np.broadcast_to(sky, (*size, 3)), 0, 1).astype(np.float32)


def _receding(rng: Generator, size: Size) -> Floats:
    """Ground seen at a slant: its texture is finer towards the top row."""
    height, width = size
    flat = _any_ground(rng, (128, 256))
    near = 1 / np.linspace(0.12, 1, height, dtype=np.float32)[:, None]
    x = (np.arange(width, dtype=np.float32)[None, :] - width / 2) * near * 0.35
    y = 40.0 * near + np.zeros((1, width), np.float32)
    ground = sample(flat, mirrored(x + 128, 256), mirrored(y, 128))
    return ground * np.linspace(rng.uniform(0.7, 1.2), 1, height, dtype=np.float32)[:, None, None]


def _leaves(rng: Generator, size: Size) -> Floats:
    """Many overlapping shapes of all sizes: clutter with the statistics of nature.

    After Lee, Mumford and Huang (2001), "Occlusion models for natural images".
    """
    height, width = size
    canvas = PillowImage.new("I", (width, height))
    pen = ImageDraw.Draw(canvas)
    count = int(rng.integers(60, 260))
    for i in range(1, count):
        radius = height * 0.35 / (1 + 12 * rng.random() ** 0.7)
        centre = (rng.uniform(0, width), rng.uniform(0, height))
        radii = (radius * math.exp(rng.normal(0, 0.4)), radius)
        pen.polygon([(x, y) for x, y in blob(rng, centre, radii, 0.25)[::3].tolist()], fill=i)
    leaf = np.asarray(canvas)
    source = photo(str(rng.choice(SCENES))).reshape(-1, 3)
    palette = source[rng.integers(0, len(source), count)].astype(np.float32) / 255
    textures = np.stack([_any_ground(rng, size) for _ in range(3)])
    rows, columns = np.arange(height)[:, None], np.arange(width)
    textured = textures[rng.integers(0, 3, count)[leaf], rows, columns]
    share = rng.uniform(0.2, 0.8)
    return np.clip(palette[leaf] + share * (textured - 0.5), 0, 1).astype(np.float32)


def _lit(rng: Generator, image: Floats) -> Floats:
    """`image` in patches of light and shade."""
    size = (image.shape[0], image.shape[1])
    small = (max(8, size[0] // 6), max(8, size[1] // 6))
    patches = resized(cloudy(rng, small, rng.uniform(0.3, 1.0), 0.4), size)
    return np.clip(image * np.exp(rng.uniform(0.05, 0.35) * patches)[..., None], 0, 1)


def _strip(rng: Generator, size: Size) -> Floats:
    """A nearer strip with a ragged upper edge: a hill, a hedge, a wall; `h×w×4`."""
    height, width = size
    texture = _any_ground(rng, size)
    edge = height * (
        rng.uniform(0.45, 0.75)
        + rng.uniform(0.01, 0.08) * cloudy(rng, (1, width), 60.0, rng.uniform(0.3, 0.7))[0]
    )
    opacity = np.clip(np.arange(height, dtype=np.float32)[:, None] - edge.astype(np.float32), 0, 1)
    return np.concatenate([texture * opacity[..., None], opacity[..., None]], 2)


PLACES: tuple[tuple[Callable[[Generator, Size], Floats], float], ...] = (
    (_photo_place, 0.36),
    (_landscape, 0.26),
    (_collage, 0.13),
    (_leaves, 0.13),
    (_any_ground, 0.06),
    (graded, 0.015),
    (striped, 0.015),
    (plain, 0.015),
    (oddity, 0.02),
)
"""Kinds of background, and how often."""

__all__ = ["MARGIN", "PLACES", "SURFACES", "Scenery", "scenery"]
