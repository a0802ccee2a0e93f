"""Outer gradients: how the query loss after fine-tuning changes with start and rates.

Three ways, by what they take as constant:

- `second`: nothing; autograd goes back through all inner steps (Algorithm 1 of the supplement).
- `first`: the inner gradients, as in the paper; autograd through the chain of updates.
- `closed-form`: the same as `first` without a graph, so that memory does not grow with T. From
  θ^t = θ⁰ − λ ⊙ G_t with G_t = Σ_{s<t} g_s follow ∂L/∂θ⁰ = ∇L(θ^t) and ∂L/∂λ = −∇L(θ^t) ⊙ G_t,
  summed over what shares a rate (specification 6.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from vosbench.meta.learner import ALL, Learner, Parameters

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


def outer_gradients(
    learner: Learner,
    task: Task,
    weights: Sequence[float],
    differentiation: Differentiation,
    *,
    detached_steps: int = 0,
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

    Raises:
        ValueError: all weights are 0, or there are none: nothing would be judged.
    """
    if not any(weights):
        raise ValueError(f"the weights {tuple(weights)} judge no inner step")
    ahead = learner.fine_tune(task.support_loss, detached_steps)
    if differentiation == "closed-form":
        return _closed_form(learner, task, weights, ahead, detached_steps)
    begin = {name: p + (ahead[name] - p).detach() for name, p in learner.start.items()}
    trajectory = learner.trajectory(
        task.support_loss,
        len(weights),
        begin=begin,
        first_step=detached_steps,
        order=differentiation,
    )
    losses = [
        weight * task.query_loss(tuned)
        for weight, tuned in zip(weights, trajectory, strict=True)
        if weight
    ]
    loss = torch.stack(losses).sum()
    gradients = torch.autograd.grad(loss, [*learner.start.values(), *learner.rates.values()])
    middle = len(learner.start)
    return OuterGradients(
        loss.item(),
        dict(zip(learner.start, gradients[:middle], strict=True)),
        dict(zip(learner.rates, gradients[middle:], strict=True)),
    )


def _closed_form(
    learner: Learner, task: Task, weights: Sequence[float], begin: Parameters, first_step: int
) -> OuterGradients:
    sizes = {name: size.detach() for name, size in learner.step_sizes().items()}
    parameters = {name: p.detach().requires_grad_() for name, p in begin.items()}
    travelled = {name: torch.zeros_like(p) for name, p in parameters.items()}  # G_t
    by_start = {name: torch.zeros_like(p) for name, p in parameters.items()}
    by_size = {name: torch.zeros_like(p) for name, p in parameters.items()}
    total = 0.0
    for step, weight in enumerate(weights, start=first_step):
        inner = _gradients(task.support_loss(parameters, step), parameters)
        for name, gradient in inner.items():
            travelled[name] += gradient
            moved = parameters[name].detach() - sizes[name] * gradient
            parameters[name] = moved.requires_grad_()
        if not weight:
            continue
        loss = weight * task.query_loss(parameters)
        total += loss.item()
        for name, gradient in _gradients(loss, parameters).items():
            by_start[name] += gradient
            by_size[name] -= gradient * travelled[name]
    return OuterGradients(total, by_start, _by_rate(learner, by_size))


def _by_rate(learner: Learner, by_size: Parameters) -> dict[str, Tensor]:
    """Gradients of the rates from those of every parameter's own step size."""
    if ALL in learner.rates:
        summed = torch.stack([gradient.sum() for gradient in by_size.values()]).sum()
        gradients = {ALL: summed.reshape(learner.rates[ALL].shape)}
    else:
        gradients = {n: by_size[n].sum_to_size(r.shape) for n, r in learner.rates.items()}
    if learner.scale == "linear":
        return gradients
    return {name: g * learner.rates[name].detach().exp() for name, g in gradients.items()}


def _gradients(loss: Tensor, parameters: Parameters) -> dict[str, Tensor]:
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    return dict(zip(parameters, gradients, strict=True))
