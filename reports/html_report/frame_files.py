"""Frames of a sequence as small files: pictures, and label maps that pages paint over them."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.atomic import write_bytes, write_text
from vosbench.reports.html_report.label_runs import label_runs

PIXELS = 427 * 240
"""About so many pixels has a small picture: half the sides of a DAVIS frame at 480p."""

QUALITY = 60
"""Of JPEG, 0..100."""


@dataclass(frozen=True)
class Size:
    """How large frames are, and how large their small pictures.

    Attributes:
        height, width: in pixels.
        step: every so many pixels in each direction one is kept.
    """

    height: int
    width: int
    step: int

    @property
    def small(self) -> tuple[int, int]:
        """Height and width of small pictures."""
        return -(-self.height // self.step), -(-self.width // self.step)


def size_of(image: Image) -> Size:
    """The size of a frame."""
    height, width = image.shape[:2]
    return Size(height, width, max(1, round(math.sqrt(height * width / PIXELS))))


def small_labels(mask: Mask, size: Size) -> Mask:
    """Every so manieth label: the one in the middle of what becomes one pixel of the picture."""
    middle = size.step // 2
    plain = mask[middle :: size.step, middle :: size.step]
    if plain.shape == size.small:
        return plain
    rows, columns = (  # the last pixel of the picture may stand for less than a whole step
        np.minimum(np.arange(count) * size.step + middle, side - 1)
        for count, side in zip(size.small, mask.shape, strict=True)
    )
    return mask[np.ix_(rows, columns)]


def write_picture(path: Path, image: Image, size: Size) -> None:
    """A small JPEG of a frame."""
    from io import BytesIO

    from PIL.Image import fromarray

    content = BytesIO()
    fromarray(image).reduce(size.step).save(content, "JPEG", quality=QUALITY)
    write_bytes(path, content.getvalue())


def write_labels(path: Path, name: str, maps: Sequence[str | None]) -> None:
    """Label maps of all frames as a script, which is what a page may load without a server.

    Args:
        name: by which the page knows them.
        maps: as `label_runs` gives them; None for a frame without one.
    """
    write_text(path, f"vosbench.take({json.dumps(name)}, {json.dumps(list(maps))});\n")


def label_text(mask: Mask, size: Size) -> str:
    """A label map as text, as small as the picture."""
    return label_runs(small_labels(mask, size))


def picture_file(index: int) -> str:
    """Name of the small picture of a frame."""
    return f"{index:05d}.jpg"
