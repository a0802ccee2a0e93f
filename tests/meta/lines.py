"""A family of regression tasks that fine-tuning alone solves slowly, by number."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from vosbench.meta.learner import Parameters
from vosbench.meta.outer import Task

START = {"slope": torch.zeros(1), "offset": torch.zeros(1)}


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


def lines(seed: int, broken_every: int = 0) -> Callable[[int], Task]:
    """Number → line; every `broken_every`-th has no finite loss."""

    def line(number: int) -> Task:
        generator = torch.Generator().manual_seed(1000 * seed + number)
        noise = torch.randn(2, generator=generator).tolist()
        broken = broken_every > 0 and (number + 1) % broken_every == 0
        return Line(3 + 0.5 * noise[0], noise[1], broken)

    return line
