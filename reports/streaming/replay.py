"""Runs in live video as any report sees them: a comparison for each stream, and what to say of it.

A device k times slower and a video of k times the frame rate are one and the same, so a stream is
looked at once whatever it is called.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vosbench.records import Run
from vosbench.reports.compared import footnotes, tidy
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import METRICS, Entry, entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Value
from vosbench.streaming.options import StreamingRequest
from vosbench.streaming.runs import StreamedRun
from vosbench.streaming.timeline import LATEST, Stream

_IDENTITY = ("dataset", "variant", "protocol", "method", "label", "title", "run", "trust")


@dataclass(frozen=True)
class Replayed:
    """Runs of one comparison in several streams.

    Attributes:
        offline: the runs as they were scored, each frame with its own mask.
        runs: in streams, by the name of the run; quoted entries have none.
    """

    offline: Comparison
    runs: Mapping[str, StreamedRun]

    def under(self, stream: Stream) -> Comparison:
        """The same entries with the scores that they would have had."""
        return replace(
            self.offline, entries=tuple(self._streamed(one, stream) for one in self.offline.entries)
        )

    @property
    def timed(self) -> Comparison:
        """The entries that could be streamed, at least on one sequence."""
        streamed = [self.of(one) for one in self.offline.entries]
        return replace(
            self.offline,
            entries=tuple(
                one
                for one, run in zip(self.offline.entries, streamed, strict=True)
                if run is not None and any(found.orders for found in run.sequences)
            ),
        )

    def of(self, one: Entry) -> StreamedRun | None:
        """An entry in streams; None where it is quoted."""
        return self.runs.get(one.manifest.run) if one.manifest else None

    def _streamed(self, one: Entry, stream: Stream) -> Entry:
        found = self.of(one)
        if found is None:
            return replace(one, outcomes={})
        return replace(one, outcomes=entry(found.under(stream), one.title).outcomes)


def replayed(
    runs: Sequence[Run], options: ReportOptions, streams: Sequence[Stream]
) -> tuple[Replayed, ...]:
    """The runs of each comparison in all streams.

    Raises:
        UsageError: as `compare` and the `replay` of the options.
        DataError: as that `replay`.
    """
    comparisons = compare(runs, options)
    by_name = {run.manifest.run: run for run in runs}
    found = []
    for comparison in comparisons:
        names = [one.manifest.run for one in comparison.entries if one.manifest]
        made = options.streaming.replay([by_name[name] for name in names], streams)
        found.append(Replayed(comparison, dict(zip(names, made, strict=True))))
    return tuple(found)


def share_late(streamed: StreamedRun, stream: Stream) -> float | None:
    """Share of the frames to segment that lack their own mask; None where nothing was streamed."""
    lags = streamed.lags(stream)
    return sum(lag > 0 for lag in lags) / len(lags) if lags else None


def tidy_rows(of: Replayed, stream: Stream) -> Iterator[tidy.TidyRow]:
    """A row for each entry in one stream."""
    there = of.under(stream)
    rows = zip(of.offline.entries, there.entries, tidy.by_entry(of.offline), strict=True)
    for one, streamed, about in rows:
        found = of.of(one)
        lags = found.lags(stream) if found else ()
        whole = there.complete(streamed)
        reason = "; ".join(found.reasons) if found else None
        figures: dict[str, Value] = {
            metric: streamed.mean(figure, there.sequences) for metric, figure in METRICS.items()
        }
        offline: dict[str, Value] = {
            f"{metric}_offline": one.mean(figure, there.sequences)
            for metric, figure in METRICS.items()
        }
        yield {
            **{key: about[key] for key in _IDENTITY},
            "fps": stream.fps,
            "slower": stream.slower,
            "policy": stream.policy,
            "init": "before" if stream.head_start else "on the clock",
            "deadline_intervals": stream.deadline,
            **figures,
            **offline,
            "late": share_late(found, stream) if found else None,
            "mean_lag_frames": statistics.fmean(lags) if lags else None,
            "passes": max(passes_of(one, of.offline), default=None),
            "state": "done" if whole else "incomplete" if figures["J"] is not None else "missing",
            "reason": reason or None,
            "device": about["device"],
            "machine": about["machine"],
        }


def passes_of(one: Entry, comparison: Comparison) -> tuple[int, ...]:
    """How many passes latencies are medians over, each number once, ascending."""
    timings = one.timings(comparison.sequences)
    return tuple(sorted({len(timing.passes) for timing in timings}))


def remarks(of: Replayed, request: StreamingRequest) -> Iterator[str]:
    """What must be said of every report of live video."""
    yield from rules(request)
    yield measured(of)
    yield from footnotes.scale(of.offline)
    yield from footnotes.gaps(of.offline)
    yield from footnotes.machines(of.timed)
    yield from footnotes.origins(of.offline)


def rules(request: StreamingRequest) -> Iterator[str]:
    """Which mask answers for which frame."""
    if request.policy == LATEST:
        policy = (
            "Policy latest: after each step the newest frame that has arrived is taken; its stored "
            "mask was made without skipping any, which flatters it."
        )
    else:
        policy = (
            "Policy queue: every frame is worked on, in order; a method that is too slow falls "
            "further and further behind."
        )
    begun = "done before the video begins (head start)" if request.head_start else "on the clock"
    yield (
        f"{policy} A frame is judged {_when(request.deadline)}, by the newest mask that is ready, "
        f"at first by the annotation given. First-frame work is {begun}. docs/timing.md (Live "
        "video) says more."
    )


def _when(deadline: float) -> str:
    if deadline == 1:
        return "when the next one arrives"
    if deadline == 0:
        return "when it arrives itself"
    return f"{deadline:g} intervals between frames after it has arrived"


def measured(of: Replayed) -> str:
    """Where latencies are from."""
    numbers = {n for one in of.timed.entries for n in passes_of(one, of.timed)}
    over = ""
    if numbers == {1}:
        over = " in one pass"
    elif numbers:
        fewest, most = min(numbers), max(numbers)
        some = f"{most}" if fewest == most else f"{fewest} to {most}"
        over = f", the median of each over {some} passes"
    return (
        f"Simulated from latencies measured offline{over}, without decoding and saving; "
        "nothing was run again."
    )
