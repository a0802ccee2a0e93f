"""On what the speeds of a table were measured, and whether they may be compared."""

import json
from collections.abc import Mapping

from vosbench.machine import CHOSEN
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.wording import counted

_CIRCUMSTANCES: Mapping[str, str] = {
    "threads": "number of threads",
    "torch": "version of torch",
    "flags": "flags of torch",
}
"""Facts that stand beside the machine: a method without torch states none of them."""

_SETTINGS = ("precision", "compile")
"""Settings of a method that speed and masks depend on, where it has them."""

_FLAGS = ("matmul_precision", "tf32", "cudnn_benchmark", "deterministic")
"""The same of torch, whatever the method."""

USUAL = ("compile off", "cudnn benchmark False", "deterministic False")
"""Circumstances that nobody asked for and that are worth no words; CSV and JSON hold them."""


def speeds_compare(comparison: Comparison) -> bool:
    """Whether speeds may be told apart as better and worse."""
    return comparison.across_machines or not differences(comparison)


def differences(comparison: Comparison) -> tuple[str, ...]:
    """In what the speeds of a table were measured differently, in words; empty if in nothing.

    A method that uses no torch states no threads, torch or flags, and compares with those that do.
    """
    entries = timed(comparison)
    if not entries:
        return ()
    ids = {name for entry in entries for name in machine_ids(entry, comparison)}
    modes = {t.mode for entry in entries for t in entry.timings(comparison.sequences)}
    unlike = ["machine"] if len(ids) > 1 or "" in ids else []
    unlike += [
        words
        for key, words in _CIRCUMSTANCES.items()
        if len({value for entry in entries for value in _stated(entry, comparison, key)}) > 1
    ]
    return (*unlike, *(["mode"] if len(modes) > 1 else []))


def timed(comparison: Comparison) -> list[Entry]:
    """Entries that anything was timed of."""
    return [entry for entry in comparison.entries if entry.timings(comparison.sequences)]


def machine_ids(entry: Entry, comparison: Comparison) -> set[str]:
    """Machines that the times of an entry were taken on."""
    return {timing.machine for timing in entry.timings(comparison.sequences)}


def alike(one: Entry, other: Entry, comparison: Comparison) -> bool:
    """Whether the times of two entries were taken on one machine under equal circumstances."""
    ids = machine_ids(one, comparison) | machine_ids(other, comparison)
    modes = {t.mode for each in (one, other) for t in each.timings(comparison.sequences)}
    return (
        len(ids) == 1
        and "" not in ids
        and len(modes) == 1
        and all(
            len(_stated(one, comparison, key) | _stated(other, comparison, key)) < 2
            for key in _CIRCUMSTANCES
        )
    )


def _stated(entry: Entry, comparison: Comparison, key: str) -> set[str]:
    """Values of a fact in the timings of an entry, as JSON; where none states it, its manifest's.

    A run that was continued with other threads has several, and its manifest tells the last.
    """
    told = [
        t.circumstances[key] for t in entry.timings(comparison.sequences) if key in t.circumstances
    ]
    if not told and entry.manifest and key in entry.manifest.machine:
        told = [entry.manifest.machine[key]]
    return {json.dumps(value, sort_keys=True) for value in told}


def facts(entry: Entry, comparison: Comparison) -> Mapping[str, object]:
    """Facts of the machine that all times of `entry` were taken on; empty if that is unknown.

    What was different from one sequence to the next is left out.
    """
    ids = machine_ids(entry, comparison)
    machines = _machines(entry)
    if len(ids) != 1 or not ids <= machines.keys():
        return {}
    known = {**machines[ids.pop()]}
    for key in CHOSEN:
        told = _stated(entry, comparison, key)
        if len(told) > 1:
            known.pop(key, None)
        elif told:
            known[key] = json.loads(told.pop())
    return known


def machine(entry: Entry, comparison: Comparison) -> tuple[str, ...]:
    """The machine of an entry in words, a fact each."""
    ids = machine_ids(entry, comparison)
    if len(ids) > 1:
        known_ones = _machines(entry)
        named = [", ".join(_named(known_ones[each])) for each in known_ones if each in ids]
        complete = len(named) == len(ids) and all(named)
        return (f"several machines: {'; '.join(named)}" if complete else "several machines",)
    known = facts(entry, comparison)
    parts = _named(known)
    if len(_stated(entry, comparison, "threads")) > 1:
        parts.append("several numbers of threads")
    if not parts:
        return ("a machine that was not recorded",)
    return (*parts, f"device {known['device']}")


def _machines(entry: Entry) -> dict[object, Mapping[str, object]]:
    """Facts of the machines of an entry by their `id`, the earliest first.

    The manifest describes the machine of the last call only; sessions tell of the others.
    """
    made = entry.manifest
    last = () if made is None else ({**made.machine, "device": made.device},)
    told = (*(session.machine for session in entry.sessions), *last)
    return {known["id"]: known for known in told if known.get("id")}


def _named(known: Mapping[str, object]) -> list[str]:
    """A machine in words: what computes, and with how many cores and threads."""
    parts = [str(known[key]) for key in ("gpu", "cpu") if known.get(key)]
    for thing in ("core", "thread"):
        number = known.get(f"{thing}s")
        if isinstance(number, int):
            parts.append(counted(number, thing))
    return parts


def circumstances(entry: Entry, comparison: Comparison) -> tuple[str, ...]:
    """The machine of an entry and what else its speed depends on: torch, driver, precision."""
    known = facts(entry, comparison)
    settings = entry.manifest.settings if entry.manifest else {}
    flags = flags_of(known)
    parts = list(machine(entry, comparison))
    parts += [f"{key} {known[key]}" for key in ("torch", "cuda", "driver") if known.get(key)]
    parts += [f"{key} {settings[key]}" for key in _SETTINGS if key in settings]
    parts += [f"{key.replace('_', ' ')} {flags[key]}" for key in _FLAGS if key in flags]
    if known.get("id"):
        parts.append(f"machine {known['id']}")
    return tuple(parts)


def flags_of(known: Mapping[str, object]) -> Mapping[str, object]:
    """Flags of torch among the facts of a machine; empty where none were recorded."""
    flags = known.get("flags")
    return flags if isinstance(flags, Mapping) else {}


def is_number(value: object) -> bool:
    """Whether a fact is a number; what is true or false is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
