"""Why two protocols differ: the rules of one are changed into those of the other in turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vosbench.arrays import VOID
from vosbench.evaluate import Summary, summarise
from vosbench.metrics.protocols import Protocol, get
from vosbench.records import ObjectScore
from vosbench.wording import counted, first_few

REFERENCES = ("davis2017", "vos-benchmark", "sa-v", "youtube-vos")
"""Protocols that others are held against: the first of them that can be applied."""

_Objects = Mapping[tuple[str, int], ObjectScore]


@dataclass(frozen=True)
class Step:
    """One rule in which a protocol differs from the reference.

    Attributes:
        protocol: name of the protocol.
        rule: what the rule is about.
        change: of the mean of J and F when the rule is changed, a fraction.
        sentence: what changed, with names and numbers.
    """

    protocol: str
    rule: str
    change: float
    sentence: str


def steps_between(
    reference: str,
    protocol: Protocol,
    scored: Callable[[Protocol], Sequence[ObjectScore]],
    final: Summary | None,
) -> list[Step]:
    """The way from the reference to a protocol; the changes add up to the whole difference.

    Rules that make no difference to these masks are left out.

    Args:
        reference: name of the protocol to begin with.
        protocol: the one to arrive at.
        scored: rules → scores of the objects; any mixture of both protocols' rules.
        final: the figures of `protocol`.
    """
    rules = get(reference)
    before = _by_name(scored(rules))
    steps: list[Step] = []
    for rule, changed in _ways(rules, protocol):
        after = _by_name(scored(changed))
        sentence = _sentence(before, after, changed)
        if sentence:
            change = _figure(after) - _figure(before)
            steps.append(Step(protocol.name, rule, change, sentence))
        before = after
    if final is not None and final.J_and_F != _figure(before):
        steps.append(
            Step(
                protocol.name,
                "means",
                final.J_and_F - _figure(before),
                "seen and unseen objects are averaged apart, and G is the mean of both",
            )
        )
    return steps


def _ways(reference: Protocol, protocol: Protocol) -> list[tuple[str, Protocol]]:
    """What the rules are about, and the reference with these and all rules before them changed."""
    if protocol.objects == "merged":
        return [("objects", protocol)]
    objects = replace(
        reference,
        objects=protocol.objects,
        void=protocol.void,
        extra_ids=protocol.extra_ids,
        object_folders=protocol.object_folders,
    )
    frames = replace(objects, counts_from=protocol.counts_from)
    return [("objects", objects), ("frames", frames)]


def _by_name(scores: Sequence[ObjectScore]) -> _Objects:
    return {(score.sequence, score.object_id): score for score in scores}


def _figure(scores: _Objects) -> float:
    return summarise(scores.values()).J_and_F


def _sentence(before: _Objects, after: _Objects, rules: Protocol) -> str:
    """What the change did to objects and their frames; empty where nothing."""
    if rules.objects == "merged":
        if before == after:
            return ""
        return (
            f"all ids of a sequence are one object: {counted(len(before), 'object')} become "
            f"{len(after)}"
        )
    said = []
    fewer = [key for key in before if key not in after]
    if fewer:
        said.append(
            f"{counted(len(fewer), 'object')} less, since no annotation"
            f"{'' if rules.objects == 'annotated' else ' of a frame that counts'} shows "
            f"{_listed(fewer)}"
        )
    void = [key for key in after if key not in before and key[1] == VOID]
    if void:
        said.append(f"255 is no void but an object: {_listed(void)}")
    more = [key for key in after if key not in before and key[1] != VOID]
    if more:
        said.append(
            f"{counted(len(more), 'object')} more, which the first annotation lacks: "
            f"{_listed(more)}"
        )
    moved = [key for key in after if key in before and after[key].frames != before[key].frames]
    if moved:
        since = {
            "sequence": "over all frames that count",
            "first-sight": "from the frame on in which annotation or prediction first shows them",
            "own-start": "after the first frame in which they are annotated",
        }[rules.counts_from]
        frames = [
            f"{sequence} {object_id}: {after[sequence, object_id].frames} of "
            f"{before[sequence, object_id].frames} frames"
            for sequence, object_id in moved
        ]
        said.append(f"{counted(len(moved), 'object')} averaged {since} ({first_few(frames)})")
    return "; ".join(said)


def _listed(keys: Sequence[tuple[str, int]]) -> str:
    return first_few([f"{sequence} {object_id}" for sequence, object_id in keys])
