"""What table `timing` says below its figures: the protocol, the passes, the machines."""

from collections.abc import Iterator, Sequence

from vosbench.consumption import device_peak, peak
from vosbench.reports import footnotes
from vosbench.reports.comparison import Comparison
from vosbench.reports.entries import Entry
from vosbench.reports.table import listed, written
from vosbench.reports.timing_figures import Figure
from vosbench.reports.timing_flags import counted_passes, passes_of, warmed_up
from vosbench.reports.timing_machines import circumstances, machine_ids, probe
from vosbench.reports.timing_reference import References
from vosbench.timing_records import STREAMING
from vosbench.wording import counted

PROTOCOL = (
    "Protocol VBT-1. A frame is one that the method must segment; the annotated first one is none. "
    "On the clock is all from the frame in host memory to its mask in host memory, by phase: init "
    "(first frame), adapt (online), infer, post. Decoding and saving are io; loading is in no rate."
)

_MEANINGS = {
    "fps_amortised": (
        "fps: frames / seconds, both added up over sequences. Amortised (the headline): init, "
        "adapt, infer, post; steady: infer, post; end to end: amortised and io."
    ),
    "fps_median_of_sequences": "Median sequence: the median over sequences of their amortised fps.",
    "fps_single_object": "One object: amortised, over sequences of one object only.",
    "fps_eosvos": (
        "Per object-frame and per video frame: amortised seconds over the two denominators of "
        "e-OSVOS, both with the annotated frame."
    ),
    "seconds_per_object_frame": (
        "s / object-frame: amortised seconds over the objects alive, added up over frames."
    ),
    "first_mask_seconds": (
        "First mask: init and the first step, loading left out; the median over sequences."
    ),
    "device_seconds": (
        "On device: amortised work as events on the device saw it, a diagnostic with idle gaps."
    ),
    "p50_plain_seconds": (
        "Latency: of single steps, over all sequences, adapting ones apart; p90 is what nine in "
        "ten do not exceed."
    ),
    "seconds_per_object_of_steps": (
        "ms / object: slope of the least squares over the number of objects of the sequences, of "
        "plain steps and of init."
    ),
}


def below(comparison: Comparison, shown: Sequence[Figure], against: References) -> Iterator[str]:
    """All footnotes; nothing is said of figures that are not shown."""
    if not comparison.entries:
        yield "Nothing here was timed by vosbench."
        return
    yield PROTOCOL
    keys = {figure.column.key for figure in shown}
    yield from (text for key, text in _MEANINGS.items() if key in keys)
    yield from _reference(against)
    yield from passes(comparison)
    yield from memory(comparison, keys)
    yield from footnotes.comparability(comparison)
    yield from circumstances_of(comparison)
    yield from footnotes.scale(comparison)
    yield from footnotes.gaps(comparison)
    yield from footnotes.origins(comparison)


def passes(comparison: Comparison) -> Iterator[str]:
    """How often was measured, in which mode, with which warm-up, and what the figures are then."""
    yield (
        "A figure is the median of its passes, ± their interquartile range; digits that it drowns "
        "are not shown, and the best are all whose quartiles overlap. A failed pass is the slowest."
    )
    for names, how in footnotes.grouped(comparison.entries, lambda e: _measured(e, comparison)):
        yield f"{names}: {how}."
    yield from _sessions(comparison)
    for names, cold in footnotes.grouped(comparison.entries, lambda e: _cold(e, comparison)):
        if cold:
            yield f"{names}: {cold}."


def memory(comparison: Comparison, keys: set[str]) -> Iterator[str]:
    """Which memory is shown, and in which sequence it was at its peak."""
    if not keys & {"peak_device_bytes", "peak_host_bytes"}:
        return
    yield (
        "Memory: the peak over phases, sequences and passes. Host: of the process, resident; "
        "device: of the process as the driver counts, or what torch reserved where it cannot tell."
    )
    for names, where in footnotes.grouped(comparison.entries, lambda e: _peaks(e, comparison)):
        if where:
            yield f"{names}: {where}."


