"""Meta-training: learn the start and the rates of fine-tuning by differentiating through it.

Algorithm 1 of the supplement of e-OSVOS, in `meta_train`: for each task, fine-tune on the support
frame for T inner steps, judge the result on the query frame, and move start and rates down the
gradient of that judgement.
"""

import gc
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vosbench.errors import DataError
from vosbench.meta.distributed import ALONE, Processes
from vosbench.meta.learner import Learner
from vosbench.meta.meta_settings import MetaSettings
from vosbench.meta.meta_state import MetaState
from vosbench.meta.monitoring import Monitor
from vosbench.meta.outer import OuterGradients, Task, outer_gradients
from vosbench.meta.streams import Stream
from vosbench.meta.training_run import TrainingRun
from vosbench.progress import Progress

Log = Callable[[Mapping[str, object]], None]
"""Takes one record of the training log."""

HOPELESS = 8
"""Tasks in a row without a finite gradient after which training gives up."""


@dataclass(frozen=True)
class Trained:
    """What meta-training leads to.

    Attributes:
        learner: the best by monitoring, or the last where nothing is monitored.
        iteration: outer step after which it was.
        monitor_loss: its mean query loss on the monitoring tasks; None where there are none.
        cpu_seconds: of all processes, interrupted parts included.
    """

    learner: Learner
    iteration: int
    monitor_loss: float | None
    cpu_seconds: float


def meta_train(
    learner: Learner,
    task: Callable[[int], Task],
    settings: MetaSettings,
    seed: int,
    log: Log,
    *,
    monitor: Monitor | None = None,
    run: TrainingRun | None = None,
    among: Processes = ALONE,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.process_time,
) -> Trained:
    """The learner that `settings.iterations` outer steps lead to.

    Args:
        learner: to begin with; it stays as it is.
        task: number, from 0, → task; outer step i takes the i-th `settings.tasks` of them.
        settings: see there.
        seed: of the numbers of detached steps.
        log: called every `settings.log_every` outer steps and after the last, and with every
            evaluation of the monitor.
        monitor: judges the learner now and then, and so decides which one is kept.
        run: where the state is kept, and taken from if there is one.
        among: the processes that train together; all must call this with the same arguments.
        progress: told of every outer step.
        clock: seconds of computing.

    Raises:
        DataError: so many tasks in a row had no finite gradient that there is no point in going on.
    """
    state = MetaState(learner, settings)
    if run is not None and run.snapshot is not None:
        state.restore(run.snapshot)
    stopwatch = _Stopwatch(clock)
    if progress is not None:
        left = settings.iterations - state.iteration
        progress.start("meta-training", settings.iterations, left, done=state.iteration)

    while state.iteration < settings.iterations:
        total = _Sum(state, settings)
        for number in among.share(total.numbers):
            # fine-tune on the support frame, judge on the query frame, differentiate through both
            outer = outer_gradients(
                state.learner,
                task(number),
                settings.weights(),
                settings.differentiation,
                detached_steps=_detached_steps(settings, seed, number),
                truncation=settings.truncation,
            )
            total.add(number, outer)
        total.add_up(among)
        _take_note(state, total.outcomes, settings)
        state.step(total.mean())  # start and rates, down the mean gradient
        state.cpu_seconds += stopwatch.lap(among)

        last = state.iteration == settings.iterations
        if progress is not None:
            progress.sequence("", 1)
            progress.frame()
        if last or state.iteration % settings.log_every == 0:
            log(_record(state))
            state.recent.clear()
            gc.collect()  # graphs of second order hold cycles
        if monitor is not None and monitor.is_due(state.iteration, last=last):
            log(_judged(state, monitor.loss(state.averaged(), among)))
            state.cpu_seconds += stopwatch.lap(among)
        if run is not None and (last or run.is_due()):
            run.save(state.snapshot())

    if state.best is None:
        return Trained(state.averaged(), state.iteration, None, state.cpu_seconds)
    return Trained(state.best, state.best_iteration, state.best_loss, state.cpu_seconds)


