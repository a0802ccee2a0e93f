"""Frames and label maps to measure on: objects before noise, in the size of DAVIS at 480p.

They are drawn here and not by `vosbench.synthetic`, so that they stay what they are when that
learns to draw something else: figures of two versions compare on the same input only.
"""

from collections.abc import Sequence

import numpy as np

from vosbench.arrays import Image, Mask

SIZE = (480, 854)


def label_map(objects: int, frame: int = 0) -> Mask:
    """Objects 1, 2, … with wavy outlines on their way to the right, `uint8 h×w`."""
    y, x = np.indices(SIZE)
    mask = np.zeros(SIZE, np.uint8)
    radius = min(110.0, 0.42 * SIZE[1] / objects)
    for number in range(objects):
        across = SIZE[1] * (number + 0.45) / objects + 2 * frame
        down = SIZE[0] * (0.42 + 0.16 * (number % 2)) + 3 * np.sin(0.3 * frame)
        angle = np.arctan2(y - down, x - across)
        waves = 1 + 0.12 * np.sin((5 + number % 3) * angle + 0.2 * frame)
        mask[np.hypot(y - down, x - across) < radius * waves] = number + 1
    return mask


def answer(truth: Mask) -> Mask:
    """What a fair method would say: a little to the side, with a bite taken out."""
    mask = np.roll(truth, (3, -4), axis=(0, 1))
    mask[::160, ::3] = 0
    return mask


def picture(mask: Mask, seed: int = 0) -> Image:
    """A frame that shows these objects, `uint8 h×w×3`."""
    rng = np.random.default_rng(seed)
    shown = rng.integers(40, 120, (*mask.shape, 3), np.uint8)
    colours = rng.integers(100, 200, (256, 3), np.uint8)
    shown[mask > 0] = colours[mask[mask > 0]] + shown[mask > 0] // 4
    return shown


def film(objects: int, frames: int) -> Sequence[Mask]:
    """Label maps of a clip."""
    return [label_map(objects, frame) for frame in range(frames)]
