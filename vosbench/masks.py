"""Label maps and frames as files: palette PNG in and out, images in; soft maps to one label map."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import Image, Mask, check_mask
from vosbench.errors import DataError
from vosbench.plain_png import plain_mask

# Pillow is imported where it is needed: masks are rarely anything that `plain_mask` leaves to it

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
"""Extensions of files that count as frames, in lower case."""

MAX_PIXELS = 1 << 26
"""Largest frame that is decoded, twice an 8K frame; whatever claims more is broken or hostile."""

_IMAGE_FORMATS = ("JPEG", "PNG", "BMP", "WEBP")
_IMAGE_MODES = ("RGB", "L", "P", "1", "RGBA", "LA", "CMYK")
_BITS, _COLOUR_TYPE = 24, 25  # where a PNG tells them: in IHDR, its first chunk
_GREY, _PALETTE = 0, 3  # colour types of PNG, as in IHDR
_COLOUR_TYPES = {2: "an RGB", 4: "a grey-and-alpha", 6: "an RGBA"}
_MODES = {  # what Pillow makes of a colour type
    _GREY: ("1", "L", "I", "I;16"),
    _PALETTE: ("P",),
    2: ("RGB",),
    4: ("LA", "RGBA"),
    6: ("RGBA",),
}


def read_image(path: Path) -> Image:
    """RGB frame of a JPEG, PNG, BMP or WebP file, `uint8 h×w×3`.

    Grey becomes RGB and alpha is dropped.

    Raises:
        DataError: the file is missing, corrupt, of more than `MAX_PIXELS`, or of more than 8 bits.
    """
    from vosbench import pictures

    image = pictures.decode(path, _bytes_of(path), _IMAGE_FORMATS, max_pixels=MAX_PIXELS)
    if image.mode not in _IMAGE_MODES:
        raise DataError(
            f"{path} holds pixels of kind {image.mode}, expected 8-bit RGB or grey; "
            "convert the frame to 8-bit RGB"
        )
    if "transparency" in image.info:
        # Pillow warns when transparent colours of a palette are dropped in one go.
        image = image.convert("RGBA")
    return np.array(image.convert("RGB"))


def image_size(path: Path) -> tuple[int, int]:
    """Height and width of a frame in pixels, from the head of its file.

    Raises:
        DataError: the file is missing or no image.
    """
    from vosbench import pictures

    return pictures.size(path, _IMAGE_FORMATS, max_pixels=MAX_PIXELS)


def read_mask(path: Path) -> Mask:
    """Label map of an annotation, `uint8 h×w`: the stored values, whatever colours they have.

    Palette PNGs of 1 to 8 bits give their indices, grey ones of 1 to 16 bits their values (a 1-bit
    file gives 0 and 1, a 0/255 file gives 0 and 255).

    Raises:
        DataError: the file is missing, corrupt, no PNG, in colour, has alpha, or a value above 255.
    """
    return _stored_values(path)[0]


def is_white_on_black(path: Path) -> bool:
    """True for a grey annotation of 255 and at most 0 besides: one object, painted white.

    Raises:
        DataError: as `read_mask`.
    """
    mask, colour_type = _stored_values(path)
    white = mask == 255  # h×w
    return colour_type == _GREY and bool(white.any()) and bool((white | (mask == 0)).all())


def write_mask(path: Path, mask: Mask) -> None:
    """Write a label map as 8-bit palette PNG in DAVIS colours; the same map gives the same bytes.

    Rows are stored unfiltered, which suits flat colours and keeps decoding a plain `inflate`.

    Args:
        path: file to make or replace; its folder must exist.
        mask: `uint8 h×w`.
    """
    import PIL.Image

    check_mask(mask)
    picture = PIL.Image.fromarray(np.ascontiguousarray(mask))
    picture.putpalette(davis_palette().tobytes())  # Pillow filters no row of a palette picture
    encoded = BytesIO()
    picture.save(encoded, format="PNG", bits=8)
    path.write_bytes(encoded.getvalue())


def davis_palette() -> NDArray[np.uint8]:
    """Colours of ids 0..255, `uint8 256×3`: those of DAVIS, which took them from PASCAL VOC.

    The bits of an id are dealt to red, green and blue in turn, lowest first, and fill each channel
    from its highest bit down (VOC development kit, `VOClabelcolormap`).

    >>> davis_palette()[:4].tolist()
    [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]]
    """
    ids = np.arange(256)[:, None]  # 256×1
    channel = np.arange(3)  # 3
    colours = np.zeros((256, 3), np.int64)
    for turn in range(8):
        colours |= (ids >> (3 * turn + channel) & 1) << (7 - turn)
    return colours.astype(np.uint8)


def merge_soft_maps(soft: NDArray[np.float32], ids: Sequence[int]) -> Mask:
    """One label map from the soft maps of objects that were segmented one by one, `uint8 h×w`.

    A pixel is background where no map reaches 0.5, else it goes to the object with the highest
    value, to the first of them on a tie. NaN never wins a pixel.

    Args:
        soft: `float32 n×h×w`; usually probabilities, but an annotated frame may enter with 2.
        ids: n distinct ids in 1..255, in the order of the maps.

    >>> soft = np.array([[[0.9, 0.4, 0.6]], [[0.7, 0.3, 0.6]]], np.float32)
    >>> merge_soft_maps(soft, (2, 5)).tolist()
    [[2, 0, 2]]
    """
    if soft.dtype != np.float32 or soft.ndim != 3:
        raise ValueError(f"expected soft maps float32 n×h×w, got {soft.dtype} {soft.shape}")
    if len(ids) != len(soft) or len(set(ids)) != len(ids) or not all(0 < i <= 255 for i in ids):
        raise ValueError(f"expected {len(soft)} distinct ids in 1..255, got {tuple(ids)}")
    merged = np.zeros(soft.shape[1:], np.uint8)  # h×w
    # The largest float below 0.5, so that "greater" admits 0.5 itself at first, but no tie later.
    highest = np.full(soft.shape[1:], np.nextafter(np.float32(0.5), np.float32(0)))  # h×w
    for object_id, values in zip(ids, soft, strict=True):
        wins = values > highest  # h×w
        merged[wins] = object_id
        highest[wins] = values[wins]
    return merged


def _stored_values(path: Path) -> tuple[Mask, int]:
    """Label map and colour type of an annotation; see `read_mask`."""
    data = _bytes_of(path)
    mask = plain_mask(data, max_pixels=MAX_PIXELS)
    if mask is None:
        mask = _mask_of_any_png(path, data)
    return mask, data[_COLOUR_TYPE]


def _mask_of_any_png(path: Path, data: bytes) -> Mask:
    """Label map of an annotation that need not be plain; see `read_mask`."""
    from vosbench import pictures

    picture = pictures.decode(path, data, ("PNG",), max_pixels=MAX_PIXELS)
    bits, colour_type = data[_BITS], data[_COLOUR_TYPE]
    if data[12:16] != b"IHDR" or picture.mode not in _MODES.get(colour_type, ()):
        # Pillow takes a header anywhere, and the last of several.
        raise DataError(f"{path} does not begin with its only header; save it again as a plain PNG")
    if colour_type not in (_GREY, _PALETTE):
        raise DataError(
            f"{path} is {_COLOUR_TYPES[colour_type]} picture, expected a palette or grey PNG whose "
            "values are object ids; save ids as palette indices or grey values, not as colours"
        )
    values = np.array(picture)  # h×w
    if bits == 16 and values.max() > 255:
        raise DataError(
            f"{path} holds the value {values.max()}, expected object ids of at most 255; "
            "renumber its objects and save it with 8 bits"
        )
    if colour_type == _GREY and bits in (2, 4):
        # Pillow stretches these to 0..255; the ids are what was stored.
        values //= 255 // ((1 << bits) - 1)
    return values.astype(np.uint8, copy=False)


def _bytes_of(path: Path) -> bytes:
    """Content of a file, not empty."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    if not data:
        raise DataError(f"{path} is empty (0 bytes); copy or unpack it again")
    return data
