"""In what two runs differ besides their masks, and what of it may explain other masks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from vosbench.records import Manifest, Run
from vosbench.wording import first_few, shortened

Group = Literal["masks", "machine", "other"]
"""What masks depend on; machine and versions; the rest."""

_MACHINE = ("machine", "versions", "git")
_MEASURED = ("machine.probe", "machine.idle_watts")
_LAST = ("created", "command")
_REPEATED = ("settings", "provenance", "seed", "device", "method")
_SAID_ELSEWHERE = ("run", "key_parts", *_MACHINE, *_LAST)

_MEANINGS: Mapping[str, str] = {
    "method": "another method",
    "origin": "another version of what brings the method",
    "source_sha256": "the code that the masks depend on",
    "procedure": "how the runner feeds a method",
    "seed": "the seed",
    "device": "the kind of device",
    "torch": "the version of torch",
    "precision": "precision switches of torch",
    "provenance.network": "another network",
    "provenance.weights_sha256": "the weights",
}


@dataclass(frozen=True, kw_only=True)
class FieldDifference:
    """One fact about two runs that is not the same.

    Attributes:
        group: what it is about.
        name: dotted where facts are nested.
        first: in the first run; None where it has no such fact.
        second: in the second.
    """

    group: Group
    name: str
    first: object
    second: object


@dataclass(frozen=True)
class Suspect:
    """Something that may explain that masks differ: name of the fact, and a sentence."""

    name: str
    why: str


def field_differences(first: Manifest, second: Manifest) -> tuple[FieldDifference, ...]:
    """Facts in which two manifests differ: what masks depend on, the machine, then the rest.

    The names of the runs are none, and what masks depend on is told once.
    """
    parts = _unequal("masks", "", first.key_parts, second.key_parts)
    told = {part.name for part in parts}
    machine = [
        difference
        for name in _MACHINE
        for difference in _unequal("machine", name, getattr(first, name), getattr(second, name))
        if not difference.name.startswith(_MEASURED)  # never twice the same
    ]
    others = [field.name for field in fields(Manifest) if field.name not in _SAID_ELSEWHERE]
    rest = [
        difference
        for name in (*others, *_LAST)
        for difference in _unequal("other", name, getattr(first, name), getattr(second, name))
        if not (name in _REPEATED and difference.name in told)
    ]
    return (*parts, *machine, *rest)


def suspects(
    first: Run, second: Run, differing: Iterable[str], fields: Iterable[FieldDifference]
) -> tuple[Suspect, ...]:
    """What may explain the masks of the sequences in `differing`, most telling first."""
    found = [*_by_sequence(first, second, tuple(differing)), *_by_part(fields)]
    if found:
        return tuple(found)
    return tuple(_by_machine(fields))


def _by_sequence(first: Run, second: Run, differing: tuple[str, ...]) -> Iterator[Suspect]:
    """Sequences that are not made from the same files."""
    parts = [
        {record.sequence: record.key_parts for record in run.records} for run in (first, second)
    ]
    for name, meaning in (
        ("sequence_sha256", "the frames or annotations are not the same"),
        ("masks_sha256", "the masks that were imported are not the same"),
    ):
        other = [
            sequence
            for sequence in differing
            if sequence in parts[0]
            and sequence in parts[1]
            and parts[0][sequence].get(name) != parts[1][sequence].get(name)
        ]
        if other:
            yield Suspect(name, f"{meaning} ({first_few(other)})")


def _by_part(fields: Iterable[FieldDifference]) -> Iterator[Suspect]:
    """Parts of the key that are not the same, without those that only follow from others."""
    parts = {one.name: one for one in fields if one.group == "masks"}
    for name, one in parts.items():
        kind, _, setting = name.partition(".")
        if kind == "settings":
            lacking = one.first is None or one.second is None
            if "method" in parts or (lacking and "source_sha256" in parts):
                continue  # another method or another version of it takes other settings
            meaning = f"setting {setting}"
        elif kind == "provenance" and name not in _MEANINGS:
            continue  # says what the weights are, which their digest tells
        else:
            meaning = _MEANINGS.get(name, name)
        yield Suspect(name, f"{meaning}: {shortened(one.first)} → {shortened(one.second)}")


def _by_machine(fields: Iterable[FieldDifference]) -> Iterator[Suspect]:
    """What is left where the keys are the same."""
    machine = [one.name for one in fields if one.group == "machine"]
    if machine:
        why = "all that the key holds is the same; another machine may round differently"
        yield Suspect("machine", f"{why} ({first_few(machine)})")
    yield Suspect(
        "masks",
        "all that the key holds is the same: masks may have been altered (vosbench verify tells), "
        "or the method does not give the same masks twice",
    )


def _unequal(group: Group, name: str, first: Any, second: Any) -> list[FieldDifference]:
    """Leaves in which two values differ, by dotted name."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return [
            difference
            for key in dict.fromkeys((*first, *second))
            for difference in _unequal(
                group, f"{name}.{key}" if name else str(key), first.get(key), second.get(key)
            )
        ]
    if first == second:
        return []
    return [FieldDifference(group=group, name=name, first=first, second=second)]
