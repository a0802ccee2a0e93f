"""Things that are to be seen apart: names, dots and spans, wherever they are wanted."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.reports.plots.apart import apart, fitting_swarm, lanes, readable, swarm

places = st.lists(st.floats(0, 100), max_size=25)
things = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 9)), min_size=1, max_size=12)


@given(things)
def test_names_keep_apart_in_their_order(made: list[tuple[float, float]]) -> None:
    wanted, sizes = zip(*made, strict=True)
    found = apart(wanted, sizes)
    order = np.argsort(wanted, kind="stable")
    for one, next_ in pairwise(order):
        assert found[next_] - found[one] >= (sizes[one] + sizes[next_]) / 2 - 1e-6


@given(things)
def test_names_stay_on_their_line(made: list[tuple[float, float]]) -> None:
    wanted, sizes = zip(*made, strict=True)
    ends = (-10.0, -10.0 + 1.2 * sum(sizes))
    found = apart(wanted, sizes, within=ends)
    for place, size in zip(found, sizes, strict=True):
        assert ends[0] - 1e-6 <= place - size / 2
        assert place + size / 2 <= ends[1] + 1e-6
    order = np.argsort(wanted, kind="stable")
    for one, next_ in pairwise(order):
        assert found[next_] - found[one] >= (sizes[one] + sizes[next_]) / 2 - 1e-6


def test_names_with_room_stay_where_they_belong() -> None:
    assert apart([3.0, 1.0, 9.0], [1.5] * 3) == [3.0, 1.0, 9.0]
    assert apart([], [], within=(0, 1)) == []
    with pytest.raises(ValueError, match="do not fit"):
        apart([0.0, 0.0], [1.0, 1.0], within=(0.0, 1.9))


@given(places, st.floats(0.5, 8))
def test_no_dot_of_a_swarm_covers_another(made: list[float], diameter: float) -> None:
    offsets = swarm(made, diameter)
    for (x, y), (u, v) in combinations(zip(made, offsets, strict=True), 2):
        assert math.hypot(x - u, y - v) >= diameter - 1e-6


@given(places)
def test_dots_with_room_stay_on_their_line(made: list[float]) -> None:
    spread = [3.0 * place for place in range(len(made))]
    assert swarm(spread, 3.0) == [0.0] * len(made)


@given(places, st.floats(4, 30))
def test_a_fitting_swarm_keeps_to_its_height(made: list[float], height: float) -> None:
    diameter, offsets = fitting_swarm(made, (4.0, 3.0, 2.0), height)
    assert 2 * max(map(abs, offsets), default=0.0) + diameter <= height + 1e-9
    if swarm(made, 4.0) == offsets and diameter != 4.0:
        assert set(offsets) == {0.0}


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 20)), max_size=20))
def test_spans_of_a_lane_do_not_meet(made: list[tuple[float, float]]) -> None:
    spans = [(start, start + length) for start, length in made]
    found = lanes(spans)
    for (one, a), (other, b) in combinations(zip(spans, found, strict=True), 2):
        assert a != b or one[1] <= other[0] or other[1] <= one[0]
    # no more lanes than spans that meet in one place
    busiest = max((sum(a <= s < b for a, b in spans) for s, _ in spans), default=0)
    assert len(set(found)) <= max(busiest, min(1, len(spans)))


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 9)), max_size=20))
def test_labels_that_are_written_do_not_touch(made: list[tuple[float, float]]) -> None:
    made = sorted(made)
    kept = [made[index] for index in readable([x for x, _ in made], [w for _, w in made])]
    for (x, width), (other, next_) in pairwise(kept):
        assert other - x >= (width + next_) / 2 - 1e-6
    assert kept[-1:] == made[-1:]
