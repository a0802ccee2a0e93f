"""One method over a dataset in its run folder: what is there, what is missing, and one pass more.

In which order the passes of several methods are made is the business of `vosbench.runner`.
"""

from dataclasses import replace

from vosbench import machine
from vosbench.atomic import CannotWriteError
from vosbench.call_limits import CallLimits, OutOfTimeError
from vosbench.jobs import Job, outcome
from vosbench.kept_results import KeptResults
from vosbench.loading import load
from vosbench.method import MaskSource, Method
from vosbench.passes import Attempt, PassTimer, Session
from vosbench.progress import Progress
from vosbench.records import Run, SequenceRecord
from vosbench.repetitions import Here
from vosbench.request import RunRequest, key_of, sequence_key_parts
from vosbench.rescore import Scorer, log_of, reason_of
from vosbench.run_manifest import new_manifest, new_session
from vosbench.segment import copy_masks
from vosbench.sequence import Dataset, Sequence
from vosbench.speed import rates
from vosbench.staged_masks import StagedMasks
from vosbench.store import RunFolder
from vosbench.timing_records import Timing
from vosbench.untimed import UntimedPasses


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
        self._kept = KeptResults(folder, progress)
        self._session = session
        self._maker: PassTimer | UntimedPasses | None = None
        self._at_work: Job | None = None
        self._timed = request.timed and isinstance(self._plugin, Method)
        self._repetitions = request.repetitions if self._timed else 1
        self._here = Here(
            machine=str(self._machine["id"]),
            circumstances=machine.circumstances(self._machine) | {"warm_up": request.warm_up},
            mode=request.mode,
            repetitions=self._repetitions,
        )
        if isinstance(self._plugin, Method):
            limits = CallLimits(request.time_limits, last_words=self._last_words)
            if self._timed:
                self._maker = PassTimer(
                    self._plugin,
                    request,
                    load_seconds=loaded.seconds,
                    session=session,
                    tell=progress.note,
                    limits=limits,
                )
            else:
                self._maker = UntimedPasses(self._plugin, request, limits=limits)
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
        made = new_manifest(
            self.request,
            self._dataset,
            self._plugin,
            run=self._folder.path.name,
            machine=self._machine,
            key_parts=self._key_parts,
        )
        self._manifest = self._kept.manifest(made, new=new)
        if new and self._timed:
            self._folder.write_session(new_session(self._session.id, made))
        self._folder.write_manifest(self._manifest)

    def missing(self, job: Job) -> int:
        """Passes that are still to be made, the one that makes the masks included.

        Masks that cannot be scored get no more of them: no time counts without its scores.
        """
        if job.record is None:
            return self._repetitions
        if not self._timed or job.record.state != "done":
            return 0
        made = self._here.counted(job.record.timing) if job.record.timing else 0
        return max(0, self._repetitions - made)

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
        return outcome(job.record)

    def next_pass(self, job: Job) -> str:
        """Make one pass more over a sequence, and write down what came of it; one line about it."""
        self._at_work = job
        try:
            if job.record is None:
                job.record = self._first_pass(job)
                job.scored = True
                return outcome(job.record)
            return self._further_pass(job, job.record)
        finally:
            self._at_work = None

    def end(self) -> Run:
        """The run as it stands now."""
        self._folder.merge_scores(self._manifest.sequences)
        records = tuple(job.record for job in self.jobs if job.record)
        return Run(self._manifest, records, self._folder.sessions(records))

    def _job(self, sequence: Sequence, *, fresh: bool) -> Job:
        """What is to be done about a sequence, by what stands in the folder."""
        try:
            parts = self._key_parts | sequence_key_parts(self._plugin, sequence)
        except Exception as error:  # noqa: BLE001 - fails this sequence only
            parts = self._key_parts | {"sequence": sequence.name}
            return Job(sequence, parts, trouble=error)
        key = key_of(parts)
        kept = None if fresh else self._kept.record(sequence, key)
        scored = (
            kept is not None
            and kept.state == "done"
            and kept.scores_key == self._scorer.key(parts["sequence_sha256"])
            and self._folder.scores(sequence.name).is_file()
        )
        return Job(sequence, parts, key, kept, scored)

    def _first_pass(self, job: Job) -> SequenceRecord:
        """Masks, time and scores of a sequence, or why there are none."""
        sequence = job.sequence
        timing: Timing | None = None
        try:
            if job.trouble is not None:
                raise job.trouble
            with self._folder.staging(sequence.name, sequence.frames) as staged:
                attempt = self._made(sequence, staged)
                timing = attempt.timing and self._here.first(attempt.timing)
                if attempt.error is not None:
                    raise attempt.error
                return self._scored(job, staged, timing)
        except CannotWriteError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plug-in raises
            failed = self._failed(job, error, timing)
            if not (job.trouble and self._kept.stands(sequence)):
                self._folder.put(failed, None, log=log_of(error))
            return failed

    def _made(self, sequence: Sequence, staged: StagedMasks) -> Attempt:
        """The masks of a sequence: made, or taken over where they existed."""
        if isinstance(self._plugin, MaskSource):
            copy_masks(self._plugin, sequence, staged.write)
            return Attempt(None)
        assert self._maker is not None, "only masks that exist are not made"
        return self._maker.attempt(sequence, staged.write, self._progress.frame, staged.note)

    def _scored(self, job: Job, staged: StagedMasks, timing: Timing | None) -> SequenceRecord:
        """The record of new masks, put in their place with their scores."""
        blank = SequenceRecord(job.sequence.name, "done", job.key, job.key_parts)
        made = replace(blank, masks_sha256=staged.sha256(), timing=timing)
        fingerprint = job.key_parts["sequence_sha256"]
        scored = self._scorer.score(made, job.sequence, staged.folder, fingerprint)
        self._folder.put(scored.record, staged, scored.rows, scored.log)
        return scored.record

    def _failed(self, job: Job, error: BaseException, timing: Timing | None) -> SequenceRecord:
        return SequenceRecord(
            job.sequence.name,
            "failed",
            job.key,
            job.key_parts,
            reason=reason_of(error),
            timing=timing,
        )

    def _further_pass(self, job: Job, record: SequenceRecord) -> str:
        """Add one pass to the record of a sequence; one line about it.

        The sequence is segmented and its masks are written as the first time, so that every pass
        measures the same. Then they are compared; those that were scored stay, unless they were
        made without a clock: a time belongs to masks of its own.
        """
        name = job.sequence.name
        with self._folder.staging(name, job.sequence.frames) as staged:
            attempt = self._made(job.sequence, staged)
            same = staged.sha256() == record.masks_sha256
            if record.timing is None and attempt.error is None and not same:
                self._progress.note(
                    f"{name} came out otherwise than in the run that was not timed; its masks are "
                    "replaced and scored anew"
                )
                job.record = self._scored(job, staged, self._here.first(attempt.result()))
                return outcome(job.record)
        if isinstance(attempt.error, CannotWriteError):
            raise attempt.error
        if attempt.timing is None:  # frames that cannot be read are no fault of the method's
            assert attempt.error is not None, "a timed pass that nothing ended has a timing"
            return f"{name}: no pass was made: {reason_of(attempt.error)}"
        if record.timing is not None and not self._here.counted(record.timing):
            self._progress.note(f"{name} was timed elsewhere or otherwise; it is timed anew here")
        timing = self._here.added(
            record.timing, attempt.timing, same_masks=None if attempt.error else same
        )
        job.record = replace(record, timing=timing)
        self._folder.put_record(job.record)
        which = f"{name}, pass {len(timing.passes)} of {timing.planned}"
        if attempt.error is not None:
            return f"{which} failed: {timing.passes[-1].failed}"
        if not same:
            self._progress.note(
                f"{which} gave other masks than those that are scored; they are not kept"
            )
        rate = rates.fps_amortised([attempt.timing])
        return which if rate is None else f"{which}  {rate:.1f} frames/s"

    def _last_words(self, error: OutOfTimeError) -> str:
        """Write down that the sequence at work failed; where that is.

        Called in another thread while the method is stuck and before the process is ended.
        """
        job, maker = self._at_work, self._maker
        assert job is not None and maker is not None, "calls are made in passes only"
        self._progress.finish()
        timing = maker.cut_short(reason_of(error))
        if job.record is None:
            failed = self._failed(job, error, timing and self._here.first(timing))
            self._folder.put(failed, None, log=log_of(error))
        elif timing is not None:
            added = self._here.added(job.record.timing, timing, same_masks=None)
            self._folder.put_record(replace(job.record, timing=added))
        return f"{self.request.label} on {job.sequence.name}"
