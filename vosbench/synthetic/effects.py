"""What a camera does to a picture: tone, vignette, blur, noise and compression."""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy.ndimage import gaussian_filter1d

from vosbench.synthetic.motion import Track, wander
from vosbench.synthetic.sampling import Floats


@dataclass(frozen=True)
class Lens:
    """The camera's rendering of a whole clip.

    Attributes:
        gain: colour balance and exposure, `t×3`.
        gamma: exponent of the tone curve.
        shade: darkness of the corners, 0..1.
        blur: softness in pixels.
        noise: grain, `h×w×3`, rolled anew for each frame.
        rolls: by how much (rows, columns), `t×2`.
        quality: of the JPEG compression; None leaves it out.
    """

    gain: NDArray[np.float32]
    gamma: float
    shade: float
    blur: float
    noise: Floats
    rolls: NDArray[np.int64]
    quality: int | None

    def develop(self, image: Floats, index: int) -> NDArray[np.uint8]:
        """Frame `index` as the camera stores it, `uint8 h×w×3`, from `image` in 0..1."""
        image = np.clip(image * self.gain[index], 0, 1)
        if self.gamma != 1:
            image = image**self.gamma
        if self.shade:
            image = image * _vignette((image.shape[0], image.shape[1]), self.shade)
        if self.blur:
            image = gaussian_filter1d(gaussian_filter1d(image, self.blur, 0), self.blur, 1)
        image = image + np.roll(self.noise, self.rolls[index], (0, 1))
        pixels = (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
        return pixels if self.quality is None else _compressed(pixels, self.quality)


def lens(rng: Generator, times: Track, frame: tuple[int, int]) -> Lens:
    """A random camera, from clean to poor."""
    cast = np.exp(rng.normal(0, 0.06, 3) + rng.normal(0, 0.12))
    drift = np.exp(wander(rng, times, 0.04 if rng.random() < 0.4 else 0.01))
    grain = rng.exponential(0.012)
    noise = rng.standard_normal((*frame, 3), dtype=np.float32)
    if rng.random() < 0.5:
        noise = gaussian_filter1d(gaussian_filter1d(noise, 0.6, 0), 0.6, 1) * 1.8
    return Lens(
        gain=(cast * drift[:, None]).astype(np.float32),
        gamma=math.exp(rng.normal(0, 0.15)) if rng.random() < 0.5 else 1.0,
        shade=rng.uniform(0, 0.4) if rng.random() < 0.3 else 0.0,
        blur=rng.uniform(0.35, 0.9) if rng.random() < 0.5 else 0.0,
        noise=np.float32(min(grain, 0.05)) * noise,
        rolls=rng.integers(0, 10_000, (len(times), 2)),
        quality=int(rng.integers(45, 96)) if rng.random() < 0.6 else None,
    )


def _vignette(frame: tuple[int, int], shade: float) -> Floats:
    """Brightness that falls off towards the corners, `h×w×1`."""
    y = np.linspace(-1, 1, frame[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, frame[1], dtype=np.float32)[None, :]
    return (1 - np.float32(shade / 2) * (x * x + y * y))[..., None]


def _compressed(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """`pixels` after JPEG compression and back."""
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return np.asarray(PillowImage.open(buffer).convert("RGB"))
