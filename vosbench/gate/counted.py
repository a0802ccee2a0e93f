"""Gate `counted`: calls, passes and bytes of one clip, and what stays behind a frame.

These are the same in every run of unchanged code, so one call more is a change. What a method's
own code counts (phases, forward and backward passes) holds for every processor; which operators
torch takes, and what they allocate, is held to a baseline of the same processor only. Nothing is
held to counts of another version of torch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vosbench.gate.comparable import other_weights, remake
from vosbench.gate.facts import Facts
from vosbench.gate.findings import COUNTED, INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.left_behind import left_behind
from vosbench.gate.rules import CountedRules, GateRules
from vosbench.profiling.counts import Counts, PhaseCounts

_CLIP = ("device", "sequence", "frames", "objects", "size", "seed")
_TORCH = ("torch", "threads")
_OPERATORS = 3
"""Operators that are named."""


@dataclass(frozen=True)
class _Figure:
    """One count of a phase.

    Attributes:
        name: field of `PhaseCounts`.
        what: in words.
        steps: whether the method's own code counts it, whatever torch does.
        bytes: whether it is of memory.
    """

    name: str
    what: str
    steps: bool = False
    bytes: bool = False


_FIGURES = (
    _Figure("backward_passes", "backward passes", steps=True),
    _Figure("forward_passes", "forward passes", steps=True),
    _Figure("entered", "times begun", steps=True),
    _Figure("operator_calls", "operator calls"),
    _Figure("allocations", "allocations"),
    _Figure("host_bytes", "bytes allocated on the host", bytes=True),
    _Figure("device_bytes", "bytes allocated on the device", bytes=True),
)
"""The most telling first: a finding is named after the first that grew."""

_NONE = PhaseCounts(
    entered=0,
    operator_calls=0,
    backward_passes=0,
    allocations=0,
    host_bytes=0,
    device_bytes=0,
    operators={},
    forward_passes=0,
)
"""Counts of a phase that did not take place."""


def judge(baseline: Facts, measured: Facts, rules: GateRules) -> Iterator[Finding]:
    """What is called more often, allocated more or left behind by more."""
    yield from _counts(baseline, measured, rules.counted)
    yield from left_behind(baseline, measured, rules.counted)


def _counts(baseline: Facts, measured: Facts, rules: CountedRules) -> Iterator[Finding]:
    then, now = baseline.counts, measured.counts
    if then is None or now is None:
        yield _not_taken("counts", baseline, then is None, now is None)
        return
    other = [*_differences(then, now, _CLIP)]
    if _traced(then) and _traced(now):
        other += _differences(then, now, _TORCH)
    if other:
        yield _not_comparable(baseline, then, now, other)
        return
    unlike = _other_numbers(baseline, measured, then, now)
    for phase in dict.fromkeys((*then.phases, *now.phases)):
        yield _phase(phase, then, now, rules, unlike, remake(baseline))


def _not_taken(what: str, baseline: Facts, not_then: bool, not_now: bool) -> Finding:
    if not_then and not_now:
        why = (
            f"there are no {what}, neither in the baseline nor of this run: the method has nothing "
            "to count, or nobody counted; leave gate counted out of the rules, or make both with it"
        )
    elif not_then:
        why = f"the baseline has no {what}; {remake(baseline)}"
    else:
        why = f"no {what} were taken of this run, so it is not known whether they grew"
    return Finding(COUNTED, what, INCONCLUSIVE, why)


def _not_comparable(baseline: Facts, then: Counts, now: Counts, other: list[str]) -> Finding:
    """Counts of another clip or another torch."""
    torch = then.torch != now.torch
    whose = "another torch" if torch else "something else"
    seen = [
        f"{figure.what} in {phase} are {after} and were {before}"
        for phase in dict.fromkeys((*then.phases, *now.phases))
        for figure in _FIGURES[:2]
        for before, after in [_values(figure, phase, then, now)]
        if before != after
    ]
    told = f" (without judging: {'; '.join(seen)})" if seen else ""
    return Finding(
        COUNTED,
        "counts",
        INCONCLUSIVE,
        f"the baseline has counts of {whose}: {', '.join(other)}{told}; count with the same, or "
        f"{remake(baseline)}",
        baseline=then.torch if torch else None,
        measured=now.torch if torch else None,
    )


def _other_numbers(baseline: Facts, measured: Facts, then: Counts, now: Counts) -> str:
    """Why the same code may call operators differently; empty if it may not."""
    if then.processor != now.processor:
        return (
            f"the baseline was counted on another processor ({then.processor or 'not known'} then, "
            f"{now.processor or 'not known'} now), which rounds otherwise and may be given other "
            "operators"
        )
    if other_weights(baseline, measured):
        return "the weights are others, so that the method may decide otherwise"
    return ""


def _phase(
    phase: str, then: Counts, now: Counts, rules: CountedRules, unlike: str, remade: str
) -> Finding:
    """What became of one phase."""
    values = {figure: _values(figure, phase, then, now) for figure in _FIGURES}
    grown = [each for each in _FIGURES if _grew(*values[each], _allowed(each, rules))]
    if not grown:
        return _not_grown(phase, then, now, rules, remade)
    first = grown[0]
    before, after = values[first]
    sentence = f"{_more(first, before, after)} in {phase}"
    if len(grown) > 1:
        sentence += f"; with them {', '.join(_more(each, *values[each]) for each in grown[1:])}"
    operators = _most_grown(phase, then, now)
    if operators:
        sentence += f"; operators that grew most: {operators}"
    if not _grew(*_sums(first, then, now), _allowed(first, rules)):
        sentence += f"; {first.what} of all phases together are no more: work has moved here"
    firm = not unlike or any(each.steps for each in grown)
    advice = "see what the change does more often" if firm else unlike
    return Finding(
        COUNTED,
        f"{first.what} in {phase}",
        REGRESSION if firm else INCONCLUSIVE,
        f"{sentence}; {advice}, or {remade}",
        baseline=before,
        measured=after,
        unit="count",
    )


def _not_grown(phase: str, then: Counts, now: Counts, rules: CountedRules, remade: str) -> Finding:
    """A pass, with a remark where there is less than there was."""
    values = {figure: _values(figure, phase, then, now) for figure in _FIGURES}
    fewer = [each for each in _FIGURES if _grew(*values[each][::-1], _allowed(each, rules))]
    told = fewer[0] if fewer else _main(now.phases.get(phase, _NONE))
    before, after = values[told]
    if fewer:
        less = ", ".join(_change(each, *values[each]) for each in fewer)
        why = f"{phase} does less than for the baseline, which is no fault: {less}; {remade}"
    elif before == after:
        why = f"as many {told.what} in {phase} as for the baseline ({after:,})"
    else:
        why = f"{_change(told, before, after)} in {phase}, which is within what is allowed"
    return Finding(
        COUNTED,
        f"{told.what} in {phase}",
        PASS,
        why,
        baseline=before,
        measured=after,
        unit="count",
    )


def _main(counts: PhaseCounts) -> _Figure:
    """The figure that stands for a phase in which nothing changed."""
    name = "operator_calls" if counts.operator_calls else "entered"
    return next(each for each in _FIGURES if each.name == name)


def _values(figure: _Figure, phase: str, then: Counts, now: Counts) -> tuple[int, int]:
    """A figure then and now; equal where one side does not know it."""
    before = getattr(then.phases.get(phase, _NONE), figure.name)
    after = getattr(now.phases.get(phase, _NONE), figure.name)
    if before is None and _traced(then):
        before = after
    if after is None and _traced(now):
        after = before
    return before or 0, after or 0


def _sums(figure: _Figure, then: Counts, now: Counts) -> tuple[int, int]:
    """A figure over all phases."""
    pairs = [
        _values(figure, phase, then, now) for phase in dict.fromkeys((*then.phases, *now.phases))
    ]
    return sum(before for before, _ in pairs), sum(after for _, after in pairs)


def _grew(before: int, after: int, share: float) -> bool:
    return after > before * (1 + share)


def _allowed(figure: _Figure, rules: CountedRules) -> float:
    return rules.bytes if figure.bytes else rules.calls


def _traced(counts: Counts) -> bool:
    """Whether torch was at work, and looked at."""
    return any(each.operator_calls is not None for each in counts.phases.values())


def _more(figure: _Figure, before: int, after: int) -> str:
    """By how much a figure grew, in words."""
    share = f", {after / before - 1:+.1%}" if before else ""
    return f"{after - before:,} more {figure.what} ({before:,} then, {after:,} now{share})"


def _change(figure: _Figure, before: int, after: int) -> str:
    return f"{figure.what} {before:,} then, {after:,} now"


def _most_grown(phase: str, then: Counts, now: Counts) -> str:
    """The operators whose calls became more by most."""
    before: Mapping[str, int] = then.phases.get(phase, _NONE).operators
    after: Mapping[str, int] = now.phases.get(phase, _NONE).operators
    grown = {name: calls - before.get(name, 0) for name, calls in after.items()}
    most = sorted(grown.items(), key=lambda each: (-each[1], each[0]))[:_OPERATORS]
    return ", ".join(f"{name} {calls:+,}" for name, calls in most if calls > 0)


def _differences(then: Counts, now: Counts, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        before, after = getattr(then, name), getattr(now, name)
        if before != after:
            yield f"{name} {_plain(before)} then, {_plain(after)} now"


def _plain(fact: object) -> str:
    return "×".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)
