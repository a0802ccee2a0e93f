"""What table `timing` says below its figures: the protocol, the passes, the machines.

What all rows have in common is said once, and of the others only in what they differ. What is usual
is not said at all; CSV and JSON hold everything.
"""

from collections.abc import Iterator, Mapping, Sequence

from vosbench.reports.compared import footnotes
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.table import listed, written
from vosbench.reports.timing.figures import Figure
from vosbench.reports.timing.flags import counted_passes, passes_of, warmed_up
from vosbench.reports.timing.machines import USUAL, circumstances, facts
from vosbench.reports.timing.probes import probes
from vosbench.reports.timing.reference import References
from vosbench.speed.consumption import device_peak, peak
from vosbench.timing_records import STREAMING
from vosbench.wording import counted

PROTOCOL = (
    "Protocol VBT-1 (docs/timing.md). A frame is one to segment, the annotated first one is none; "
    "on the clock is all from the frame in host memory to its mask there."
)

_MEANINGS = {
    "fps_amortised": (
        "fps: frames / seconds, both added up over sequences; amortised (the headline): init, "
        "adapt, infer, post; steady: infer, post; end to end: amortised and io (decoding, saving); "
        "loading is in none."
    ),
    "fps_median_of_sequences": "Median sequence: the median of the amortised fps of sequences.",
    "fps_single_object": "One object: amortised, over sequences of one object only.",
    "fps_eosvos": (
        "Per object-frame, per video frame: amortised seconds over the two denominators of "
        "e-OSVOS, both with the annotated frame."
    ),
    "seconds_per_object_frame": "s / object-frame: amortised seconds over objects alive in frames.",
    "first_mask_seconds": "First mask: init and the first step, the median over sequences.",
    "device_seconds": (
        "On device: amortised work as events on the device saw it, a diagnostic with idle gaps."
    ),
    "p50_plain_seconds": "Latency (p50, p90): of single steps, adapting ones apart.",
    "seconds_per_object_of_steps": (
        "ms / object: slope of plain steps, and of init, over the number of objects."
    ),
    "peak_device_bytes": (
        "Device memory: of the process as the driver counts, or what torch reserved where it "
        "cannot tell."
    ),
    "joules_per_frame": "J and Wh are of the whole device, idle power included.",
}

SPREAD = (
    "Figures are medians of passes ± their interquartile range, which sets the digits shown and "
    "what is as good as the best; after a warm-up unless said below. A failed pass is the slowest."
)


def below(
    comparison: Comparison, shown: Sequence[Figure], against: References, *, full: bool
) -> Iterator[str]:
    """All footnotes; nothing is said of figures that are not shown.

    Args:
        comparison: what the table shows.
        shown: its figures.
        against: the reference that was asked for.
        full: whether everything was asked for.
    """
    if not comparison.entries:
        yield "Nothing here was timed by vosbench."
        return
    keys = {figure.column.key for figure in shown}
    yield " ".join((PROTOCOL, *(text for key, text in _MEANINGS.items() if key in keys)))
    yield SPREAD
    objects = counted(sum(comparison.objects.values()), "object")
    sequences = counted(len(comparison.objects), "sequence")
    yield f"J&F: per cent, under protocol {comparison.protocol}, over all {objects} of {sequences}."
    yield from _reference(against)
    yield from _rows(
        {entry.title: _facts_of(entry, comparison, keys) for entry in comparison.entries}
    )
    yield from _sessions(comparison, alone=full or bool(against))
    if full:
        yield from _cold(comparison)
    yield from footnotes.comparability(comparison)
    yield from _probes(comparison, against, full=full)
    yield from footnotes.gaps(comparison)


def of_rates(comparison: Comparison) -> Iterator[str]:
    """Those about passes and machines for a table of rates alone, which has no column of passes."""
    yield SPREAD
    yield from _rows(
        {
            entry.title: [*_facts_of(entry, comparison, set()), *_passes(entry, comparison)]
            for entry in comparison.entries
        }
    )
    yield from _sessions(comparison, alone=False)
    yield from footnotes.comparability(comparison)
    yield from footnotes.gaps(comparison)


