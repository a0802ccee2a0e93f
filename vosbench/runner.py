"""A method over a dataset: keyed, resumable, one sequence at a time, evaluated as it goes.

A sequence is computed when it has no result yet, when its result was made with something else
(`vosbench.request`), or when its masks are not those that its record speaks of. Scores have a key
of their own: changed metrics score stored masks again and segment nothing. What is scored is read
back from the files, so the masks that a user finds are the masks behind the figures.
"""

import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from vosbench import evaluate, machine, provenance, speed
from vosbench.arrays import Mask
from vosbench.atomic import CannotWriteError, check_name
from vosbench.device_clock import device_clock
from vosbench.errors import DataError, MethodError, UsageError, VosbenchError
from vosbench.method import MaskSource, Method
from vosbench.metrics import protocols
from vosbench.progress import Progress
from vosbench.records import Manifest, Run, SequenceRecord
from vosbench.request import RunRequest as RunRequest
from vosbench.request import key_of, run_key_parts, run_name, sequence_key_parts
from vosbench.rescore import Scorer, log_of, reason_of
from vosbench.rescore import evaluate_run as evaluate_run
from vosbench.segment import copy_masks, segment
from vosbench.sequence import Dataset, Sequence
from vosbench.store import RunFolder, StagedMasks, masks_sha256
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import Timing


def run_dataset(
    request: RunRequest, dataset: Dataset, runs: Path, *, progress: Progress, fresh: bool = False
) -> Run:
    """The run that `request` asks for, with whatever was missing computed.

    A sequence that fails is recorded with its reason and the others go on; the next call tries it
    again. Interrupting loses the sequence at work and nothing else.

    Args:
        runs: folder that the run's own folder lies in.
        fresh: compute every sequence, whatever stands in the folder.

    Raises:
        UsageError: the device, seed or protocol does not exist, the dataset is empty, or another
            runner is at work in the folder.
        DataError: the method cannot load its weights, or the folder cannot be written.
        MethodError: the method cannot be built.
    """
    _check(request, dataset)
    folder = RunFolder(runs / run_name(request, dataset))
    with folder.locked():
        work = _prepare(request, dataset, folder, progress)
        jobs = [work.job(sequence, fresh=fresh) for sequence in dataset.sequences]
        manifest = work.manifest(dataset, new=any(job.kept is None for job in jobs))
        folder.write_manifest(manifest)
        waiting = [job for job in jobs if not job.finished]
        progress.start(request.label, len(waiting), sum(len(job.sequence) for job in waiting))
        if len(waiting) < len(jobs):
            progress.note(f"{len(jobs) - len(waiting)} of {len(jobs)} sequences are done already")
        try:
            records = tuple(work.finish(job) for job in jobs)
        finally:
            progress.finish()
        folder.merge_scores(manifest.sequences)
        return Run(manifest, records)


@dataclass(frozen=True)
class _Job:
    """One sequence of a run.

    Attributes:
        key_parts: what its masks depend on; `key` is empty when that could not be found out.
        kept: its record, if its masks in the folder are what the key asks for.
        finished: nothing at all is to be done.
        trouble: why there is no key.
    """

    sequence: Sequence
    key_parts: dict[str, str]
    key: str = ""
    kept: SequenceRecord | None = None
    finished: bool = False
    trouble: Exception | None = None