def circumstances_of(comparison: Comparison) -> Iterator[str]:
    """On what each entry was timed, how it takes objects, and what else that machine does."""
    for names, where in footnotes.grouped(
        comparison.entries, lambda entry: circumstances(entry, comparison)
    ):
        yield f"{names} timed on {where}."
    for names, how in footnotes.grouped(comparison.entries, _objects):
        yield f"{names}: {how}."
    yield from _probes(comparison)


def _measured(entry: Entry, comparison: Comparison) -> str:
    timings = entry.timings_by_name(comparison.sequences)
    made, planned = passes_of(timings)
    modes = listed(dict.fromkeys(timing.mode for timing in timings.values()))
    parts = [f"mode {modes}"]
    if any(timing.mode != STREAMING for timing in timings.values()):
        parts.append("which has no latencies of frames")
    if entry.manifest and entry.manifest.offline:
        parts.append("offline: it sees the whole clip before it answers")
    many = counted_passes(made) if made >= planned else f"{made} of {planned} planned passes"
    parts.append(f"{many}, whose spread is not known" if made == 1 else many)
    parts.append("after a warm-up" if warmed_up(timings.values()) else "without warm-up")
    return ", ".join(parts)


def _cold(entry: Entry, comparison: Comparison) -> str:
    started = [timing.cold_start for timing in entry.timings(comparison.sequences)]
    cold = [seconds for seconds in started if seconds is not None]
    if not cold:
        return ""
    return (
        f"cold start {written(max(cold), 'seconds')} s, in no figure: loading and the first "
        "contact with a shape, in a warm-up that may make fewer inner steps"
    )


def _peaks(entry: Entry, comparison: Comparison) -> str:
    timings = entry.timings_by_name(comparison.sequences)
    found = [each for each in (device_peak(timings), peak(timings, "host")) if each]
    beside = max((m.beside for t in timings.values() for m in t.passes), default=0)
    others = f", with {counted(beside, 'other method')} loaded beside it" if beside else ""
    said = [f"{each.kind} in {each.sequence}" for each in found]
    return f"memory at its peak: {listed(said)}{others}" if said else ""


def _sessions(comparison: Comparison) -> Iterator[str]:
    """Which entries were measured in turn, in one session, and which by themselves."""
    sessions: dict[frozenset[str], list[str]] = {}
    for entry in comparison.entries:
        timings = entry.timings(comparison.sequences)
        found = frozenset(m.session for t in timings for m in t.passes if m.session)
        sessions.setdefault(found, []).append(entry.title)
    for found, names in sessions.items():
        others = frozenset[str]().union(*(each for each in sessions if each != found))
        if found and len(names) > 1:
            many = "one session" if len(found) == 1 else f"{len(found)} sessions"
            yield f"{listed(names)}: passes interleaved in {many}."
        elif found & others:
            yield f"{listed(names)}: some of the passes in a session with others."
        elif len(comparison.entries) > 1:
            yield f"{listed(names)}: passes in no session with the others."


def _reference(against: References) -> Iterator[str]:
    if against:
        yield (
            f"× {against.method}: amortised fps over that of {against.method} on the same machine "
            "and the same sequences, pass by pass where both were of one session. This, not fps, "
            "may be compared across machines."
        )


def _objects(entry: Entry) -> str:
    stated = entry.manifest.provenance.get("objects") if entry.manifest else None
    return f"objects {stated}" if stated else "whether objects are taken jointly is not stated"


def _probes(comparison: Comparison) -> Iterator[str]:
    """The reference probe of each machine: the least of what its runs found, as it is defined."""
    found: dict[str, dict[str, float]] = {}
    for entry in comparison.entries:
        for part, spent in probe(entry, comparison).items():
            (machine,) = machine_ids(entry, comparison)
            parts = found.setdefault(machine, {})
            parts[part] = min(spent, parts.get(part, spent))
    for machine, parts in found.items():
        said = (f"{part} {written(spent, 'milliseconds')} ms" for part, spent in parts.items())
        yield f"Reference probe on machine {machine}: {', '.join(said)}."
