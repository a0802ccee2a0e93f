"""Meta-training on a family of regression tasks that fine-tuning alone solves slowly."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from vosbench.errors import UsageError
from vosbench.meta.learner import Learner, Parameters
from vosbench.meta.outer import Task
from vosbench.meta.trainer import MetaSettings, meta_train


@dataclass(frozen=True)
class Line:
    """Recover slope and offset; slopes lie near 3, and the two need very different rates."""

    slope: float
    offset: float
    broken: bool = False

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        return self._loss(parameters, torch.linspace(-0.1, 0.1, 5))

    def query_loss(self, parameters: Parameters) -> Tensor:
        loss = self._loss(parameters, torch.linspace(-0.2, 0.2, 7))
        return loss * float("nan") if self.broken else loss

    def _loss(self, parameters: Parameters, x: Tensor) -> Tensor:
        prediction = parameters["slope"] * x + parameters["offset"]
        return (prediction - self.slope * x - self.offset).square().mean() * 100


def lines(seed: int, broken_every: int = 0) -> Iterator[Task]:
    generator = torch.Generator().manual_seed(seed)
    number = 0
    while True:
        number += 1
        noise = torch.randn(2, generator=generator).tolist()
        broken = broken_every > 0 and number % broken_every == 0
        yield Line(3 + 0.5 * noise[0], noise[1], broken)


START = {"slope": torch.zeros(1), "offset": torch.zeros(1)}
SETTINGS = MetaSettings(
    iterations=150,
    tasks=4,
    steps=3,
    detached_steps=3,
    initial_rate=1e-3,
    start_rate=3e-2,
    rates_rate=5e-2,
    clip=10.0,
    task_clip=10.0,
    averaging=0.9,
)


def mean_query_loss(learner: Learner) -> float:
    tasks = lines(99)
    losses = []
    for _ in range(20):
        task = next(tasks)
        losses.append(float(task.query_loss(learner.fine_tune(task.support_loss, 3))))
    return sum(losses) / len(losses)


def test_a_trained_learner_fine_tunes_better_on_new_tasks():
    log: list[dict[str, object]] = []
    learner = meta_train(START, lines(1), SETTINGS, 0, lambda r: log.append(dict(r)))
    before = Learner(START, {n: torch.full((1,), 1e-3).log() for n in START})
    assert mean_query_loss(learner) < 0.2 * mean_query_loss(before)
    assert log[-1]["iteration"] == 150 and log[-1]["skipped_tasks"] == 0


def test_training_twice_gives_the_same_learner():
    settings = MetaSettings(iterations=5, tasks=2, steps=2)
    first, second = (meta_train(START, lines(1), settings, 0, lambda r: None) for _ in range(2))
    for name in START:
        assert torch.equal(first.start[name], second.start[name])
        assert torch.equal(first.rates[name], second.rates[name])


def test_tasks_without_a_finite_gradient_are_skipped_and_counted():
    log: list[dict[str, object]] = []
    settings = replace(SETTINGS, iterations=10)
    learner = meta_train(
        START, lines(1, broken_every=4), settings, 0, lambda r: log.append(dict(r))
    )
    assert log[-1]["skipped_tasks"] == 10
    assert all(torch.isfinite(p).all() for p in learner.start.values())


def test_the_given_start_stays_as_it_is():
    start = {name: tensor.clone() for name, tensor in START.items()}
    meta_train(start, lines(1), MetaSettings(iterations=2, tasks=1, steps=1), 0, lambda r: None)
    assert all(torch.equal(start[name], START[name]) for name in START)
    assert not any(p.requires_grad for p in start.values())


def test_log_records_come_at_the_asked_interval():
    log: list[dict[str, object]] = []
    settings = MetaSettings(iterations=7, tasks=1, steps=1, log_every=3)
    meta_train(START, lines(1), settings, 0, lambda r: log.append(dict(r)))
    assert [r["iteration"] for r in log] == [3, 6, 7]
    assert all(math.isfinite(float(str(r["query_loss"]))) for r in log)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("iterations", 0), ("tasks", 0), ("steps", 0), ("detached_steps", -1), ("log_every", 0)],
)
def test_numbers_that_mean_nothing_are_refused(setting: str, value: int):
    with pytest.raises(UsageError, match=f"{setting} is {value}"):
        MetaSettings(**{setting: value})  # type: ignore[arg-type]
