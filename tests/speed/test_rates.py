"""Frames per second: what is divided by what, and what there is no rate of."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_timings import FAILED, SECONDS, made_timing, one_pass
from vosbench.speed.rates import (
    AMORTISED,
    END_TO_END,
    STEADY,
    fps_amortised,
    fps_steady,
    rates,
    rates_of_sequences,
    seconds_in,
    seconds_per_object_frame,
    seconds_to_first_mask,
    seconds_to_load,
)
from vosbench.timing_records import TimedPass, Timing

spent = st.floats(0.01, 99)


def timing(frames: int, seconds: dict[str, float]) -> Timing:
    return Timing(frames=frames, objects=1, passes=(TimedPass(seconds),))


def test_amortised_counts_all_work_of_the_method_and_no_loading_or_files() -> None:
    assert fps_amortised([timing(30, SECONDS)]) == 3


def test_steady_counts_propagation_alone() -> None:
    assert fps_steady([timing(30, SECONDS)]) == 10


def test_end_to_end_counts_files_too() -> None:
    assert rates([timing(30, SECONDS)], END_TO_END) == (0.5,)


def test_over_sequences_sums_are_divided_not_rates_averaged() -> None:
    quick, slow = timing(90, {"infer": 1.0}), timing(10, {"infer": 9.0})
    assert fps_steady([quick, slow]) == 10


def test_the_typical_sequence_is_a_median_of_rates() -> None:
    timings = [timing(90, {"infer": 1.0}), timing(10, {"infer": 10.0}), timing(10, {"infer": 5.0})]
    assert rates_of_sequences(timings, AMORTISED) == (2.0,)


def test_nothing_timed_has_no_rate() -> None:
    assert fps_amortised([]) is None
    assert fps_steady([timing(10, {})]) is None
    assert fps_amortised([timing(0, SECONDS)]) is None


def test_the_median_of_passes_counts_and_a_failed_one_is_the_slowest() -> None:
    passes = (one_pass(1.0), one_pass(3.0), one_pass(2.0))
    assert fps_steady([made_timing(*passes, frames=6)]) == 3  # of 6, 2 and 3 frames a second
    assert fps_steady([made_timing(*passes[:2], FAILED, frames=6)]) == 2  # of 6, 2 and 0
    assert fps_steady([made_timing(passes[0], FAILED, FAILED, frames=6)]) == 0


def test_a_pass_counts_where_every_sequence_has_it() -> None:
    whole = made_timing(one_pass(1.0), one_pass(2.0), frames=4)
    begun = made_timing(one_pass(1.0), frames=4)
    assert rates([whole, begun], STEADY) == (4.0,)


def test_an_object_frame_is_an_object_in_a_frame_in_which_it_is_alive() -> None:
    one = made_timing(one_pass(SECONDS), frames=10, objects=2)  # 10 s over 20 object-frames
    late = made_timing(one_pass(SECONDS), frames=10, objects=2, object_frames=5)
    assert seconds_per_object_frame([one]) == (0.5,)
    assert seconds_per_object_frame([one, late]) == (0.8,)
    assert seconds_per_object_frame([made_timing(one_pass(1.0), object_frames=0)]) == ()
    assert seconds_per_object_frame([made_timing(FAILED)]) == (math.inf,)


def test_the_first_mask_is_waited_for_as_long_as_in_the_typical_sequence() -> None:
    waits = [made_timing(one_pass(1.0, first_mask=wait)) for wait in (1.0, 9.0, 2.0)]
    assert seconds_to_first_mask(waits) == (2.0,)
    assert seconds_to_first_mask([*waits, made_timing(one_pass(1.0))]) == ()  # throughput mode
    assert seconds_to_first_mask([made_timing(one_pass(1.0, first_mask=1.0), FAILED)]) == (
        1.0,
        math.inf,
    )


def test_seconds_of_a_phase_are_added_up_over_sequences() -> None:
    assert seconds_in([timing(3, SECONDS), timing(3, SECONDS)], "adapt") == (6.0,)


def test_a_method_is_loaded_once_however_many_sequences_there_are() -> None:
    assert seconds_to_load([timing(3, SECONDS), timing(3, SECONDS)]) == (SECONDS["load"],)
    apart = [made_timing(one_pass({"load": spent}), FAILED) for spent in (1.0, 2.0, 3.0)]
    assert seconds_to_load(apart) == (2.0, 0.0)
    assert seconds_to_load([]) == ()


def test_a_sequence_without_a_frame_to_segment_hides_no_figure_of_the_others() -> None:
    usual = made_timing(one_pass(2.0, first_mask=1.5), frames=4)
    nothing = made_timing(one_pass(0.0), frames=0)
    assert rates_of_sequences([usual, nothing], AMORTISED) == (2.0,)
    assert seconds_to_first_mask([usual, nothing]) == (1.5,)
    assert (rates_of_sequences([nothing], AMORTISED), seconds_to_first_mask([nothing])) == ((), ())


@given(st.lists(st.tuples(st.integers(1, 99), spent), min_size=1))
def test_the_rate_of_all_lies_between_those_of_the_sequences(
    given_runs: list[tuple[int, float]],
) -> None:
    timings = [timing(frames, {"infer": seconds}) for frames, seconds in given_runs]
    alone = [frames / seconds for frames, seconds in given_runs]
    overall = fps_amortised(timings)
    assert overall is not None
    assert min(alone) * (1 - 1e-9) <= overall <= max(alone) * (1 + 1e-9)
    assert overall == pytest.approx(fps_steady(timings))


@given(st.lists(spent, min_size=1, max_size=5), st.floats(0.1, 10))
def test_twice_the_time_is_half_the_rate(seconds: list[float], factor: float) -> None:
    def made(scale: float) -> Timing:
        return made_timing(
            *(
                one_pass({"init": s * scale, "infer": s * scale}, first_mask=s * scale)
                for s in seconds
            )
        )

    once, scaled = made(1.0), made(factor)
    for phases in (AMORTISED, STEADY, END_TO_END):
        expected = [rate / factor for rate in rates([once], phases)]
        assert rates([scaled], phases) == pytest.approx(expected)
    for measure in (seconds_per_object_frame, seconds_to_first_mask):
        assert measure([scaled]) == pytest.approx([s * factor for s in measure([once])])
