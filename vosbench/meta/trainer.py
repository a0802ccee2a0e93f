"""Meta-training: learn the start and the rates of fine-tuning by differentiating through it.

Algorithm 1 of the supplement of e-OSVOS. For each task, fine-tune on the support frame for T inner
steps, judge the result on the query frame, and move start and rates down the gradient of that
judgement, by default taken to second order through all T steps.
"""

import gc
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from vosbench.meta.learner import Learner, Parameters, initial_rates
from vosbench.meta.outer import Differentiation, Task, outer_gradients
from vosbench.meta.preconditioning import Adam
from vosbench.settings import check_at_least

Log = Callable[[Mapping[str, object]], None]
"""Takes one record of the training log."""


@dataclass(frozen=True, kw_only=True)
class MetaSettings:
    """How a learner is meta-trained.

    Attributes:
        iterations: outer steps.
        tasks: tasks an outer step.
        steps: inner steps T that are differentiated through; the last one is judged.
        differentiation: how (see `vosbench.meta.outer`).
        detached_steps: every other task takes up to this many inner steps first, without a graph,
            so that the learner is at home where fine-tuning longer than T leads.
        initial_rate: of every neuron at the beginning.
        start_rate: outer learning rate of the start.
        rates_rate: outer learning rate of the (logarithmic) rates.
        weight_decay: of the start, decoupled.
        task_clip: largest norm of the gradient of one task.
        clip: largest norm of the mean gradient.
        averaging: share of the old value in the running average of start and rates, the result.
        log_every: outer steps between two records of the log.
        preconditioning: what inner gradients go through before rates multiply them; with `adam`,
            rates of about 1e-3 take the place of rates of about 0.1.
        epsilon: of `adam` (see `vosbench.meta.preconditioning`).
    """

    iterations: int = 320
    tasks: int = 4
    steps: int = 5
    differentiation: Differentiation = "second"
    detached_steps: int = 40
    initial_rate: float = 0.1
    start_rate: float = 3e-4
    rates_rate: float = 2e-2
    weight_decay: float = 1e-3
    task_clip: float = 2.0
    clip: float = 1.0
    averaging: float = 0.98
    log_every: int = 10
    preconditioning: Literal["none", "adam"] = "none"
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        check_at_least(self, iterations=1, tasks=1, steps=1, detached_steps=0, log_every=1)


def meta_train(
    start: Parameters, tasks: Iterator[Task], settings: MetaSettings, seed: int, log: Log
) -> Learner:
    """The learner that `settings.iterations` outer steps on `tasks` lead to.

    Args:
        start: parameters of a parent network to begin from.
        tasks: `settings.tasks` of them are taken for each outer step.
        settings: see there.
        seed: of the numbers of detached steps.
        log: called every `settings.log_every` outer steps and after the last.
    """
    theta = {name: p.detach().clone().requires_grad_() for name, p in start.items()}
    rates = initial_rates(theta, settings.initial_rate)
    rates = {name: rate.detach().requires_grad_() for name, rate in rates.items()}
    adam = Adam(epsilon=settings.epsilon) if settings.preconditioning == "adam" else None
    learner = Learner(theta, rates, "logarithmic", adam)
    learned = [*theta.values(), *rates.values()]
    average = [tensor.detach().clone() for tensor in learned]
    optimizer = torch.optim.RAdam(
        [
            {"params": list(theta.values()), "lr": settings.start_rate},
            {"params": list(rates.values()), "lr": settings.rates_rate, "weight_decay": 0.0},
        ],
        weight_decay=settings.weight_decay,
        decoupled_weight_decay=True,
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings.iterations)
    generator = np.random.default_rng(seed)
    record = _Progress()
    judged_last = (0.0,) * (settings.steps - 1) + (1.0,)

    for iteration in range(1, settings.iterations + 1):
        total = [torch.zeros_like(tensor) for tensor in learned]
        for _ in range(settings.tasks):
            ahead = _detached_steps(settings, generator)
            outer = outer_gradients(
                learner, next(tasks), judged_last, settings.differentiation, detached_steps=ahead
            )
            gradients = [*outer.start.values(), *outer.rates.values()]
            norm = _norm(gradients)
            record.add(outer.loss, norm)
            if not math.isfinite(norm):
                continue  # counted by the record, and shown in the log
            shrink = min(1.0, settings.task_clip / (norm + 1e-12))
            for sum_, gradient in zip(total, gradients, strict=True):
                sum_.add_(gradient, alpha=shrink / settings.tasks)
        shrink = min(1.0, settings.clip / (_norm(total) + 1e-12))
        for tensor, gradient in zip(learned, total, strict=True):
            tensor.grad = gradient * shrink
        optimizer.step()
        schedule.step()
        keep = min(settings.averaging, iteration / (iteration + 10))
        for mean, tensor in zip(average, learned, strict=True):
            mean.lerp_(tensor.detach(), 1 - keep)
        if iteration % settings.log_every == 0 or iteration == settings.iterations:
            log({"iteration": iteration, **record.summary()})
            record = _Progress(record.begin)
            gc.collect()  # graphs of second order hold cycles

    names = list(theta)
    middle = len(names)
    return Learner(
        dict(zip(names, average[:middle], strict=True)),
        dict(zip(names, average[middle:], strict=True)),
        "logarithmic",
        adam,
    )


def _detached_steps(settings: MetaSettings, generator: np.random.Generator) -> int:
    if settings.detached_steps == 0 or generator.random() >= 0.5:
        return 0
    return int(generator.integers(1, settings.detached_steps + 1))


def _norm(tensors: list[Tensor]) -> float:
    return float(torch.stack([tensor.norm() for tensor in tensors]).norm())


class _Progress:
    """Sums between two records of the log."""

    def __init__(self, begin: float | None = None) -> None:
        self.begin = time.process_time() if begin is None else begin
        self._losses: list[float] = []
        self._norms: list[float] = []

    def add(self, loss: float, norm: float) -> None:
        """Take note of one task."""
        self._losses.append(loss)
        self._norms.append(norm)

    def summary(self) -> dict[str, object]:
        """The record so far; tasks without a finite gradient are counted and left out."""
        finite = [(x, n) for x, n in zip(self._losses, self._norms, strict=True) if np.isfinite(n)]
        return {
            "query_loss": round(float(np.mean([x for x, _ in finite])), 5) if finite else None,
            "gradient_norm": round(float(np.median([n for _, n in finite])), 4) if finite else None,
            "skipped_tasks": len(self._norms) - len(finite),
            "cpu_seconds": round(time.process_time() - self.begin, 1),
        }
