"""Boxes and their scores: clipped to the picture, words inside it and beside each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.method import Detection
from vosbench.reports.pictures.drawn_boxes import label_places, paint_boxes, score_text, visible
from vosbench.reports.pictures.overlays import WHITE, object_colour

SIZE = (60, 100)
SIDES = st.floats(-50, 150)
BOXES = st.tuples(SIDES, SIDES, SIDES, SIDES)


@given(box=BOXES)
def test_what_is_seen_of_a_box_is_in_the_frame(box: tuple[float, float, float, float]) -> None:
    seen = visible(box, SIZE)
    if seen is None:
        left, top, right, bottom = box
        assert (
            left >= right or top >= bottom or right <= 0 or bottom <= 0 or left >= 100 or top >= 60
        )
    else:
        left, top, right, bottom = seen
        assert 0 <= left < right <= 100 and 0 <= top < bottom <= 60


@given(boxes=st.lists(BOXES, max_size=4))
def test_words_are_in_the_frame(boxes: list[tuple[float, float, float, float]]) -> None:
    seen = [box for each in boxes if (box := visible(each, SIZE))]
    for left, top in label_places(seen, [(24.0, 10.0)] * len(seen), SIZE):
        assert 0 <= left <= 76 and 0 <= top <= 50


def test_words_stand_above_below_or_inside_and_on_no_others() -> None:
    label = (24.0, 10.0)
    assert label_places([(20.0, 20.0, 60.0, 40.0)], [label], SIZE) == ((20.0, 10.0),)
    assert label_places([(20.0, 0.0, 60.0, 40.0)], [label], SIZE) == ((20.0, 40.0),)
    assert label_places([(20.0, 0.0, 60.0, 60.0)], [label], SIZE) == ((20.0, 0.0),)
    same = [(20.0, 20.0, 60.0, 40.0)] * 2
    assert label_places(same, [label] * 2, SIZE) == ((20.0, 10.0), (20.0, 40.0))
    corner = (20.0, 5.0, 44.0, 20.0)  # is taken by other words
    assert label_places([same[0]], [label], SIZE, [corner]) == ((20.0, 40.0),)


def test_a_box_is_painted_where_it_is() -> None:
    image = np.full((*SIZE, 3), 77, np.uint8)
    painted = paint_boxes(image, [Detection(2, (20.0, 20.0, 60.0, 40.0), 0.5)])
    colour = list(object_colour(2))
    for row, column in ((20, 40), (39, 40), (30, 20), (30, 59)):
        assert painted[row, column].tolist() == colour
    for row, column in ((21, 40), (38, 40), (30, 21), (30, 58)):
        assert painted[row, column].tolist() == list(WHITE)
    assert painted[30, 40].tolist() == painted[45, 40].tolist() == [77, 77, 77]
    assert (painted[:20] == colour).all(axis=2).any()  # behind its score
    assert (image == 77).all()


def test_a_box_is_clipped_and_scaled() -> None:
    image = np.full((*SIZE, 3), 77, np.uint8)
    painted = paint_boxes(image, [Detection(1, (-10.0, 5.0, 25.0, 90.0), 0.5)], scale=2.0)
    assert painted[58, 49].tolist() == list(object_colour(1))
    assert painted[30, 0].tolist() == list(object_colour(1))
    outside = paint_boxes(image, [Detection(1, (101.0, 5.0, 120.0, 20.0), 0.5)])
    np.testing.assert_array_equal(outside, image)


@pytest.mark.parametrize(("score", "text"), [(0.996, "0.99"), (1.0, "1.00"), (0.0, "0.00")])
def test_only_a_certain_score_reads_as_certain(score: float, text: str) -> None:
    assert score_text(score) == text
