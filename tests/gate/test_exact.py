"""Gate `exact`: what is equal passes anywhere, what is not is judged on its own platform."""

from dataclasses import replace

import pytest

from tests.gate.made_facts import HERE, facts, masks, sequence
from vosbench.gate.exact import judge
from vosbench.gate.facts import Facts
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.rules import ExactRules, GateRules

SCORES = {"a": (0.8,), "b": (0.7, 0.6)}
ELSEWHERE = HERE | {"threads": "2"}
BASELINE = facts(SCORES)
DEFAULTS = GateRules()


def moved(look: str = "b", on: dict[str, str] = HERE, scores: float = 0.1) -> Facts:
    """A run with other masks of `b`, and so other scores."""
    made = masks(["a", "b"], on=on)
    changed = {**made.masks_sha256, "b": f"{look} b"}
    return replace(
        facts({"a": SCORES["a"], "b": (scores, scores)}),
        masks=(replace(made, masks_sha256=changed),),
    )


def verdicts(measured: Facts, rules: GateRules = DEFAULTS, baseline: Facts = BASELINE) -> str:
    """Verdicts in their order, by their first letters."""
    return "".join(each.verdict[0] for each in judge(baseline, measured, rules))


def told(measured: Facts, verdict: str, rules: GateRules = DEFAULTS) -> list[Finding]:
    return [each for each in judge(BASELINE, measured, rules) if each.verdict == verdict]


class TestMasks:
    def test_equal_ones_pass(self) -> None:
        assert verdicts(BASELINE) == "pp"

    def test_equal_ones_pass_on_a_platform_that_is_not_known(self) -> None:
        made = replace(BASELINE, masks=(masks(["a", "b"], on=ELSEWHERE),))
        first, _ = told(made, PASS)
        assert "though they were made on another platform" in first.why

    def test_other_ones_on_the_same_platform_are_a_regression_that_names_them(self) -> None:
        (found,) = told(moved(), REGRESSION)
        assert found.sequence == "b"
        assert (found.baseline, found.measured) == ("a b", "b b")

    def test_other_ones_elsewhere_are_inconclusive(self) -> None:
        (found,) = told(moved(on=ELSEWHERE), INCONCLUSIVE)
        assert "the baseline has no masks of this platform (threads 1 then, 2 now)" in found.why
        assert "the masks of b (1 of 2 sequences) are other ones" in found.why
        assert "--add-platform" in found.why
        assert not told(moved(on=ELSEWHERE), REGRESSION)

    @pytest.mark.parametrize(
        ("gates", "verdict"), [(("exact", "quality"), PASS), (("exact",), INCONCLUSIVE)]
    )
    def test_rules_may_leave_them_to_the_scores(self, gates: tuple[str, ...], verdict: str) -> None:
        rules = GateRules(gates=gates, exact=ExactRules(elsewhere="quality"))
        (found,) = (
            each for each in judge(BASELINE, moved(on=ELSEWHERE), rules) if "other ones" in each.why
        )
        assert found.verdict == verdict

    def test_a_second_platform_is_held_to_masks_of_its_own(self) -> None:
        both = replace(BASELINE, masks=(*BASELINE.masks, masks(["a", "b"], look="b", on=ELSEWHERE)))
        there = facts(SCORES, masks=(masks(["a", "b"], look="b", on=ELSEWHERE),))
        assert verdicts(there, baseline=both)[0] == "p"
        strayed = facts(SCORES, masks=(masks(["a", "b"], look="a", on=ELSEWHERE),))
        assert verdicts(strayed, baseline=both)[:2] == "rr"

    def test_they_need_not_be_asked(self) -> None:
        rules = GateRules(exact=ExactRules(masks=False))
        assert "r" not in verdicts(moved(), rules)


class TestGoldenScores:
    def test_other_scores_of_the_same_masks_are_the_metric(self) -> None:
        changed = facts(SCORES, sequences=(sequence("a", 0.8), sequence("b", 0.7, 0.65)))
        found = told(changed, REGRESSION)
        assert [each.what for each in found] == ["golden J", "golden F"]
        assert "the metric changed" in found[0].why
        assert "the mean of object 2 of b, 0.6 then and 0.65 now" in found[0].why
        assert "in b (1 of 2 sequences)" in found[0].why

    def test_a_better_score_is_no_better(self) -> None:
        changed = facts(SCORES, sequences=(sequence("a", 0.9), sequence("b", 0.7, 0.6)))
        assert told(changed, REGRESSION)

    def test_what_rules_tolerate_passes(self) -> None:
        changed = facts(SCORES, sequences=(sequence("a", 0.8 + 1e-9), sequence("b", 0.7, 0.6)))
        assert told(changed, REGRESSION)
        assert not told(changed, REGRESSION, GateRules(exact=ExactRules(scores=1e-6)))

    def test_an_object_that_came_or_went_is_told(self) -> None:
        changed = facts(SCORES, sequences=(sequence("a", 0.8), sequence("b", 0.7)))
        assert "golden frames" in [each.what for each in told(changed, REGRESSION)]

    def test_scores_of_other_masks_are_not_compared(self) -> None:
        found = told(moved(), REGRESSION)
        assert [each.what for each in found] == ["masks of b"]

    def test_a_second_platform_has_golden_scores_of_its_own(self) -> None:
        other = replace(
            masks(["a", "b"], look="b", on=ELSEWHERE), scores={"a": sequence("a", 0.75).scores}
        )
        both = replace(BASELINE, masks=(*BASELINE.masks, other))
        there = facts({**SCORES, "a": (0.75,)}, masks=(replace(other, scores={}),))
        assert verdicts(there, baseline=both) == "pp"
        changed = facts(SCORES, masks=(replace(other, scores={}),))
        assert "r" in verdicts(changed, baseline=both)
