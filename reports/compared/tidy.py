"""One fact a row, for CSV and JSON: plain fractions and seconds under keys that stay."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import FIGURES, METRICS, Entry
from vosbench.reports.compared.seeds import tidy_of_seeds
from vosbench.reports.compared.tidy_statistics import TidyRow as TidyRow
from vosbench.reports.compared.tidy_statistics import asked, of_means, of_sequence
from vosbench.reports.table import Value
from vosbench.reports.timing.flags import flags, passes_of
from vosbench.speed.rates import fps_amortised, fps_steady, median
from vosbench.timing import PHASES
from vosbench.timing_records import Timing

MEAN = "MEAN"
"""In place of a sequence: the row holds an entry's mean over objects, and sums of the rest."""

FIGURE_OF: Mapping[str, str] = {
    **METRICS,
    **{name: name for name in FIGURES if name not in METRICS.values()},
}
"""Key of tidy rows → the figure it holds."""


def by_sequence(comparison: Comparison) -> Iterator[TidyRow]:
    """A row for each sequence that an entry was asked for, then one with its mean over objects."""
    for entry, statistics in zip(comparison.entries, of_means(comparison), strict=True):
        for name in comparison.sequences:
            if name in entry.outcomes:
                outcome = entry.outcomes[name]
                state = {"state": outcome.state, "reason": outcome.reason or None}
                differences = of_sequence(comparison, entry, name)
                yield _row(entry, comparison, {"sequence": name}, [name], differences, state)
        about = {"sequence": MEAN}
        yield _row(entry, comparison, about, comparison.sequences, statistics)


def by_entry(comparison: Comparison) -> Iterator[TidyRow]:
    """A row for each entry over all its sequences."""
    statistics = zip(of_means(comparison), tidy_of_seeds(comparison), strict=True)
    for entry, (means, seeds) in zip(comparison.entries, statistics, strict=True):
        extent = {"sequences": len(entry.done(comparison.sequences))}
        yield _row(entry, comparison, extent, comparison.sequences, {**means, **seeds})


def _row(
    entry: Entry,
    comparison: Comparison,
    about: TidyRow,
    sequences: Sequence[str],
    statistics: TidyRow,
    state: TidyRow | None = None,
) -> TidyRow:
    if state is None:
        whole = comparison.complete(entry)
        reason = None if whole else comparison.extent(entry)
        state = {"state": "done" if whole else "incomplete", "reason": reason}
    return {
        **identity(entry, comparison),
        **about,
        **_figures(entry, sequences),
        **statistics,
        **_speed(entry, sequences),
        **state,
        **_origin(entry),
        **asked(comparison),
    }


def identity(entry: Entry, comparison: Comparison) -> TidyRow:
    """What a row is about: dataset, method, run."""
    manifest = entry.manifest
    return {
        "dataset": comparison.dataset,
        "variant": comparison.variant or None,
        "protocol": comparison.protocol if manifest else None,
        "method": entry.method,
        "label": manifest.label if manifest else entry.method,
        "title": entry.title,
        "run": manifest.run if manifest else None,
        "trust": entry.trust,
    }


def _figures(entry: Entry, sequences: Sequence[str]) -> TidyRow:
    scored = [entry.outcomes[name].frames_scored for name in entry.done(sequences)]
    means: dict[str, Value] = {
        key: entry.mean(figure, sequences) for key, figure in FIGURE_OF.items()
    }
    return {
        "objects": sum(len(entry.outcomes[name].objects) for name in entry.done(sequences)),
        **means,
        "frames_scored": _total(scored),
    }


def _speed(entry: Entry, sequences: Iterable[str]) -> TidyRow:
    by_name = entry.timings_by_name(sequences)
    timings = tuple(by_name.values())
    return {
        "fps_amortised": fps_amortised(timings),
        "fps_steady": fps_steady(timings),
        "passes": passes_of(by_name)[0] if timings else None,
        "doubts": ", ".join(flag.word for flag in flags(by_name)) or None,
        "frames": _total([timing.frames for timing in timings]),
        **{f"seconds_{phase}": _seconds(timings, phase) for phase in PHASES},
    }


def _seconds(timings: Iterable[Timing], phase: str) -> float | None:
    """Seconds of a phase, over all sequences; the median of their passes."""
    spent = [median([made.seconds.get(phase, 0.0) for made in t.passes]) for t in timings]
    return math.fsum(seconds or 0.0 for seconds in spent) if spent else None


def _total(counts: Iterable[int | None]) -> int | None:
    """Sum of the counts; None where nothing was counted."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _origin(entry: Entry) -> TidyRow:
    manifest = entry.manifest
    made = manifest.provenance if manifest else {}
    machine = manifest.machine if manifest else {}
    return {
        "network": made.get("network") or None,
        "weights": made.get("weights") or None,
        "weights_sha256": made.get("weights_sha256") or None,
        "seed": manifest.seed if manifest else None,
        "device": manifest.device if manifest else None,
        "machine": str(machine["id"]) if machine.get("id") else None,
        "source": entry.source or None,
    }
