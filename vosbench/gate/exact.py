"""Gate `exact`: masks to the bit on one platform, and the scores of masks that are the same.

Masks that are equal are equal wherever they were made, so a platform that the baseline does not
know passes with the masks of any it does. Masks that are not equal say something only where they
were made on the same platform. Scores are compared only where masks are the same: if they are other
ones then, it is the metric that changed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from vosbench.gate.comparable import other_weights
from vosbench.gate.facts import Facts, PlatformMasks, SequenceFacts
from vosbench.gate.findings import EXACT, INCONCLUSIVE, PASS, QUALITY, REGRESSION, Finding
from vosbench.gate.platforms import difference, masks_on
from vosbench.gate.rules import WEIGHTS, GateRules
from vosbench.records import ObjectScore, Statistic
from vosbench.wording import counted, first_few, shortened


def judge(baseline: Facts, measured: Facts, rules: GateRules) -> Iterator[Finding]:
    """What came out otherwise to the bit.

    Args:
        baseline: and `measured` may have other sequences; those that both have are compared.
        measured: the masks of one platform.
    """
    there = {each.sequence: each for each in baseline.sequences}
    shared = [each for each in measured.sequences if each.sequence in there]
    if rules.exact.masks:
        yield from _masks(baseline, measured, [each.sequence for each in shared], rules)
    yield from _scores(baseline, measured, shared, rules)


def _masks(
    baseline: Facts, measured: Facts, names: Sequence[str], rules: GateRules
) -> Iterator[Finding]:
    made = measured.masks[0]
    here = masks_on(baseline.masks, made.platform)
    known = (here,) if here is not None else baseline.masks
    same = [name for name in names if _source(known, made, name) is not None]
    other = [name for name in names if name not in same]
    if same:
        elsewhere = "" if here is not None else ", though they were made on another platform"
        yield Finding(
            EXACT,
            "masks",
            PASS,
            f"the masks of {_few(same, len(names))} are those of the baseline{elsewhere}",
        )
    if WEIGHTS in rules.allow and other_weights(baseline, measured):
        why = "other weights, which were allowed, make other masks"
        yield from _left_to_quality(other, len(names), why, rules)
    elif here is None:
        yield from _unknown_platform(baseline, made, other, len(names), rules)
    else:
        yield from _changed(here, made, other)


def _changed(here: PlatformMasks, made: PlatformMasks, names: Sequence[str]) -> Iterator[Finding]:
    """Masks that are others on the same platform."""
    for name in names:
        then, now = here.masks_sha256.get(name), made.masks_sha256.get(name)
        if then is None:
            yield Finding(
                EXACT,
                f"masks of {name}",
                INCONCLUSIVE,
                f"the baseline has no masks of {name} on this platform; add them with "
                "`vosbench baseline FILE --add-platform`",
                measured=now,
                sequence=name,
            )
            continue
        yield Finding(
            EXACT,
            f"masks of {name}",
            REGRESSION,
            f"the masks of {name} are other ones than those of the baseline on this platform "
            f"({shortened(then)} then, {shortened(now)} now)",
            baseline=then,
            measured=now,
            sequence=name,
        )


def _unknown_platform(
    baseline: Facts, made: PlatformMasks, names: Sequence[str], of: int, rules: GateRules
) -> Iterator[Finding]:
    """Masks that are others than all that are known, of sequences `names` among `of`."""
    where = difference(baseline.masks, made.platform) or "it has none at all"
    why = f"the baseline has no masks of this platform ({where}), and another may round otherwise"
    if rules.exact.elsewhere == QUALITY:
        yield from _left_to_quality(names, of, why, rules)
    elif names:
        yield Finding(
            EXACT,
            "masks",
            INCONCLUSIVE,
            f"the masks of {_few(names, of)} are other ones: {why}; if the scores are as "
            "good, `vosbench baseline FILE --add-platform` on the commit of the baseline adds "
            'those of this machine; rule elsewhere = "quality" leaves it to the scores',
        )


def _left_to_quality(
    names: Sequence[str], of: int, why: str, rules: GateRules
) -> Iterator[Finding]:
    """Masks that may be others, which somebody must judge all the same."""
    if not names:
        return
    asked = QUALITY in rules.gates
    judged = (
        "gate quality judges by their scores"
        if asked
        else ("gate quality would judge by their scores, but is not asked")
    )
    yield Finding(
        EXACT,
        "masks",
        PASS if asked else INCONCLUSIVE,
        f"the masks of {_few(names, of)} are other ones: {why}; {judged}",
    )


@dataclass(frozen=True)
class _Off:
    """A golden score that is another.

    Attributes:
        measure: J, F, V or frames.
        what: in words.
        by: how far, infinite where one has none.
    """

    measure: str
    what: str
    then: float
    now: float
    sequence: str
    object_id: int

    @property
    def by(self) -> float:
        off = abs(self.then - self.now)
        return off if math.isfinite(off) else math.inf


def _scores(
    baseline: Facts, measured: Facts, sequences: Sequence[SequenceFacts], rules: GateRules
) -> Iterator[Finding]:
    """Scores of masks that are the same."""
    compared: list[str] = []
    off: list[_Off] = []
    for now in sequences:
        golden = _golden(baseline, measured.masks[0], now.sequence)
        if golden is not None:
            compared.append(now.sequence)
            off += [each for each in _offs(golden, now) if each.by > rules.exact.scores]
    for measure in dict.fromkeys(each.measure for each in off):
        yield _metric_changed([each for each in off if each.measure == measure], len(compared))
    if compared and not off:
        yield Finding(
            EXACT,
            "golden scores",
            PASS,
            f"the masks of {_few(compared, len(sequences))} are scored as for the baseline",
        )
    elif not compared and not rules.exact.masks:
        yield Finding(
            EXACT,
            "golden scores",
            INCONCLUSIVE,
            "no masks are those of the baseline, so no golden score says anything",
        )


def _metric_changed(off: Sequence[_Off], compared: int) -> Finding:
    worst = max(off, key=lambda each: each.by)
    sequences = list(dict.fromkeys(each.sequence for each in off))
    objects = len({(each.sequence, each.object_id) for each in off})
    return Finding(
        EXACT,
        f"golden {worst.measure}",
        REGRESSION,
        f"the metric changed: masks are the same, but {worst.measure} of "
        f"{counted(objects, 'object')} in {_few(sequences, compared)} is not; farthest off is "
        f"{worst.what} of object {worst.object_id} of {worst.sequence}, {worst.then:.6g} then and "
        f"{worst.now:.6g} now",
        baseline=worst.then,
        measured=worst.now,
        sequence=worst.sequence if len(sequences) == 1 else "",
    )


def _source(known: Sequence[PlatformMasks], made: PlatformMasks, name: str) -> PlatformMasks | None:
    """Of which platform the masks of a sequence are; None where of none."""
    digest = made.masks_sha256.get(name)
    same = (each for each in known if digest and each.masks_sha256.get(name) == digest)
    return next(same, None)


def _golden(baseline: Facts, made: PlatformMasks, name: str) -> tuple[ObjectScore, ...] | None:
    """The scores that the baseline has of the very masks that were made; None where it has none."""
    source = _source(baseline.masks, made, name)
    if source is None:
        return None
    if name in source.scores:
        return source.scores[name]
    return next(each.scores for each in baseline.sequences if each.sequence == name)


def _offs(golden: Sequence[ObjectScore], now: SequenceFacts) -> Iterator[_Off]:
    """Every score that is not the same number."""
    then_by_id = {score.object_id: score for score in golden}
    now_by_id = {score.object_id: score for score in now.scores}
    for object_id in sorted({*then_by_id, *now_by_id}):
        then, after = (_figures(by_id.get(object_id)) for by_id in (then_by_id, now_by_id))
        for key in dict.fromkeys((*then, *after)):
            values = then.get(key, math.nan), after.get(key, math.nan)
            if values[0] != values[1] and not all(map(math.isnan, values)):
                yield _Off(*key, *values, now.sequence, object_id)


def _figures(score: ObjectScore | None) -> dict[tuple[str, str], float]:
    """Every number of a score, by measure and what of it; none of an object that has no score."""
    if score is None:
        return {}
    found = {("frames", "the number of frames that count"): float(score.frames)}
    for measure, statistic in (("J", score.J), ("F", score.F)):
        for name in (field.name for field in fields(Statistic)):
            found[measure, f"the {name}"] = getattr(statistic, name)
    if score.variability is not None:
        found["V", "the variability"] = score.variability
    return found


def _few(names: Sequence[str], of: int) -> str:
    """Some of many sequences, in words."""
    if len(names) == of:
        return "the only sequence" if of == 1 else f"all {of} sequences"
    return f"{first_few(names)} ({len(names)} of {of} sequences)"
