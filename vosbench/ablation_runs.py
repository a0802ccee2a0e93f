"""The runs of an ablation: checkpoints first, then choices on validation data, then the table's.

Every run is an ordinary one (`vosbench.runner`), so what is there already is not computed again and
an interrupted ablation goes on where it was. What fails leaves its place empty, and the rest goes
on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosbench.ablation import ANNOTATION, Ablation, Line, Row
from vosbench.ablation_plan import Job, Training, check_validation, checkpoint, jobs, trainings
from vosbench.atomic import CannotWriteError
from vosbench.errors import MethodError, VosbenchError
from vosbench.evaluate import summarise
from vosbench.progress import Progress
from vosbench.records import Run
from vosbench.registry import open_dataset
from vosbench.request import RunRequest
from vosbench.runner import run_dataset
from vosbench.sequence import Dataset
from vosbench.wording import counted

Train = Callable[[Sequence[str]], None]
"""Carries out `vosbench train` with these arguments; raises `VosbenchError` if it cannot."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where and how an ablation is carried out.

    Attributes:
        runs: folder of run folders.
        weights: folder of checkpoints.
        seed: of every run.
        device: where to compute.
        plugins: files that bring further methods.
        select: choose what grids leave open on the validation data.
        command: as typed.
    """

    runs: Path
    weights: Path
    seed: int = 0
    device: str = "cpu"
    plugins: tuple[Path, ...] = ()
    select: bool = False
    command: str = ""


@dataclass(frozen=True)
class Plan:
    """All that there is to do, with every name and setting known to exist.

    Attributes:
        trainings: in order, those that are done among them.
        rows: of each row its places; of each place the runs to choose from, mostly one.
        dataset: that the table is about.
        validation: that choices are made on; None where there are none.
    """

    ablation: Ablation
    trainings: tuple[Training, ...]
    rows: Mapping[str, tuple[tuple[Job, ...], ...]]
    dataset: Dataset
    validation: Dataset | None

    @property
    def choices(self) -> int:
        """Number of runs on the validation data."""
        return sum(len(place) for row in self.rows.values() for place in row if len(place) > 1)

    @property
    def places(self) -> int:
        """Number of runs on the dataset of the table."""
        return sum(len(row) for row in self.rows.values())


def plan(ablation: Ablation, dataset: Dataset, at: Workplace) -> Plan:
    """What the ablation comes to; trains and runs nothing.

    Raises:
        UsageError: it names a method or setting that does not exist, or would choose settings on
            the dataset of its table.
        DataError: weights are not there.
    """
    validation = None
    if at.select and any(row.grid for row in ablation.rows):
        validation = open_dataset(ablation.validation, ablation.validation_options)
        check_validation(dataset, validation)
    rows = {
        row.label: jobs(
            row,
            checkpoint(ablation, row.weights, at.weights) if row.weights else None,
            device=at.device,
            plugins=at.plugins,
            select=at.select,
        )
        for row in ablation.rows
    }
    return Plan(ablation, trainings(ablation, at.weights), rows, dataset, validation)


def carry_out(todo: Plan, at: Workplace, *, train: Train, progress: Progress) -> tuple[Line, ...]:
    """The lines of the table: every row with predicted boxes, then those with annotated ones.

    Raises:
        CannotWriteError: the file system refuses.
    """
    lacking = _train_all(todo.trainings, train, progress)
    lines: dict[tuple[bool, str], Line] = {}
    for row in todo.ablation.rows:
        work = _RowWork(todo, at, row, progress)
        reason = lacking.get(row.weights, "")
        for oracle in (False, True):
            places = [p for p in todo.rows[row.label] if (p[0].boxes == ANNOTATION) == oracle]
            if places:
                lines[oracle, row.label] = work.line(places, oracle, reason)
    return tuple(line for _, line in sorted(lines.items(), key=lambda item: item[0][0]))


def _train_all(needed: Iterable[Training], train: Train, progress: Progress) -> dict[str, str]:
    """Make the checkpoints that are not there; name of the weights → why they could not be made."""
    lacking: dict[str, str] = {}
    for training in needed:
        name = training.weights.name
        if training.done:
            continue
        broken = [before for before in training.weights.needs if before in lacking]
        if broken:
            lacking[name] = lacking[broken[0]]
            continue
        progress.start("", 0, 0)
        progress.note(f"training the weights {name}: {' '.join(training.arguments)}")
        try:
            train(training.arguments)
            if not training.done:
                raise MethodError(f"it left no checkpoint {training.path}")
        except CannotWriteError:
            raise
        except VosbenchError as error:
            lacking[name] = f"training of {name} failed: {error}"
            progress.note(lacking[name])
    return lacking


@dataclass(frozen=True)
class _RowWork:
    """Runs the places of one row."""

    todo: Plan
    at: Workplace
    row: Row
    progress: Progress

    def line(self, places: Sequence[Sequence[Job]], oracle: bool, reason: str) -> Line:
        """The line of the table.

        Args:
            places: runs to choose from, by column.
            reason: why nothing can be run; empty if it can.
        """
        runs: dict[int, Run] = {}
        missing: dict[int, str] = {}
        chosen: dict[int, Mapping[str, str]] = {}
        for place in places:
            steps = place[0].steps
            try:
                if reason:
                    raise MethodError(reason)
                job = self._choose(place)
                chosen[steps] = job.chosen
                runs[steps] = self._run(job, self.todo.dataset)
            except CannotWriteError:
                raise
            except VosbenchError as error:
                missing[steps] = str(error)
                self.progress.note(f"{self.row.label}, T = {steps}, is left out: {error}")
        remarks = self._remarks(chosen)
        return Line(self.row.label, runs, missing, self.row.reference, remarks, oracle)

    def _choose(self, place: Sequence[Job]) -> Job:
        """The job with the highest mean J on the validation data; the first of equals."""
        validation = self.todo.validation
        if len(place) == 1 or validation is None:
            return place[0]
        scores = [self._validated(job, validation) for job in place]
        return place[scores.index(max(scores))]

    def _validated(self, job: Job, validation: Dataset) -> float:
        run = self._run(job, validation)
        failed = [record for record in run.records if record.state != "done"]
        if failed:
            raise MethodError(
                f"no choice between settings: {_worded(job.chosen)} failed on sequence "
                f"{failed[0].sequence} of {validation.name}: {failed[0].reason}"
            )
        scores = [score for record in run.records for score in record.scores]
        return summarise(scores).J.mean

    def _run(self, job: Job, dataset: Dataset) -> Run:
        method = job.method
        request = RunRequest(
            method=method.entry.name,
            label=self.row.label,
            settings=method.settings,
            overrides=method.overrides,
            source_sha256=method.source_sha256,
            origin=method.entry.origin,
            build=method.build,
            seed=self.at.seed,
            device=self.at.device,
            command=self.at.command,
        )
        words = ", ".join(filter(None, (f"T = {job.steps}", _worded(job.chosen), dataset.name)))
        self.progress.start("", 0, 0)
        self.progress.note(f"{self.row.label}, {job.boxes} boxes, {words}")
        return run_dataset(request, dataset, self.at.runs, progress=self.progress)

    def _remarks(self, chosen: Mapping[int, Mapping[str, str]]) -> tuple[str, ...]:
        """What was chosen where, if anything was."""
        validation = self.todo.validation
        if validation is None or not self.row.grid:
            return ()
        at: dict[str, list[str]] = {}
        for steps, settings in chosen.items():
            at.setdefault(_worded(settings), []).append(str(steps))
        picked = "; ".join(f"{words} at T = {', '.join(steps)}" for words, steps in at.items())
        tried = "; ".join(f"{name} of {', '.join(grid)}" for name, grid in self.row.grid.items())
        where = f"{validation.name} {validation.variant}".strip()
        return (
            f"{picked or 'nothing'} was chosen ({tried}) by mean J on "
            f"{counted(len(validation.sequences), 'sequence')} of {where}",
        )


def _worded(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in settings.items())
