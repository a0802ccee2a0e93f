from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from vosbench.reports.plots.label_places import Box, Marked, places

PANEL = Box(0.0, 0.0, 500.0, 320.0)


def overlap(one: Box, other: Box) -> bool:
    return (
        min(one.right, other.right) - max(one.left, other.left) > 1e-6
        and min(one.high, other.high) - max(one.low, other.low) > 1e-6
    )


def around(mark: Marked) -> Box:
    return Box(
        mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius
    )


MARKS = st.lists(
    st.builds(
        Marked,
        x=st.floats(0, 500),
        y=st.floats(0, 320),
        radius=st.floats(1, 4),
        width=st.floats(10, 120),
        height=st.floats(6, 10),
    ),
    max_size=25,
)


@given(MARKS)
@settings(max_examples=25, deadline=None)
def test_names_stay_in_the_panel_with_their_size_and_again_in_the_same_place(
    marks: list[Marked],
) -> None:
    found = places(marks, PANEL)
    assert found == places(marks, PANEL)
    for mark, box in zip(marks, found, strict=True):
        assert box.left >= -1e-6
        assert box.low >= -1e-6
        assert box.right <= PANEL.right + 1e-6
        assert box.high <= PANEL.high + 1e-6
        assert abs(box.right - box.left - mark.width) < 1e-6
        assert abs(box.high - box.low - mark.height) < 1e-6


def test_names_of_a_crowd_cover_neither_each_other_nor_a_mark() -> None:
    marks = [
        Marked(240 + 9.0 * column, 150 + 7.0 * row, 2.5, 50 + 7 * row, 8)
        for column in range(5)
        for row in range(5)
    ]
    found = places(marks, PANEL)
    assert not any(overlap(one, other) for one, other in combinations(found, 2))
    assert not any(overlap(box, around(mark)) for box in found for mark in marks)


def test_a_name_alone_stands_right_of_its_mark_and_left_of_it_at_the_border() -> None:
    (right,) = places([Marked(100, 100, 3, 40, 8)], PANEL)
    assert (right.left, right.low) == (105, 96)
    (left,) = places([Marked(495, 100, 3, 40, 8)], PANEL)
    assert left.right == 490


def test_a_name_keeps_off_a_line_where_it_can() -> None:
    line = Box(0, 99, 500, 101)
    (name,) = places([Marked(100, 100, 3, 40, 8)], PANEL, [line])
    assert not overlap(name, line)


def test_nothing_to_name_is_no_name() -> None:
    assert places([], PANEL) == []
