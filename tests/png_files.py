"""PNG files made by the book, chunk by chunk (PNG specification, third edition)."""

import struct
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

GREY, PALETTE = 0, 3  # colour types
NONE, SUB, UP, AVERAGE, PAETH = FILTERS = range(5)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a file (section 5.3)."""
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kinds and contents of the chunks of a file."""
    found, at = [], len(SIGNATURE)
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += size + 12
    return found


def joined(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A file of these chunks, with the right checksums."""
    return SIGNATURE + b"".join(chunk(kind, content) for kind, content in parts)


def png_parts(
    width: int, rows: Sequence[bytes], bits: int, colour_type: int, *, interlaced: bool = False
) -> list[tuple[bytes, bytes]]:
    """Chunks of a file whose rows begin with the type of their filter."""
    head = struct.pack(">IIBBBBB", width, len(rows), bits, colour_type, 0, 0, interlaced)
    palette = [(b"PLTE", bytes(3 << bits))] if colour_type == PALETTE else []
    pixels = zlib.compress(b"".join(rows))
    return [(b"IHDR", head), *palette, (b"IDAT", pixels), (b"IEND", b"")]


def png(width: int, rows: Sequence[bytes], bits: int, colour_type: int) -> bytes:
    """File of packed rows, without filters."""
    return joined(png_parts(width, [b"\0" + row for row in rows], bits, colour_type))


def packed(values: NDArray[np.uint8], bits: int) -> list[bytes]:
    """Rows of values of `bits` bits, leftmost first, filled up to whole bytes (section 7.2)."""
    strings = ["".join(f"{value:0{bits}b}" for value in row) for row in values]
    return [int(row + "0" * (-len(row) % 8), 2).to_bytes((len(row) + 7) // 8) for row in strings]


def filtered(rows: Sequence[bytes], types: Iterable[int]) -> list[bytes]:
    """Rows of pixels of at most 8 bits, each filtered by a type and after it (section 9.2)."""
    above = bytes(len(rows[0]))
    found = []
    for row, kind in zip(rows, types, strict=True):
        guesses = (
            guess(kind, left, up, left_up)
            for left, up, left_up in zip(b"\0" + row, above, b"\0" + above, strict=False)
        )
        rest = bytes((byte - guessed) % 256 for byte, guessed in zip(row, guesses, strict=True))
        found.append(bytes([kind]) + rest)
        above = row
    return found


def guess(kind: int, left: int, up: int, left_up: int) -> int:
    """What a filter expects of a byte whose neighbours these are."""
    if kind == PAETH:
        near = left + up - left_up
        return min((left, up, left_up), key=lambda value: abs(near - value))  # the first on a tie
    return (0, left, up, (left + up) // 2)[kind]
