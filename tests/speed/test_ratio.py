"""Speed as a ratio to a reference on the same machine."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_timings import FAILED, made_timing, one_pass
from vosbench.speed.ratio import speed_ratio
from vosbench.timing_records import TimedPass


def passes(*seconds: float, session: str = "s") -> tuple[TimedPass, ...]:
    return tuple(
        one_pass(spent, session=session, place=place) for place, spent in enumerate(seconds)
    )


def test_passes_of_one_session_are_compared_pass_by_pass() -> None:
    own = {"a": made_timing(*passes(2.0, 1.0, 4.0))}
    reference = {"a": made_timing(*passes(4.0, 4.0, 4.0))}
    found = speed_ratio(own, reference)
    assert found is not None
    assert found.samples == (2.0, 4.0, 1.0)
    assert found.paired and found.sequences == 1


def test_passes_of_different_sessions_give_the_ratio_of_medians() -> None:
    own = {"a": made_timing(*passes(2.0, 1.0, 4.0))}
    reference = {"a": made_timing(*passes(4.0, 8.0, 8.0, session="other"))}
    found = speed_ratio(own, reference)
    assert found is not None
    assert (found.samples, found.paired) == ((4.0,), False)
    unknown = {"a": made_timing(*passes(8.0, session=""))}
    found = speed_ratio(unknown, unknown)
    assert found is not None
    assert (found.samples, found.paired) == ((1.0,), False)


def test_only_sequences_that_both_have_count() -> None:
    own = {"a": made_timing(*passes(2.0)), "b": made_timing(*passes(100.0))}
    reference = {"a": made_timing(*passes(4.0)), "c": made_timing(*passes(0.1))}
    found = speed_ratio(own, reference)
    assert found is not None
    assert (found.samples, found.sequences) == ((2.0,), 1)
    assert speed_ratio(own, {"c": made_timing(*passes(1.0))}) is None


def test_sums_over_sequences_are_divided() -> None:
    own = {"a": made_timing(*passes(1.0)), "b": made_timing(*passes(3.0))}
    reference = {"a": made_timing(*passes(2.0)), "b": made_timing(*passes(2.0))}
    found = speed_ratio(own, reference)
    assert found is not None
    assert found.samples == (1.0,)


def test_a_failed_pass_is_slower_than_any_other() -> None:
    failed = one_pass(1.0, session="s", failed="killed")
    own, reference = {"a": made_timing(failed)}, {"a": made_timing(*passes(1.0))}
    assert (found := speed_ratio(own, reference)) is not None and found.samples == (0.0,)
    assert (found := speed_ratio(reference, own)) is not None and found.samples == (math.inf,)
    assert speed_ratio(own, own) is None
    assert speed_ratio({"a": made_timing(FAILED)}, {"a": made_timing(FAILED)}) is None


@given(st.lists(st.lists(st.floats(0.01, 99), min_size=1, max_size=4), min_size=1, max_size=3))
def test_the_ratio_to_itself_is_one(drawn: list[list[float]]) -> None:
    own = {str(n): made_timing(*passes(*seconds)) for n, seconds in enumerate(drawn)}
    found = speed_ratio(own, own)
    assert found is not None
    assert found.samples == pytest.approx([1.0] * min(map(len, drawn)))


@given(st.floats(0.01, 99), st.floats(0.01, 99), st.booleans())
def test_the_ratio_turned_round_is_the_ratio_of_the_others(
    one: float, other: float, together: bool
) -> None:
    own = {"a": made_timing(*passes(one))}
    reference = {"a": made_timing(*passes(other, session="s" if together else "t"))}
    forth, back = speed_ratio(own, reference), speed_ratio(reference, own)
    assert forth is not None and back is not None
    assert forth.samples[0] * back.samples[0] == pytest.approx(1.0)
