"""One run by the rules of others, computed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_timings import FAILED, SECONDS, made_timing, one_pass
from vosbench.errors import UsageError
from vosbench.speed.conventions import CONVENTIONS, UNSTATED, Convention, conventions
from vosbench.timing_records import Timing

# 9 frames to segment in 10 s (4 init, 3 adapt, 2 infer, 1 post) with 2 objects, and 19 in 5 s
TIMINGS = (
    made_timing(one_pass(SECONDS), frames=9, objects=2),
    made_timing(one_pass({"init": 1.0, "infer": 4.0}), frames=19, objects=1),
)

BY_HAND = {
    "vbt-1": 28 / 15,
    "eosvos": (2 * 10 + 20) / 15,
    "eosvos-frames": 30 / 15,
    "aot": 28 / 10,  # 3 + 2 + 1 and 4 s
    "aot-sequences": 2 / (6 / 9 + 4 / 19),
    "stcn": 30 / 15,
    "xmem": 30 / 15,
    "cutie": 30 / 14,  # less 1 s of post
    "sam2": 30 / 10,
}

seconds = st.fixed_dictionaries({phase: st.floats(0.01, 9) for phase in SECONDS})


def rate(name: str, *timings: Timing) -> float:
    (only,) = CONVENTIONS[name].rates(timings)
    return only


def test_every_convention_is_computed_by_hand_here() -> None:
    assert BY_HAND.keys() == CONVENTIONS.keys()


@pytest.mark.parametrize("name", BY_HAND)
def test_the_rule_in_numbers(name: str) -> None:
    assert rate(name, *TIMINGS) == pytest.approx(BY_HAND[name], rel=1e-12)


def test_an_object_that_joins_late_counts_from_then_on() -> None:
    late = made_timing(one_pass(10.0), frames=9, objects=2, object_frames=13)
    assert rate("eosvos", late) == pytest.approx((13 + 2) / 10)


def test_a_failed_pass_has_the_rate_nought_everywhere() -> None:
    for convention in CONVENTIONS.values():
        assert convention.rates([made_timing(one_pass(1.0), FAILED)])[1] == 0
        assert convention.rates([]) == ()


def test_names_are_looked_up_and_all_stands_for_every_one() -> None:
    assert [each.name for each in conventions(["aot", "vbt-1"])] == ["aot", "vbt-1"]
    assert [each.name for each in conventions(["all"])] == list(CONVENTIONS)
    with pytest.raises(UsageError, match=r"no convention 'cuty'.*cutie.*or all"):
        conventions(["cuty"])


@pytest.mark.parametrize("name", UNSTATED)
def test_what_was_never_stated_is_not_guessed(name: str) -> None:
    with pytest.raises(UsageError, match="no rule to translate to"):
        conventions([name])


@given(st.lists(st.tuples(st.integers(1, 50), seconds), min_size=1, max_size=4))
def test_denominators_agree_for_single_objects(drawn: list[tuple[int, dict[str, float]]]) -> None:
    timings = [made_timing(one_pass(spent), frames=frames) for frames, spent in drawn]
    assert rate("eosvos", *timings) == pytest.approx(rate("eosvos-frames", *timings))
    assert rate("eosvos-frames", *timings) > rate("vbt-1", *timings)


@given(seconds, st.integers(1, 50), st.integers(1, 5))
def test_what_must_agree_agrees(spent: dict[str, float], frames: int, objects: int) -> None:
    free = made_timing(one_pass({**spent, "init": 0.0}), frames=frames, objects=objects)
    assert rate("aot", free) == pytest.approx(rate("vbt-1", free))
    assert rate("aot", free) == pytest.approx(rate("aot-sequences", free))  # a single sequence
    assert rate("stcn", free) == pytest.approx(rate("eosvos-frames", free))
    unposted = made_timing(one_pass({**spent, "post": 0.0}), frames=frames, objects=objects)
    assert rate("cutie", unposted) == pytest.approx(rate("xmem", unposted))


@given(seconds, st.floats(0.1, 10))
def test_twice_the_time_is_half_the_rate(spent: dict[str, float], factor: float) -> None:
    slower = {phase: factor * taken for phase, taken in spent.items()}
    for name in CONVENTIONS:
        once, scaled = (rate(name, made_timing(one_pass(each))) for each in (spent, slower))
        assert scaled == pytest.approx(once / factor)


@pytest.mark.parametrize("rule", CONVENTIONS.values(), ids=lambda rule: rule.name)
def test_what_is_not_translated_has_a_direction(rule: Convention) -> None:
    assert bool(rule.beyond) == bool(rule.moved)
    told = " ".join(rule.beyond)
    for way in ("too high", "too low"):
        assert way in rule.moved or way not in told
