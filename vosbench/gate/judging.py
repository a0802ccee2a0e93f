"""All gates that are asked, over a baseline and what was measured."""

from collections.abc import Callable, Iterator, Mapping

from vosbench.gate import comparable
from vosbench.gate.facts import Facts
from vosbench.gate.findings import COUNTED, EXACT, INCONCLUSIVE, QUALITY, TIMED, Finding
from vosbench.gate.rules import GateRules

Judge = Callable[[Facts, Facts, GateRules], Iterator[Finding]]


def judge(baseline: Facts, measured: Facts, rules: GateRules) -> tuple[Finding, ...]:
    """What all gates find; where the two cannot be compared, why, and nothing else."""
    found = list(comparable.judge(baseline, measured, rules))
    both = comparable.common(baseline, measured, rules)
    if both is not None:
        judges = _judges()
        for gate in rules.gates:
            if gate in judges:
                found += judges[gate](*both, rules)
            else:
                found.append(Finding(gate, gate, INCONCLUSIVE, "nothing was taken for this gate"))
    return tuple(found)


def _judges() -> Mapping[str, Judge]:
    """What each gate is asked by; imported when it is asked."""
    from vosbench.gate import counted, exact, quality, timed

    return {EXACT: exact.judge, QUALITY: quality.judge, COUNTED: counted.judge, TIMED: timed.judge}
