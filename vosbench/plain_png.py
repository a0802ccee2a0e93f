"""Label maps of plain PNG files, decoded without an image library and much faster.

Plain is what masks nearly always are: grey or palette values of 1 to 8 bits, not interlaced, in
sound chunks of which none changes the values. Anything else, and anything broken, is left to
Pillow, which also finds the words for it. References are to the PNG specification, third edition.
"""

import struct
from collections.abc import Container

import numpy as np
from numpy.typing import NDArray
from zlib_ng import zlib_ng

from vosbench.arrays import Mask

Rows = NDArray[np.uint8]
"""Bytes of a picture as they are stored, `uint8 h×n`."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\0\0\0\0IEND\xae\x42\x60\x82"  # the empty chunk that closes a file
_CHUNK = struct.Struct(">I4s")
_HEADER = struct.Struct(">IIBBBBB")
_GREY, _PALETTE = 0, 3  # colour types
_AVERAGE, _PAETH = 3, 4  # types of filters; Paeth's is the last

# Chunks that say nothing of the values, and the sizes they may have (section 11).
_HARMLESS: dict[bytes, Container[int]] = {
    b"PLTE": range(3, 769, 3),
    b"bKGD": (1, 2),
    b"cHRM": (32,),
    b"gAMA": (4,),
    b"pHYs": (9,),
    b"sBIT": (1, 3),
    b"sRGB": (1,),
    b"tEXt": range(1 << 31),
    b"tIME": (7,),
}


def plain_mask(data: bytes, *, max_pixels: int) -> Mask | None:
    """Label map of a plain PNG file, `uint8 h×w`, or None where the file is not plain or not sound.

    Checksums of all chunks and of the pixels are held against their content. Memory is bounded by
    the size of the file and the size of the picture, whatever the compressed pixels expand to.

    Args:
        data: content of the file.
        max_pixels: largest picture that is decoded; larger ones give None.
    """
    parts = _parts(data)
    if parts is None:
        return None
    header, compressed = parts
    width, height, bits, _, *methods = header
    if bits not in (1, 2, 4, 8) or any(methods) or not 0 < width * height <= max_pixels:
        return None
    rows = _inflated(compressed, height, 1 + (width * bits + 7) // 8)
    if rows is None or rows[:, 0].max() > _PAETH:
        return None
    values = _without_filters(rows)
    return values if bits == 8 else _unpacked(values, bits, width)


def _parts(data: bytes) -> tuple[tuple[int, ...], bytes] | None:
    """Fields of IHDR and contents of all IDAT, or None unless the chunks are sound and plain."""
    chunks = _chunks(data)
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != _HEADER.size:
        return None
    header = _HEADER.unpack(chunks[0][1])
    if header[3] not in (_GREY, _PALETTE):
        return None
    kinds = [kind for kind, _ in chunks]
    if b"IDAT" not in kinds:
        return None
    first, count = kinds.index(b"IDAT"), kinds.count(b"IDAT")
    palettes = int(header[3] == _PALETTE)
    if kinds.count(b"PLTE") != palettes or kinds[:first].count(b"PLTE") != palettes:
        return None
    # An IDAT apart from the first ones is among the others, and does harm there.
    others = chunks[1:first] + chunks[first + count :]
    if any(len(content) not in _HARMLESS.get(kind, ()) for kind, content in others):
        return None
    return header, b"".join(content for _, content in chunks[first : first + count])


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kinds and contents of the chunks before IEND (section 5.3); none unless all are sound."""
    if not (data.startswith(_SIGNATURE) and data.endswith(_END)):
        return []
    found = []
    start, end = len(_SIGNATURE), len(data) - len(_END)
    while start < end:
        size, kind = _CHUNK.unpack_from(data, start)
        stop = start + 8 + size
        checked = data[start + 4 : stop]
        if stop + 4 > end or zlib_ng.crc32(checked) != int.from_bytes(data[stop : stop + 4], "big"):
            return []
        found.append((kind, checked[4:]))
        start = stop + 4
    return found


def _inflated(compressed: bytes, height: int, row_bytes: int) -> Rows | None:
    """Rows of a picture, each after its type of filter; None unless they fill it, and soundly."""
    size = height * row_bytes
    stream = zlib_ng.decompressobj()
    try:
        # One byte more than there may be, so that the stream can show that it ends here.
        stored = stream.decompress(compressed, size + 1)
    except zlib_ng.error:  # type: ignore[misc]  # its stub takes the class for an instance
        return None
    if len(stored) != size or not stream.eof or stream.unused_data:
        return None
    return np.frombuffer(stored, np.uint8).reshape(height, row_bytes)


def _without_filters(rows: Rows) -> Rows:
    """Packed pixels, `uint8 h×n`, of rows with their type of filter before them (section 9).

    Filters turn the flat areas of a mask into zeros. Zeros above, left of and below everything else
    stand for zeros, and on the right each row goes on as it was, for all filters but `Average`; so
    only the rectangle between them is decoded.
    """
    if not rows[:, 0].any():
        return rows[:, 1:].copy()
    used_rows = np.flatnonzero(rows.max(axis=1))
    top, bottom = used_rows[0], used_rows[-1] + 1
    filters, pixels = rows[top:bottom, :1], rows[top:bottom, 1:]
    packed = np.zeros((len(rows), pixels.shape[1]), np.uint8)  # h×n
    used_columns = np.flatnonzero(pixels.max(axis=0))
    if not len(used_columns):
        return packed
    left = used_columns[0]
    right = min(used_columns[-1] + 2, pixels.shape[1])  # with the first column that goes on
    if (filters == _AVERAGE).any():
        right = pixels.shape[1]
    packed[top:bottom, left:right] = _by_pillow(np.hstack((filters, pixels[:, left:right])))
    last = packed[top:bottom, right - 1 : right]
    if last.any():
        packed[top:bottom, right:] = last
    return packed


def _by_pillow(rows: Rows) -> Rows:
    """As `_without_filters`, pixel by pixel, for which numpy has no fast loop but Pillow has."""
    import PIL.Image

    height, row_bytes = rows.shape
    stored = zlib_ng.compress(rows, 0)  # wrapped, not compressed: Pillow's `inflate` is slow
    return np.asarray(PIL.Image.frombytes("L", (row_bytes - 1, height), stored, "zip", "L"))


def _unpacked(packed: Rows, bits: int, width: int) -> Mask:
    """Values of `bits` bits each, leftmost in the high bits of a byte (section 7.2)."""
    shifts = np.arange(8 - bits, -1, -bits)
    values_of = (np.arange(256)[:, None] >> shifts & (1 << bits) - 1).astype(np.uint8)  # 256×k
    values = np.take(values_of, packed, axis=0).reshape(len(packed), -1)  # h×nk
    return np.ascontiguousarray(values[:, :width])
