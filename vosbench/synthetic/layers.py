"""Pictures of figures and how they are laid over a frame, with their shadows and reflections."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from vosbench.synthetic.sampling import Floats, affine, mapped_grid, sample

Window = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the frame, the last two exclusive."""


@dataclass(frozen=True)
class Layer:
    """A picture of one figure, to be laid over the frame.

    Attributes:
        pixels: colours multiplied by opacity, and opacity, `h×w×4`.
        solid: `h×w`, where the figure is, before any blur.
        window: where it lies in the frame.
        label: id of the figure, 0 where not annotated.
    """

    pixels: Floats
    solid: NDArray[np.bool_]
    window: Window
    label: int


def lay(image: Floats, layer: Layer) -> None:
    """Lay `layer` over `image`, `h×w×3`, in place."""
    left, top, right, bottom = layer.window
    below = image[top:bottom, left:right]
    below *= 1 - layer.pixels[..., 3:]
    below += layer.pixels[..., :3]


def mark(labels: NDArray[np.uint8], layer: Layer) -> None:
    """Write the id of `layer` into the label map, in place, where its figure is."""
    left, top, right, bottom = layer.window
    labels[top:bottom, left:right][layer.solid] = layer.label


def darken(
    image: Floats, layer: Layer, foot: float, shape: tuple[float, float], dark: float
) -> None:
    """Draw the shadow of `layer` onto `image`, in place.

    Args:
        foot: row on which it stands.
        shape: length and slant, relative to the height above `foot`.
        dark: darkness, 0..1.
    """
    fallen = _fallen(layer, image, foot, *shape)
    if fallen is not None:
        pixels, (left, top, right, bottom) = fallen
        image[top:bottom, left:right] *= 1 - dark * uniform_filter(pixels[..., 3], 3)[..., None]


def reflect(image: Floats, layer: Layer, foot: float, strength: float) -> None:
    """Draw the reflection of `layer` below the row `foot` of `image`, in place."""
    fallen = _fallen(layer, image, foot, 0.9, 0.0)
    if fallen is not None:
        pixels, (left, top, right, bottom) = fallen
        pixels = strength * uniform_filter(pixels, (3, 3, 0))
        below = image[top:bottom, left:right]
        below *= 1 - pixels[..., 3:]
        below += pixels[..., :3]


def _fallen(
    layer: Layer, image: Floats, foot: float, length: float, slant: float
) -> tuple[Floats, Window] | None:
    """`layer` laid down from row `foot`: `length` times as high, below it or (< 0) above."""
    left, top, right, _ = layer.window
    tall = max(1.0, foot - top)
    reach = abs(slant) * tall
    first, last = sorted((foot, foot + length * tall))
    window = (
        max(0, int(left - reach)),
        max(0, int(first)),
        min(image.shape[1], int(right + reach) + 1),
        min(image.shape[0], int(last) + 1),
    )
    if window[0] >= window[2] or window[1] >= window[3]:
        return None
    x, y = mapped_grid(affine(), window)
    up = (y - np.float32(foot)) / np.float32(length)
    x, y = np.broadcast_arrays(x - np.float32(slant) * up, np.float32(foot) - up)
    height, width = layer.pixels.shape[:2]
    inside = (x >= left) & (x < left + width - 1) & (y >= top) & (y < top + height - 1) & (up >= 0)
    return sample(layer.pixels, x - left, y - top) * inside[..., None], window
