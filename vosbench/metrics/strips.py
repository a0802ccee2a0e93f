"""Masks of objects as strips of bits: 40 columns of a row in one 64-bit word.

A strip is 40 columns wide and one word a row. Besides its own columns, in bits 8 … 47, each word
repeats the last 8 columns of the strip to its left, in bits 0 … 7, and the first 16 of the strip to
its right, in bits 48 … 63. So moving an object sideways by up to 8 pixels is one shift of every
word, with nothing to carry; moving it up or down is an offset, since the rows of a strip lie one
after another.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import Mask

Words = NDArray[np.uint64]

COLUMNS: Final = 40
"""Columns of a strip; whole bytes, so that a word can be read from packed bits at any strip."""

MARGIN: Final = 8
"""Columns of the left neighbour that a word repeats, and the furthest that a shift may move."""

OWN: Final = np.uint64(((1 << COLUMNS) - 1) << MARGIN)
"""Bits of the columns that are a strip's own."""

_BYTES = COLUMNS // 8


@dataclass(frozen=True)
class Box:
    """The part of an image that holds one object, and where its words lie in a row of many.

    Attributes:
        offset: of its first word.
        strips: first strip and one past the last.
        rows: first row and one past the last.
        spare: empty rows above and below, in every strip.
    """

    offset: int
    strips: tuple[int, int]
    rows: tuple[int, int]
    spare: int

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Strips and rows, spare ones included."""
        return self.strips[1] - self.strips[0], self.rows[1] - self.rows[0] + 2 * self.spare

    @cached_property
    def end(self) -> int:
        """One past its last word."""
        strips, rows = self.shape
        return self.offset + strips * rows

    def view(self, words: Words) -> Words:
        """Its own among the words of many, `uint64 …×n`, as `…×strips×rows`; not copied."""
        return words[..., self.offset : self.end].reshape(*words.shape[:-1], *self.shape)

    def part(self, strips: tuple[int, int], rows: tuple[int, int]) -> tuple[slice, slice]:
        """Where strips and rows of the image stand in its view."""
        top = self.rows[0] - self.spare
        return (
            slice(strips[0] - self.strips[0], strips[1] - self.strips[0]),
            slice(rows[0] - top, rows[1] - top),
        )


class StripPacker:
    """Packs objects of label maps of one size; keeps its working memory from one to the next."""

    def __init__(self, height: int, width: int) -> None:
        self._height, self._width = height, width
        self._pixels = np.empty((height, width), np.bool_)
        self._bits = np.zeros((height, self.strips * _BYTES + 3), np.uint8)

    @property
    def strips(self) -> int:
        """Number of strips, the last of them perhaps beyond the image's edge in part."""
        return -(-self._width // COLUMNS)

    @cached_property
    def inside(self) -> Words:
        """For each strip, the bits that are columns of the image; `uint64 strips`."""
        bits = np.arange(64)
        columns = np.arange(self.strips)[:, None] * COLUMNS + bits - MARGIN  # strips×64
        within = (columns >= 0) & (columns < self._width)
        return np.bitwise_or.reduce(
            np.where(within, np.uint64(1) << bits.astype(np.uint64), np.uint64(0)), axis=1
        )

    def pack(
        self, mask: Mask, object_id: int, rows: slice, *, alone: bool = False, at_edge: bool = True
    ) -> Words:
        """One object in some rows of a label map, `uint64 strips×rows`.

        The image's last column is repeated once beyond the edge, so that no pixel there differs
        from its eastern neighbour.

        Args:
            mask: `uint8 h×w` of the size given to the constructor.
            object_id: which pixels are the object's.
            rows: start and stop of the rows wanted.
            alone: whether the label map holds nothing else, which saves a look at every pixel.
            at_edge: whether the object may be in the image's last column.
        """
        count = rows.stop - rows.start
        pixels: NDArray[np.uint8] | NDArray[np.bool_] = mask[rows]
        if not alone:
            pixels = np.equal(pixels, object_id, out=self._pixels[:count])
        packed = np.packbits(pixels, axis=1, bitorder="little")
        bits = self._bits[:count]  # rows×bytes; the first byte is the margin of the first strip
        bits[:, 1 : 1 + packed.shape[1]] = packed
        if at_edge or self._width % 8 == 0:
            self._repeat_last_column(bits)
        words = np.ndarray(
            (self.strips, count), "<u8", buffer=bits, strides=(_BYTES, bits.strides[0])
        )
        return words.astype(np.uint64)

    def _repeat_last_column(self, bits: NDArray[np.uint8]) -> None:
        byte, bit = divmod(self._width - 1, 8)
        last = bits[:, 1 + byte] >> bit & 1  # rows; bits beyond it in its byte are 0
        if bit == 7:
            bits[:, 2 + byte] = last
        elif last.any():
            bits[:, 1 + byte] |= last << (bit + 1)


def occupied_rows(mask: Mask) -> tuple[int, int] | None:
    """The first row of a label map that holds an object, and one past the last; None if empty.

    Up to 8 pixels are looked at in one go, so a row too many is possible on either side.
    """
    width = mask.shape[1]
    flat = mask.reshape(-1)
    whole = flat.size // 8 * 8
    occupied = (flat[:whole].view(np.uint64) != 0).tobytes()
    first, end = occupied.find(1) * 8, occupied.rfind(1) * 8 + 8
    if flat[whole:].any():
        first, end = whole if first < 0 else first, flat.size
    return None if first < 0 else (first // width, (end - 1) // width + 1)


def refresh_margins(words: Words) -> None:
    """Copy the outer columns of every strip's own into its neighbours' margins again.

    Args:
        words: `uint64 strips×rows`, all strips of the image from some first to some last.
    """
    words &= OWN
    from_left = words[:-1] >> np.uint64(COLUMNS) & np.uint64((1 << MARGIN) - 1)
    from_right = words[1:] << np.uint64(COLUMNS)
    words[1:] |= from_left
    words[:-1] |= from_right
