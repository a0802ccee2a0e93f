"""Label maps as short text that a page can read: runs of equal labels, row after row."""

import base64

import numpy as np

from vosbench.arrays import Mask, check_mask

MOST_PIXELS = 1 << 21
"""Pixels of the largest map: the length of a run is told in at most three bytes."""


def label_runs(mask: Mask) -> str:
    """A label map as base64 text; `static/labels.js` reads it.

    Each run of equal pixels is its label, one byte, and its length: seven bits a byte, lowest
    first, the eighth set where another byte follows (LEB128).

    >>> base64.b64decode(label_runs(np.array([[0, 0, 7], [7, 7, 7]], np.uint8))).hex(" ")
    '00 02 07 04'
    """
    check_mask(mask)
    if mask.size >= MOST_PIXELS:
        raise ValueError(f"expected fewer than {MOST_PIXELS} pixels, got {mask.size}")
    flat = mask.ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1)).astype(np.int64)
    lengths = np.diff(starts, append=flat.size)  # one a run
    more, most = lengths >= 1 << 7, lengths >= 1 << 14
    parts = np.stack(
        (
            flat[starts],
            lengths & 0x7F | more << 7,
            lengths >> 7 & 0x7F | most << 7,
            lengths >> 14,
        ),
        axis=1,
    ).astype(np.uint8)  # runs×4
    always = np.ones_like(more)
    kept = np.stack((always, always, more, most), axis=1)  # runs×4
    return base64.b64encode(parts[kept].tobytes()).decode()
