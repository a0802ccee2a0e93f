"""One file of a mask, whatever it is: a label map, or what is wrong with it."""

import stat
import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from vosbench.arrays import Mask
from vosbench.errors import DataError
from vosbench.masks import MAX_PIXELS, davis_palette, read_mask

Fault = Literal[
    "unreadable-file", "empty-file", "not-png", "corrupt-file", "too-large", "id-above-255"
]
"""Why a file is no mask; each is the code of a finding."""

Known = Callable[[], frozenset[int] | None]
"""Ids that objects have, as far as annotations were read; None where every id will do."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">8s4x4sIIBB")  # signature, length, IHDR, width, height, bits, colour type
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_MOST_BYTES = 8 * MAX_PIXELS

_FORMATS = {
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
    b"GIF8": "GIF",
    b"RIFF": "WebP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\x93NUMPY": "numpy",
}


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    Attributes:
        mask: label map; None where there is a fault, or colours that are no ids.
        fault: why it cannot be read; None where it can.
        detail: what there is to say about the fault.
        colours: whether ids were stored as colours of an RGB or RGBA picture.
        strange: how many colours are those of no object.
    """

    mask: Mask | None
    fault: Fault | None = None
    detail: str = ""
    colours: bool = False
    strange: int = 0


def read(path: Path, known: Known = lambda: None) -> Reading:
    """The label map in a file, decoded once.

    Args:
        path: of a file that should be a PNG.
        known: () → ids whose colours in DAVIS' palette are turned back into ids, or None for all;
            called only where there are colours.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Reading(None, "unreadable-file", "it is no plain file")
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
    except OSError as error:
        return Reading(None, "unreadable-file", error.strerror or str(error))
    if not status.st_size:
        return Reading(None, "empty-file")
    if not head.startswith(_SIGNATURE):
        return Reading(None, "not-png", _format_of(head))
    if len(head) < _HEAD.size:
        return Reading(None, "corrupt-file", "cut off within its head")
    _, _, width, height, bits, colour_type = _HEAD.unpack(head)
    if width * height > MAX_PIXELS or status.st_size > _MOST_BYTES:
        return Reading(None, "too-large", f"{width}×{height} pixels")
    try:
        if colour_type in (_RGB, _RGBA, _GREY_ALPHA):
            return _from_colours(_colours(path), known())
        if bits == 16:
            return _from_wide(np.asarray(_picture(path)))
        return Reading(read_mask(path))
    except DataError as error:
        return Reading(None, "corrupt-file", str(error.__cause__ or error))
    except _BROKEN as error:
        return Reading(None, "corrupt-file", str(error) or type(error).__name__)


_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
    PIL.Image.DecompressionBombError,
    PIL.Image.DecompressionBombWarning,
)


def ids_of_colours(colours: NDArray[np.uint8]) -> tuple[Mask, NDArray[np.bool_]]:
    """Id of every colour in the palette of DAVIS, and where that is its colour exactly.

    The palette fills the three highest bits of each channel, so that these tell the id.

    Args:
        colours: `uint8 h×w×3`.

    >>> ids, exact = ids_of_colours(np.array([[[128, 128, 0], [128, 129, 0]]], np.uint8))
    >>> ids.tolist(), exact.tolist()
    ([[3, 3]], [[True, False]])
    """
    palette = davis_palette()
    by_bits = np.zeros(512, np.uint8)
    by_bits[_highest_bits(palette)] = np.arange(256)
    ids = by_bits[_highest_bits(colours)]  # h×w
    return ids, (palette[ids] == colours).all(axis=-1)


def _highest_bits(colours: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The three highest bits of each channel as one number, 0..511."""
    bits = (colours >> 5).astype(np.int64)  # …×3
    return bits[..., 0] << 6 | bits[..., 1] << 3 | bits[..., 2]


def _from_colours(pixels: NDArray[np.uint8], known: frozenset[int] | None) -> Reading:
    """Ids behind colours: those of the palette, or grey values that are ids."""
    colours, alpha = pixels[..., :3], pixels[..., 3]  # h×w×3, h×w
    # What cannot be seen is background if it is black, else nobody can say what it is.
    opaque = (alpha == 255) | ((alpha == 0) & ~colours.any(axis=-1))
    ids, exact = ids_of_colours(colours)
    if known is not None:
        exact &= np.isin(ids, [0, *known])
    exact &= opaque
    if exact.all():
        return Reading(ids, colours=True)
    grey = (colours == colours[..., :1]).all(axis=-1) & opaque
    values = colours[..., 0]
    fits = known is None or bool(np.isin(values, [0, 255, *known]).all())
    if grey.all() and fits:
        return Reading(np.ascontiguousarray(values), colours=True)
    packed = pixels[~exact].astype(np.uint32) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.uint32)
    return Reading(None, colours=True, strange=len(np.unique(packed)))


def _from_wide(values: NDArray[np.generic]) -> Reading:
    """A label map from 16-bit values."""
    highest = int(values.max(initial=0))
    if highest > 255:
        return Reading(None, "id-above-255", str(highest))
    return Reading(values.astype(np.uint8))


def _colours(path: Path) -> NDArray[np.uint8]:
    """Pixels of a picture in colour, `uint8 h×w×4`, alpha last."""
    return np.asarray(_picture(path).convert("RGBA"))


def _picture(path: Path) -> PIL.Image.Image:
    """A decoded PNG whose checksums are right; its size must have been looked at before."""
    data = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        # Decoding alone would skip the checksums of PNG and take flipped bits for pixels.
        PIL.Image.open(BytesIO(data), formats=("PNG",)).verify()
        picture = PIL.Image.open(BytesIO(data), formats=("PNG",))
        picture.load()
    return picture


def _format_of(head: bytes) -> str:
    """What kind of file begins like this, as far as it is told."""
    for start, name in _FORMATS.items():
        if head.startswith(start):
            return name
    return ""
