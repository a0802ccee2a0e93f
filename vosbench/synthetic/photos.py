"""The photographs that every texture starts from: those that lie in scikit-image's wheel."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image as PillowImage

SCENES = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")
"""Colour photographs of things and places."""

SURFACES = ("grass.png", "gravel.png", "brick.png")
"""Grey photographs of one material, to be coloured."""

ODDITIES = ("hubble_deep_field.jpg", "ihc.png", "moon.png", "camera.png", "coins.png")
"""Photographs of other kinds, for variety."""


@lru_cache(maxsize=16)
def photo(name: str) -> NDArray[np.uint8]:
    """Photograph `name` of scikit-image's wheel, `uint8 h×w×3`, read-only; nothing is downloaded.

    >>> photo("coffee.png").shape
    (400, 600, 3)
    """
    with PillowImage.open(Path(skimage.data.__file__).parent / name) as file:
        pixels = np.asarray(file.convert("RGB"))
    pixels.setflags(write=False)
    return pixels


def is_grey(name: str) -> bool:
    """Whether photograph `name` has no colour of its own.

    >>> is_grey("grass.png"), is_grey("coffee.png")
    (True, False)
    """
    return name in SURFACES or name in ("moon.png", "camera.png", "coins.png")
