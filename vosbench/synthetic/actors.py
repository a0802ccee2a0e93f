"""Things on their course, and how one frame of them is drawn."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from vosbench.synthetic.figures import Figure, Sprite
from vosbench.synthetic.layers import Layer, Window, darken, lay, mark, reflect
from vosbench.synthetic.motion import Camera, Course
from vosbench.synthetic.sampling import (
    Affine,
    Floats,
    affine,
    as_floats,
    inverse,
    mapped_grid,
    moved,
    sample,
)

LONGEST_SMEAR = 0.04
"""Longest motion blur, as a share of the width of the frame."""


@dataclass(frozen=True)
class Look:
    """How the picture of a thing comes about.

    Attributes:
        light: strength and direction of a gradient of light over the thing.
        shadow: darkness of the shadow on the ground, 0 for none.
        cast: length and slant of the shadow, relative to the height of the thing.
        mirror: strength of the reflection below, 0 for none.
        shutter: share of a video frame that the shutter is open.
        blur: defocus, in pixels.
    """

    light: tuple[float, float] = (0.0, 0.0)
    shadow: float = 0.0
    cast: tuple[float, float] = (0.3, 0.3)
    mirror: float = 0.0
    shutter: float = 0.0
    blur: float = 0.0


@dataclass(frozen=True)
class Actor:
    """One or more figures that move as one, such as a rider and a horse.

    Attributes:
        members: figures from back to front and the id of each, 0 where not annotated.
        size: pixels a body unit in frame 0.
        anchor: body coordinates of the point that follows the course.
        facing: 1 for right, -1 for left.
        depth: share of the camera's motion that it takes part in.
        phase: begin of its swings, in video frames.
        veil: whether what lies behind it stays annotated.
    """

    members: tuple[tuple[Figure, int], ...]
    size: float
    anchor: tuple[float, float]
    facing: float
    depth: float
    phase: float
    course: Course
    look: Look
    veil: bool = False


def draw(
    actor: Actor,
    index: int,
    time: float,
    camera: Camera,
    image: Floats,
    labels: NDArray[np.uint8],
) -> None:
    """Draw frame `index` of `actor` into `image`, `h×w×3`, and `labels`, `h×w`, in place."""
    drawn = layers(actor, index, time, camera, (image.shape[0], image.shape[1]))
    if actor.look.shadow or actor.look.mirror:
        stand = placement(actor, index, camera)
        foot = moved(stand, (actor.anchor[0], 0.99))[1]
        for layer in drawn:
            if actor.look.shadow:
                darken(image, layer, foot, actor.look.cast, actor.look.shadow)
            if actor.look.mirror:
                reflect(image, layer, foot, actor.look.mirror)
    for layer in drawn:
        lay(image, layer)
        mark(labels, layer)


def placement(actor: Actor, index: int, camera: Camera) -> Affine:
    """Body coordinates of `actor` to pixels of frame `index`."""
    course = actor.course
    scale = actor.size * float(course.scale[index])
    stretch = float(course.stretch[index])
    stand = affine(
        (scale * actor.facing * stretch, scale),
        0.0,
        (course.x[index] - actor.anchor[0], course.y[index] - actor.anchor[1]),
        actor.anchor,
    )
    turn = affine(
        angle=float(course.angle[index]), about=(float(course.x[index]), float(course.y[index]))
    )
    return camera.view(index, actor.depth) @ turn @ stand


def layers(
    actor: Actor, index: int, time: float, camera: Camera, frame: tuple[int, int]
) -> list[Layer]:
    """Pictures of the figures of `actor` in frame `index`, those outside of it left out."""
    stand = placement(actor, index, camera)
    drawn = [
        _layer(actor, figure, label, stand, index, time + actor.phase, frame)
        for figure, label in actor.members
    ]
    return [layer for layer in drawn if layer is not None]


def _layer(
    actor: Actor,
    figure: Figure,
    label: int,
    stand: Affine,
    index: int,
    time: float,
    frame: tuple[int, int],
) -> Layer | None:
    """Picture of one figure, or None outside of the frame."""
    looks = [
        stand @ pose @ inverse(sprite.placement)
        for pose, sprite in zip(figure.poses(time), figure.sprites, strict=True)
    ]
    bend = figure.softness * actor.size
    speed = _smear(actor, index, frame[1])
    margin = math.ceil(bend + 2 * actor.look.blur + 0.5 * float(np.abs(speed).max())) + 2
    boxes = [
        _box(sprite, look, margin, frame)
        for sprite, look in zip(figure.sprites, looks, strict=True)
    ]
    seen = [box for box in boxes if box is not None]
    if not seen:
        return None
    window = _union(seen)
    x, y = _bent_grid(figure, stand, window, actor.size, time)
    canvas = np.zeros((window[3] - window[1], window[2] - window[0], 4), np.float32)
    for sprite, look, box in zip(figure.sprites, looks, boxes, strict=True):
        if box is not None:
            _paint(canvas, sprite, inverse(look), box, window, (x, y))
    solid = canvas[..., 3] > (2.0 if actor.veil else 0.5)
    canvas[..., :3] *= _light(actor, stand, window)
    return Layer(_blurred(canvas, actor.look.blur, speed), solid, window, label)


def _smear(actor: Actor, index: int, width: int) -> NDArray[np.float64]:
    """Motion blur in pixels (x, y), cut short where a thing moves too fast for it to look right."""
    smear = actor.look.shutter * actor.course.speed[index]
    length = float(np.abs(smear).max())
    shortened: NDArray[np.float64] = smear * min(1.0, LONGEST_SMEAR * width / max(length, 1e-6))
    return shortened


def _box(sprite: Sprite, look: Affine, margin: int, frame: tuple[int, int]) -> Window | None:
    """Window of the frame that `sprite` may touch, or None."""
    height, width = sprite.pixels.shape[:2]
    xs, ys = zip(
        *(moved(look, corner) for corner in ((0, 0), (width, 0), (0, height), (width, height))),
        strict=True,
    )
    left, top = max(0, math.floor(min(xs)) - margin), max(0, math.floor(min(ys)) - margin)
    right = min(frame[1], math.ceil(max(xs)) + margin + 1)
    bottom = min(frame[0], math.ceil(max(ys)) + margin + 1)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _union(windows: list[Window]) -> Window:
    columns = list(zip(*windows, strict=True))
    return min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3])


def _bent_grid(
    figure: Figure, stand: Affine, window: Window, size: float, time: float
) -> tuple[Floats, Floats]:
    """Pixels of `window`, each moved along waves that run through the body, `h×w` x and y."""
    x, y = mapped_grid(affine(), window)
    x, y = np.broadcast_arrays(x, y)
    if not figure.softness:
        return x, y
    across, down = mapped_grid(inverse(stand), window)
    reach = np.float32(figure.softness * size)
    wave_x = np.sin(6.0 * down + np.float32(0.31 * time + 1.3) + 2.0 * across)
    wave_y = np.sin(5.0 * across + np.float32(0.23 * time) - 1.5 * down)
    return as_floats(x + reach * wave_x), as_floats(y + reach * wave_y)


def _paint(
    canvas: Floats,
    sprite: Sprite,
    look: Affine,
    box: Window,
    window: Window,
    grid: tuple[Floats, Floats],
) -> None:
    """Lay `sprite` over `canvas`, which shows `window`; `look` takes the frame to the sprite."""
    rows = slice(box[1] - window[1], box[3] - window[1])
    columns = slice(box[0] - window[0], box[2] - window[0])
    x, y = grid[0][rows, columns], grid[1][rows, columns]
    m = look.astype(np.float32)
    pixels = sample(
        sprite.pixels,
        m[0, 0] * x + m[0, 1] * y + m[0, 2],
        m[1, 0] * x + m[1, 1] * y + m[1, 2],
    )
    below = canvas[rows, columns]
    below *= 1 - pixels[..., 3:]
    below += pixels


def _light(actor: Actor, stand: Affine, window: Window) -> Floats:
    """Gradient of light over the thing, about 1, `h×w×1`."""
    strength, direction = actor.look.light
    x, y = mapped_grid(inverse(stand), window)
    ramp = (x - actor.anchor[0]) * math.cos(direction) + (y - actor.anchor[1]) * math.sin(direction)
    light: Floats = np.clip(1 + np.float32(2 * strength) * ramp, 0.3, 1.7)[..., None]
    return light


def _blurred(canvas: Floats, defocus: float, speed: NDArray[np.float64]) -> Floats:
    """`canvas` out of focus by `defocus` pixels and smeared along `speed` (x, y) pixels."""
    length = float(np.abs(speed).max())
    if length >= 1:
        steps = min(7, math.ceil(length)) + 1
        shifts = {
            tuple(np.round(speed * (i / (steps - 1) - 0.5)).astype(int)) for i in range(steps)
        }
        canvas = np.mean([_slid(canvas, *shift) for shift in sorted(shifts)], axis=0)
    if defocus >= 0.3:
        reach = 2 * round(defocus) + 1
        canvas = uniform_filter(canvas, (reach, reach, 0), mode="constant")
    return canvas


def _slid(canvas: Floats, x: int, y: int) -> Floats:
    """`canvas` moved by whole pixels; what leaves on one side is lost."""
    moved = np.zeros_like(canvas)
    height, width = canvas.shape[:2]
    if abs(x) < width and abs(y) < height:
        moved[max(0, y) : height + min(0, y), max(0, x) : width + min(0, x)] = canvas[
            max(0, -y) : height + min(0, -y), max(0, -x) : width + min(0, -x)
        ]
    return moved
