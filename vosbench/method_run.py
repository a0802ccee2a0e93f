"""One method over a dataset in its run folder: what is there, what is missing, and one pass more.

In which order the passes of several methods are made is the business of `vosbench.runner`.
"""

from dataclasses import dataclass, replace

from vosbench import evaluate, machine, speed
from vosbench.atomic import CannotWriteError
from vosbench.errors import DataError
from vosbench.loading import load
from vosbench.method import MaskSource, Method
from vosbench.passes import PassTimer, Session
from vosbench.progress import Progress
from vosbench.records import Manifest, Run, SequenceRecord
from vosbench.repetitions import anew, with_pass
from vosbench.request import RunRequest, key_of, sequence_key_parts
from vosbench.rescore import Scorer, log_of, reason_of
from vosbench.run_manifest import new_manifest
from vosbench.segment import copy_masks
from vosbench.sequence import Dataset, Sequence
from vosbench.store import RunFolder, StagedMasks, masks_sha256
from vosbench.timing_records import Timing


@dataclass
class Job:
    """One sequence of a run, from what was there to what is there in the end.

    Attributes:
        key_parts: what its masks depend on; `key` is empty when that could not be found out.
        record: of the masks in the folder, if they are what the key asks for.
        scored: whether its scores are up to date as well.
        trouble: why there is no key.
    """

    sequence: Sequence
    key_parts: dict[str, str]
    key: str = ""
    record: SequenceRecord | None = None
    scored: bool = False
    trouble: Exception | None = None


