"""Pairs of masks for property tests: everything that has ever gone wrong somewhere."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

KINDS = ("empty", "full", "one pixel", "rectangle", "noise", "all but one pixel")


@st.composite
def masks(draw: st.DrawFn, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask of `size`: empty, full, a pixel, a rectangle that may touch borders, or noise."""
    height, width = size
    mask = np.zeros(size, np.bool_)
    kind = draw(st.sampled_from(KINDS))
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    if kind == "one pixel":
        mask[top, left] = True
    elif kind == "rectangle":
        mask[
            top : draw(st.integers(top + 1, height)), left : draw(st.integers(left + 1, width))
        ] = 1
    elif kind == "noise":
        density = draw(st.sampled_from((0.03, 0.2, 0.5, 0.9)))
        mask = np.random.default_rng(draw(st.integers(0, 10**6))).random(size) < density
    elif kind != "empty":
        mask[:] = True
        mask[top, left] = kind == "full"
    return mask


@st.composite
def pairs(draw: st.DrawFn) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Two masks of one size, from 1×1 on; the second is another or the first moved."""
    size = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    truth = draw(masks(size))
    if draw(st.booleans()):
        return truth, draw(masks(size))
    return truth, np.roll(truth, draw(st.integers(-3, 3)), axis=draw(st.sampled_from((0, 1))))
