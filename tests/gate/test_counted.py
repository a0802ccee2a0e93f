"""What gate `counted` makes of counts and growth that are made up for the purpose."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.gate.counted import judge
from vosbench.gate.facts import Facts, Growth, Kept
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.rules import CountedRules, GateRules
from vosbench.profiling.counts import Counts, PhaseCounts

MEBIBYTE = 1 << 20


def phase(**changes: Any) -> PhaseCounts:
    fields: dict[str, Any] = {
        "entered": 1,
        "operator_calls": 1000,
        "backward_passes": 10,
        "allocations": 200,
        "host_bytes": 10**6,
        "device_bytes": 0,
        "operators": {"aten::add": 600, "aten::mul": 400},
        "forward_passes": 11,
    }
    return PhaseCounts(**fields | changes)


def counts(**changes: Any) -> Counts:
    fields: dict[str, Any] = {
        "method": "tuner",
        "settings": {},
        "dataset": "tiny",
        "sequence": "bear",
        "frames": 6,
        "objects": 1,
        "size": (48, 64),
        "seed": 0,
        "device": "cpu",
        "torch": "2.9.0",
        "threads": 1,
        "phases": {"init": phase(), "infer": phase(entered=6, backward_passes=0)},
        "processor": "A",
    }
    return Counts(**fields | changes)


def facts(made: Counts | None, growth: Growth | None = None, **changes: Any) -> Facts:
    fields: dict[str, Any] = {
        "method": "tuner",
        "label": "tuner",
        "settings": {},
        "overrides": {},
        "dataset": "tiny",
        "variant": "",
        "protocol": "davis2017",
        "seed": 0,
        "device": "cpu",
        "mode": "streaming",
        "weights_sha256": "",
        "sequences": (),
        "masks": (),
        "counts": made,
        "growth": growth,
        "made": {"command": "vosbench baseline b.json --method tuner"},
    }
    return Facts(**fields | changes)


def judged(then: Counts | None, now: Counts | None, **rules: Any) -> list[Finding]:
    asked = GateRules(counted=CountedRules(**rules))
    return list(judge(facts(then), facts(now), asked))


def init(**changes: Any) -> Counts:
    base = counts()
    return replace(base, phases={**base.phases, "init": phase(**changes)})


def worst(found: list[Finding]) -> Finding:
    (one,) = [each for each in found if each.verdict != PASS]
    return one


def figures() -> st.SearchStrategy[PhaseCounts]:
    many = st.integers(0, 10**9)
    return st.builds(
        PhaseCounts,
        entered=many,
        operator_calls=many,
        backward_passes=many,
        allocations=many,
        host_bytes=many,
        device_bytes=many,
        operators=st.dictionaries(st.sampled_from(["aten::add", "aten::mm"]), many),
        forward_passes=many,
    )


@given(figures(), figures())
def test_the_same_counts_pass_phase_by_phase(one: PhaseCounts, other: PhaseCounts) -> None:
    made = counts(phases={"init": one, "infer": other})
    found = judged(made, made)
    assert [each.verdict for each in found] == [PASS, PASS]
    assert [each.what.rpartition(" in ")[2] for each in found] == ["init", "infer"]
    assert all(each.baseline == each.measured for each in found)


@given(
    figures(),
    st.sampled_from(["entered", "operator_calls", "backward_passes", "forward_passes"]),
)
def test_one_call_more_is_a_regression_and_one_less_is_told(before: PhaseCounts, name: str) -> None:
    after = replace(before, **{name: getattr(before, name) + 1})
    low, high = counts(phases={"init": before}), counts(phases={"init": after})
    (grown,) = judged(low, high)
    assert grown.verdict == REGRESSION
    assert grown.what.endswith(" in init")
    assert (grown.baseline, grown.measured) == (getattr(before, name), getattr(after, name))
    (shrunk,) = judged(high, low)
    assert shrunk.verdict == PASS
    assert "which is no fault" in shrunk.why
    assert "make the baseline anew" in shrunk.why


def test_a_finding_is_named_after_what_tells_most_and_names_operators() -> None:
    more = init(
        backward_passes=15,
        forward_passes=16,
        operator_calls=1500,
        host_bytes=1_500_000,
        operators={"aten::add": 700, "aten::mul": 790, "aten::conv2d": 10, "aten::sub": 1},
    )
    found = worst(judged(counts(), more))
    assert found.what == "backward passes in init"
    assert (found.baseline, found.measured, found.unit) == (10, 15, "count")
    assert found.why.startswith("5 more backward passes (10 then, 15 now, +50.0%) in init; with")
    for figure in ("5 more forward passes", "500 more operator calls", "500,000 more bytes"):
        assert figure in found.why
    assert "grew most: aten::mul +390, aten::add +100, aten::conv2d +10;" in found.why
    assert "vosbench baseline b.json --method tuner" in found.why


def test_bytes_may_differ_by_a_share_and_calls_by_one_that_is_asked_for() -> None:
    assert {each.verdict for each in judged(counts(), init(host_bytes=1_009_000))} == {PASS}
    assert worst(judged(counts(), init(host_bytes=1_011_000))).verdict == REGRESSION
    within = judged(counts(), init(operator_calls=1040), calls=0.05)
    assert {each.verdict for each in within} == {PASS}
    assert "within what is allowed" in within[0].why
    assert worst(judged(counts(), init(operator_calls=1060), calls=0.05)).verdict == REGRESSION


def test_a_phase_that_is_new_is_all_more() -> None:
    more = counts(phases={**counts().phases, "adapt": phase()})
    assert worst(judged(counts(), more)).what == "backward passes in adapt"
    gone = judged(more, counts())
    assert {each.verdict for each in gone} == {PASS}
    assert "adapt does less" in gone[-1].why


def test_work_that_moved_to_another_phase_is_told_as_such() -> None:
    moved = {
        "init": phase(operator_calls=900, allocations=200),
        "infer": phase(entered=6, backward_passes=0, operator_calls=1100),
    }
    found = worst(judged(counts(), counts(phases=moved)))
    assert "work has moved here" in found.why
    assert "moved" not in worst(judged(counts(), init(operator_calls=1001))).why


class TestAnotherProcessor:
    """It rounds otherwise, so that only what the method's own code counts is held to it."""

    def test_the_same_counts_pass(self) -> None:
        assert {each.verdict for each in judged(counts(), counts(processor="B"))} == {PASS}

    def test_other_operators_are_inconclusive(self) -> None:
        found = worst(judged(counts(), replace(init(operator_calls=1001), processor="B")))
        assert found.verdict == INCONCLUSIVE
        assert "counted on another processor (A then, B now)" in found.why

    def test_extra_inner_steps_are_a_regression(self) -> None:
        more = replace(init(backward_passes=15, operator_calls=1500), processor="B")
        assert worst(judged(counts(), more)).verdict == REGRESSION


