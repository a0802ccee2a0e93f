"""Pictures of places, larger than the frame: `float32 h×w×3` in 0..1."""

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage
from PIL import ImageDraw

from vosbench.synthetic.outlines import Outline, blob, box, capsule
from vosbench.synthetic.photos import SCENES, photo
from vosbench.synthetic.sampling import Floats, as_colours, as_floats, mirrored, sample
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
    scene,
    scrambled,
    striped,
    surface,
)

GROUNDS = {
    "grass": ((0.1, 0.18, 0.05), (0.5, 0.62, 0.28)),
    "dry grass": ((0.25, 0.2, 0.1), (0.8, 0.72, 0.48)),
    "soil": ((0.18, 0.12, 0.08), (0.6, 0.46, 0.34)),
    "sand": ((0.5, 0.42, 0.32), (0.92, 0.85, 0.7)),
    "asphalt": ((0.2, 0.2, 0.21), (0.55, 0.55, 0.56)),
    "stone": ((0.3, 0.29, 0.27), (0.8, 0.78, 0.75)),
    "snow": ((0.66, 0.7, 0.78), (0.98, 0.98, 1.0)),
    "water": ((0.08, 0.16, 0.22), (0.5, 0.62, 0.68)),
    "leaves": ((0.05, 0.1, 0.03), (0.45, 0.58, 0.22)),
}
"""Kind of ground → its dark and bright colour."""


def place(rng: Generator, size: Size) -> Floats:
    """A random place, cluttered or not."""
    weights = np.array([weight for _, weight in PLACES])
    image = PLACES[rng.choice(len(PLACES), p=weights / weights.sum())][0](rng, size)
    return cluttered(rng, image) if rng.random() < 0.45 else image


def _snapshot(rng: Generator, size: Size) -> Floats:
    """One photograph."""
    return recoloured(rng, photograph(rng, size, SCENES, closest=0.6), 0.6)


def _collage(rng: Generator, size: Size) -> Floats:
    """A photograph and a ground that pass into each other along clouds."""
    share = 1 / (1 + np.exp(-rng.uniform(2, 12) * cloudy(rng, size, rng.uniform(0.3, 1.0), 0.4)))
    first, second = _snapshot(rng, size), ground(rng, size)
    return as_floats(first + share[..., None] * (second - first))


def ground(rng: Generator, size: Size) -> Floats:
    """Grass, gravel, asphalt, water and the like, seen from above."""
    if rng.random() < 0.25:
        draws = (scrambled, mottled, scene, surface)
        return recoloured(rng, draws[rng.integers(len(draws))](rng, size), 0.7)
    relief = surface(rng, size) if rng.random() < 0.65 else scrambled(rng, size)
    tone = relief.mean(2)
    tone = 0.5 + 0.25 * (tone - tone.mean()) / (tone.std() + 1e-3) * rng.uniform(0.2, 1.1)
    tone += rng.uniform(0, 0.15) * cloudy(rng, size, rng.uniform(0.3, 1.0), 0.5)
    dark, bright = GROUNDS[str(rng.choice(list(GROUNDS)))]
    low = np.array(dark, np.float32) * np.float32(rng.uniform(0.6, 1.3))
    high = np.array(bright, np.float32) * np.float32(rng.uniform(0.7, 1.1))
    return as_colours(low + np.clip(tone, 0, 1)[..., None] * (high - low))


def _landscape(rng: Generator, size: Size) -> Floats:
    """Ground that recedes to a horizon, something behind it, and a backdrop."""
    height, width = size
    horizon = int(height * rng.uniform(0.28, 0.65))
    image = _backdrop(rng, size)
    skyline = horizon - height * rng.uniform(0.02, 0.3) * (
        1 + rng.uniform(0.1, 0.5) * cloudy(rng, (1, width), 40.0, rng.uniform(0.4, 0.65))[0]
    )
    rows = np.arange(height, dtype=np.float32)[:, None]
    beyond = np.clip(rows - skyline + 0.5, 0, 1)[..., None]
    between = (thicket, street, ground, thicket)[rng.integers(4)]
    image = image + beyond * (between(rng, size) - image)
    edge = np.clip(3 * cloudy(rng, (1, width), 20.0, 0.7)[0], 0, 8)
    share = np.clip((rows[: height - horizon] - edge) / 3, 0, 1)[..., None]
    image[horizon:] += share * (_receding(rng, (height - horizon, width)) - image[horizon:])
    return as_floats(image)