def _detached_steps(settings: MetaSettings, seed: int, number: int) -> int:
    """Inner steps that task `number` takes before those that count: none for every other task."""
    generator = np.random.default_rng((Stream.DETACHED_STEPS, seed, number))
    if settings.detached_steps == 0 or generator.random() >= 0.5:
        return 0
    return int(generator.integers(1, settings.detached_steps + 1))


class _Sum:
    """Gradients of the tasks of one outer step, added up.

    Attributes:
        numbers: of these tasks.
        gradients: of all of them so far that had finite ones.
        outcomes: `float64 tasks×2`: loss and norm of the gradient of each task, 0 for the tasks of
            other processes.
    """

    def __init__(self, state: MetaState, settings: MetaSettings) -> None:
        self._settings = settings
        first = state.iteration * settings.tasks
        self.numbers = range(first, first + settings.tasks)
        self.gradients = [torch.zeros_like(tensor) for tensor in state.learned]
        self.outcomes = torch.zeros(settings.tasks, 2, dtype=torch.float64)

    def add(self, number: int, outer: OuterGradients) -> None:
        """One more task; one whose gradient is not finite counts as 0 (specification 2.5)."""
        gradients = [*outer.start.values(), *outer.rates.values()]
        norm = _norm(gradients)
        self.outcomes[self.numbers.index(number)] = torch.tensor([outer.loss, norm])
        if math.isfinite(norm):
            shrink = _shrink(norm, self._settings.task_clip)
            for total, gradient in zip(self.gradients, gradients, strict=True):
                total.add_(gradient, alpha=shrink)

    def add_up(self, among: Processes) -> None:
        """Over all processes."""
        among.add_up([self.outcomes])
        among.add_up(self.gradients)

    def mean(self) -> list[Tensor]:
        """Over all tasks, shortened to the largest norm allowed."""
        tasks = self._settings.tasks
        shrink = _shrink(_norm(self.gradients) / tasks, self._settings.clip)
        return [gradient * (shrink / tasks) for gradient in self.gradients]


def _norm(tensors: list[Tensor]) -> float:
    return float(torch.stack([tensor.norm() for tensor in tensors]).norm())


def _shrink(norm: float, most: float | None) -> float:
    return 1.0 if most is None else min(1.0, most / (norm + 1e-12))


def _take_note(state: MetaState, outcomes: Tensor, settings: MetaSettings) -> None:
    """Keep loss and norm of the gradient of each task for the log.

    Raises:
        DataError: too many tasks in a row came to nothing.
    """
    for loss, norm in outcomes.tolist():
        state.recent.append((loss, norm))
        state.failed_in_a_row = 0 if math.isfinite(norm) else state.failed_in_a_row + 1
    if state.failed_in_a_row >= min(HOPELESS, settings.iterations * settings.tasks):
        raise DataError(
            f"the last {state.failed_in_a_row} tasks, up to outer step {state.iteration + 1}, had "
            "no finite gradient, so there is nothing to learn from; lower initial_rate, or the "
            "outer rates if training went well before, or begin with another checkpoint"
        )


def _record(state: MetaState) -> dict[str, object]:
    """The record since the last one; tasks without a finite gradient are counted and left out."""
    finite = [(loss, norm) for loss, norm in state.recent if math.isfinite(norm)]
    return {
        "iteration": state.iteration,
        "query_loss": round(float(np.mean([x for x, _ in finite])), 5) if finite else None,
        "gradient_norm": round(float(np.median([n for _, n in finite])), 4) if finite else None,
        "skipped_tasks": len(state.recent) - len(finite),
        "cpu_seconds": round(state.cpu_seconds, 1),
    }


def _judged(state: MetaState, loss: float) -> dict[str, object]:
    """The record of an evaluation; the learner is kept if it is the best so far."""
    best = state.judge(loss)
    shown = round(loss, 5) if math.isfinite(loss) else None
    return {"iteration": state.iteration, "monitor_loss": shown, "best": best}


class _Stopwatch:
    """Seconds between two laps."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = clock()

    def lap(self, among: Processes) -> float:
        """Since the last lap, of all processes together."""
        last, self._last = self._last, self._clock()
        seconds = torch.tensor([self._last - last], dtype=torch.float64)
        among.add_up([seconds])
        return float(seconds)
