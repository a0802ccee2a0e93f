"""Propagated boxes: outwards only, a tenth at most; where a lost object is looked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.methods._maskrcnn_proposals import plan_search, surrounding_boxes
from vosbench.methods._propagation_settings import BoxPropagation
from vosbench.methods._window import Box

number = st.floats(0, 500)
side = st.floats(1, 300)


@given(number, number, side, side, st.integers(0, 99))
def test_no_side_moves_inwards_and_none_farther_than_a_tenth(
    left: float, top: float, width: float, height: float, seed: int
):
    box = Box(left, top, left + width, top + height)
    boxes = surrounding_boxes(box, 50, np.random.default_rng(seed))
    outwards = (boxes - [box.left, box.top, box.right, box.bottom]) * [-1, -1, 1, 1]
    assert boxes.shape == (50, 4)
    # Specification 3.3: U(0, 1) × 10 % of width or height, outwards.
    assert (outwards >= -1e-9).all()
    assert (outwards <= 0.1 * np.array([width, height, width, height]) + 1e-9).all()
    assert len(np.unique(boxes, axis=0)) == 50


SEEN, BEGIN = Box(10, 10, 30, 30), Box(100, 100, 160, 160)


@pytest.mark.parametrize(
    ("seen", "begin", "propagation", "own", "around"),
    [
        (SEEN, BEGIN, "extend", 500, SEEN),  # 500 and 500: specification 3.3
        (SEEN, BEGIN, "replace", 0, SEEN),
        (SEEN, BEGIN, "off", 1000, None),
        (None, BEGIN, "extend", 500, BEGIN),  # lost
        (None, BEGIN, "replace", 500, BEGIN),
        (None, BEGIN, "off", 1000, None),
        (None, None, "extend", 1000, None),  # not there at the beginning of the chunk either
        (None, None, "replace", 1000, None),
    ],
)
def test_modes(
    seen: Box | None, begin: Box | None, propagation: BoxPropagation, own: int, around: Box | None
):
    search = plan_search(seen, begin, propagation, np.random.default_rng(0))
    assert (search.own, len(search.boxes)) == (own, 1000 - own)
    if around is not None:
        assert np.allclose(
            search.boxes.mean(axis=0),
            [
                around.left - 0.05 * around.width,
                around.top - 0.05 * around.height,
                around.right + 0.05 * around.width,
                around.bottom + 0.05 * around.height,
            ],
            atol=0.02 * around.width,
        )
