"""Growing sets of pixels by a disk, on strips of bits.

The disk dx² + dy² ≤ radius² is a union of rectangles, so that about 2·log(radius) operations on
whole words do what would take π · radius² moves of single pixels.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import cycle
from math import isqrt

import numpy as np

from vosbench.metrics.strips import MARGIN, Box, Words, refresh_margins

ROOM = 3
"""Rows of working memory that `grow` needs."""


def grow(
    words: Words, radius: int, boxes: Iterable[Box], disk: Words, room: Sequence[Words]
) -> None:
    """Write to `disk` the pixels of `words` and all within `radius` of one of them.

    The rectangles are taken from the widest, a line, to the tallest, a column. Each is as wide as
    all that came before it still have to grow, so growing their union serves them all (a Horner
    scheme).

    Args:
        words: `uint64 n`: strips one after another, with `radius` empty words before and after
            each of them and as many again at both ends.
        radius: of the disk in pixels, at least 1.
        boxes: where the objects in `words` lie.
        disk: `uint64 n`, overwritten.
        room: working memory, `ROOM` times `uint64 n`.
    """
    shifted, *others = room
    np.copyto(disk, words)
    others_in_turn = cycle(others)
    columns, length = words, 1
    wider, exact = radius, MARGIN  # the margins of `disk` are exact as far as this
    for width, height in _half_axes(radius):
        while length < 2 * height + 1:
            step = min(length, 2 * height + 1 - length)
            shorter = next(others_in_turn)[: columns.size - step]
            columns = np.bitwise_or(columns[:-step], columns[step:], out=shorter)
            length += step
        for step in _steps(wider - width):
            if step > exact:
                for box in boxes:
                    refresh_margins(box.view(disk))
                exact = MARGIN
            _widen(disk, step, shifted)
            exact -= step
        disk[height : height + columns.size] |= columns
        wider = width


@cache
def _half_axes(radius: int) -> tuple[tuple[int, int], ...]:
    """Half-width and half-height of the rectangles that make up the disk, the widest first.

    >>> _half_axes(2)
    ((2, 0), (1, 1), (0, 2))
    """
    return tuple({isqrt(radius * radius - dy * dy): dy for dy in range(radius + 1)}.items())


@cache
def _steps(reach: int) -> tuple[int, ...]:
    """Shifts that widen by `reach` without a gap: what was widened may go further the next time.

    Any distance is a sum of some of them, so no pixel has to take a detour beyond the image's edge,
    where nothing is kept.

    >>> _steps(7)
    (1, 2, 4)
    """
    steps: list[int] = []
    while (reached := sum(steps)) < reach:
        steps.append(min(reached + 1, reach - reached, MARGIN))
    return tuple(steps)


def _widen(words: Words, step: int, shifted: Words) -> None:
    """Add to all pixels those `step` columns to either side, in place."""
    by = np.uint64(step)
    np.left_shift(words, by, out=shifted)
    shifted |= words
    words >>= by
    words |= shifted
