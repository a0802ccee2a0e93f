"""How a file is judged that is read as a mask: by vosbench, and by Pillow alone."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vosbench.errors import DataError
from vosbench.masks import MAX_PIXELS, is_white_on_black, read_mask
from vosbench.plain_png import plain_mask

# Chunks that say nothing of the values, and chunks that do, or are broken or unknown.
HARMLESS = [
    (b"tIME", bytes(7)),
    (b"gAMA", bytes(4)),
    (b"pHYs", bytes(9)),
    (b"sRGB", b"\0"),
    (b"cHRM", bytes(32)),
    (b"bKGD", b"\0\0"),
    (b"sBIT", b"\1"),
    (b"tEXt", b"Software\0a painter"),
    (b"tEXt", b""),
]
OTHERS = [
    (b"gAMA", bytes(3)),
    (b"cHRM", bytes(33)),
    (b"tRNS", b"\0\0"),
    (b"PLTE", bytes(6)),
    (b"PLTE", bytes(5)),
    (b"PLTE", bytes(771)),
    (b"IDAT", b""),
    (b"IEND", b""),
    (b"zTXt", b"Comment\0\0" + zlib.compress(b"a painter")),
    (b"zTXt", b"Comment\0\1"),
    (b"iCCP", b""),
    (b"abCd", b"private"),
    (b"ABCD", b"unknown"),
]


def decoded(data: bytes) -> NDArray[np.uint8] | None:
    return plain_mask(data, max_pixels=MAX_PIXELS)


def outcome(path: Path, data: bytes) -> object:
    """All that can be told of a file that is read as a mask: its values, or the error."""
    path.write_bytes(data)
    try:
        mask = read_mask(path)
        return mask.shape, mask.dtype, mask.tobytes(), is_white_on_black(path)
    except DataError as error:
        return str(error)


def by_pillow(path: Path, data: bytes) -> object:
    """The outcome where nothing counts as plain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vosbench.masks.plain_mask", lambda data, *, max_pixels: None)
        return outcome(path, data)
