"""Why two protocols differ: the rules of one are changed into those of the other in turn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vosbench.arrays import VOID
from vosbench.evaluate import Summary
from vosbench.metrics.protocols import Protocol, get
from vosbench.records import ObjectScore
from vosbench.wording import counted, first_few

REFERENCES = ("davis2017", "vos-benchmark", "sa-v", "youtube-vos", "lvos", "davis2016")
"""Protocols that others are held against: the first of them that can be applied."""

_Key = tuple[str, int]
_Objects = Mapping[_Key, ObjectScore]


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


@dataclass(frozen=True)
class Judgement:
    """What rules make of the masks.

    Attributes:
        objects: scores by sequence and id.
        J_and_F: their final figure.
    """

    objects: _Objects
    J_and_F: float

    @staticmethod
    def of(objects: Iterable[ObjectScore], summary: Summary) -> "Judgement":
        """From the scores of objects and the means over them."""
        by_name = {(score.sequence, score.object_id): score for score in objects}
        return Judgement(by_name, summary.J_and_F)


def steps_between(
    reference: str,
    protocol: Protocol,
    judge: Callable[[Protocol], Judgement | None],
    *,
    listed: bool = False,
) -> list[Step]:
    """The way from the reference to a protocol; the changes add up to the whole difference.

    Rules that make no difference to these masks are left out.

    Args:
        reference: name of the protocol to begin with.
        protocol: the one to arrive at.
        judge: rules → what they make of the masks; None where they leave a sequence without an
            object, as mixtures of both protocols' rules may.
        listed: whether a list of the dataset says where objects begin and end.
    """
    rules = get(reference)
    before = judge(rules)
    assert before is not None, "the reference is a protocol that can be applied"
    steps: list[Step] = []
    together = ""
    for rule, changed in _ways(rules, protocol):
        after = judge(changed)
        if after is None:  # one step with the next
            together = f"{rule} and "
            continue
        change = after.J_and_F - before.J_and_F
        if rule == "means":
            said = [_MEANS[changed.groups]] if change else []
        else:
            said = _SENTENCES[rule](before.objects, after.objects, changed, listed)
        if said:
            steps.append(Step(protocol.name, together + rule, change, "; ".join(said)))
        before, together = after, ""
    return steps


def _ways(reference: Protocol, protocol: Protocol) -> list[tuple[str, Protocol]]:
    """What the rules are about, and the reference with these and all rules before them changed."""
    ways = []
    rules = reference
    if reference.groups and not protocol.groups:
        # Objects of another protocol need not be of both groups.
        rules = replace(rules, groups=False)
        ways.append(("means", rules))
    if protocol.objects == "merged":
        return [*ways, ("merging", protocol)]
    rules = replace(
        rules,
        objects=protocol.objects,
        void=protocol.void,
        extra_ids=protocol.extra_ids,
        object_folders=protocol.object_folders,
    )
    ways.append(("objects", rules))
    rules = replace(rules, counts_from=protocol.counts_from)
    ways.append(("frames", rules))
    return [*ways, ("means", replace(rules, groups=protocol.groups))]


_MEANS = {
    True: "seen and unseen objects are averaged apart, and G is the mean of both",
    False: "all objects are averaged together, and not seen and unseen ones apart",
}


def _merging(before: _Objects, after: _Objects, rules: Protocol, listed: bool) -> list[str]:
    """What became of objects when all ids were merged; nothing where there was no other id."""
    if before == after:
        return []
    become = "becomes" if len(before) == 1 else "become"
    return [
        "all ids of a sequence are one object, in all frames that count: "
        f"{counted(len(before), 'object')} {become} {len(after)}"
    ]


def _objects(before: _Objects, after: _Objects, rules: Protocol, listed: bool) -> list[str]:
    """Which objects were lost and won when others came to be objects."""
    void, fewer = _void(key for key in before if key not in after)
    said = []
    if fewer:
        where = "" if rules.objects == "annotated" else " of a frame that counts"
        said.append(
            f"{counted(len(fewer), 'object')} less, since no annotation{where} shows "
            f"{_listed(fewer)}"
        )
    if void:
        said.append(f"255 is void and no object: {_listed(void)}")
    void, more = _void(key for key in after if key not in before)
    if void:
        said.append(f"255 is no void but an object: {_listed(void)}")
    if more:
        said.append(f"{counted(len(more), 'object')} more, {_ONLY_FIRST}: {_listed(more)}")
    return said


def _frames(before: _Objects, after: _Objects, rules: Protocol, listed: bool) -> list[str]:
    """Which objects have other frames now."""
    said = []
    fewer = [key for key in before if key not in after]
    if fewer:
        said.append(f"{counted(len(fewer), 'object')} less, without a frame: {_listed(fewer)}")
    more = [key for key in after if key not in before]
    if more:
        known = "by the list of objects" if listed else _ONLY_FIRST
        said.append(f"{counted(len(more), 'object')} more, {known}: {_listed(more)}")
    moved = [key for key in after if key in before and after[key] != before[key]]
    if moved:
        since = {
            "sequence": "over all frames that count",
            "first-sight": "from the frame on in which annotation or prediction first shows them",
            "own-start": "after the first frame in which they are annotated",
        }[rules.counts_from]
        if listed and rules.counts_from == "own-start":
            since = "over the frames of the list of objects"
        frames = [
            f"{sequence} {object_id}: {after[sequence, object_id].frames} of "
            f"{before[sequence, object_id].frames} frames"
            for sequence, object_id in moved
        ]
        said.append(f"{counted(len(moved), 'object')} averaged {since} ({first_few(frames)})")
    return said


_SENTENCES = {"merging": _merging, "objects": _objects, "frames": _frames}
_ONLY_FIRST = "which only the first annotation shows"


def _void(keys: Iterable[_Key]) -> tuple[list[_Key], list[_Key]]:
    """Objects that are void to some, and the others."""
    every = list(keys)
    return [key for key in every if key[1] == VOID], [key for key in every if key[1] != VOID]


def _listed(keys: Sequence[_Key]) -> str:
    return first_few([f"{sequence} {object_id}" for sequence, object_id in keys])
