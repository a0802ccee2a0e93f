"""Steps: planted ones are found where they are; noise, outliers and to and fro are none."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vosbench.history.steps import CONFIDENT, LEAST, Step, course

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

NOISES: dict[str, Draw] = {
    "normal": lambda generator, count: generator.standard_normal(count),
    "laplace": lambda generator, count: generator.laplace(size=count),
    "student3": lambda generator, count: generator.standard_t(3, size=count),
}


def places(values: list[float], **rules: float) -> list[int]:
    return [step.place for step in course(values, **rules).steps]  # type: ignore[arg-type]


@given(st.floats(-1e6, 1e6), st.integers(0, 40))
def test_a_constant_series_has_no_step(value: float, count: int) -> None:
    found = course([value] * count)
    assert found.steps == () and found.noise == 0 and not found.to_and_fro


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("count", [6, 8, 12, 50])
def test_noise_has_a_step_in_one_case_of_a_hundred_at_most(noise: str, count: int) -> None:
    """400 series: at a true rate of 1 % more than 10 come in fewer than 1 case of 300."""
    generator = np.random.default_rng(count)
    series = [NOISES[noise](generator, count).tolist() for _ in range(400)]
    assert sum(bool(places(values)) for values in series) <= 10


@pytest.mark.parametrize("noise", NOISES)
def test_a_planted_step_is_found_where_it_is(noise: str) -> None:
    """A step of 6 deviations, 3 to 20 results before the end of 30: found in 94 of 100, no other.

    It is off by one place at most: an outlier beside a step may lie on either side.
    """
    generator = np.random.default_rng(5)
    hits = 0
    for _ in range(100):
        place = int(generator.integers(10, 28))
        values = NOISES[noise](generator, 30) / (1.4 if noise != "normal" else 1.0)
        values[place:] += 6
        found = places(values.tolist())
        hits += len(found) == 1 and abs(found[0] - place) <= 1
    assert hits >= 94


@given(
    before=st.floats(-100, 100),
    size=st.floats(0.5, 100) | st.floats(-100, -0.5),
    first=st.integers(LEAST, 12),
    then=st.integers(LEAST, 12),
)
def test_a_step_without_noise_is_found_to_the_place(
    before: float, size: float, first: int, then: int
) -> None:
    values = [before] * first + [before + size] * then
    (step,) = course(values).steps
    assert (step.place, step.before, step.after) == (first, before, before + size)
    assert step.lasts and CONFIDENT <= step.confidence < 1


@given(st.lists(st.floats(-1e3, 1e3), max_size=30), st.floats(-1e3, 1e3))
def test_equal_series_have_equal_steps_wherever_they_lie(values: list[float], off: float) -> None:
    found = course(values)
    assert found == course(values)
    assert [start for start, _, _ in found.pieces[1:]] >= [step.place for step in found.steps]
    assert all(stop - start >= LEAST for start, stop, _ in found.pieces) or len(found.pieces) == 1


@given(
    place=st.integers(0, 19),
    size=st.floats(-1e4, 1e4),
    seed=st.integers(0, 50),
)
def test_one_outlier_makes_no_step(place: int, size: float, seed: int) -> None:
    """Whatever its size: beside noise without a step, and beside no noise at all."""
    values = [0.0] * 20
    values[place] = size
    assert places(values) == []
    noisy = np.random.default_rng(seed).uniform(-1, 1, 20)
    if not places(noisy.tolist()):
        noisy[place] = size
        assert places(noisy.tolist()) == []


def test_two_outliers_in_a_row_make_no_step() -> None:
    assert places([5.0] * 10 + [9.0, 9.0] + [5.0] * 10) == []


def test_two_outliers_near_the_end_make_no_step() -> None:
    """Out, in, out: their median is out, but other orders of these values do as well."""
    assert places([5.0] * 6 + [9.0, 5.0, 9.0]) == []


def test_values_that_fall_apart_as_well_in_many_other_orders_have_no_step() -> None:
    """Of the 35 orders of 3 ones and 4 zeros, 8 are cut as well as after the third value."""
    assert places([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]) == []
    assert places([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]) == [4]


@settings(max_examples=40)
@given(phase=st.integers(LEAST, 9), turns=st.integers(4, 8), seed=st.integers(0, 30))
def test_slow_to_and_fro_is_no_step(phase: int, turns: int, seed: int) -> None:
    """Two states of a machine, say, that take turns."""
    levels = np.repeat([turn % 2 for turn in range(turns)], phase)
    noise = np.random.default_rng(seed).uniform(-0.03, 0.03, levels.size)
    found = course((levels + noise).tolist())
    assert found.steps == ()
    assert found.to_and_fro or phase < 5  # faster ones pass for noise


@given(turns=st.integers(10, 40))
def test_fast_to_and_fro_is_no_step(turns: int) -> None:
    assert places([float(turn % 2) for turn in range(turns)]) == []


def test_a_slow_wave_is_no_step() -> None:
    values = np.sin(np.arange(60) * 2 * np.pi / 20).tolist()
    assert places(values) == []


def test_a_fault_amid_to_and_fro_is_found_and_nothing_else() -> None:
    swinging = ([1.0] * 6 + [0.8] * 6) * 3
    assert places([*swinging, *[0.2] * 5, *swinging]) == [36, 41]


def test_a_last_move_that_outlasts_all_to_and_fro_is_a_step() -> None:
    swinging = ([1.0] * 4 + [0.0] * 4) * 2
    assert places([*swinging, *[1.0] * 10]) == []
    assert places([*swinging, *[1.0] * 20]) == [16]


def test_a_fault_that_was_mended_is_a_step_that_does_not_last() -> None:
    down, up = course([0.8] * 6 + [0.7] * 6 + [0.8] * 6).steps
    assert (down.place, down.lasts, up.place, up.lasts) == (6, False, 12, True)
    assert down.size == pytest.approx(-0.1)


def test_a_fault_that_was_mended_by_a_third_lasts() -> None:
    down, up = course([0.8] * 6 + [0.5] * 6 + [0.6] * 6).steps
    assert down.lasts and up.lasts


def test_what_is_small_is_no_step() -> None:
    values = [0.8] * 6 + [0.7995] * 6
    assert places(values) == [6]
    assert places(values, smallest=0.001) == []


def test_a_change_that_has_not_lasted_yet_is_no_step() -> None:
    assert places([0.8] * 10 + [0.7] * 2) == []
    assert places([0.8] * 10 + [0.7] * 3) == [10]


def test_what_rounding_does_is_no_step() -> None:
    assert places([0.1 + 0.2] * 8 + [0.3] * 8) == []


def test_few_values_are_trusted_less() -> None:
    few, many = (course([1.0] * count + [0.0] * count).steps[0] for count in (3, 12))
    assert few.confidence == pytest.approx(0.9)  # 2 of the 20 choices of 3 out of 6
    assert few.confidence < many.confidence == 0.999
    assert few == Step(3, 1.0, 0.0, few.confidence)


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        course([0.5, float("nan")])
