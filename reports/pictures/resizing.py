"""Frames and painted pictures in another size, and in few colours."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import Image, check_image

if TYPE_CHECKING:
    import PIL.Image


def resized(image: Image, width: int, height: int | None = None) -> Image:
    """The picture in another size, smooth; in its own shape unless a height is given."""
    import PIL.Image

    check_image(image)
    if height is None:
        height = height_for(image.shape[:2], width)
    if image.shape[:2] == (height, width):
        return image
    picture = PIL.Image.fromarray(np.ascontiguousarray(image))
    return np.array(picture.resize((width, height), PIL.Image.Resampling.LANCZOS))


def few_colours(image: Image) -> "PIL.Image.Image":
    """The picture in 256 colours that suit it, as Pillow's; a third as large in files."""
    import PIL.Image

    some = np.concatenate([image[::4, ::2].reshape(-1, 3), image[1::4, 1::2].reshape(-1, 3)])
    palette = PIL.Image.fromarray(some[None]).quantize(256)  # slow, so not of every pixel
    picture = PIL.Image.fromarray(np.ascontiguousarray(image))
    return picture.quantize(palette=palette, dither=PIL.Image.Dither.NONE)


def height_for(size: tuple[int, int], width: int) -> int:
    """Height of a picture of a size (h, w) that is made so wide; even, as video asks for.

    >>> height_for((480, 854), 427)
    240
    """
    return max(2, 2 * round(size[0] * width / size[1] / 2))


def enlarged(array: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """A frame or label map with each pixel repeated until it is at least so wide."""
    times = -(-width // array.shape[1])
    return array if times <= 1 else array.repeat(times, axis=0).repeat(times, axis=1)


def line_for(full: int, shown: int, *, line: float = 1.0) -> int:
    """Thickness in a picture `full` wide that is `line` pixels once it is `shown` wide.

    >>> line_for(854, 427), line_for(100, 400)
    (2, 1)
    """
    return max(1, round(line * full / shown))
