"""Another platform in a baseline: its masks, if its scores are as good."""

from dataclasses import replace

from vosbench.gate.comparable import common
from vosbench.gate.facts import Facts
from vosbench.gate.findings import EXACT, QUALITY, Finding
from vosbench.gate.judging import judge
from vosbench.gate.platforms import masks_on
from vosbench.gate.rules import GateRules


def check(baseline: Facts, measured: Facts, rules: GateRules) -> tuple[Finding, ...]:
    """What gates find where masks may be others, but scores must be as good.

    Masks of a platform that the baseline knows must be those that it has.
    """
    exact = replace(rules.exact, masks=True, elsewhere=QUALITY)
    return judge(baseline, measured, replace(rules, gates=(EXACT, QUALITY), exact=exact))


def added(baseline: Facts, measured: Facts, rules: GateRules) -> Facts | None:
    """The baseline with the platform of a run; None if it has that already.

    Args:
        baseline: that has all sequences of the run.
        measured: that passed `check`.
    """
    both = common(baseline, measured, rules)
    (made,) = measured.masks
    if both is None or masks_on(baseline.masks, made.platform) is not None:
        return None
    then = {each.sequence: each.scores for each in baseline.sequences}
    scores = {
        each.sequence: each.scores
        for each in both[1].sequences
        if each.scores != then[each.sequence]
    }
    return replace(baseline, masks=(*baseline.masks, replace(made, scores=scores)))
