"""Monitoring: how well a learner does on tasks that it is not trained on."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from vosbench.meta.distributed import ALONE, Processes
from vosbench.meta.learner import Learner
from vosbench.meta.outer import Task
from vosbench.settings import check_at_least


@dataclass(frozen=True, kw_only=True)
class MonitorSettings:
    """How training is monitored.

    Attributes:
        tasks: how many tasks, always the same ones; 0 turns monitoring off.
        every: outer steps between two evaluations.
        steps: inner steps T of an evaluation, as many as in use.
    """

    tasks: int = 24
    every: int = 20
    steps: int = 10

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        check_at_least(self, tasks=0, every=1, steps=0)


@dataclass(frozen=True)
class Monitor:
    """A fixed set of tasks to judge learners on; never those of a test set.

    Attributes:
        task: number, from 0, → task.
        settings: see there.
    """

    task: Callable[[int], Task]
    settings: MonitorSettings

    def is_due(self, iteration: int, *, last: bool) -> bool:
        """Whether to evaluate after this outer step."""
        return self.settings.tasks > 0 and (last or iteration % self.settings.every == 0)

    def loss(self, learner: Learner, among: Processes = ALONE) -> float:
        """Mean query loss after fine-tuning; infinite where one of them is not finite."""
        losses = torch.zeros(self.settings.tasks, dtype=torch.float64)
        for number in among.share(range(self.settings.tasks)):
            task = self.task(number)
            tuned = learner.fine_tune(task.support_loss, self.settings.steps)
            with torch.no_grad():
                losses[number] = task.query_loss(tuned).item()
        among.add_up([losses])
        mean = float(losses.mean())
        return mean if math.isfinite(mean) else math.inf
