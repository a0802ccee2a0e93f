"""Outer gradients: how the query loss after fine-tuning changes with start and rates.

Three ways, by what they take as constant:

- `second`: nothing; autograd goes back through all inner steps (Algorithm 1 of the supplement).
- `first`: the inner gradients, as in the paper; autograd through the chain of updates.
- `closed-form`: the same as `first` without a graph, so that memory does not grow with T. From
  θ^t = θ⁰ − λ ⊙ G_t with G_t = Σ_{s<t} g_s follow ∂L/∂θ⁰ = ∇L(θ^t) and ∂L/∂λ = −∇L(θ^t) ⊙ G_t,
  summed over what shares a rate (specification 6.4).

Where inner gradients are preconditioned, g_s is the preconditioned direction: first order takes
that as constant too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import torch
from torch import Tensor

from vosbench.meta.learner import ALL, Learner, Parameters, Point, gradients_of

Differentiation = Literal["second", "first", "closed-form"]


class Task(Protocol):
    """One object: a support frame to fine-tune on and a query frame to be judged on."""

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss of inner step `step` on the support frame."""

    def query_loss(self, parameters: Parameters) -> Tensor:
        """Loss on the query frame."""


@dataclass(frozen=True)
class OuterGradients:
    """Outer loss of one task and its gradients.

    Attributes:
        loss: Σ_t w_t · query loss at θ^t.
        start: by name, as `Learner.start`.
        rates: by name, as `Learner.rates`: of the logarithm where the rates are logarithmic.
    """

    loss: float
    start: Parameters
    rates: Parameters

    def __add__(self, other: "OuterGradients") -> "OuterGradients":
        return OuterGradients(
            self.loss + other.loss,
            {name: gradient + other.start[name] for name, gradient in self.start.items()},
            {name: gradient + other.rates[name] for name, gradient in self.rates.items()},
        )


def outer_gradients(
    learner: Learner,
    task: Task,
    weights: Sequence[float],
    differentiation: Differentiation,
    *,
    detached_steps: int = 0,
    truncation: int | None = None,
) -> OuterGradients:
    """Gradients of the query loss after fine-tuning with respect to start and rates.

    Args:
        learner: its start and rates require gradients.
        task: see there.
        weights: w_1 … w_T of the query loss after each inner step; (0, …, 0, 1) judges the last.
            At least one is not 0.
        differentiation: see above.
        detached_steps: inner steps taken before the T that count. Their result is taken as the
            start plus a constant (straight through), so that fine-tuning longer than T is
            practised at the cost of T.
        truncation: inner steps after which the graph is cut while the parameters go on
            (specification 2.5, point 3). A loss after a cut moves the rates of the steps since the
            cut, and no longer the start.

    Raises:
        ValueError: all weights are 0, or there are none: nothing would be judged.
    """
    if not any(weights):
        raise ValueError(f"the weights {tuple(weights)} judge no inner step")
    point = learner.descended(task.support_loss, detached_steps, learner.at(learner.start))
    found: OuterGradients | None = None
    for from_start, part in _segments(weights, truncation):
        if not any(part):
            point = learner.descended(task.support_loss, len(part), point)
        elif differentiation == "closed-form":
            gradients, point = _in_closed_form(learner, task, part, point, from_start)
            found = gradients if found is None else found + gradients
        else:
            gradients, point = _by_autograd(learner, task, part, point, from_start, differentiation)
            found = gradients if found is None else found + gradients
    assert found is not None, "some weight is not 0"
    return found


def _segments(
    weights: Sequence[float], truncation: int | None
) -> Iterator[tuple[bool, Sequence[float]]]:
    """Whether the start comes right before them, and the weights up to the next cut."""
    length = truncation or len(weights)
    for begin in range(0, len(weights), length):
        yield begin == 0, weights[begin : begin + length]


def _by_autograd(
    learner: Learner,
    task: Task,
    weights: Sequence[float],
    begin: Point,
    from_start: bool,
    order: Literal["second", "first"],
) -> tuple[OuterGradients, Point]:
    """Gradients of one segment, and the point that it ends at."""
    if from_start:
        start = learner.start.items()
        parameters = {name: p + (begin.parameters[name] - p).detach() for name, p in start}
    else:
        parameters = {n: p.detach().requires_grad_() for n, p in begin.parameters.items()}
    point = replace(begin, parameters=parameters)
    points = learner.trajectory(task.support_loss, len(weights), point, order)
    loss = torch.zeros(())
    for weight, reached in zip(weights, points, strict=True):
        point = reached
        if weight:
            loss = loss + weight * task.query_loss(point.parameters)
    rates = list(learner.rates.values())
    if from_start:
        gradients = torch.autograd.grad(loss, [*rates, *learner.start.values()])
        by_start = gradients[len(rates) :]
    else:
        gradients = torch.autograd.grad(loss, rates)
        by_start = tuple(torch.zeros_like(p) for p in learner.start.values())
    found = OuterGradients(
        loss.item(),
        dict(zip(learner.start, by_start, strict=True)),
        dict(zip(learner.rates, gradients[: len(rates)], strict=True)),
    )
    return found, point.detached()


def _in_closed_form(
    learner: Learner, task: Task, weights: Sequence[float], begin: Point, from_start: bool
) -> tuple[OuterGradients, Point]:
    """What `_by_autograd` gives to first order, by the formula above."""
    travelled = {name: torch.zeros_like(p) for name, p in learner.start.items()}  # G_t
    by_start = {name: torch.zeros_like(p) for name, p in learner.start.items()}
    by_rates = {name: torch.zeros_like(rate) for name, rate in learner.rates.items()}
    point, total = begin, 0.0
    steps = learner.descent(task.support_loss, len(weights), begin)
    for weight, (reached, directions) in zip(weights, steps, strict=True):
        point = reached
        for name, direction in directions.items():
            travelled[name] += direction
        if not weight:
            continue
        loss = weight * task.query_loss(point.parameters)
        total += loss.item()
        for name, gradient in gradients_of(loss, point.parameters).items():
            if from_start:
                by_start[name] += gradient
            rate = ALL if ALL in by_rates else name
            by_rates[rate] -= (gradient * travelled[name]).sum_to_size(by_rates[rate].shape)
    if learner.scale == "logarithmic":
        by_rates = {name: g * learner.rates[name].detach().exp() for name, g in by_rates.items()}
    return OuterGradients(total, by_start, by_rates), point.detached()
