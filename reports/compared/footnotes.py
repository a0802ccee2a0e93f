"""What must be said under a table: protocol, trust, network and weights, machine, gaps."""

from collections.abc import Callable, Iterable, Iterator

from vosbench.records import Manifest
from vosbench.reports.compared.bounds import final_bounds, unknown
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import MEASURED, ORACLE, QUOTED, RESCORED, Entry
from vosbench.reports.table import listed
from vosbench.reports.timing import machines as timing_machines
from vosbench.reports.timing.flags import flags, passes_of, warmed_up
from vosbench.reports.timing.machines import machine
from vosbench.wording import counted, first_few


def _titled(entry: Entry) -> str:
    return entry.title


def common(comparison: Comparison) -> Iterator[str]:
    """What any table about runs says: scale, gaps, speed, and the origin of every entry."""
    yield from scale(comparison)
    yield from gaps(comparison)
    yield from bounds(comparison)
    yield from speed(comparison)
    yield from untimed(comparison)
    yield from origins(comparison)


def scale(comparison: Comparison) -> Iterator[str]:
    """What the figures are, and what their means are over."""
    objects = counted(sum(comparison.objects.values()), "object")
    sequences = counted(len(comparison.objects), "sequence")  # of the others nothing is known
    yield (
        f"Figures are in per cent (fractions × 100), scored under protocol {comparison.protocol}. "
        f"Means are over all {objects} of {sequences}, not over sequences."
    )
    if comparison.limited:
        yield f"Limited to {listed(comparison.sequences)}, as was asked for."


def origins(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """Where each entry's figures come from; entries of one origin share a sentence."""
    for names, origin in grouped(comparison.entries, _origin, called):
        yield f"{names}: {origin}."


def networks(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """What each entry ran on; entries of one network and one checkpoint share a sentence."""
    for names, network in grouped(
        comparison.entries, lambda entry: _network(entry.manifest), called
    ):
        yield f"{names}: {network}."


def speed(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """How fast was measured, on what, and whether it compares; nothing if nothing was timed."""
    timed = timing_machines.timed(comparison)
    if not timed:
        return
    yield (
        "fps: frames to segment / seconds of work, both added up over sequences, timed in "
        f"{_passes(comparison)}. Amortised counts first-frame work, adaptation, inference and "
        "post-processing; steady the last two."
    )
    yield from machines(comparison, called)


def untimed(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """Why entries that were measured have no speed."""
    for entry in comparison.entries:
        done = len(entry.done(comparison.sequences))
        lacking = len(entry.untimed(comparison.sequences))
        if entry.trust in (MEASURED, ORACLE) and lacking:
            where = "" if lacking == done else f" on {lacking} of {done} sequences"
            yield f"{called(entry)}: run without timing{where}, so it has no speed."


def machines(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """What was timed on what, and whether it compares; nothing if nothing was timed."""
    timed = timing_machines.timed(comparison)
    yield from comparability(comparison)
    doubts = grouped(timed, lambda entry: _doubts(entry, comparison), called)
    said = [f"{names} ({words})" for names, words in doubts if words]
    if said:
        yield f"Speeds to be taken with care: {'; '.join(said)}; table timing says more."
    groups = list(grouped(timed, lambda entry: ", ".join(machine(entry, comparison)), called))
    for names, where in groups:
        yield f"{'All' if len(groups) == 1 and len(timed) > 1 else names} timed on {where}."


def comparability(comparison: Comparison) -> Iterator[str]:
    """Why speeds do not compare, or that they were compared all the same; else nothing."""
    unlike = timing_machines.differences(comparison)
    if not unlike or len(timing_machines.timed(comparison)) < 2:
        return
    if comparison.across_machines:
        yield f"Speeds differ in {listed(unlike)} and are compared all the same, as was asked for."
    else:
        yield f"Speeds differ in {listed(unlike)}: they do not compare, and none is marked as best."


def gaps(comparison: Comparison, called: Callable[[Entry], str] = _titled) -> Iterator[str]:
    """What the sign † means in this table."""
    short = [entry for entry in comparison.entries if not comparison.complete(entry)]
    if short:
        extents = "; ".join(f"{called(entry)}: {comparison.extent(entry)}" for entry in short)
        yield f"† over what is there only, not comparable with the others: {extents}."


def bounds(comparison: Comparison) -> Iterator[str]:
    """How the ends are found between which the mean of an incomplete run must come to lie."""
    shown = any(final_bounds(comparison, entry, "J&F") for entry in comparison.entries)
    lacking = unknown(comparison)
    if shown:
        of = f", of the known objects; nobody has any of {first_few(lacking)}" if lacking else ""
        yield f"The least and the most count missing objects as 0 and as 1{of}."
    elif lacking and comparison.objects:
        yield (
            "Where final means must lie is not known: nobody has any object of "
            f"{first_few(lacking)}."
        )


def _doubts(entry: Entry, comparison: Comparison) -> str:
    """What to beware of in the speed of an entry, in a word each."""
    return ", ".join(flag.word for flag in flags(entry.timings_by_name(comparison.sequences)))


def _passes(comparison: Comparison) -> str:
    """In how many passes the speeds of a table were measured, and whether after a warm-up."""
    entries = timing_machines.timed(comparison)
    names = comparison.sequences
    counts = sorted({passes_of(entry.timings_by_name(names))[0] for entry in entries})
    many = "one pass" if counts == [1] else f"{listed(map(str, counts))} passes"
    warm = {warmed_up(entry.timings(names)) for entry in entries}
    when = "after a warm-up" if warm == {True} else "without warm-up"
    middle = "" if counts == [1] else ", of which the median counts"
    return f"{many} {'some of them after a warm-up' if len(warm) > 1 else when}{middle}"


def _origin(entry: Entry) -> str:
    if entry.trust == QUOTED:
        return f"published by others, not measured here ({entry.source}){_part(entry)}"
    if entry.trust == RESCORED:
        return "masks that existed already, scored here, never timed"
    return ran_with(entry) if entry.oracle else f"measured; {ran_with(entry)}"


def _part(entry: Entry) -> str:
    """That quoted means are not those that everybody quotes, being over fewer sequences."""
    shown = sum(bool(outcome.objects) for outcome in entry.outcomes.values())
    return f"; over {shown} of its {entry.published} sequences" if shown < entry.published else ""


def ran_with(entry: Entry) -> str:
    """Network and weights of a run, and whether it saw what it was to find."""
    if not entry.oracle:
        return _network(entry.manifest)
    return (
        "shown the annotation of every frame once it was segmented, which bounds a part of the "
        f"method and is no result; never marked as best; {_network(entry.manifest)}"
    )


def _network(manifest: Manifest | None) -> str:
    made = manifest.provenance if manifest else {}
    if not made.get("network") and not made.get("weights"):
        return "no network"
    digest = made.get("weights_sha256", "")[:8]
    weights = made.get("weights") or "not stated"
    return f"network {made.get('network') or 'not stated'}, weights {weights}" + (
        f" (sha256 {digest}…)" if digest else ""
    )


def grouped(
    entries: Iterable[Entry],
    say: Callable[[Entry], str],
    called: Callable[[Entry], str] = _titled,
) -> Iterator[tuple[str, str]]:
    """Names of the entries that the same is said of, and what is said."""
    groups: dict[str, dict[str, None]] = {}
    for entry in entries:
        groups.setdefault(say(entry), {})[called(entry)] = None
    for text, names in groups.items():
        yield listed(names), text
