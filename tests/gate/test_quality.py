"""Gate `quality`: a drop is a regression where it is told from chance, and nothing else passes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.made_facts import facts, score, sequence
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.quality import judge
from vosbench.gate.rules import GateRules, QualityRules
from vosbench.records import Statistic

NAMES = tuple("abcdefgh")

Scores = Mapping[str, Sequence[float]]


def mean(then: Scores, now: Scores, **rules: object) -> Finding:
    """What is found about the mean."""
    return judged(then, now, **rules)[0]


def judged(then: Scores, now: Scores, **rules: object) -> list[Finding]:
    asked = GateRules(quality=QualityRules(**rules))  # type: ignore[arg-type]
    return list(judge(facts(then), facts(now), asked))


def level(value: float, names: Sequence[str] = NAMES) -> Scores:
    return dict.fromkeys(names, (value,))


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.floats(0, 1), min_size=1), min_size=1))
def test_the_same_scores_pass(scores: dict[str, list[float]]) -> None:
    found = judged(scores, scores)
    assert {each.verdict for each in found} == {PASS}
    assert "the same to the last digit" in found[0].why


class TestMean:
    def test_a_drop_everywhere_is_a_regression(self) -> None:
        found = mean(level(0.8), level(0.78))
        assert found.verdict == REGRESSION
        assert "J&F over 8 objects in 8 sequences dropped by 2 points" in found.why
        assert (found.baseline, found.measured) == (pytest.approx(0.8), pytest.approx(0.78))

    def test_a_drop_within_what_is_allowed_passes(self) -> None:
        found = mean(level(0.8), level(0.796))
        assert found.verdict == PASS
        assert "dropped by 0.4 points" in found.why
        assert "a drop of up to 0.5 points is allowed" in found.why

    def test_a_rise_passes(self) -> None:
        found = mean(level(0.8), level(0.9))
        assert (found.verdict, "rose by 10 points" in found.why) == (PASS, True)

    def test_a_drop_that_may_be_chance_is_inconclusive(self) -> None:
        changes = (-0.09, 0.07, -0.09, 0.06, -0.09, 0.05, -0.09, 0.05)  # mean −0.016
        now = {name: (0.8 + off,) for name, off in zip(NAMES, changes, strict=True)}
        found = mean(level(0.8), now)
        assert found.verdict == INCONCLUSIVE
        assert "that may be chance, as the interval includes 0" in found.why

    def test_too_few_sequences_are_inconclusive(self) -> None:
        few = NAMES[:5]
        found = mean(level(0.8, few), level(0.7, few), sequence_drop=0.2)
        assert found.verdict == INCONCLUSIVE
        assert "5 sequences are too few to tell a drop from chance; take 6 or more" in found.why

    def test_pairs_and_not_means_are_compared(self) -> None:
        """Sequences differ by far more than the methods do; that is no noise of the difference."""
        then = {name: (0.1 * place,) for place, name in enumerate(NAMES, 1)}
        now = {name: (0.1 * place - 0.01,) for place, name in enumerate(NAMES, 1)}
        assert mean(then, now).verdict == REGRESSION

    def test_sequences_are_drawn_and_not_objects(self) -> None:
        """Twenty objects of one sequence that go wrong together are one piece of evidence."""
        then = {name: (0.8,) * (20 if name == "a" else 1) for name in NAMES}
        now = then | {"a": (0.72,) * 20}
        found = mean(then, now)
        assert found.verdict == INCONCLUSIVE

    def test_a_figure_of_its_own(self) -> None:
        then, now = facts(level(0.8)), facts(level(0.8))
        worse = tuple(
            replace(each, scores=tuple(score(each.sequence, 1, 0.8, 0.7) for _ in each.scores))
            for each in now.sequences
        )
        now = replace(now, sequences=worse)
        only_j = GateRules(quality=QualityRules(figure="J"))
        assert {each.verdict for each in judge(then, now, only_j)} == {PASS}
        only_f = GateRules(quality=QualityRules(figure="F"))
        assert REGRESSION in {each.verdict for each in judge(then, now, only_f)}


class TestSingleSequences:
    def test_those_that_lose_much_are_named(self) -> None:
        now = {**level(0.82), "c": (0.6,), "f": (0.69,)}
        found = [each for each in judged(level(0.8), now) if each.verdict == REGRESSION]
        assert [each.sequence for each in found] == ["c", "f"]
        assert "J&F of c dropped by 20 points, more than the 10 points" in found[0].why

    def test_an_object_that_has_no_score_any_more_is_named(self) -> None:
        then, now = {"a": (0.8, 0.7)}, {"a": (0.8,)}
        (found, *_) = judged(then, now)
        assert found.verdict == REGRESSION
        assert "object 2 of a has no J&F any more" in found.why

    def test_a_score_that_is_no_number_any_more_is_one(self) -> None:
        lost = Statistic(float("nan"), 0.0, 0.0)
        now = sequence("a", 0.8)
        now = replace(now, scores=(replace(now.scores[0], J=lost),))
        found = list(judge(facts({"a": (0.8,)}), facts({}, sequences=(now,)), GateRules()))
        assert [each.verdict for each in found] == [REGRESSION, INCONCLUSIVE]


def test_nothing_in_common_is_inconclusive() -> None:
    (found,) = judged({"a": (0.8,)}, {"b": (0.8,)})
    assert found.verdict == INCONCLUSIVE
