"""Reading textures at fractional positions, and the affine maps that say where to read."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
"""Pixels or coordinates in single precision; colours and opacities lie in 0..1."""

Affine = NDArray[np.float64]
"""Map of the plane, `3×3` with last row (0, 0, 1): (x, y, 1) ↦ `map @ (x, y, 1)`."""


def affine(
    scale: tuple[float, float] = (1.0, 1.0),
    angle: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    about: tuple[float, float] = (0.0, 0.0),
) -> Affine:
    """Map that scales, then turns by `angle` radians, both about `about`, then shifts.

    >>> (affine(shift=(2, 3)) + 0.0).tolist()
    [[1.0, 0.0, 2.0], [0.0, 1.0, 3.0], [0.0, 0.0, 1.0]]
    """
    cosine, sine = math.cos(angle), math.sin(angle)
    a, b, c, d = cosine * scale[0], -sine * scale[1], sine * scale[0], cosine * scale[1]
    x = about[0] + shift[0] - a * about[0] - b * about[1]
    y = about[1] + shift[1] - c * about[0] - d * about[1]
    return np.array([[a, b, x], [c, d, y], [0.0, 0.0, 1.0]])


def inverse(transform: Affine) -> Affine:
    """Map that undoes `transform`.

    >>> (inverse(affine(scale=(2, 4), shift=(2, 4))) + 0.0).tolist()
    [[0.5, 0.0, -1.0], [0.0, 0.25, -1.0], [0.0, 0.0, 1.0]]
    """
    (a, b, x), (c, d, y), _ = transform.tolist()
    size = a * d - b * c
    a, b, c, d = d / size, -b / size, -c / size, a / size
    return np.array([[a, b, -a * x - b * y], [c, d, -c * x - d * y], [0.0, 0.0, 1.0]])


def moved(transform: Affine, point: tuple[float, float]) -> tuple[float, float]:
    """Where `transform` takes `point`, both (x, y)."""
    (a, b, x), (c, d, y), _ = transform.tolist()
    return a * point[0] + b * point[1] + x, c * point[0] + d * point[1] + y


def as_colours(pixels: ArrayLike) -> Floats:
    """`pixels` as single precision within 0..1.

    >>> as_colours(np.array([-1.0, 0.5, 2.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.clip(np.asarray(pixels, np.float32), np.float32(0), np.float32(1))


def as_floats(values: ArrayLike) -> Floats:
    """`values` in single precision."""
    return np.asarray(values, np.float32)


def mapped_grid(transform: Affine, window: tuple[int, int, int, int]) -> tuple[Floats, Floats]:
    """Where `transform` takes the pixels of `window` (left, top, right, bottom): x and y, `h×w`."""
    left, top, right, bottom = window
    x = np.arange(left, right, dtype=np.float32)[None, :]
    y = np.arange(top, bottom, dtype=np.float32)[:, None]
    m = transform.astype(np.float32)
    return m[0, 0] * x + (m[0, 1] * y + m[0, 2]), m[1, 0] * x + (m[1, 1] * y + m[1, 2])


def mirrored(position: Floats, size: int) -> Floats:
    """`position` folded back into 0..size-1, as if the texture were mirrored at its borders."""
    last = np.float32(size - 1)
    if position.min() >= 0 and position.max() <= last:
        return position
    folded: Floats = last - np.abs(np.mod(position, 2 * last) - last)
    return folded


def sample(texture: Floats, x: Floats, y: Floats) -> Floats:
    """Colours of `texture`, `H×W×c`, at (x, y), bilinear, `h×w×c`; borders extend outwards."""
    height, width, channels = texture.shape
    x = np.clip(x, 0, max(width - 1.001, 0))
    y = np.clip(y, 0, max(height - 1.001, 0))
    column, row = x.astype(np.int32), y.astype(np.int32)
    right, below = (x - column)[..., None], (y - row)[..., None]
    index = row * width + column
    rows = texture.reshape(-1, channels)
    upper: Floats = np.take(rows, index, axis=0, mode="clip")
    upper += right * (np.take(rows, index + 1, axis=0, mode="clip") - upper)
    index += width
    lower = np.take(rows, index, axis=0, mode="clip")
    lower += right * (np.take(rows, index + 1, axis=0, mode="clip") - lower)
    lower -= upper
    lower *= below
    upper += lower
    return upper