class MethodRun:
    """A run at work; its folder is locked by whoever holds it.

    Args:
        request: what is run.
        dataset: on what.
        folder: of the run.
        progress: told what must be said.
        session: that passes belong to.

    Raises:
        UsageError: the method cannot be run in this mode.
        DataError: it cannot load its weights.
        MethodError: it cannot be built.
    """

    def __init__(
        self,
        request: RunRequest,
        dataset: Dataset,
        folder: RunFolder,
        *,
        progress: Progress,
        session: Session,
    ) -> None:
        self.request = request
        self._dataset = dataset
        self._folder = folder
        self._progress = progress
        self._scorer = Scorer.under(dataset.protocol)
        loaded = load(request)
        self._plugin, self._key_parts = loaded.plugin, loaded.key_parts
        self._machine = machine.fingerprint(request.device)
        self._circumstances = machine.circumstances(self._machine) | {"warm_up": request.warm_up}
        self._timer: PassTimer | None = None
        self._repetitions = 1
        if isinstance(self._plugin, Method):
            self._repetitions = request.repetitions
            self._timer = PassTimer(
                self._plugin,
                request,
                load_seconds=loaded.seconds,
                session=session,
                tell=progress.note,
            )
        self.jobs: tuple[Job, ...] = ()

    def look(self, *, fresh: bool) -> None:
        """Find out what there is to do, and write the manifest.

        Args:
            fresh: take nothing that stands in the folder.
        """
        self.jobs = tuple(self._job(sequence, fresh=fresh) for sequence in self._dataset.sequences)
        new = any(self.missing(job) for job in self.jobs)
        if new and self._repetitions > 1:
            self._machine |= machine.probed(self.request.device)
        self._manifest = self._made_manifest(new=new)
        self._folder.write_manifest(self._manifest)

    def missing(self, job: Job) -> int:
        """Passes that are still to be made, the one that makes the masks included.

        Masks that cannot be scored get no more of them: no time counts without its scores.
        """
        if job.record is None:
            return self._repetitions
        if self._timer is None or job.record.state != "done":
            return 0
        return max(0, self._repetitions - self._passes_that_count(job.record))

    def due(self, job: Job, repetition: int) -> bool:
        """Whether the pass number `repetition`, from 0, over a sequence is still to be made."""
        return self.missing(job) >= self._repetitions - repetition > 0

    def finished(self, job: Job) -> bool:
        """Whether nothing at all is to be done."""
        return job.scored and not self.missing(job)

    def score_again(self, job: Job) -> str:
        """Bring the scores of masks that stand up to date; one line about it."""
        assert job.record is not None, "only stored masks are scored again"
        job.record = self._scorer.score_again(self._folder, job.sequence, job.record)
        job.scored = True
        return _outcome(job.record)

    def next_pass(self, job: Job) -> str:
        """Make one pass more over a sequence, and write down what came of it; one line about it."""
        if job.record is None:
            job.record = self._first_pass(job)
            job.scored = True
            return _outcome(job.record)
        return self._further_pass(job, job.record)

    def end(self) -> Run:
        """The run as it stands now."""
        self._folder.merge_scores(self._manifest.sequences)
        return Run(self._manifest, tuple(job.record for job in self.jobs if job.record))

    def _job(self, sequence: Sequence, *, fresh: bool) -> Job:
        """What is to be done about a sequence, by what stands in the folder."""
        try:
            parts = self._key_parts | sequence_key_parts(self._plugin, sequence)
        except Exception as error:  # noqa: BLE001 - fails this sequence only
            parts = self._key_parts | {"sequence": sequence.name}
            return Job(sequence, parts, trouble=error)
        key = key_of(parts)
        kept = None if fresh else self._kept(sequence, key)
        scored = (
            kept is not None
            and kept.state == "done"
            and kept.scores_key == self._scorer.key(parts["sequence_sha256"])
            and self._folder.scores(sequence.name).is_file()
        )
        return Job(sequence, parts, key, kept, scored)

    def _kept(self, sequence: Sequence, key: str) -> SequenceRecord | None:
        """The record of a sequence, if its masks stand and were made with what `key` says."""
        record = self._readable(sequence)
        if record is None or record.key != key or not record.masks_sha256:
            return None
        if self._timer is not None and record.timing is None:
            return None
        there = masks_sha256(self._folder.masks(sequence.name), sequence.frames)
        return record if there == record.masks_sha256 else None

    def _passes_that_count(self, record: SequenceRecord) -> int:
        """Passes of a record that need not be made again.

        Enough of them are enough wherever they were made; those of several machines, or under
        several circumstances, are never put together.
        """
        timing = record.timing
        if timing is None:
            return 0
        here = (
            timing.machine == self._machine["id"]
            and timing.mode == self.request.mode
            and machine.agree(timing.circumstances, self._circumstances)
        )
        enough = len(timing.passes) >= self.request.repetitions
        return len(timing.passes) if here or enough else 0

    def _made_manifest(self, *, new: bool) -> Manifest:
        """What the run is; where nothing new is made, it stays what it was when made."""
        made = new_manifest(
            self.request,
            self._dataset,
            self._plugin,
            run=self._folder.path.name,
            machine=self._machine,
            key_parts=self._key_parts,
        )
        old = self._earlier_manifest()
        if old is None:
            return made
        self._tell_what_is_left_out(set(old.sequences) - set(made.sequences))
        if new:
            return made
        return replace(old, label=made.label, sequences=made.sequences, protocol=made.protocol)

    def _earlier_manifest(self) -> Manifest | None:
        """That of the folder, if it was made with the same; a corrupt one is told and replaced."""
        try:
            old = self._folder.manifest()
        except DataError as error:
            self._progress.note(f"{error} (it is made anew)")
            return None
        return old if old is not None and old.key_parts == self._key_parts else None

    def _tell_what_is_left_out(self, names: set[str]) -> None:
        """Tables show what a run was last asked for; nobody should take the rest for lost."""
        if names:
            self._progress.note(
                f"sequences kept in {self._folder.path} but not asked for this time, so left out "
                f"of tables until they are: {len(names)}"
            )

    def _first_pass(self, job: Job) -> SequenceRecord:
        """Masks, time and scores of a sequence, or why there are none."""
        sequence = job.sequence
        blank = SequenceRecord(sequence.name, "done", job.key, job.key_parts)
        try:
            if job.trouble is not None:
                raise job.trouble
            with self._folder.staging(sequence.name, sequence.frames) as staged:
                timing = self._segmented(sequence, staged)
                made = replace(blank, masks_sha256=staged.sha256(), timing=timing)
                fingerprint = job.key_parts["sequence_sha256"]
                scored = self._scorer.score(made, sequence, staged.folder, fingerprint)
                self._folder.put(scored.record, staged, scored.rows, scored.log)
                return scored.record
        except CannotWriteError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plug-in raises
            failed = replace(blank, state="failed", reason=reason_of(error))
            if not (job.trouble and self._stands(sequence)):
                self._folder.put(failed, None, log=log_of(error))
            return failed

    def _segmented(self, sequence: Sequence, staged: StagedMasks) -> Timing | None:
        """The time it took to make the masks of a sequence; None for masks that existed."""
        if isinstance(self._plugin, MaskSource):
            copy_masks(self._plugin, sequence, staged.write)
            return None
        assert self._timer is not None, "only masks that exist are not timed"
        timing = self._timer.attempt(sequence, staged.write, self._progress.frame).result()
        return replace(
            timing,
            planned=self._repetitions,
            machine=str(self._machine["id"]),
            circumstances=self._circumstances,
        )

    def _further_pass(self, job: Job, record: SequenceRecord) -> str:
        """Add one pass to the record of a sequence; one line about it.

        The sequence is segmented and its masks are written as the first time, so that every pass
        measures the same. Then they are compared; those that were scored stay.
        """
        assert self._timer is not None, "masks that exist are never timed"
        name = job.sequence.name
        with self._folder.staging(name, job.sequence.frames) as staged:
            attempt = self._timer.attempt(job.sequence, staged.write, self._progress.frame)
            same = staged.sha256() == record.masks_sha256
        if isinstance(attempt.error, CannotWriteError):
            raise attempt.error
        if isinstance(attempt.error, DataError):  # no fault of the method's
            return f"{name}: no pass was made: {attempt.error}"
        before = record.timing
        assert before is not None, "masks without a timing are not kept"
        if not self._passes_that_count(record):
            self._progress.note(f"{name} was timed elsewhere or otherwise; it is timed anew here")
            before = anew(
                before,
                machine=str(self._machine["id"]),
                mode=self.request.mode,
                circumstances=self._circumstances,
            )
        timing = with_pass(
            before,
            attempt.made,
            planned=self._repetitions,
            same_masks=None if attempt.error else same,
            cold_start=attempt.timing.cold_start if attempt.timing else None,
        )
        job.record = replace(record, timing=timing)
        self._folder.put_record(job.record)
        which = f"{name}, pass {len(timing.passes)} of {timing.planned}"
        if attempt.error is not None:
            return f"{which} failed: {attempt.made.failed}"
        if not same:
            self._progress.note(
                f"{which} gave other masks than those that are scored; they are not kept"
            )
        rate = speed.fps_amortised([attempt.result()])
        return which if rate is None else f"{which}  {rate:.1f} frames/s"

    def _stands(self, sequence: Sequence) -> bool:
        """Whether there is a result that a sequence unreadable today must not take away."""
        record = self._readable(sequence)
        return record is not None and record.state == "done"

    def _readable(self, sequence: Sequence) -> SequenceRecord | None:
        """The record of a sequence; a corrupt one is as good as none, but not in silence."""
        try:
            return self._folder.record(sequence.name)
        except DataError as error:
            self._progress.note(f"{error} (it is not used)")
            return None


def _outcome(record: SequenceRecord) -> str:
    """One line about a sequence that has just ended."""
    if record.state != "done":
        return f"{record.sequence} failed: {record.reason}"
    overall = evaluate.summarise(record.scores)
    rate = speed.fps_amortised([record.timing] if record.timing else [])
    text = f"{record.sequence}  J {overall.J.mean:.3f}  F {overall.F.mean:.3f}"
    return text if rate is None else f"{text}  {rate:.1f} frames/s"
