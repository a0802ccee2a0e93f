"""Methods over a dataset: keyed, resumable, one sequence at a time, evaluated as it goes.

A sequence is computed when it has no result yet, when its result was made with something else
(`vosbench.request`), or when its masks are not those that its record speaks of. Scores have a key
of their own: changed metrics score stored masks again and segment nothing. What is scored is read
back from the files, so the masks that a user finds are the masks behind the figures.

Passes of several methods are interleaved: for each repetition, for each sequence, one pass of every
method. Those that are compared lie seconds apart, so that a machine that slows down in the course
of a run slows all of them; those of one method over one sequence lie a whole round apart, so that
their spread shows how steady the machine was.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from vosbench import machine
from vosbench.atomic import CannotWriteError, check_name
from vosbench.errors import DataError, UsageError, VosbenchError
from vosbench.jobs import Job
from vosbench.method_run import MethodRun
from vosbench.metrics import protocols
from vosbench.passes import Session
from vosbench.progress import Progress
from vosbench.records import Run
from vosbench.request import RunRequest as RunRequest
from vosbench.request import run_name
from vosbench.rescore import evaluate_run as evaluate_run
from vosbench.sequence import Dataset
from vosbench.store import RunFolder
from vosbench.timing_records import MODES


def run_dataset(
    request: RunRequest, dataset: Dataset, runs: Path, *, progress: Progress, fresh: bool = False
) -> Run:
    """The run that `request` asks for, with whatever was missing computed.

    A sequence that fails is recorded with its reason and the others go on; the next call tries it
    again. Interrupting loses the pass at work and nothing else. A call of a method that is out of
    time and cannot be stopped ends the process (`RunRequest.time_limits`).

    Args:
        runs: folder that the run's own folder lies in.
        fresh: compute every sequence, whatever stands in the folder.

    Raises:
        UsageError: the device, mode, seed or protocol does not exist, the method cannot be run in
            this mode, the dataset is empty, or another runner is at work in the folder.
        DataError: the method cannot load its weights, or the folder cannot be written.
        MethodError: the method cannot be built.
    """
    (outcome,) = run_together([request], dataset, runs, progress=progress, fresh=fresh)
    if isinstance(outcome, VosbenchError):
        raise outcome
    return outcome


def run_together(
    requests: Sequence[RunRequest],
    dataset: Dataset,
    runs: Path,
    *,
    progress: Progress,
    fresh: bool = False,
) -> tuple[Run | VosbenchError, ...]:
    """The runs that `requests` ask for, in their order; an error for one that cannot be made.

    All methods are loaded before the first pass, and their passes are interleaved. What keeps one
    of them from being run keeps no other.

    Raises:
        CannotWriteError: a folder cannot be written.
    """
    session = Session()
    with ExitStack() as held:
        opened = [
            _opened(request, dataset, runs, held, progress, session, fresh=fresh)
            for request in requests
        ]
        team = _Team([run for run in opened if isinstance(run, MethodRun)], dataset, progress)
        session.methods = len(team.runs)
        team.work()
        return tuple(team.outcome(run) if isinstance(run, MethodRun) else run for run in opened)


def _opened(
    request: RunRequest,
    dataset: Dataset,
    runs: Path,
    held: ExitStack,
    progress: Progress,
    session: Session,
    *,
    fresh: bool,
) -> MethodRun | VosbenchError:
    """A run with its method loaded and its folder locked, or why there is none.

    Args:
        held: keeps the lock.
    """
    try:
        _check(request, dataset)
        folder = RunFolder(runs / run_name(request, dataset))
        held.enter_context(folder.locked())
        run = MethodRun(request, dataset, folder, progress=progress, session=session)
        run.look(fresh=fresh)
    except CannotWriteError:
        raise
    except VosbenchError as error:
        return error
    return run


class _Team:
    """Runs whose passes are interleaved."""

    def __init__(self, runs: Sequence[MethodRun], dataset: Dataset, progress: Progress) -> None:
        self.runs = runs
        self._sequences = len(dataset.sequences)
        self._progress = progress
        self._errors: dict[MethodRun, VosbenchError] = {}

    def work(self) -> None:
        """Whatever is missing: scores first, so that nothing but passes is between passes."""
        waiting = [(run, job) for run in self.runs for job in run.jobs if not run.finished(job)]
        turns = [(job, max(run.missing(job), 1)) for run, job in waiting]
        self._progress.start(
            self.runs[0].request.label if len(self.runs) == 1 else "",
            sum(times for _, times in turns),
            sum(times * len(job.sequence) for job, times in turns),
        )
        for run in self.runs:
            self._tell_what_is_done(run)
        try:
            for run, job in waiting:
                if job.record is not None and not job.scored:
                    self._turn(run, job, run.score_again)
            self._passes()
        finally:
            self._progress.finish()

    def outcome(self, run: MethodRun) -> Run | VosbenchError:
        """What a run came to."""
        return self._errors[run] if run in self._errors else run.end()

    def _passes(self) -> None:
        """Every pass that is missing, in the order that the module tells."""
        for repetition in range(max((run.request.repetitions for run in self.runs), default=0)):
            for place in range(self._sequences):
                for run in self.runs:
                    job = run.jobs[place]
                    if run.due(job, repetition):
                        self._turn(run, job, run.next_pass)

    def _turn(self, run: MethodRun, job: Job, do: Callable[[Job], str]) -> None:
        """One job's turn; a run that cannot go on leaves the others alone."""
        if run in self._errors:
            return
        self._progress.sequence(self._of(run) + job.sequence.name, len(job.sequence))
        try:
            said = do(job)
        except CannotWriteError:
            raise
        except VosbenchError as error:
            self._errors[run] = error
        else:
            self._progress.ended(self._of(run) + said)

    def _tell_what_is_done(self, run: MethodRun) -> None:
        done = sum(run.finished(job) for job in run.jobs)
        if done:
            self._progress.note(
                f"{self._of(run)}{done} of {len(run.jobs)} sequences are done already"
            )

    def _of(self, run: MethodRun) -> str:
        """What a line begins with where there are several methods."""
        return "" if len(self.runs) == 1 else f"{run.request.label} "


def _check(request: RunRequest, dataset: Dataset) -> None:
    """Refuse what cannot be run at all, before anything is made."""
    machine.check_device(request.device)
    protocols.get(dataset.protocol)
    if not 0 <= request.seed < 1 << 32:
        raise UsageError(f"seed {request.seed} is not in 0 … 4294967295")
    if request.mode not in MODES:
        raise UsageError(f"there is no mode {request.mode!r}; choose {' or '.join(MODES)}")
    if request.repetitions < 1:
        raise UsageError(f"{request.repetitions} repetitions were asked for; one is the least")
    if not request.timed and request.repetitions > 1:
        raise UsageError(
            f"{request.repetitions} repetitions of a run that is not timed were asked for; leave "
            "out --repetitions, or --no-timing"
        )
    if not dataset.sequences:
        raise UsageError(f"dataset {dataset.name} has no sequences to run on")
    names = [check_name(sequence.name, "sequence") for sequence in dataset.sequences]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise DataError(f"dataset {dataset.name} has two sequences named {min(twice)}")
