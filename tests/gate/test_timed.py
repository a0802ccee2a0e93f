"""Gate `timed` over paces that are made up: what it says, and that nothing passes by default."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.made_paces import FIRST, FRAMES, pace, part, timed_facts
from vosbench.gate.facts import Pace
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding, Verdict
from vosbench.gate.rules import GateRules, TimedRules
from vosbench.gate.timed import judge, settled

BASELINE = pace(28, seed=0)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def found(now: Pace | None, baseline: Pace | None = BASELINE, **rule: Any) -> tuple[Finding, ...]:
    rules = GateRules(timed=TimedRules(**rule))
    return tuple(judge(timed_facts(baseline), timed_facts(now), rules))


def only(now: Pace | None, baseline: Pace | None = BASELINE, **rule: Any) -> Finding:
    """The one finding."""
    (finding,) = found(now, baseline, **rule)
    return finding


def beside_commit(pairs: int = 14, *, slower: float = 1.0, **changes: Any) -> Pace:
    return pace(
        pairs,
        reference=COMMIT,
        first={"reference": FIRST},
        frames={"reference": FRAMES, "slower": slower},
        **changes,
    )


def test_unchanged_code_passes() -> None:
    first, frames = found(pace())
    assert (first.verdict, frames.verdict) == (PASS, PASS)
    assert first.what == "CPU time of the first frame"
    assert frames.what == "CPU time of all later frames"
    assert "all later frames of bear take" in frames.why
    assert "over 14 pairs), within the 1.25 times that are allowed" in frames.why


def test_a_slower_frame_is_a_regression_and_named() -> None:
    first, frames = found(pace(28, frames={"slower": 1.5}))
    assert first.verdict == PASS
    assert frames.verdict == REGRESSION
    assert frames.what == "CPU time of all later frames"
    assert "more than the 1.25 times that are allowed" in frames.why
    assert float(frames.measured or 0) / float(frames.baseline or 1) == pytest.approx(1.5, rel=0.1)


def test_a_slower_first_frame_is_too() -> None:
    first, frames = found(pace(28, first={"slower": 1.5}))
    assert (first.verdict, frames.verdict) == (REGRESSION, PASS)


def test_less_than_a_millisecond_does_not_matter() -> None:
    then = pace(28, seed=0)
    short = replace(then, parts={**then.parts, "first frame": part(28, 0.0004, seed=8)})
    now = pace(14)
    twice = {**now.parts, "first frame": part(14, 0.0004, seed=9, slower=2.0)}
    first, _ = found(replace(now, parts=twice), short)
    assert first.verdict == PASS
    assert "times that are allowed, which are 1 ms more a pass" in first.why
    assert "first frame" in first.what
    five_times = {**now.parts, "first frame": part(14, 0.0004, seed=9, slower=5.0)}
    assert found(replace(now, parts=five_times), short)[0].verdict == REGRESSION


@given(st.integers(2, 50), st.floats(0.5, 1.1))
def test_code_that_is_hardly_slower_is_never_a_regression(seed: int, slower: float) -> None:
    for finding in found(pace(14, seed=seed, frames={"slower": slower})):
        assert finding.verdict == PASS


@given(st.integers(2, 50), st.floats(1.45, 5))
def test_code_that_is_much_slower_never_passes(seed: int, slower: float) -> None:
    _, frames = found(pace(14, seed=seed, frames={"slower": slower, "spread": 0.1}))
    assert frames.verdict != PASS


class TestWhatCannotBeTold:
    def test_a_wide_interval_is_inconclusive(self) -> None:
        _, frames = found(pace(14, frames={"slower": 1.3, "spread": 0.12}))
        assert frames.verdict == INCONCLUSIVE
        assert "cannot be told from the 1.25 times" in frames.why
        assert "`most`" in frames.why

    def test_a_passable_one_was_not_shown_to_be_slower(self) -> None:
        _, frames = found(pace(14, frames={"slower": 1.15, "spread": 0.08}))
        assert frames.verdict == PASS
        assert "not shown to be more than the 1.25 times" in frames.why

    def test_too_few_pairs_are_inconclusive_however_alike(self) -> None:
        for finding in found(beside_commit(9), against="commit"):
            assert finding.verdict == INCONCLUSIVE
            assert "0.000 … ∞ over 9 pairs" in finding.why

    def test_an_unstable_reference(self) -> None:
        unstable = {"reference_spread": 0.5}
        finding = only(pace(first=unstable, frames=unstable))
        assert finding.verdict == INCONCLUSIVE
        assert "the reference was unstable: " in finding.why

    def test_a_reference_that_was_unstable_then(self) -> None:
        unstable = {"reference_spread": 0.5}
        finding = only(pace(), pace(28, seed=0, first=unstable, frames=unstable))
        assert "unstable for the baseline" in finding.why

    @pytest.mark.parametrize("times", [0.5, 2.0])
    def test_a_machine_in_another_state(self, times: float) -> None:
        beside = {"reference": 0.015 * times}
        finding = only(pace(first=beside, frames=beside))
        assert finding.verdict == INCONCLUSIVE
        assert "in another state than for the baseline" in finding.why
        assert 'against = "commit"' in finding.why


class TestWhatCannotBeCompared:
    """Never a pass; says what to do."""

    def test_another_machine(self) -> None:
        finding = only(replace(pace(), machine="ba9876543210"))
        assert finding.verdict == INCONCLUSIVE
        assert finding.why.startswith(
            "another machine's timing: the baseline was timed on machine 0123456789ab, and this is "
            "ba9876543210"
        )
        assert 'have its commit take turns: `against = "commit"` under [timed]' in finding.why

    def test_another_machine_is_none_of_the_business_of_a_commit(self) -> None:
        there = replace(beside_commit(), machine="ba9876543210")
        assert [each.verdict for each in found(there, against="commit")] == [PASS, PASS]

    def test_other_threads(self) -> None:
        finding = only(replace(pace(), circumstances={"threads": 2, "torch": "2.9"}))
        assert finding.verdict == INCONCLUSIVE
        assert "threads was 1 and is 2" in finding.why

    def test_another_sequence(self) -> None:
        finding = only(replace(pace(), sequence="cat"))
        assert "20 frames of bear by CPU time then, 20 frames of cat by CPU time now" in finding.why

    def test_other_parts(self) -> None:
        now = pace()
        clip = replace(now, parts={"clip": now.parts["frames"]})
        assert only(clip).verdict == INCONCLUSIVE

    def test_no_samples(self) -> None:
        for now in (None, replace(pace(), seconds=(), parts={}), pace(0)):
            finding = only(now)
            assert finding.verdict == INCONCLUSIVE
        assert only(None).why == "nothing was timed"

    def test_no_samples_for_a_reason(self) -> None:
        now = replace(pace(), seconds=(), parts={}, trouble="commit x cannot be checked out")
        assert only(now, against="commit").why == (
            "nothing was timed: commit x cannot be checked out"
        )

    @pytest.mark.parametrize("baseline", [None, pace(0), beside_commit()])
    def test_a_baseline_without_times(self, baseline: Pace | None) -> None:
        finding = only(pace(), baseline)
        assert finding.verdict == INCONCLUSIVE
        assert "the baseline has no times beside the workload" in finding.why

    def test_another_reference_than_rules_ask_for(self) -> None:
        assert only(pace(), against="commit").verdict == INCONCLUSIVE
        assert only(beside_commit()).verdict == INCONCLUSIVE

    def test_nothing_of_it_passes_a_verdict(self) -> None:
        assert Verdict("mover", "b.json", found(None)).outcome == INCONCLUSIVE


class TestAgainstACommit:
    def test_unchanged_code_passes_without_a_baseline(self) -> None:
        first, frames = found(beside_commit(), None, against="commit")
        assert (first.verdict, frames.verdict) == (PASS, PASS)
        assert "of commit 0123456789ab, which took turns with it" in first.why
        assert first.unit == "seconds"
        assert first.baseline == pytest.approx(FIRST, rel=0.05)

    def test_a_slower_frame(self) -> None:
        first, frames = found(beside_commit(28, slower=1.5), against="commit")
        assert (first.verdict, frames.verdict) == (PASS, REGRESSION)

    def test_what_slows_down_both_is_in_neither(self) -> None:
        """A burst over a sixth of the pairs."""
        now = beside_commit(28)
        slowed = {
            name: replace(
                part,
                cpu_seconds=_burst(part.cpu_seconds),
                reference_cpu_seconds=_burst(part.reference_cpu_seconds),
            )
            for name, part in now.parts.items()
        }
        verdicts = [f.verdict for f in found(replace(now, parts=slowed), against="commit")]
        assert verdicts == [PASS, PASS]


class TestTwoClocks:
    def test_what_waits_takes_no_cpu_time_and_is_found(self) -> None:
        _, frames = found(pace(28, frames={"waits": 0.2}))
        assert frames.verdict == REGRESSION
        assert frames.what == "wall clock of all later frames"
        assert "in no more CPU time: it waits" in frames.why

    def test_a_disturbed_wall_clock_is_not_asked(self) -> None:
        busy = {"wall_spread": 0.8}
        now = pace(28, first=busy, frames=busy | {"slower": 1.0})
        assert [each.verdict for each in found(now)] == [PASS, PASS]

    def test_with_threads_wall_clock_judges(self) -> None:
        then = pace(28, seed=0, clock="wall")
        first, frames = found(pace(28, clock="wall", frames={"slower": 1.5}), then)
        assert (first.what, first.verdict) == ("wall clock of the first frame", PASS)
        assert (frames.what, frames.verdict) == ("wall clock of all later frames", REGRESSION)


class TestSettled:
    """Whether it is worth while to take more pairs."""

    RULE = TimedRules()

    def test_clear_cases_are(self) -> None:
        assert settled(BASELINE, pace(14), self.RULE)
        assert settled(BASELINE, pace(28, frames={"slower": 2.0}), self.RULE)

    def test_those_in_between_are_not(self) -> None:
        assert not settled(BASELINE, pace(14, frames={"slower": 1.25}), self.RULE)

    def test_an_unstable_reference_may_become_stable(self) -> None:
        unstable = {"reference_spread": 0.5}
        assert not settled(BASELINE, pace(first=unstable, frames=unstable), self.RULE)

    def test_another_machine_is_before_the_first_pair(self) -> None:
        assert settled(BASELINE, replace(pace(0), machine="another"), self.RULE)
        assert not settled(BASELINE, pace(0), self.RULE)
        assert not settled(None, replace(pace(0), reference=COMMIT), TimedRules(against="commit"))


def _burst(samples: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(3 * each if 4 <= at < 9 else each for at, each in enumerate(samples))
