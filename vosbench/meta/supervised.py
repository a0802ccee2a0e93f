"""Supervised training of a parent network: what fine-tuning starts from without meta-learning."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vosbench.errors import DataError
from vosbench.meta.learner import Parameters
from vosbench.meta.training_run import (
    Snapshot,
    TrainingRun,
    optimizer_tensors,
    part,
    restore_optimizer,
)
from vosbench.progress import Progress
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
    *,
    run: TrainingRun | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.process_time,
) -> Parameters:
    """Averaged parameters of `network` after training on `batches`.

    Args:
        network: trained in place.
        batches: one is taken a step; where `run` has a state, the first is for step
            `steps_done(run) + 1`.
        loss: (output, targets) → scalar.
        settings: see there.
        log: called every `settings.log_every` steps and after the last, with the step, the mean
            loss since the record before and the seconds of computing so far.
        run: where the state is kept, and taken from if there is one.
        progress: told of every step.
        clock: seconds of computing.

    Raises:
        DataError: the loss is no longer finite.
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
    done, begin = steps_done(run), clock()
    if run is not None and run.snapshot is not None:
        begin -= _restore(run.snapshot, network, average, optimizer, schedule, losses)
    if progress is not None:
        progress.start("training", settings.steps, settings.steps - done, done=done)
    for step in range(done + 1, settings.steps + 1):
        inputs, targets = next(batches)
        value = loss(network(inputs), targets)
        if not torch.isfinite(value):
            raise DataError(
                f"the loss of training step {step} is {value.item()}; lower the rate, or look at "
                "what the examples are made of"
            )
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
        if progress is not None:
            progress.sequence("", 1)
            progress.frame()
        if step % settings.log_every == 0 or step == settings.steps:
            mean = sum(losses) / len(losses)
            log({"step": step, "loss": round(mean, 5), "cpu_seconds": round(clock() - begin, 1)})
            losses.clear()
        if run is not None and (run.is_due() or step == settings.steps):
            facts = {"step": step, "losses": losses, "cpu_seconds": clock() - begin}
            run.save(_snapshot(facts, network, average, optimizer))
    return average


def steps_done(run: TrainingRun | None) -> int:
    """Steps that the state of a run has behind it."""
    if run is None or run.snapshot is None:
        return 0
    return int(str(run.snapshot.facts["step"]))


def _snapshot(
    facts: dict[str, object],
    network: nn.Module,
    average: Parameters,
    optimizer: torch.optim.Optimizer,
) -> Snapshot:
    tensors = {f"network/{name}": p.detach() for name, p in network.named_parameters()}
    tensors |= {f"average/{name}": mean for name, mean in average.items()}
    remembered = optimizer_tensors(optimizer).items()
    tensors |= {f"optimizer/{name}": tensor for name, tensor in remembered}
    return Snapshot(tensors, {**facts, "rate": optimizer.param_groups[0]["lr"]})


def _restore(
    snapshot: Snapshot,
    network: nn.Module,
    average: Parameters,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    losses: list[float],
) -> float:
    """Bring everything to where it was; the seconds of computing until then."""
    for name, parameter in network.named_parameters():
        parameter.detach().copy_(snapshot.tensors[f"network/{name}"])
        average[name].copy_(snapshot.tensors[f"average/{name}"])
    restore_optimizer(optimizer, part(snapshot.tensors, "optimizer/"))
    optimizer.param_groups[0]["lr"] = snapshot.facts["rate"]
    schedule.last_epoch = int(str(snapshot.facts["step"]))
    kept = snapshot.facts["losses"]
    assert isinstance(kept, list)
    losses.extend(kept)
    return float(str(snapshot.facts["cpu_seconds"]))
