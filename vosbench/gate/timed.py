"""Gate `timed`: whether a method became slower, by ratios to what took turns with it.

Against a commit it is the ratio of pairs alone, so that any machine will do. Against the workload
it is the ratio of now to that of the baseline, which holds on one machine only, and only as long as
that is in a like state.

A part is a regression where the ratio is above what is allowed with all its interval, and passes
where the interval is below. In between it passes if it was *not shown to be slower* and could
hardly be: the estimate is within, and the interval excludes twice the allowed effect (the square of
the ratio). Anything else is inconclusive, after as many pairs as rules allow.

On a CPU the time of the core judges: beside two busy processes it has a third of the spread of wall
clock. What only waits (a lock, a disk) takes none of it, so that wall clock is looked at too, and a
regression where it is sure of one.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vosbench.gate.facts import Facts, Pace, PartPace
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, TIMED, Finding
from vosbench.gate.rank_test import Ratio, paired_ratio, shifted_ratio
from vosbench.gate.rules import GateRules, TimedRules
from vosbench.machine import agree
from vosbench.speed.spread import UNSTABLE, Spread
from vosbench.wording import counted, shortened

WORKLOAD, COMMIT = "workload", "commit"
WALL, CPU = "wall", "cpu"

OTHER_STATE = 1.5
"""Times as long or as short as for the baseline that the workload may take: beyond, the machine is
in another state, in which ratios to the workload are others too."""

_PARTS = {"first frame": "the first frame", "frames": "all later frames", "clip": "the clip"}
_TURNS = 'have its commit take turns: `against = "commit"` under [timed]'
_CLOCKS = {WALL: "wall clock", CPU: "CPU time"}


def judge(baseline: Facts, measured: Facts, rules: GateRules) -> Iterator[Finding]:
    """What there is to say of the pace of a method: a finding a part of a pass."""
    now = measured.pace
    trouble = _trouble(baseline.pace, now, rules.timed)
    if trouble or now is None:
        yield Finding(TIMED, "pace", INCONCLUSIVE, trouble)
        return
    for part in now.parts:
        compared = _Part(part, baseline.pace, now, rules.timed)
        finding = compared.finding()
        waiting = None if finding.verdict == REGRESSION else compared.waiting()
        yield waiting or finding


def settled(baseline: Pace | None, now: Pace, rule: TimedRules) -> bool:
    """Whether more pairs would change nothing: all is clear, or cannot be made so."""
    if not now.seconds:
        return bool(_another(baseline, now, rule))
    if _unlike(baseline, now, rule, now.clock):
        return False
    parts = [_Part(part, baseline, now, rule) for part in now.parts]
    compared = [(part.ratio(now.clock), part.limit(now.clock)) for part in parts]
    return all(ratio.low > limit or ratio.high <= limit for ratio, limit in compared)


@dataclass(frozen=True)
class _Part:
    """One part of a pass, then and now."""

    part: str
    baseline: Pace | None
    now: Pace
    rule: TimedRules

    def finding(self) -> Finding:
        """What the clock that judges says."""
        clock = self.now.clock
        ratio, limit = self.ratio(clock), self.limit(clock)
        allowed = self._allowed(limit)
        if ratio.low > limit:
            return self._said(clock, ratio, REGRESSION, f", more than {allowed}")
        if ratio.high <= limit:
            return self._said(clock, ratio, PASS, f", within {allowed}")
        if ratio.estimate <= limit and ratio.high <= limit**2:
            return self._said(clock, ratio, PASS, f", not shown to be more than {allowed}")
        return self._said(
            clock,
            ratio,
            INCONCLUSIVE,
            f", which cannot be told from {allowed}: take more pairs (`most` and `seconds` under "
            "[timed]), or a quieter machine",
        )

    def waiting(self) -> Finding | None:
        """A regression that only wall clock shows, where it is steady enough to show one."""
        now = self.now
        if now.clock == WALL or _unlike(self.baseline, now, self.rule, WALL):
            return None
        ratio, limit = self.ratio(WALL), self.limit(WALL)
        if ratio.low <= limit:
            return None
        more = f", more than {self._allowed(limit)}, in no more CPU time: it waits"
        return self._said(WALL, ratio, REGRESSION, more)

    def ratio(self, clock: str) -> Ratio:
        """How many times as long as then."""
        outside = _outside(self.now, self.rule)
        now = _ratios(self.now.parts[self.part], clock)
        if self.rule.against == COMMIT:
            return paired_ratio(now, outside=outside)
        assert self.baseline is not None, "without a baseline there is nothing to compare with"
        then = _ratios(self.baseline.parts[self.part], clock)
        return shifted_ratio(then, now, outside=outside)

    def limit(self, clock: str) -> float:
        """How many times as long is allowed."""
        then, _ = self._seconds(clock)
        return 1 + max(self.rule.slower, self.rule.least / then if then else math.inf)

    def _allowed(self, limit: float) -> str:
        """The limit in words."""
        allowed = f"the {limit:.3g} times that are allowed"
        if limit > 1 + self.rule.slower:
            allowed += f", which are {1000 * self.rule.least:.3g} ms more a pass"
        return allowed

    def _said(self, clock: str, ratio: Ratio, verdict: str, more: str) -> Finding:
        then, now, unit = self._figures(clock)
        what = _PARTS.get(self.part, self.part)
        pairs = counted(len(self.now.seconds), "pair")
        high = f"{ratio.high:.3f}" if math.isfinite(ratio.high) else "∞"
        return Finding(
            TIMED,
            f"{_CLOCKS[clock]} of {what}",
            verdict,
            f"{what} of {self.now.sequence} {'take' if what.endswith('s') else 'takes'} "
            f"{ratio.estimate:.3f} times the {_CLOCKS[clock]} of {self._whose()} "
            f"({ratio.low:.3f} … {high} over {pairs}){more}",
            baseline=then,
            measured=now,
            unit=unit,
            sequence=self.now.sequence,
        )

    def _whose(self) -> str:
        if self.rule.against == COMMIT:
            return f"commit {shortened(self.now.reference)}, which took turns with it"
        return "the baseline, the workload beside both"

    def _figures(self, clock: str) -> tuple[float, float, str]:
        """Medians: seconds against a commit, ratios to the workload otherwise."""
        if self.rule.against == COMMIT or self.baseline is None:
            return *self._seconds(clock), "seconds"
        then = _ratios(self.baseline.parts[self.part], clock)
        return _median(then), _median(_ratios(self.now.parts[self.part], clock)), ""

    def _seconds(self, clock: str) -> tuple[float, float]:
        """Medians of a pass: then, and now."""
        own, reference = _samples(self.now.parts[self.part], clock)
        if self.rule.against == COMMIT or self.baseline is None:
            return _median(reference), _median(own)
        then, _ = _samples(self.baseline.parts[self.part], clock)
        return _median(then), _median(own)


def _trouble(baseline: Pace | None, now: Pace | None, rule: TimedRules) -> str:
    """Why nothing can be said; empty where something can."""
    if now is None:
        return "nothing was timed"
    if now.trouble:
        return f"nothing was timed: {now.trouble}"
    if (now.reference == WORKLOAD) != (rule.against == WORKLOAD):
        return f"what took turns is {now.reference}, and rules ask for the {rule.against}"
    another = _another(baseline, now, rule)
    if another:
        return another
    if not now.seconds or not now.parts:
        return "no samples were taken"
    return _unlike(baseline, now, rule, now.clock)


def _another(baseline: Pace | None, now: Pace, rule: TimedRules) -> str:
    """Why times of then are none to compare with; empty against a commit, which needs none."""
    if rule.against == COMMIT:
        return ""
    anew = f"make the baseline anew, or {_TURNS}"
    if baseline is None or not baseline.seconds or baseline.reference != WORKLOAD:
        return f"the baseline has no times beside the workload; {anew}"
    if baseline.machine != now.machine:
        return (
            f"another machine's timing: the baseline was timed on machine {baseline.machine}, and "
            f"this is {now.machine}; ratios to the workload hold on one machine only; {anew}"
        )
    if not agree(baseline.circumstances, now.circumstances):
        return (
            f"timed under other circumstances: {_differing(baseline, now)}; have them as then, "
            f"or {anew}"
        )
    then_over, now_over = ((each.sequence, each.steps, each.clock) for each in (baseline, now))
    if then_over != now_over or (now.parts and now.parts.keys() != baseline.parts.keys()):
        return f"other passes were timed: {_over(*then_over)} then, {_over(*now_over)} now; {anew}"
    return ""


def _unlike(baseline: Pace | None, now: Pace, rule: TimedRules, clock: str) -> str:
    """Why the reference is none by a clock; empty where it is one."""
    there = [("", now)]
    if rule.against == WORKLOAD and baseline is not None:
        there.append((" for the baseline", baseline))
    medians = []
    for when, pace in there:
        spread = Spread(_reference(pace, clock))
        medians.append(spread.median)
        if (spread.relative or 0.0) > UNSTABLE:
            return (
                f"the reference was unstable{when}: the middle half of its samples of "
                f"{_CLOCKS[clock]} spreads over {100 * (spread.relative or 0.0):.0f} % of their "
                f"median, more than {100 * UNSTABLE:.0f} %; use a quieter machine"
            )
    if len(medians) == 2:
        times = medians[0] / medians[1]
        if max(times, 1 / times) > OTHER_STATE:
            return (
                f"the machine is in another state than for the baseline: the workload takes "
                f"{times:.2f} times the {_CLOCKS[clock]} of then; try again when it is as then, or "
                'have the commit of the baseline take turns: `against = "commit"` in [timed]'
            )
    return ""


def _outside(pace: Pace, rule: TimedRules) -> float:
    """Chance of an error of each test, so that all of a gate stay within the level.

    Tests are one a part and clock, at each of the numbers of pairs at which a verdict is tried.
    """
    looks = max(1, math.ceil(rule.most / rule.passes))
    clocks = 1 if pace.clock == WALL else 2
    return (1 - rule.level) / (looks * clocks * len(pace.parts))


def _samples(part: PartPace, clock: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of the method, and of the reference."""
    if clock == CPU:
        return part.cpu_seconds, part.reference_cpu_seconds
    return part.seconds, part.reference_seconds


