"""How far passes lie apart, and from where on that is a warning."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.speed.spread import quantile, spread

samples = st.lists(st.floats(0.01, 1e4), min_size=2, max_size=9)


def test_quartiles_of_five_passes() -> None:
    figure = spread([10.0, 14.0, 12.0, 11.0, 13.0])
    assert figure is not None
    assert (figure.median, figure.quartiles) == (12.0, (11.0, 13.0))
    assert figure.interquartile_range == 2.0
    assert figure.relative == pytest.approx(2 / 12)
    assert figure.verdict == "noisy"


@pytest.mark.parametrize(
    ("wide", "verdict"), [(0.5, ""), (1.0, ""), (1.1, "noisy"), (2.5, "noisy"), (2.6, "unstable")]
)
def test_warnings_begin_above_a_tenth_and_a_quarter_of_the_median(
    wide: float, verdict: str
) -> None:
    figure = spread([10 - wide, 10.0, 10 + wide])  # the quartiles are half as far from the median
    assert figure is not None
    assert figure.interquartile_range == pytest.approx(wide)
    assert figure.verdict == verdict


def test_one_pass_says_nothing_about_spread() -> None:
    figure = spread([3.0])
    assert figure is not None
    assert (figure.median, figure.interquartile_range, figure.relative) == (3.0, None, None)
    assert figure.verdict == ""
    assert spread([]) is None


def test_failed_passes_widen_the_spread() -> None:
    once = spread([10.0, 10.0, 0.0])
    assert once is not None
    assert (once.median, once.verdict) == (10.0, "unstable")  # quartiles 5 and 10
    mostly = spread([10.0, 0.0, 0.0])
    assert mostly is not None
    assert (mostly.median, mostly.relative, mostly.verdict) == (0.0, math.inf, "unstable")
    for_ever = spread([1.0, 2.0, 3.0, 4.0, math.inf])
    assert for_ever is not None
    assert for_ever.quartiles == (2.0, 4.0)
    assert quantile([1.0, math.inf, math.inf], 0.5) == math.inf


@given(samples)
def test_quartiles_are_those_of_the_standard_library(drawn: list[float]) -> None:
    expected = statistics.quantiles(drawn, n=4, method="inclusive")
    assert [quantile(drawn, share) for share in (0.25, 0.5, 0.75)] == pytest.approx(expected)


@given(samples, st.floats(0.01, 100))
def test_the_verdict_does_not_depend_on_the_unit(drawn: list[float], factor: float) -> None:
    one, other = spread(drawn), spread([factor * sample for sample in drawn])
    assert one is not None and other is not None
    assert other.relative == pytest.approx(one.relative, abs=1e-9)


def test_no_samples_have_no_quantile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        quantile([], 0.5)
