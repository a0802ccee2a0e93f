"""Gate `comparable`: whether a run and a baseline may be compared at all, and over what.

A stale baseline is no fault of the run and no pass either: it is inconclusive, and says what
changed and how to mend it. A sequence that is gone or failed is a regression.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from vosbench.gate.facts import Facts, SequenceFacts
from vosbench.gate.findings import COMPARABLE, INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.rules import WEIGHTS, GateRules
from vosbench.wording import counted, first_few, shortened

_SAME = ("method", "dataset", "variant", "protocol", "mode", "seed")


def judge(baseline: Facts, measured: Facts, rules: GateRules) -> Iterator[Finding]:
    """What keeps the two from being compared; one pass if nothing does."""
    made = list(_made_otherwise(baseline, measured, rules))
    stale = [finding for finding in made if finding.verdict == INCONCLUSIVE]
    if stale:  # whatever else is another, it is another of another run
        yield from stale
        return
    found = [*made, *_sequences(baseline, measured)]
    yield from found
    if not [finding for finding in found if finding.verdict != PASS]:
        ran = len(baseline.sequences)
        yield Finding(
            COMPARABLE,
            "sequences",
            PASS,
            f"{counted(ran, 'sequence')} of the baseline ran, with the same settings and seed on "
            f"the same frames, under protocol {baseline.protocol}",
            baseline=ran,
            measured=ran,
        )


def common(baseline: Facts, measured: Facts, rules: GateRules) -> tuple[Facts, Facts] | None:
    """Both, narrowed to the sequences that can be compared; None if there is nothing to compare."""
    made = _made_otherwise(baseline, measured, rules)
    if any(each.verdict == INCONCLUSIVE for each in made):
        return None
    then = {each.sequence: each for each in baseline.sequences}
    names = [
        now.sequence
        for now in measured.sequences
        if now.sequence in then and _comparable(then[now.sequence], now)
    ]
    if not names:
        return None
    return _narrowed(baseline, names), _narrowed(measured, names)


def nothing_ran(baseline: Facts) -> Finding:
    """What there is to say of a run that has nothing of what the baseline has."""
    names = [each.sequence for each in baseline.sequences]
    return Finding(
        COMPARABLE,
        "sequences",
        INCONCLUSIVE,
        f"nothing ran: there is no result for any of the {counted(len(names), 'sequence')} of the "
        f"baseline ({first_few(names)}); see that the dataset is the one that the baseline was "
        "made on",
        baseline=len(names),
        measured=0,
    )


def other_weights(baseline: Facts, measured: Facts) -> bool:
    """Whether the two were made with other weights."""
    return baseline.weights_sha256 != measured.weights_sha256


def remake(baseline: Facts) -> str:
    """How the baseline is made anew, in words."""
    command = str(baseline.made.get("command", ""))
    if command.startswith("pytest ") or (
        command.startswith("vosbench baseline") and "--add-platform" not in command
    ):
        return f"make the baseline anew if that is meant: `{command}`"
    return "make the baseline anew with `vosbench baseline` if that is meant"


def _made_otherwise(baseline: Facts, measured: Facts, rules: GateRules) -> Iterator[Finding]:
    """What the two were made with that is not the same; inconclusive where it was asked for."""
    for name in _SAME:
        then, now = getattr(baseline, name), getattr(measured, name)
        if then != now:
            yield _stale(baseline, name, then, now)
    if baseline.method != measured.method:
        return  # another method has other settings and weights
    for name in dict.fromkeys((*baseline.settings, *measured.settings)):
        if name == WEIGHTS and baseline.weights_sha256 and measured.weights_sha256:
            continue  # where a checkpoint lies matters less than what is in it
        yield from _setting(baseline, measured, name)
    if other_weights(baseline, measured):
        yield _weights(baseline, measured, rules)


def _weights(baseline: Facts, measured: Facts, rules: GateRules) -> Finding:
    """Weights that are others: a stale baseline if others were asked for, else a regression.

    A checkpoint that changed under its name is what nobody asked for: a broken or retrained file.
    """
    then, now = baseline.weights_sha256, measured.weights_sha256
    if WEIGHTS in rules.allow:
        verdict, why = PASS, "the weights are others than those of the baseline, which was allowed"
    elif baseline.settings.get(WEIGHTS) != measured.settings.get(WEIGHTS):
        return _stale(baseline, "weights", then, now)
    else:
        verdict = REGRESSION
        why = (
            f"the weights are others than those of the baseline ({_said(then)} then, "
            f"{_said(now)} now), though the same checkpoint was asked for: it was changed; "
            "--allow weights has the run judged by its scores, or "
            f"{remake(baseline)}"
        )
    return Finding(COMPARABLE, "weights", verdict, why, baseline=then, measured=now)


def _setting(baseline: Facts, measured: Facts, name: str) -> Iterator[Finding]:
    """A setting that is another: a stale baseline if a user set it, else a regression.

    One that only one side has and nobody set is new in the code or gone from it; what comes of that
    the other gates tell.
    """
    there = name in baseline.settings, name in measured.settings
    then, now = baseline.settings.get(name), measured.settings.get(name)
    if then == now:
        return
    if name in baseline.overrides or name in measured.overrides:
        yield _stale(baseline, f"setting {name}", then, now)
    elif all(there):
        yield Finding(
            COMPARABLE,
            f"setting {name}",
            REGRESSION,
            f"setting {name} was {_said(then)} and is {_said(now)}, which nobody set: the code has "
            f"another default; {remake(baseline)}",
            baseline=_said(then),
            measured=_said(now),
        )


def _stale(baseline: Facts, name: str, then: object, now: object) -> Finding:
    return Finding(
        COMPARABLE,
        name,
        INCONCLUSIVE,
        f"stale baseline: {name} was {_said(then)} and is {_said(now)}; "
        f"run as then, or {remake(baseline)}",
        baseline=_said(then),
        measured=_said(now),
    )


def _sequences(baseline: Facts, measured: Facts) -> Iterator[Finding]:
    """What became of the sequences of the baseline."""
    now = {each.sequence: each for each in measured.sequences}
    if not any(each.sequence in now for each in baseline.sequences):
        yield nothing_ran(baseline)
        return
    for then in baseline.sequences:
        yield from _sequence(baseline, then, now)
    names = {each.sequence for each in baseline.sequences}
    extra = [name for name in now if name not in names]
    if extra:
        yield Finding(
            COMPARABLE,
            "further sequences",
            PASS,
            f"the run has {counted(len(extra), 'sequence')} that the baseline lacks "
            f"({first_few(extra)}); nothing is said of them",
        )


def _sequence(
    baseline: Facts, then: SequenceFacts, measured: Mapping[str, SequenceFacts]
) -> Iterator[Finding]:
    """One sequence of the baseline; nothing if it can be compared."""
    name, now = then.sequence, measured.get(then.sequence)

    def finding(verdict: str, why: str, is_now: str) -> Finding:
        return Finding(
            COMPARABLE,
            f"sequence {name}",
            verdict,
            why,
            baseline=then.state,
            measured=is_now,
            sequence=name,
        )

    if now is None:
        yield finding(
            REGRESSION,
            f"the run has no result for {name}, which the baseline has; see whether it was dropped "
            "from the list of the dataset or left out of the run",
            "missing",
        )
    elif now.state != "done" and then.state == "done":
        yield finding(REGRESSION, f"{name} fails now: {now.reason}", now.state)
    elif now.state != "done":
        yield finding(
            INCONCLUSIVE, f"{name} fails now, and did for the baseline: {now.reason}", now.state
        )
    elif then.state != "done":
        yield finding(
            PASS,
            f"{name} failed for the baseline and does no longer; {remake(baseline)}",
            now.state,
        )
    elif then.sequence_sha256 != now.sequence_sha256:
        yield finding(
            INCONCLUSIVE,
            f"stale baseline: frames or annotations of {name} are not those of then "
            f"({shortened(then.sequence_sha256)} then, {shortened(now.sequence_sha256)} now); "
            f"{remake(baseline)}",
            now.state,
        )


def _comparable(then: SequenceFacts, now: SequenceFacts) -> bool:
    return then.state == now.state == "done" and then.sequence_sha256 == now.sequence_sha256


def _narrowed(facts: Facts, names: list[str]) -> Facts:
    """The facts about some sequences only, in the order of the names."""
    by_name = {each.sequence: each for each in facts.sequences}
    return replace(facts, sequences=tuple(by_name[name] for name in names))


def _said(value: object) -> str:
    return "unset" if value is None or value == "" else shortened(value)
