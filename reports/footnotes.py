"""What must be said under a table: protocol, trust, network and weights, machine, gaps."""

from collections.abc import Callable, Iterable, Iterator

from vosbench.records import Manifest
from vosbench.reports.comparison import Comparison
from vosbench.reports.entries import ORACLE, QUOTED, RESCORED, Entry
from vosbench.reports.table import listed
from vosbench.wording import counted


def _titled(entry: Entry) -> str:
    return entry.title


def common(comparison: Comparison) -> Iterator[str]:
    """What any table about runs says: scale, gaps, speed, and the origin of every entry."""
    yield from scale(comparison)
    yield from gaps(comparison)
    yield from speed(comparison)
    yield from origins(comparison)


def scale(comparison: Comparison) -> Iterator[str]:
    """What the figures are, and what their means are over."""
    objects = counted(sum(comparison.objects.values()), "object")
    sequences = counted(len(comparison.objects), "sequence")  # of the others nothing is known
    yield (
        f"Figures are in per cent (fractions × 100), scored under protocol {comparison.protocol}. "
        f"Means are over all {objects} of {sequences}, not over sequences."
    )


def origins(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """Where each entry's figures come from; entries of one origin share a sentence."""
    for names, origin in _grouped(comparison.entries, _origin, called):
        yield f"{names}: {origin}."


def networks(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """What each entry ran on; entries of one network and one checkpoint share a sentence."""
    for names, network in _grouped(
        comparison.entries, lambda entry: _network(entry.manifest), called
    ):
        yield f"{names}: {network}."


def speed(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """How fast was measured, on what, and whether it compares; nothing if nothing was timed."""
    timed = _timed(comparison)
    if not timed:
        return
    yield (
        "fps: frames to segment / seconds of work, both added up over sequences, timed in one pass "
        "without warm-up. Amortised counts first-frame work, adaptation, inference and "
        "post-processing; steady the last two."
    )
    yield from machines(comparison, called)


def machines(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """What was timed on what, and whether it compares; nothing if nothing was timed."""
    timed = _timed(comparison)
    if len(timed) > 1 and not one_machine(comparison):
        yield "Speeds are not from one machine: they do not compare, and none is marked as best."
    groups = list(_grouped(timed, lambda entry: _machine(entry, comparison), called))
    for names, machine in groups:
        yield f"{'All' if len(groups) == 1 and len(timed) > 1 else names} timed on {machine}."


def gaps(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """What the sign † means in this table."""
    short = [entry for entry in comparison.entries if not comparison.complete(entry)]
    if short:
        extents = "; ".join(f"{called(entry)}: {comparison.extent(entry)}" for entry in short)
        yield f"† over what is there only, not comparable with the others: {extents}."


def one_machine(comparison: Comparison) -> bool:
    """Whether speeds compare: all taken on one machine, with as many threads of one torch.

    A method that uses no torch states neither, and compares with those that do.
    """
    timed = _timed(comparison)
    ids = {name for entry in timed for name in _machine_ids(entry, comparison)}
    stated = [entry.manifest.machine for entry in timed if entry.manifest]
    circumstances = (
        {machine[key] for machine in stated if key in machine} for key in ("threads", "torch")
    )
    return len(ids) == 1 and "" not in ids and all(len(values) < 2 for values in circumstances)


def _timed(comparison: Comparison) -> list[Entry]:
    return [entry for entry in comparison.entries if entry.timings(comparison.sequences)]


def _machine_ids(entry: Entry, comparison: Comparison) -> set[str]:
    return {timing.machine for timing in entry.timings(comparison.sequences)}


def _facts(entry: Entry, comparison: Comparison) -> dict[str, object]:
    """Facts of the machine that all times of `entry` were taken on; empty if that is unknown."""
    manifest = entry.manifest
    if manifest is None or _machine_ids(entry, comparison) != {manifest.machine.get("id", "")}:
        return {}  # resumed elsewhere; the manifest describes one of the machines only
    return {**manifest.machine, "device": manifest.device}


def _machine(entry: Entry, comparison: Comparison) -> str:
    if len(_machine_ids(entry, comparison)) > 1:
        return "several machines"
    facts = _facts(entry, comparison)
    parts = [str(facts[key]) for key in ("gpu", "cpu") if facts.get(key)]
    for thing in ("core", "thread"):
        number = facts.get(f"{thing}s")
        if isinstance(number, int):
            parts.append(counted(number, thing))
    if not parts:
        return "a machine that was not recorded"
    return ", ".join([*parts, f"device {facts['device']}"])


def _origin(entry: Entry) -> str:
    if entry.trust == QUOTED:
        return f"published by others, not measured here ({entry.source})"
    if entry.trust == RESCORED:
        return "masks that existed already, scored here, never timed"
    if entry.trust == ORACLE:
        return (
            "shown the annotation of every frame once it was segmented, which bounds a part of the "
            f"method and is no result; never marked as best; {_network(entry.manifest)}"
        )
    return f"measured; {_network(entry.manifest)}"


def _network(manifest: Manifest | None) -> str:
    made = manifest.provenance if manifest else {}
    if not made.get("network") and not made.get("weights"):
        return "no network"
    digest = made.get("weights_sha256", "")[:8]
    weights = made.get("weights") or "not stated"
    return f"network {made.get('network') or 'not stated'}, weights {weights}" + (
        f" (sha256 {digest}…)" if digest else ""
    )


def _grouped(
    entries: Iterable[Entry], say: Callable[[Entry], str], called: Callable[[Entry], str]
) -> Iterator[tuple[str, str]]:
    groups: dict[str, dict[str, None]] = {}
    for entry in entries:
        groups.setdefault(say(entry), {})[called(entry)] = None
    for text, names in groups.items():
        yield listed(names), text