def test_other_weights_are_like_another_processor() -> None:
    then, now = facts(counts()), facts(init(operator_calls=1001), weights_sha256="ab")
    found = worst(list(judge(then, now, GateRules())))
    assert found.verdict == INCONCLUSIVE
    assert "the weights are others" in found.why


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"torch": "2.10.0"}, "counts of another torch: torch 2.9.0 then, 2.10.0 now"),
        ({"threads": 2}, "threads 1 then, 2 now"),
        ({"sequence": "cat"}, "sequence bear then, cat now"),
        ({"size": (96, 64)}, "size 48×64 then, 96×64 now"),
        ({"device": "cuda"}, "device cpu then, cuda now"),
    ],
)
def test_counts_of_something_else_are_inconclusive(change: dict[str, Any], told: str) -> None:
    found = worst(judged(counts(), replace(init(backward_passes=15), **change)))
    assert found.verdict == INCONCLUSIVE
    assert told in found.why
    assert "(without judging: backward passes in init are 15 and were 10)" in found.why


def test_torch_says_nothing_about_a_method_that_does_not_use_it() -> None:
    untraced = PhaseCounts(
        entered=5,
        operator_calls=None,
        backward_passes=None,
        allocations=None,
        host_bytes=None,
        device_bytes=None,
        operators={},
    )
    then = counts(phases={"infer": untraced}, torch="")
    now = counts(phases={"infer": untraced}, torch="2.9.0", threads=2)
    assert [each.verdict for each in judged(then, now)] == [PASS]
    begins = worst(judged(then, counts(phases={"infer": phase(entered=5)})))
    assert (begins.verdict, begins.baseline) == (REGRESSION, 0)
    ends = judged(counts(phases={"infer": phase(entered=5)}), then)
    assert [each.verdict for each in ends] == [PASS]


@pytest.mark.parametrize(("then", "now"), [(True, False), (False, True), (False, False)])
def test_counts_that_were_not_taken_are_inconclusive(then: bool, now: bool) -> None:
    (found,) = judged(counts() if then else None, counts() if now else None)
    assert found.verdict == INCONCLUSIVE


class TestGrowth:
    def growth(self, then: Growth | None, now: Growth | None) -> list[Finding]:
        found = judge(facts(counts(), then), facts(counts(), now), GateRules())
        return [each for each in found if each.what == "memory kept per frame"]

    def test_a_leak_is_a_regression_that_says_who_keeps_what(self) -> None:
        now = Growth(
            MEBIBYTE, 20, "bear", python=MEBIBYTE, kept=(Kept("methods/leaky.py:12", MEBIBYTE),)
        )
        (found,) = self.growth(Growth(0, 20, "bear"), now)
        assert found.verdict == REGRESSION
        assert (found.baseline, found.measured) == (0, MEBIBYTE)
        assert "1.00 MiB stay behind every frame, over 20 frames of bear" in found.why
        assert "made at methods/leaky.py:12 (1.00 MiB)" in found.why

    @pytest.mark.parametrize("known", [0.0, -1e6, 5e6])
    def test_what_the_baseline_keeps_is_no_change(self, known: float) -> None:
        limit = max(0.0, known) + 262_144  # of the default rules
        then = Growth(known, 20, "bear")
        assert self.growth(then, Growth(limit, 20, "bear"))[0].verdict == PASS
        assert self.growth(then, Growth(limit + 1, 20, "bear"))[0].verdict == REGRESSION

    def test_growth_that_nobody_knows_of_before_is_inconclusive_only_where_it_is_much(self) -> None:
        assert self.growth(None, Growth(1000, 20, "bear"))[0].verdict == PASS
        (found,) = self.growth(None, Growth(MEBIBYTE, 20, "bear"))
        assert found.verdict == INCONCLUSIVE
        assert "it is not known whether a change is to blame" in found.why

    def test_growth_of_another_sequence_is_inconclusive_where_it_is_more(self) -> None:
        (found,) = self.growth(Growth(0, 20, "cat"), Growth(MEBIBYTE, 20, "bear"))
        assert found.verdict == INCONCLUSIVE
        assert "of cat" in found.why

    def test_growth_that_was_not_looked_at_is_inconclusive_or_nothing(self) -> None:
        assert self.growth(Growth(0, 20, "bear"), None)[0].verdict == INCONCLUSIVE
        assert self.growth(None, None) == []
