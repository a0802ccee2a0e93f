"""Gate `quality`: whether scores dropped, by paired differences of the same objects.

The mean difference over all objects has an interval from drawing whole sequences
(`vosbench.statistics`). A mean drop within what rules allow passes. One beyond it is a regression
if the interval excludes 0, and inconclusive if not: it may be chance, and it may be real; so it is
from too few sequences for an interval. Whatever the mean says, a single sequence that loses more
than rules allow is a regression.
"""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from vosbench.gate.facts import Facts, SequenceFacts
from vosbench.gate.findings import INCONCLUSIVE, PASS, QUALITY, REGRESSION, Finding
from vosbench.gate.rules import GateRules, QualityRules
from vosbench.records import ObjectScore
from vosbench.statistics import Estimate, estimate_difference, fewest
from vosbench.wording import counted

SEED = 0
"""Of the draws of sequences, so that the same scores get the same verdict."""

FRACTION = "fraction"
"""Unit of the figures in findings."""

Pairs = Mapping[str, tuple[tuple[float, float], ...]]
"""Scores of the objects of each sequence: then and now."""


def judge(baseline: Facts, measured: Facts, rules: GateRules) -> Iterator[Finding]:
    """Whether the scores that both have dropped, over all and on single sequences.

    Args:
        baseline: and `measured` may have other sequences; those that both have are compared.
    """
    figure = rules.quality.figure
    now = {each.sequence: _values(each, figure) for each in measured.sequences}
    pairs: dict[str, tuple[tuple[float, float], ...]] = {}
    for each in baseline.sequences:
        if each.sequence not in now:
            continue
        then = {of: value for of, value in _values(each, figure).items() if math.isfinite(value)}
        after = {of: now[each.sequence].get(of, math.nan) for of in then}
        lost = [of for of in then if not math.isfinite(after[of])]
        if lost:
            yield _lost(each.sequence, lost, figure)
        kept = tuple((then[of], after[of]) for of in then if of not in lost)
        if kept:
            pairs[each.sequence] = kept
    if not pairs:
        why = f"no object has {figure} on both sides, so there is nothing to compare"
        yield Finding(QUALITY, figure, INCONCLUSIVE, why)
        return
    yield _mean(pairs, rules.quality)
    yield from _single(pairs, rules.quality)


def _mean(pairs: Pairs, rules: QualityRules) -> Finding:
    """What the mean over all objects says."""
    then, now = (
        {name: [pair[side] for pair in of] for name, of in pairs.items()} for side in (0, 1)
    )
    values = [pair for of in pairs.values() for pair in of]
    means = [math.fsum(pair[side] for pair in values) / len(values) for side in (0, 1)]
    verdict, why = PASS, f"{rules.figure} of {_over(pairs)} is the same to the last digit"
    if any(one != other for one, other in values):
        found = estimate_difference(now, then, np.random.default_rng(SEED), level=rules.level)
        verdict, why = _judged(found, rules)
        why = f"{rules.figure} over {_over(pairs)} {why}"
    return Finding(
        QUALITY,
        f"{rules.figure} (mean)",
        verdict,
        why,
        baseline=means[0],
        measured=means[1],
        unit=FRACTION,
    )


def _judged(found: Estimate, rules: QualityRules) -> tuple[str, str]:
    """Verdict on a mean difference, and the rest of a sentence."""
    moved = "dropped" if found.mean < 0 else "rose"
    change = f"{moved} by {_points(abs(found.mean))}{_interval(found, rules)}"
    allowed = _points(rules.drop)
    if -found.mean <= rules.drop:
        return PASS, f"{change}; a drop of up to {allowed} is allowed"
    if found.interval is None:
        return INCONCLUSIVE, (
            f"{change}, more than the {allowed} that are allowed, but {found.clusters} sequences "
            f"are too few to tell a drop from chance; take {fewest(rules.level)} or more, or allow "
            "more"
        )
    if found.resolved:
        return REGRESSION, f"{change}, more than the {allowed} that are allowed"
    return INCONCLUSIVE, (
        f"{change}, more than the {allowed} that are allowed, but that may be chance, as the "
        "interval includes 0; run more sequences, or allow more"
    )


def _single(pairs: Pairs, rules: QualityRules) -> Iterator[Finding]:
    """Sequences that lose too much, each told of; or that none does."""
    losses = {name: -_difference(of) for name, of in pairs.items()}
    bad = [name for name, loss in losses.items() if loss > rules.sequence_drop]
    allowed = _points(rules.sequence_drop)
    for name in bad:
        then, now = (
            math.fsum(pair[side] for pair in pairs[name]) / len(pairs[name]) for side in (0, 1)
        )
        yield Finding(
            QUALITY,
            f"{rules.figure} of {name}",
            REGRESSION,
            f"{rules.figure} of {name} dropped by {_points(losses[name])}, more than the {allowed} "
            "that are allowed on one sequence",
            baseline=then,
            measured=now,
            unit=FRACTION,
            sequence=name,
        )
    if not bad:
        worst = max(losses, key=lambda name: losses[name])
        most = (
            f"{worst} loses most, {_points(losses[worst])}" if losses[worst] > 0 else "none loses"
        )
        yield Finding(
            QUALITY,
            f"{rules.figure} (single sequences)",
            PASS,
            f"no sequence loses more than {allowed} of {rules.figure}: {most}",
            baseline=-rules.sequence_drop,
            measured=-losses[worst],
            unit=FRACTION,
        )


def _lost(sequence: str, objects: list[int], figure: str) -> Finding:
    named = "object " + ", ".join(map(str, objects))
    return Finding(
        QUALITY,
        f"{figure} of {sequence}",
        REGRESSION,
        f"{named} of {sequence} has no {figure} any more, and had one for the baseline",
        sequence=sequence,
    )


def _values(sequence: SequenceFacts, figure: str) -> dict[int, float]:
    """The figure of every object of a sequence."""
    return {score.object_id: _figure(score, figure) for score in sequence.scores}


def _figure(score: ObjectScore, figure: str) -> float:
    means = {"J": score.J.mean, "F": score.F.mean}
    return means.get(figure, (score.J.mean + score.F.mean) / 2)


def _difference(pairs: tuple[tuple[float, float], ...]) -> float:
    """The mean of now − then over the objects of a sequence."""
    return math.fsum(now - then for then, now in pairs) / len(pairs)


def _over(pairs: Pairs) -> str:
    objects = sum(map(len, pairs.values()))
    return f"{counted(objects, 'object')} in {counted(len(pairs), 'sequence')}"


def _interval(found: Estimate, rules: QualityRules) -> str:
    if found.interval is None:
        return ""
    low, high = (f"{100 * end:+.2f}" for end in found.interval)
    return f" ({100 * rules.level:g} % interval of the change {low} to {high})"


def _points(fraction: float) -> str:
    """A difference of fractions in the points of a percentage.

    >>> _points(0.005)
    '0.5 points'
    """
    return f"{100 * fraction:.3g} points"
