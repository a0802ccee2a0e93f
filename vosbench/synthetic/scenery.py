"""Backgrounds: a far picture, now and then a nearer strip before it, and what stands around."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.ndimage import uniform_filter

from vosbench.synthetic.motion import Camera
from vosbench.synthetic.places import ground, place
from vosbench.synthetic.sampling import (
    Floats,
    affine,
    inverse,
    mapped_grid,
    mirrored,
    sample,
)
from vosbench.synthetic.textures import Size, cloudy, resized

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
        light: patches of light and shade that fall on everything, `h×w×1` at a quarter of the
            size of `far`, or None.
    """

    far: Floats
    near: Floats | None
    depths: tuple[float, float]
    ripple: float
    light: Floats | None

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

    def lit(self, image: Floats, index: int, camera: Camera) -> Floats:
        """`image`, which shows frame `index`, under the patches of light and shade."""
        if self.light is None:
            return image
        frame = (image.shape[0], image.shape[1])
        x, y = _positions(camera, index, self.depths[0], self.far, frame)
        quarter = np.float32(0.25)
        coarse = sample(self.light, x[::4, ::4] * quarter, y[::4, ::4] * quarter)[..., 0]
        return image * resized(coarse, frame)[..., None]


def _positions(
    camera: Camera, index: int, depth: float, texture: Floats, frame: Size
) -> tuple[Floats, Floats]:
    """Where each pixel of the frame lies on `texture`."""
    margin = affine(shift=_margin(frame))
    x, y = mapped_grid(margin @ inverse(camera.view(index, depth)), (0, 0, frame[1], frame[0]))
    return mirrored(x, texture.shape[1]), mirrored(y, texture.shape[0])


def _margin(frame: Size) -> tuple[int, int]:
    """Pixels (x, y) beyond the frame on each side."""
    return round(MARGIN * frame[1]), round(MARGIN * frame[0])


def scenery(rng: Generator, frame: Size) -> Scenery:
    """A random background for frames of size `frame`."""
    beyond = _margin(frame)
    size = (frame[0] + 2 * beyond[1], frame[1] + 2 * beyond[0])
    far = place(rng, size)
    if rng.random() < 0.35:
        reach = int(rng.integers(1, 4)) * 2 + 1
        far = uniform_filter(uniform_filter(far, (reach, reach, 0)), (reach, reach, 0))
    near = _strip(rng, size) if rng.random() < 0.25 else None
    ripple = rng.uniform(0.4, 1.6) if rng.random() < 0.07 else 0.0
    depths = (rng.uniform(0.5, 1.0), rng.uniform(0.9, 1.3))
    return Scenery(far, near, depths, ripple, _patches(rng, size) if rng.random() < 0.4 else None)


def _patches(rng: Generator, size: Size) -> Floats:
    """Light and shade, about 1, at a quarter of `size`, `h×w×1`."""
    patches = cloudy(rng, (size[0] // 4 + 1, size[1] // 4 + 1), rng.uniform(0.2, 1.0), 0.4)
    if rng.random() < 0.4:
        patches = np.tanh(3 * patches)
    light: Floats = np.exp(np.float32(rng.uniform(0.05, 0.35)) * np.clip(patches, -2.5, 1.5))
    return light[..., None]


def _strip(rng: Generator, size: Size) -> Floats:
    """A nearer strip with a ragged upper edge: a hill, a hedge, a wall; `h×w×4`."""
    height, width = size
    texture = ground(rng, size)
    edge = height * (
        rng.uniform(0.45, 0.75)
        + rng.uniform(0.01, 0.08) * cloudy(rng, (1, width), 60.0, rng.uniform(0.3, 0.7))[0]
    )
    opacity = np.clip(np.arange(height, dtype=np.float32)[:, None] - edge.astype(np.float32), 0, 1)
    return np.concatenate([texture * opacity[..., None], opacity[..., None]], 2)