def _backdrop(rng: Generator, size: Size) -> Floats:
    """Sky, bushes, houses or a photograph."""
    draw = rng.random()
    if draw < 0.55:
        return (thicket, street, _snapshot)[rng.integers(3)](rng, size)
    top, low = np.array([0.45, 0.6, 0.85]), np.array([0.85, 0.88, 0.9])
    if rng.random() < 0.35:
        top, low = colour(rng), colour(rng)
    fade = np.linspace(0, 1, size[0])[:, None, None]
    clouds = np.clip(cloudy(rng, size, 0.7, 0.5) * rng.uniform(0, 0.12), 0, 1)[..., None]
    sky = (top + fade * (low - top) + clouds) * rng.uniform(0.6, 1.1)
    return as_colours(np.broadcast_to(sky, (*size, 3)))


def _receding(rng: Generator, size: Size) -> Floats:
    """Ground seen at a slant: its texture is finer towards the top row."""
    height, width = size
    flat = ground(rng, (160, 320))
    near = as_floats(1 / np.linspace(rng.uniform(0.1, 0.5), 1, height))[:, None]
    x = as_floats(np.arange(width) - width / 2)[None, :] * near * np.float32(0.5)
    y = np.float32(60) * near + np.zeros((1, width), np.float32)
    fade = np.linspace(rng.uniform(0.7, 1.2), 1, height, dtype=np.float32)[:, None, None]
    return as_colours(sample(flat, mirrored(x + np.float32(160), 320), mirrored(y, 160)) * fade)


def thicket(rng: Generator, size: Size) -> Floats:
    """Bushes and trees: clumps of leaves, light above and dark below, sky between them."""
    lumps = cloudy(rng, size, rng.uniform(0.1, 0.4), 0.6)
    fine = surface(rng, size).mean(2)
    tone = 0.45 + 0.2 * lumps + 0.6 * (fine - fine.mean())
    dark, bright = GROUNDS["leaves" if rng.random() < 0.7 else "dry grass"]
    low, high = np.array(dark, np.float32), np.array(bright, np.float32)
    hue = 1 + rng.normal(0, 0.12, 3).astype(np.float32)
    image = low + np.clip(tone, 0, 1)[..., None] * (high * hue - low)
    if rng.random() < 0.3:
        gaps = np.clip(2 * (lumps - rng.uniform(1.0, 2.0)), 0, 1)[..., None]
        image = image + gaps * (np.float32(0.85) - image)
    image = image * np.float32(rng.uniform(0.5, 1.2))
    return as_colours(image)


def street(rng: Generator, size: Size) -> Floats:
    """Fronts of houses: walls with rows of windows."""
    height, width = size
    canvas = PillowImage.new("RGB", (width, height))
    pen = ImageDraw.Draw(canvas)
    left = 0.0
    while left < width:
        span = width * rng.uniform(0.1, 0.5)
        wall = colour(rng) * 0.6 + 0.3
        pen.rectangle((left, 0, left + span, height), fill=_bytes(wall))
        columns, rows = int(rng.integers(1, 7)), int(rng.integers(2, 7))
        step, storey = span / columns, height / rows
        pane = colour(rng) * 0.5
        wide, tall = rng.uniform(0.3, 0.75), rng.uniform(0.35, 0.75)
        for row in range(rows):
            for column in range(columns):
                x, y = left + (column + 0.5 - wide / 2) * step, (row + 0.5 - tall / 2) * storey
                shade = pane * rng.uniform(0.7, 1.5)
                pen.rectangle((x, y, x + wide * step, y + tall * storey), fill=_bytes(shade))
        left += span
    image = np.asarray(canvas, np.float32) / 255
    grain = surface(rng, size).mean(2, keepdims=True)
    return as_colours(image + rng.uniform(0.1, 0.5) * (grain - grain.mean()))


