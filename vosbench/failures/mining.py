"""Failure events of kept runs, found in their masks, with what each costs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Some
from dataclasses import dataclass
from math import fsum
from pathlib import Path

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.failures.events import FailureEvent
from vosbench.failures.joining import Judged, events_of
from vosbench.failures.judging import judged
from vosbench.failures.rules import SLIGHT
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.machine import usable_cores
from vosbench.processes import each_in_processes
from vosbench.records import Run


@dataclass(frozen=True)
class MinedRun:
    """What a run loses, and where; `J_and_F`, the prices and the rest add up to `goal`.

    Attributes:
        run: name of its folder.
        sequences: that were looked at.
        objects: of these sequences.
        J_and_F: mean over the objects, a fraction.
        goal: 1, or the J&F that the other run has on the same frames of the same objects.
        events: the dearest first.
        slight: what would be won where the loss of a frame is too slight for a failure.
        unexplained: what would be won in all other frames that belong to no event.
    """

    run: str
    sequences: tuple[str, ...]
    objects: int
    J_and_F: float
    goal: float
    events: tuple[FailureEvent, ...]
    slight: float
    unexplained: float

    @property
    def rest(self) -> float:
        """What no event explains."""
        return self.slight + self.unexplained

    @property
    def loss(self) -> float:
        """All that can be won."""
        return self.goal - self.J_and_F


def mine(kept: KeptSequence, *, objects: int) -> tuple[FailureEvent, ...]:
    """The events of one sequence of a run, objects ascending, then by first frame.

    Args:
        kept: what is left of the run on the sequence.
        objects: over which the mean J&F of the run is taken, for prices.

    Raises:
        DataError: scores, masks or annotations cannot be read.
    """
    return events_of(kept.name, judged([kept])[0], objects=objects)


def mined_runs(
    runs: Some[Run],
    *,
    folder: Path,
    places: DatasetOptions,
    only: Iterable[str] | None = None,
    against: Run | None = None,
    workers: int | None = None,
) -> tuple[MinedRun, ...]:
    """What each of these runs loses where, in their order; all are on one dataset and variant.

    Args:
        runs: what is stored of them.
        folder: that their folders lie in.
        places: where the dataset lies.
        only: sequences that matter; None for all. Means and prices are over these.
        against: price events by what would be won if these frames were as good as in this run, on
            the sequences that both have. It must have been scored under the same protocol.
        workers: number of processes; None for as many as there are cores.

    Raises:
        UsageError: the dataset does not open or lacks a sequence of a run, or the other run was
            made on another dataset or scored under another protocol.
        DataError: a sequence or masks are not those that a run was made on or made.
    """
    _check_comparable((*runs, against) if against else runs)
    chosen = None if only is None else set(only)
    jobs = [
        _Job(name, tuple(runs), folder, places, against)
        for name in _scored(runs, against)
        if chosen is None or name in chosen
    ]
    workers = min(usable_cores() or 1, len(jobs)) if workers is None else workers
    found: dict[str, dict[str, tuple[Judged, ...]]] = defaultdict(dict)
    results = each_in_processes(_judged_sequence, jobs, max(workers, 1))
    for job, judgements in zip(jobs, results, strict=True):
        for run_name, frames in judgements.items():
            found[run_name][job.sequence] = frames
    return tuple(_mined(run.manifest.run, found[run.manifest.run]) for run in runs)


def _mined(run: str, sequences: Mapping[str, tuple[Judged, ...]]) -> MinedRun:
    objects = sum(len({each.object_id for each in frames}) for frames in sequences.values())
    events = [
        event
        for name, frames in sequences.items()
        for event in events_of(name, frames, objects=objects)
    ]
    all_frames = [each for frames in sequences.values() for each in frames]

    def total(values: Iterable[float]) -> float:
        return fsum(values) / objects if objects else 0.0

    return MinedRun(
        run=run,
        sequences=tuple(sequences),
        objects=objects,
        J_and_F=total((1 - each.loss) * each.weight for each in all_frames),
        goal=total((1 - each.loss + each.gain) * each.weight for each in all_frames),
        events=tuple(sorted(events, key=lambda event: -event.price)),
        slight=total(
            each.gain * each.weight
            for each in all_frames
            if each.kind is None and each.loss < SLIGHT
        ),
        unexplained=total(
            each.gain * each.weight
            for each in all_frames
            if each.kind is None and each.loss >= SLIGHT
        ),
    )


@dataclass(frozen=True)
class _Job:
    """One sequence of all runs; data that can be sent to another process."""

    sequence: str
    runs: tuple[Run, ...]
    folder: Path
    places: DatasetOptions
    against: Run | None


def _judged_sequence(job: _Job) -> dict[str, tuple[Judged, ...]]:
    """By name of the run, every object in every frame that counts, of the runs that have it."""
    runs = {run.manifest.run: run for run in job.runs}
    other = job.against.manifest.run if job.against else None
    if job.against:
        runs.setdefault(job.against.manifest.run, job.against)
    kept = kept_sequences(
        tuple(runs.values()), folder=job.folder, places=job.places, only=[job.sequence]
    ).get(job.sequence, {})
    wanted = [name for name in kept if any(name == run.manifest.run for run in job.runs)]
    than = kept[other].scores() if other is not None and other in kept else None
    if other is not None and than is None:
        return {}
    return dict(zip(wanted, judged([kept[name] for name in wanted], against=than), strict=True))


def _scored(runs: Some[Run], against: Run | None) -> Iterator[str]:
    """Sequences that a run has scores of, in the order of the first that has them."""
    theirs = None if against is None else set(_with_scores(against))
    names = dict.fromkeys(name for run in runs for name in _with_scores(run))
    return (name for name in names if theirs is None or name in theirs)


def _with_scores(run: Run) -> Iterator[str]:
    return (each.sequence for each in run.records if each.state == "done" and each.scores)


def _check_comparable(runs: Some[Run]) -> None:
    """Raise `UsageError` unless all are on one dataset and under one protocol."""
    for run in runs[1:]:
        one, other = runs[0].manifest, run.manifest
        for what, first, second in (
            ("made on dataset", one.dataset, other.dataset),
            ("made on variant", one.dataset_variant, other.dataset_variant),
            ("scored under protocol", one.protocol, other.protocol),
        ):
            if first != second:
                raise UsageError(
                    f"the run {one.run} was {what} {first or 'default'} and {other.run} "
                    f"{second or 'default'}; failures are compared on one dataset and protocol"
                )
