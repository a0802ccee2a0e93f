"""What meta-training has got to: the learner, its optimizer and averages, the best one so far."""

import math
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from vosbench.meta.learner import Learner
from vosbench.meta.meta_settings import MetaSettings
from vosbench.meta.training_run import Snapshot, optimizer_tensors, part, restore_optimizer


class MetaState:
    """All that the rest of a meta-training depends on.

    Attributes:
        learner: in training; its start and rates require gradients.
        iteration: outer steps taken.
        best: the best learner by monitoring; None before the first evaluation.
        best_loss: its mean query loss.
        best_iteration: outer step after which it was.
        cpu_seconds: of all processes, so far.
        recent: loss and norm of the gradient of each task since the last record of the log.
        failed_in_a_row: tasks without a finite gradient since the last that had one.
    """

    def __init__(self, learner: Learner, settings: MetaSettings) -> None:
        self._settings = settings
        self.learner = _copied(learner, trainable=True)
        self._average = _copied(learner)
        self.iteration = 0
        self.best: Learner | None = None
        self.best_loss = math.inf
        self.best_iteration = 0
        self.cpu_seconds = 0.0
        self.recent: list[tuple[float, float]] = []
        self.failed_in_a_row = 0
        start, rates = self.learner.start, self.learner.rates
        # Specification 2.5: RAdam as by Liu et al., decay on the start only and decoupled.
        self._optimizer = torch.optim.RAdam(
            [
                {"params": list(start.values()), "lr": settings.start_rate},
                {
                    "params": list(rates.values()),
                    "lr": settings.rates_rate,
                    "weight_decay": 0.0,
                },
            ],
            weight_decay=settings.weight_decay,
            decoupled_weight_decay=True,
        )

    @property
    def learned(self) -> list[Tensor]:
        """Start and rates: what gradients are of, in this order."""
        return _tensors(self.learner)

    def step(self, gradients: list[Tensor]) -> None:
        """One outer step down `gradients`, in the order of `learned`."""
        self.iteration += 1
        factor = self._settings.factor(self.iteration)
        rates = (self._settings.start_rate, self._settings.rates_rate)
        for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        for tensor, gradient in zip(self.learned, gradients, strict=True):
            tensor.grad = gradient
        self._optimizer.step()
        if self.learner.scale == "linear":
            for rate_tensor in self.learner.rates.values():
                rate_tensor.detach().clamp_(min=0)
        # Early on the average follows fast, so that the beginning is soon forgotten.
        keep = min(self._settings.averaging, self.iteration / (self.iteration + 10))
        for mean, tensor in zip(_tensors(self._average), self.learned, strict=True):
            mean.lerp_(tensor.detach(), 1 - keep)

    def averaged(self) -> Learner:
        """The learner as it would be handed out now."""
        return _copied(self._average)

    def judge(self, loss: float) -> bool:
        """Take note of the monitoring loss of `averaged`; whether it is the best so far."""
        if not loss < self.best_loss:
            return False
        self.best, self.best_loss, self.best_iteration = self.averaged(), loss, self.iteration
        return True

    def snapshot(self) -> Snapshot:
        """Everything, to be written."""
        tensors = _named("learner", self.learner) | _named("average", self._average)
        if self.best is not None:
            tensors |= _named("best", self.best)
        remembered = optimizer_tensors(self._optimizer).items()
        tensors |= {f"optimizer/{name}": tensor for name, tensor in remembered}
        facts = {
            "iteration": self.iteration,
            "best_loss": self.best_loss if self.best is not None else None,
            "best_iteration": self.best_iteration,
            "cpu_seconds": self.cpu_seconds,
            "recent": [[repr(loss), repr(norm)] for loss, norm in self.recent],
            "failed_in_a_row": self.failed_in_a_row,
        }
        return Snapshot(tensors, facts)

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from `snapshot`, which was made with the same learner and settings."""
        facts: Mapping[str, object] = snapshot.facts
        _fill(self.learner, "learner", snapshot.tensors)
        _fill(self._average, "average", snapshot.tensors)
        if facts["best_loss"] is not None:
            self.best = _copied(self._average)
            _fill(self.best, "best", snapshot.tensors)
            self.best_loss = float(str(facts["best_loss"]))
        restore_optimizer(self._optimizer, part(snapshot.tensors, "optimizer/"))
        self.iteration = int(str(facts["iteration"]))
        self.best_iteration = int(str(facts["best_iteration"]))
        self.cpu_seconds = float(str(facts["cpu_seconds"]))
        self.failed_in_a_row = int(str(facts["failed_in_a_row"]))
        recent = facts["recent"]
        assert isinstance(recent, list)
        self.recent = [(float(loss), float(norm)) for loss, norm in recent]


def _copied(learner: Learner, *, trainable: bool = False) -> Learner:
    start = {n: p.detach().clone().requires_grad_(trainable) for n, p in learner.start.items()}
    rates = {n: r.detach().clone().requires_grad_(trainable) for n, r in learner.rates.items()}
    return replace(learner, start=start, rates=rates)


def _tensors(learner: Learner) -> list[Tensor]:
    return [*learner.start.values(), *learner.rates.values()]


def _named(prefix: str, learner: Learner) -> dict[str, Tensor]:
    named = {f"{prefix}/start/{name}": tensor for name, tensor in learner.start.items()}
    return named | {f"{prefix}/rates/{name}": tensor for name, tensor in learner.rates.items()}


def _fill(learner: Learner, prefix: str, tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in _named(prefix, learner).items():
        tensor.detach().copy_(tensors[name])