def _bytes(shade: Floats) -> tuple[int, int, int]:
    """`shade` as Pillow takes it."""
    red, green, blue = (int(255 * min(max(float(c), 0.0), 1.0)) for c in shade)
    return red, green, blue


def _leaves(rng: Generator, size: Size) -> Floats:
    """Many overlapping shapes of all sizes: clutter with the statistics of nature.

    After Lee, Mumford and Huang (2001), "Occlusion models for natural images".
    """
    height, width = size
    count = int(rng.integers(60, 260))
    shapes = []
    for _ in range(count):
        radius = height * 0.35 / (1 + 12 * rng.random() ** 0.7)
        centre = (rng.uniform(0, width), rng.uniform(0, height))
        shapes.append(blob(rng, centre, (radius * math.exp(rng.normal(0, 0.4)), radius), 0.25)[::3])
    return _pasted(rng, ground(rng, size), shapes)


def cluttered(rng: Generator, image: Floats) -> Floats:
    """`image` with things standing about: posts, stems, boxes, stones, wires."""
    height, width = image.shape[:2]
    shapes: list[Outline] = []
    for _ in range(int(rng.integers(3, 30))):
        x, y = rng.uniform(0, width), rng.uniform(0.1, 1.0) * height
        extent = height * 0.45 / (1 + 10 * rng.random())
        draw = rng.random()
        if draw < 0.3:
            tilt, thick = rng.normal(0, 0.1), rng.uniform(0.01, 0.1) * extent
            top = (x + tilt * extent, y - 2 * extent)
            shapes.append(capsule((x, y), top, thick, thick * rng.uniform(0.5, 1)))
        elif draw < 0.55:
            wide = extent * rng.uniform(0.2, 1.2)
            shapes.append(box(x - wide / 2, y - extent, x + wide / 2, y, rng.uniform(0, 0.3)))
        elif draw < 0.9:
            shapes.append(blob(rng, (x, y), (extent * rng.uniform(0.3, 0.9), extent * 0.5), 0.3))
        else:
            far = (x + rng.normal(0, 0.5) * width, y + rng.normal(0, 0.1) * height)
            shapes.append(capsule((x, y), far, 0.8, 0.8))
    return _pasted(rng, image, shapes)


def _pasted(rng: Generator, image: Floats, shapes: list[Outline]) -> Floats:
    """`image` with `shapes` over it, each of its own colour and one of a few textures."""
    size = (image.shape[0], image.shape[1])
    canvas = PillowImage.new("I", (size[1], size[0]))
    pen = ImageDraw.Draw(canvas)
    for index, shape in enumerate(shapes, start=1):
        pen.polygon([(x, y) for x, y in shape.tolist()], fill=index)
    which = np.asarray(canvas)
    count = len(shapes) + 1
    if rng.random() < 0.5:
        pixels = image.reshape(-1, 3)
        palette = pixels[rng.integers(0, len(pixels), count)] * rng.uniform(0.5, 1.4, (count, 1))
    else:
        source = photo(str(rng.choice(SCENES))).reshape(-1, 3)
        palette = source[rng.integers(0, len(source), count)] / 255
    textures = np.stack([ground(rng, size), scene(rng, size)])
    rows, columns = np.arange(size[0])[:, None], np.arange(size[1])
    textured = textures[rng.integers(0, 2, count)[which], rows, columns] - np.float32(0.5)
    pasted = palette.astype(np.float32)[which] + np.float32(rng.uniform(0.2, 0.8)) * textured
    return np.where((which > 0)[..., None], np.clip(pasted, 0, 1), image).astype(np.float32)


PLACES: tuple[tuple[Callable[[Generator, Size], Floats], float], ...] = (
    (_snapshot, 0.27),
    (_landscape, 0.36),
    (_collage, 0.07),
    (_leaves, 0.08),
    (thicket, 0.05),
    (street, 0.03),
    (ground, 0.08),
    (graded, 0.015),
    (striped, 0.015),
    (plain, 0.015),
    (oddity, 0.015),
)
"""Kinds of place, and how often."""
