"""Table `timing` one fact a row, for CSV and JSON: nothing rounded, every pass kept.

Rows of level `run` hold the figures of a run, those of level `pass` the same figures of one pass,
those of level `sequence` the seconds, memory and circumstances of one pass over one sequence.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from vosbench.reports.compared import tidy
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.tidy import TidyRow
from vosbench.reports.table import Value
from vosbench.reports.timing.figures import FIGURES, GIBIBYTES
from vosbench.reports.timing.flags import flags, passes_of
from vosbench.reports.timing.machines import circumstances, facts, flags_of, machine_ids
from vosbench.reports.timing.probes import Probes, probe, probes
from vosbench.reports.timing.reference import References
from vosbench.speed.consumption import KINDS, peak
from vosbench.speed.rates import AMORTISED, rates
from vosbench.speed.spread import Spread, spread
from vosbench.timing import PHASES
from vosbench.timing_records import TimedPass, Timing


def rows(comparison: Comparison, against: References) -> tuple[TidyRow, ...]:
    """All rows of all entries, each with all keys."""
    return with_all_keys(_rows(comparison, against))


def with_all_keys(rows: Iterable[TidyRow]) -> tuple[TidyRow, ...]:
    """The rows with None under the keys that only others have.

    >>> with_all_keys([{"a": 1}, {"b": 2}])
    ({'a': 1, 'b': None}, {'a': None, 'b': 2})
    """
    taken = list(rows)
    nothing: TidyRow = dict.fromkeys(key for row in taken for key in row)
    return tuple({**nothing, **row} for row in taken)


def _rows(comparison: Comparison, against: References) -> Iterator[TidyRow]:
    found = probes(comparison)
    for entry in comparison.entries:
        yield {**_of_run(entry, comparison, against), **_of_probe(entry, comparison, found)}
        yield from _of_passes(entry, comparison)
        yield from _of_sequences(entry, comparison)


def figure(key: str, value: Spread | None) -> TidyRow:
    """A figure with its spread under keys of its own."""
    return {
        key: finite(value.median) if value else None,
        f"{key}_interquartile_range": finite(value.interquartile_range) if value else None,
    }


def finite(value: float | None) -> float | None:
    """The value, or None where it is infinite, which JSON does not know."""
    return value if value is not None and math.isfinite(value) else None


def _of_run(entry: Entry, comparison: Comparison, against: References) -> TidyRow:
    timings = entry.timings_by_name(comparison.sequences)
    made, planned = passes_of(timings)
    row: dict[str, Value] = {
        **tidy.identity(entry, comparison),
        "level": "run",
        "sequences": len(timings),
        "frames": sum(timing.frames for timing in timings.values()),
        "object_frames": sum(timing.object_frames for timing in timings.values()),
        "J&F": entry.mean("J&F", comparison.sequences),
        "passes": made,
        "passes_planned": planned,
        "modes": ", ".join(dict.fromkeys(timing.mode for timing in timings.values())),
        "warnings": "; ".join(flag.sentence for flag in flags(timings)) or None,
    }
    for each in FIGURES:
        found = each.of(timings)
        if each.column.unit == GIBIBYTES:  # the most of all passes, which has no spread
            row[each.column.key] = int(found.median) if found else None
        else:
            row |= figure(each.column.key, found)
    headline = spread(rates(timings.values(), AMORTISED))
    row["fps_amortised_relative_spread"] = finite(headline.relative) if headline else None
    for kind in KINDS:
        held = peak(timings, kind)
        row[f"peak_{kind}_sequence"] = held.sequence if held else None
    if against:
        ratio = against.of(entry)
        row |= figure("times_reference", spread(ratio.samples) if ratio else None)
        row |= {"reference": against.method, "reference_paired": ratio.paired if ratio else None}
    row["circumstances"] = ", ".join(circumstances(entry, comparison))
    known = facts(entry, comparison)
    row |= {
        f"machine_{key}": value
        for key, value in {**known, **flags_of(known)}.items()
        if isinstance(value, str | int | float)
    }
    return row


def _of_probe(entry: Entry, comparison: Comparison, found: Probes) -> TidyRow:
    """Seconds of the parts as the run found them, and its machine's as multiples of the first's."""
    seconds = {f"probe_{part}_seconds": s for part, s in probe(entry, comparison).items()}
    if len(found.machines) < 2:
        return seconds
    there = machine_ids(entry, comparison)
    ratios = found.ratios(there.pop()) if len(there) == 1 else {}
    beside = {f"probe_{part}_ratio": ratio for part, ratio in ratios.items()}
    return {**seconds, **beside, "probe_ratio_to": found.first if ratios else None}


def _of_passes(entry: Entry, comparison: Comparison) -> Iterator[TidyRow]:
    timings = entry.timings_by_name(comparison.sequences)
    for number in range(passes_of(timings)[0]):
        alone = {
            name: replace(timing, passes=(timing.passes[number],))
            for name, timing in timings.items()
        }
        figures = {each.column.key: each.of(alone) for each in FIGURES}
        yield {
            **tidy.identity(entry, comparison),
            "level": "pass",
            "pass": number,
            **{key: value.median if value else None for key, value in figures.items()},
        }


def _of_sequences(entry: Entry, comparison: Comparison) -> Iterator[TidyRow]:
    for name, timing in entry.timings_by_name(comparison.sequences).items():
        for number, made in enumerate(timing.passes):
            yield {
                **tidy.identity(entry, comparison),
                "level": "sequence",
                "pass": number,
                "sequence": name,
                **_of_timing(timing),
                **_of_pass(made),
            }


def _of_timing(timing: Timing) -> TidyRow:
    return {
        "frames": timing.frames,
        "objects": timing.objects,
        "object_frames": timing.object_frames,
        "height": timing.size[0] if timing.size else None,
        "width": timing.size[1] if timing.size else None,
        "machine": timing.machine or None,
        "mode": timing.mode,
        "cold_start_seconds": timing.cold_start,
        "steady_masks": timing.steady_masks,
    }


def _before_and_after(name: str, readings: tuple[float, ...]) -> TidyRow:
    before, after = readings or (None, None)
    return {f"{name}_before": before, f"{name}_after": after}


def _of_pass(made: TimedPass) -> TidyRow:
    return {
        **{f"seconds_{phase}": made.seconds.get(phase) for phase in PHASES},
        **{f"device_seconds_{phase}": made.device_seconds.get(phase) for phase in PHASES},
        "first_mask_seconds": made.first_mask,
        "steps": len(made.latencies),
        "adapting_steps": len(made.adapting),
        **{
            f"peak_{kind}_{phase}_bytes": getattr(made.memory[phase], kind)
            for phase in PHASES
            if phase in made.memory
            for kind in KINDS
        },
        "joules": made.joules,
        "session": made.session or None,
        "place": made.place,
        "warm": made.warm,
        "contended": made.contended,
        "throttled": made.throttled,
        **_before_and_after("hertz", made.hertz),
        **_before_and_after("celsius", made.celsius),
        "beside": made.beside,
        "failed": made.failed or None,
    }