@dataclass(frozen=True)
class _Work:
    """What all jobs of a run share."""

    request: RunRequest
    folder: RunFolder
    progress: Progress
    scorer: Scorer
    plugin: Method | MaskSource
    load_seconds: float
    key_parts: dict[str, str]
    machine: dict[str, object]

    def job(self, sequence: Sequence, *, fresh: bool) -> _Job:
        """What is to be done about a sequence, by what stands in the folder."""
        try:
            parts = self.key_parts | sequence_key_parts(self.plugin, sequence)
        except Exception as error:  # noqa: BLE001 - fails this sequence only
            parts = self.key_parts | {"sequence": sequence.name}
            return _Job(sequence, parts, trouble=error)
        key = key_of(parts)
        kept = None if fresh else self._kept(sequence, key)
        finished = (
            kept is not None
            and kept.state == "done"
            and kept.scores_key == self.scorer.key(parts["sequence_sha256"])
            and self.folder.scores(sequence.name).is_file()
        )
        return _Job(sequence, parts, key, kept, finished)

    def _kept(self, sequence: Sequence, key: str) -> SequenceRecord | None:
        """The record of a sequence, if its masks stand and were made with what `key` says."""
        record = self._readable(sequence)
        if record is None or record.key != key or not record.masks_sha256:
            return None
        there = masks_sha256(self.folder.masks(sequence.name), sequence.frames)
        return record if there == record.masks_sha256 else None

    def manifest(self, dataset: Dataset, *, new: bool) -> Manifest:
        """What the run is; where nothing new is made, it stays what it was when made."""
        sequences = tuple(sequence.name for sequence in dataset.sequences)
        old = self._earlier_manifest()
        if old is not None:
            self._tell_what_is_left_out(set(old.sequences) - set(sequences))
        if old is not None and not new:
            label = self.request.label
            return replace(old, label=label, sequences=sequences, protocol=dataset.protocol)
        return Manifest(
            run=self.folder.path.name,
            method=self.request.method,
            label=self.request.label,
            dataset=dataset.name,
            sequences=sequences,
            protocol=dataset.protocol,
            seed=self.request.seed,
            device=self.request.device,
            settings=self.request.settings,
            overrides=self.request.overrides,
            provenance=dict(self.plugin.provenance()),
            imported=isinstance(self.plugin, MaskSource),
            machine=self.machine,
            versions=provenance.versions(),
            git=provenance.git_state(),
            command=self.request.command,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            key_parts=self.key_parts,
            dataset_variant=dataset.variant,
            sees_annotations=isinstance(self.plugin, Method) and self.plugin.sees_annotations,
        )

    def _earlier_manifest(self) -> Manifest | None:
        """That of the folder, if it was made with the same; a corrupt one is told and replaced."""
        try:
            old = self.folder.manifest()
        except DataError as error:
            self.progress.note(f"{error} (it is made anew)")
            return None
        return old if old is not None and old.key_parts == self.key_parts else None

    def _tell_what_is_left_out(self, names: set[str]) -> None:
        """Tables show what a run was last asked for; nobody should take the rest for lost."""
        if names:
            self.progress.note(
                f"sequences kept in {self.folder.path} but not asked for this time, so left out of "
                f"tables until they are: {len(names)}"
            )

    def finish(self, job: _Job) -> SequenceRecord:
        """The record of a job, computed as far as it is not there."""
        if job.finished and job.kept is not None:
            return job.kept
        self.progress.sequence(job.sequence.name, len(job.sequence))
        if job.kept is None:
            record = self._compute(job)
        else:
            record = self.scorer.score_again(self.folder, job.sequence, job.kept)
        self.progress.ended(_outcome(record))
        return record

    def _compute(self, job: _Job) -> SequenceRecord:
        """Masks, time and scores of a sequence, or why there are none."""
        sequence = job.sequence
        blank = SequenceRecord(sequence.name, "done", job.key, job.key_parts)
        try:
            if job.trouble is not None:
                raise job.trouble
            with self.folder.staging(sequence.name, sequence.frames) as staged:
                timing = self._segment(sequence, staged)
                made = replace(blank, masks_sha256=staged.sha256(), timing=timing)
                fingerprint = job.key_parts["sequence_sha256"]
                scored = self.scorer.score(made, sequence, staged.folder, fingerprint)
                self.folder.put(scored.record, staged, scored.rows, scored.log)
                return scored.record
        except CannotWriteError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plug-in raises
            failed = replace(blank, state="failed", reason=reason_of(error))
            if not (job.trouble and self._stands(sequence)):
                self.folder.put(failed, None, log=log_of(error))
            return failed

    def _stands(self, sequence: Sequence) -> bool:
        """Whether there is a result that a sequence unreadable today must not take away."""
        record = self._readable(sequence)
        return record is not None and record.state == "done"

    def _readable(self, sequence: Sequence) -> SequenceRecord | None:
        """The record of a sequence; a corrupt one is as good as none, but not in silence."""
        try:
            return self.folder.record(sequence.name)
        except DataError as error:
            self.progress.note(f"{error} (it is not used)")
            return None

    def _segment(self, sequence: Sequence, staged: StagedMasks) -> Timing | None:
        """The time it took to make the masks of a sequence; None for masks that existed."""

        def keep(index: int, mask: Mask) -> None:
            staged.write(index, mask)
            self.progress.frame()

        if isinstance(self.plugin, MaskSource):
            copy_masks(self.plugin, sequence, keep)
            return None
        clock = PhaseClock(device=device_clock(self.request.device))
        timing = segment(self.plugin, sequence, keep, seed=self.request.seed, clock=clock)
        # The load of this process: every sequence needed it once, and no rate counts it.
        passes = tuple(
            replace(made, seconds={**made.seconds, "load": self.load_seconds})
            for made in timing.passes
        )
        return replace(timing, passes=passes, machine=str(self.machine["id"]))


def _check(request: RunRequest, dataset: Dataset) -> None:
    """Refuse what cannot be run at all, before anything is made."""
    machine.check_device(request.device)
    protocols.get(dataset.protocol)
    if not 0 <= request.seed < 1 << 32:
        raise UsageError(f"seed {request.seed} is not in 0 … 4294967295")
    if not dataset.sequences:
        raise UsageError(f"dataset {dataset.name} has no sequences to run on")
    names = [check_name(sequence.name, "sequence") for sequence in dataset.sequences]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise DataError(f"dataset {dataset.name} has two sequences named {min(twice)}")


def _prepare(request: RunRequest, dataset: Dataset, folder: RunFolder, progress: Progress) -> _Work:
    """Build the plug-in, on the clock, and find out what every key shares."""
    clock = PhaseClock(device=device_clock(request.device))
    try:
        with clock.running(), phase("load"):
            plugin = request.build()
        key_parts = run_key_parts(request, plugin)
    except VosbenchError:
        raise
    except (Exception, SystemExit) as error:
        raise MethodError(f"method {request.method} cannot be built: {_located(error)}") from error
    return _Work(
        request=request,
        folder=folder,
        progress=progress,
        scorer=Scorer.under(dataset.protocol),
        plugin=plugin,
        load_seconds=clock.seconds["load"],
        key_parts=key_parts,
        machine=machine.fingerprint(request.device),
    )


def _located(error: BaseException) -> str:
    """Why something failed and where, for the author of a plug-in."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{reason_of(error)} ({at.filename}, line {at.lineno})"


def _outcome(record: SequenceRecord) -> str:
    """One line about a sequence that has just ended."""
    if record.state != "done":
        return f"{record.sequence} failed: {record.reason}"
    overall = evaluate.summarise(record.scores)
    rate = speed.fps_amortised([record.timing] if record.timing else [])
    text = f"{record.sequence}  J {overall.J.mean:.3f}  F {overall.F.mean:.3f}"
    return text if rate is None else f"{text}  {rate:.1f} frames/s"