def _ratios(part: PartPace, clock: str) -> tuple[float, ...]:
    own, reference = _samples(part, clock)
    return tuple(one / other for one, other in zip(own, reference, strict=True))


def _reference(pace: Pace, clock: str) -> tuple[float, ...]:
    """Samples of the reference: units of the workload, or whole passes of a commit."""
    samples = [_samples(part, clock)[1] for part in pace.parts.values()]
    if pace.reference == WORKLOAD:
        return samples[0]
    return tuple(map(math.fsum, zip(*samples, strict=True)))


def _median(samples: tuple[float, ...]) -> float:
    return Spread(samples).median


def _differing(baseline: Pace, now: Pace) -> str:
    """What of circumstances is not the same, in words."""
    one, other = (_flat(each.circumstances) for each in (baseline, now))
    return ", ".join(
        f"{name} was {shortened(one.get(name))} and is {shortened(other.get(name))}"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    )


def _flat(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts with those inside of others under names of their own."""
    flat: dict[str, object] = {}
    for name, fact in facts.items():
        if isinstance(fact, Mapping):
            flat |= {str(inner): value for inner, value in fact.items()}
        else:
            flat[name] = fact
    return flat


def _over(sequence: str, steps: int, clock: str) -> str:
    return f"{counted(steps, 'frame')} of {sequence} by {_CLOCKS[clock]}"
