"""Gate `comparable`: what nobody asked for is a regression, what was asked for is stale."""

from dataclasses import replace

import pytest

from tests.gate.made_facts import facts
from vosbench.gate.comparable import common, judge
from vosbench.gate.facts import Facts, SequenceFacts
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.judging import judge as judge_all
from vosbench.gate.rules import GateRules

SCORES = {"a": (0.8,), "b": (0.7, 0.6)}
BASELINE = facts(SCORES, made={"command": "vosbench baseline b.json --method mover"})
RULES = GateRules(gates=("exact", "quality"))


def only(measured: Facts, baseline: Facts = BASELINE, rules: GateRules = RULES) -> Finding:
    """The one thing that is found."""
    (found,) = judge(baseline, measured, rules)
    return found


def test_the_same_is_comparable() -> None:
    found = only(BASELINE)
    assert (found.verdict, found.baseline, found.measured) == (PASS, 2, 2)
    assert common(BASELINE, BASELINE, RULES) == (BASELINE, BASELINE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("method", "other"),
        ("dataset", "davis2016"),
        ("variant", "1080p"),
        ("protocol", "davis2016"),
        ("mode", "throughput"),
        ("seed", 3),
    ],
)
def test_another_run_is_no_match(name: str, value: object) -> None:
    measured = facts(SCORES, **{name: value})
    found = only(measured)
    assert found.verdict == INCONCLUSIVE
    was = getattr(BASELINE, name) if getattr(BASELINE, name) != "" else "unset"
    assert f"{name} was {was} and is {value}" in found.why
    assert "`vosbench baseline b.json --method mover`" in found.why
    assert common(BASELINE, measured, RULES) is None
    assert {each.gate for each in judge_all(BASELINE, measured, RULES)} == {"comparable"}


def test_of_another_method_nothing_else_is_said() -> None:
    other = {"settings": {"speed": 1}, "weights_sha256": "a" * 64}
    measured = facts({"c": (0.1,)}, method="other", **other)
    assert only(measured).what == "method"


class TestSettings:
    def test_one_that_a_user_set_makes_a_stale_baseline(self) -> None:
        found = only(facts(SCORES, settings={"lift": 1}, overrides={"lift": 1}))
        assert (found.verdict, found.what) == (INCONCLUSIVE, "setting lift")

    def test_one_that_nobody_set_is_a_regression(self) -> None:
        measured = facts(SCORES, settings={"lift": 1})
        assert only(measured).verdict == REGRESSION
        assert common(BASELINE, measured, RULES) is not None

    def test_a_new_or_vanished_one_that_nobody_set_is_left_to_the_other_gates(self) -> None:
        more = facts(SCORES, settings={"lift": 0, "speed": 2})
        assert only(more).verdict == PASS
        assert only(BASELINE, baseline=more).verdict == PASS

    def test_a_vanished_one_that_was_set_makes_a_stale_baseline(self) -> None:
        had = facts(SCORES, settings={"lift": 0, "speed": 2}, overrides={"speed": 2})
        assert only(BASELINE, baseline=had).verdict == INCONCLUSIVE


class TestWeights:
    THEN = facts(SCORES, weights_sha256="a" * 64, settings={"weights": "w.bin"})

    def test_where_they_lie_does_not_matter(self) -> None:
        moved = replace(self.THEN, settings={"weights": "/there/w.bin"})
        assert only(moved, baseline=self.THEN).verdict == PASS

    def test_others_under_the_same_name_are_a_regression(self) -> None:
        changed = replace(self.THEN, weights_sha256="b" * 64)
        found = only(changed, baseline=self.THEN)
        assert found.verdict == REGRESSION
        assert "aaaaaaaaaaaa then, bbbbbbbbbbbb now" in found.why
        assert "--allow weights" in found.why

    def test_shipped_ones_need_no_setting(self) -> None:
        then, now = (facts(SCORES, weights_sha256=letter * 64) for letter in "ab")
        assert only(now, baseline=then).verdict == REGRESSION

    def test_others_that_are_allowed_are_judged_by_scores(self) -> None:
        allowed = replace(RULES, allow=("weights",))
        now = facts(SCORES, look="b", weights_sha256="b" * 64, settings={"weights": "new.bin"})
        found = judge_all(self.THEN, now, allowed)
        assert {each.verdict for each in found} == {PASS}
        assert any("other weights, which were allowed, make other masks" in f.why for f in found)
        alone = judge_all(self.THEN, now, replace(allowed, gates=("exact",)))
        assert INCONCLUSIVE in {each.verdict for each in alone}


class TestSequences:
    def failed(self, name: str) -> SequenceFacts:
        return SequenceFacts(name, f"frames of {name}", "failed", reason="out of luck")

    def with_a(self, a: SequenceFacts) -> Facts:
        return replace(BASELINE, sequences=(a, BASELINE.sequences[1]))

    @pytest.mark.parametrize(
        ("then", "now", "verdict"),
        [("done", "failed", REGRESSION), ("failed", "failed", INCONCLUSIVE)],
    )
    def test_a_failure_is_told_with_its_reason(self, then: str, now: str, verdict: str) -> None:
        states = {"done": BASELINE.sequences[0], "failed": self.failed("a")}
        found = only(self.with_a(states[now]), baseline=self.with_a(states[then]))
        assert (found.verdict, found.sequence) == (verdict, "a")
        assert "out of luck" in found.why

    def test_one_that_works_again_passes_and_is_not_compared(self) -> None:
        then = self.with_a(self.failed("a"))
        found = judge(then, BASELINE, RULES)
        assert [each.verdict for each in found] == [PASS, PASS]
        both = common(then, BASELINE, RULES)
        assert both is not None
        assert [each.sequence for each in both[1].sequences] == ["b"]

    def test_further_ones_are_told_and_not_judged(self) -> None:
        more = facts({**SCORES, "c": (0.1,)})
        found = list(judge(BASELINE, more, RULES))
        assert [each.verdict for each in found] == [PASS, PASS]
        assert "(c); nothing is said of them" in found[0].why

    def test_a_run_of_others_only_has_not_run(self) -> None:
        measured = facts({"c": (0.1,)})
        assert "nothing ran" in next(iter(judge(BASELINE, measured, RULES))).why
        assert common(BASELINE, measured, RULES) is None
