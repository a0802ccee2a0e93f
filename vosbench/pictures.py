"""Picture files decoded by Pillow, and a sentence for what it cannot decode.

Pillow takes longer to import than a mask takes to decode, so `vosbench.masks` asks for this module
only when it needs it.
"""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import PIL.Image

from vosbench.errors import DataError

# Whatever Pillow raises on broken bytes, of any format.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,  # Pillow 10, of a PNG without pixels
    struct.error,
    zlib.error,
    PIL.Image.DecompressionBombError,
    PIL.Image.DecompressionBombWarning,  # raised where warnings are errors
)


def decode(
    path: Path, data: bytes, formats: tuple[str, ...], *, max_pixels: int
) -> PIL.Image.Image:
    """Picture whose pixels are in memory and whose checksums hold.

    Args:
        path: of the file, for the error.
        data: content of the file.
        formats: as Pillow calls them; nothing else is tried.
        max_pixels: what claims to be larger is not decoded.

    Raises:
        DataError: the file is corrupt, of another format, or too large.
    """
    try:
        # Decoding alone would skip the checksums of PNG and take flipped bits for pixels.
        PIL.Image.open(BytesIO(data), formats=formats).verify()
        image = PIL.Image.open(BytesIO(data), formats=formats)
        width, height = image.size
        if width * height > max_pixels:
            raise PIL.Image.DecompressionBombError(f"{width}×{height} pixels")
        image.load()
    except _BROKEN as error:
        raise DataError(_sentence(path, error, formats, max_pixels)) from error
    return image


def size(path: Path, formats: tuple[str, ...], *, max_pixels: int) -> tuple[int, int]:
    """Height and width of a picture in pixels, from the head of its file; otherwise as `decode`.

    Raises:
        DataError: the file is missing or no picture.
    """
    try:
        with PIL.Image.open(path, formats=formats) as image:
            width, height = image.size
    except FileNotFoundError:
        raise DataError(f"{path} is missing") from None
    except _BROKEN as error:
        raise DataError(_sentence(path, error, formats, max_pixels)) from error
    return height, width


def _sentence(path: Path, error: Exception, formats: tuple[str, ...], max_pixels: int) -> str:
    """What is wrong with a file that Pillow refused."""
    if isinstance(error, PIL.UnidentifiedImageError):
        return f"{path} is no {' or '.join(formats)} file, or its first bytes are corrupt"
    if isinstance(error, PIL.Image.DecompressionBombError | PIL.Image.DecompressionBombWarning):
        return f"{path} claims to be larger than {max_pixels} pixels and is not decoded"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{path} cannot be read: {error.strerror}"
    return f"{path} is corrupt or cut off ({error}); copy or unpack it again"
