"""Supervised training of a parent network: what fine-tuning starts from without meta-learning."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vosbench.meta.learner import Parameters
from vosbench.settings import check_at_least

Batch = tuple[Tensor, Tensor]
"""(inputs, targets)."""

Log = Callable[[Mapping[str, object]], None]
"""Takes one record of the training log."""


@dataclass(frozen=True, kw_only=True)
class SupervisedSettings:
    """How a parent is trained.

    Attributes:
        steps: optimizer steps.
        rate: largest learning rate of AdamW; it rises over the first 200 steps (of fewer than 400,
            over the first half) and then falls along a cosine to 2 % of itself.
        weight_decay: decoupled.
        averaging: share of the old value in the running average of the parameters, which is the
            result: it varies less than the parameters of any one step.
        log_every: steps between two records of the log.
    """

    steps: int = 9000
    rate: float = 2e-3
    weight_decay: float = 1e-4
    averaging: float = 0.999
    log_every: int = 100

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number of steps below 1."""
        check_at_least(self, steps=1, log_every=1)


def train_supervised(
    network: nn.Module,
    batches: Iterator[Batch],
    loss: Callable[[Tensor, Tensor], Tensor],
    settings: SupervisedSettings,
    log: Log,
) -> Parameters:
    """Averaged parameters of `network` after training on `batches`.

    Args:
        network: trained in place.
        batches: one is taken a step.
        loss: (output, targets) → scalar.
        settings: see there.
        log: called every `settings.log_every` steps and after the last, with the step, the mean
            loss since the record before and the seconds of computing so far.
    """
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=settings.rate,
        total_steps=max(settings.steps, 3),  # torch divides by zero for 2
        pct_start=min(0.5, 200 / settings.steps),
        final_div_factor=2.0,
        cycle_momentum=False,
    )
    average = {name: p.detach().clone() for name, p in network.named_parameters()}
    losses: list[float] = []  # since the last record
    begin = time.process_time()
    for step in range(1, settings.steps + 1):
        inputs, targets = next(batches)
        value = loss(network(inputs), targets)
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        # Early on the average follows fast, so that the random start is soon forgotten.
        keep = min(settings.averaging, step / (step + 10))
        for name, parameter in network.named_parameters():
            average[name].lerp_(parameter.detach(), 1 - keep)
        losses.append(value.item())
        if step % settings.log_every == 0 or step == settings.steps:
            seconds = time.process_time() - begin
            mean = sum(losses) / len(losses)
            log({"step": step, "loss": round(mean, 5), "cpu_seconds": round(seconds, 1)})
            losses.clear()
    return average