def _rows(facts_of: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What all rows have in common, then the rest of each, rows of the same rest together."""
    first, *others = facts_of.values()
    common = [fact for fact in first if all(fact in other for other in others)]
    if common:
        yield f"{'All rows' if others else next(iter(facts_of))}: {', '.join(common)}."
    groups: dict[str, list[str]] = {}
    for title, told in facts_of.items():
        groups.setdefault(", ".join(fact for fact in told if fact not in common), []).append(title)
    yield from (f"{listed(titles)}: {rest}." for rest, titles in groups.items() if rest)


def _facts_of(entry: Entry, comparison: Comparison, keys: set[str]) -> list[str]:
    """How an entry was measured, on what, and what with; without what is usual."""
    timings = entry.timings_by_name(comparison.sequences)
    told = [f"mode {mode}" for mode in dict.fromkeys(t.mode for t in timings.values())]
    if any(timing.mode != STREAMING for timing in timings.values()):
        told.append("which has no latencies of frames")
    if entry.manifest and entry.manifest.offline:
        told.append("offline: it sees the whole clip before it answers")
    if passes_of(timings) == (1, 1):
        told.append("1 pass, whose spread is not known")
    if not warmed_up(timings.values()):
        told.append("without warm-up")
    told += [fact for fact in circumstances(entry, comparison) if fact not in USUAL]
    if "joules_per_frame" in keys:
        told += _idle(entry, comparison)
    if "peak_host_bytes" in keys or "peak_device_bytes" in keys:
        told += _peaks(entry, comparison)
    told += _objects(entry, comparison)
    return [*told, footnotes.ran_with(entry)]


def _passes(entry: Entry, comparison: Comparison) -> Iterator[str]:
    made, planned = passes_of(entry.timings_by_name(comparison.sequences))
    if made < planned:
        yield f"{made} of {planned} planned passes"
    elif made > 1:
        yield counted_passes(made)


def _peaks(entry: Entry, comparison: Comparison) -> Iterator[str]:
    """In which sequence memory was at its peak, and who else was in it."""
    timings = entry.timings_by_name(comparison.sequences)
    found = [each for each in (device_peak(timings), peak(timings, "host")) if each]
    yield from (f"peak of {each.kind} memory in {each.sequence}" for each in found)
    beside = max((m.beside for t in timings.values() for m in t.passes), default=0)
    if found and beside:
        yield f"{counted(beside, 'other method')} loaded beside it"


def _idle(entry: Entry, comparison: Comparison) -> Iterator[str]:
    watts = facts(entry, comparison).get("idle_watts")
    if isinstance(watts, int | float):
        yield f"idle power {written(float(watts), 'joules')} W"


def _objects(entry: Entry, comparison: Comparison) -> Iterator[str]:
    """Whether objects are taken jointly, where there are several."""
    stated = entry.manifest.provenance.get("objects") if entry.manifest else None
    if stated:
        yield f"objects {stated}"
    elif any(timing.objects > 1 for timing in entry.timings(comparison.sequences)):
        yield "whether objects are taken jointly is not stated"


def _sessions(comparison: Comparison, *, alone: bool) -> Iterator[str]:
    """Which entries were measured in turn, in one session, and which only partly so.

    Args:
        alone: tell also of those that were measured by themselves.
    """
    sessions: dict[frozenset[str], list[str]] = {}
    for entry in comparison.entries:
        timings = entry.timings(comparison.sequences)
        found = frozenset(m.session for t in timings for m in t.passes if m.session)
        sessions.setdefault(found, []).append(entry.title)
    partly: list[str] = []
    apart: list[str] = []
    for found, names in sessions.items():
        others = frozenset[str]().union(*(each for each in sessions if each != found))
        if found and len(names) > 1:
            many = "one session" if len(found) == 1 else f"{len(found)} sessions"
            yield f"{listed(names)}: passes interleaved in {many}."
        elif found & others:
            partly += names
        elif len(comparison.entries) > 1:
            apart += names
    if partly:
        yield f"{listed(partly)}: some of the passes in a session with others."
    if apart and alone:
        yield f"{listed(apart)}: passes in no session with the others."


def _cold(comparison: Comparison) -> Iterator[str]:
    """What is in no rate: the longest cold start of each entry."""
    longest = {
        entry.title: max(found)
        for entry in comparison.entries
        if (found := [t.cold_start for t in entry.timings(comparison.sequences) if t.cold_start])
    }
    if longest:
        each = ", ".join(f"{name} {written(s, 'seconds')} s" for name, s in longest.items())
        yield (
            "Cold start, in no figure (loading and the first contact with a shape, in a warm-up "
            f"that may make fewer inner steps): {each}."
        )


def _reference(against: References) -> Iterator[str]:
    if against:
        yield (
            f"× {against.method}: amortised fps over that of {against.method} on its own machine, "
            "on the same sequences, pass by pass where both were of one session. This, not fps, "
            "may be compared across machines."
        )


def _probes(comparison: Comparison, against: References, *, full: bool) -> Iterator[str]:
    """How unlike the machines are, where there are several or it was asked for."""
    found = probes(comparison)
    if len(found.machines) > 1 or against or full:
        yield from found.sentences()
    if len(found.machines) > 1 and not against:
        yield "What may be compared across machines is × METHOD, which --reference METHOD adds."
