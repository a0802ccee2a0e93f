"""Learned fine-tuning: a start and learning rates, both meta-learned (Algorithm 1 of e-OSVOS).

θ_g = {θ⁰, λ}: the start θ⁰ is a set of network parameters, the rates λ say how far each neuron
moves in one inner step, θ^{t+1} = θ^t − λ ⊙ ∇L(θ^t), the same λ at every step. One class serves
meta-training, where the result is differentiated through all steps, first-frame fine-tuning and
online adaptation. Beyond the paper, λ may multiply a preconditioned gradient (Adam's direction).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from vosbench.meta.preconditioning import Adam, Moments

Parameters = Mapping[str, Tensor]
"""Network parameters by name, as `torch.func.functional_call` takes them."""

Loss = Callable[[Parameters, int], Tensor]
"""(parameters θ^t, step t) → scalar loss on the support frame at that step."""

Level = Literal["single", "tensor", "neuron", "parameter"]
Scale = Literal["linear", "logarithmic"]
Order = Literal["none", "first", "second"]
"""What of fine-tuning stays differentiable: nothing; θ^T with inner gradients as constants, as in
the paper; everything."""

LEVELS: tuple[Level, ...] = get_args(Level)

ALL = "*"
"""Name of the one rate of level `single`."""


@dataclass(frozen=True)
class Point:
    """Where fine-tuning has got to.

    Attributes:
        parameters: θ^t.
        step: t, the number of the next step as the loss sees it.
        moments: what the preconditioning remembers of the steps so far; None where there is none.
    """

    parameters: dict[str, Tensor]
    step: int = 0
    moments: Moments | None = None

    def detached(self) -> "Point":
        """The same point as a constant, to go on from without a graph."""
        moments = None if self.moments is None else self.moments.detached()
        return Point(_detached(self.parameters), self.step, moments)


@dataclass(frozen=True)
class Learner:
    """A start and rates that fine-tune a network.

    Attributes:
        start: θ⁰.
        rates: λ as it is learned: by name of the parameter, in a shape that broadcasts to it, or
            one scalar named `ALL`; the natural logarithm of the rate when `scale` is logarithmic.
        scale: `linear` (the paper, whose training clamps them at 0; nothing here does) or
            `logarithmic` (always positive).
        preconditioning: what turns the gradient of an inner step into its direction; None takes
            the gradient itself, as the paper does.
    """

    start: Parameters
    rates: Parameters
    scale: Scale = "logarithmic"
    preconditioning: Adam | None = None

    def step_sizes(self) -> dict[str, Tensor]:
        """λ as it multiplies the gradient, by name of the parameter."""
        sizes = {n: r.exp() if self.scale == "logarithmic" else r for n, r in self.rates.items()}
        return dict.fromkeys(self.start, sizes[ALL]) if ALL in sizes else sizes

    def fine_tune(
        self,
        loss: Loss,
        steps: int,
        *,
        begin: Parameters | None = None,
        first_step: int = 0,
        factor: float = 1.0,
        order: Order = "none",
    ) -> dict[str, Tensor]:
        """Parameters θ^T after `steps` inner steps.

        Args:
            loss: support loss; called once a step.
            steps: T; may differ from the number used in meta-training.
            begin: parameters to begin from instead of the start (online adaptation); the
                preconditioning remembers nothing there.
            first_step: number of the first step as `loss` sees it.
            factor: multiplies all rates; online adaptation takes smaller steps.
            order: what the result can be differentiated through with respect to start and rates;
                memory grows with `steps` unless it is `none`.
        """
        point = self.at(self.start if begin is None else begin, first_step)
        if order == "none":
            return self.descended(loss, steps, point, factor=factor).parameters
        for reached in self.trajectory(loss, steps, point, order, factor=factor):
            point = reached
        return point.parameters

    def trajectory(
        self, loss: Loss, steps: int, begin: Point, order: Order, *, factor: float = 1.0
    ) -> Iterator[Point]:
        """Yield the `steps` points that follow `begin`, with the graph that leads to them.

        Args:
            loss: see `fine_tune`.
            steps: how many.
            begin: its parameters require gradients.
            order: `first` or `second`.
            factor: see `fine_tune`.
        """
        point = begin
        sizes = {name: factor * size for name, size in self.step_sizes().items()}
        for _ in range(steps):
            gradients = gradients_of(
                loss(point.parameters, point.step), point.parameters, keep_graph=order == "second"
            )
            directions, moments = self.directions(gradients, point.moments)
            moved = {n: p - sizes[n] * directions[n] for n, p in point.parameters.items()}
            point = Point(moved, point.step + 1, moments)
            yield point

    def descent(
        self, loss: Loss, steps: int, begin: Point, *, factor: float = 1.0
    ) -> Iterator[tuple[Point, dict[str, Tensor]]]:
        """Yield the same points without a graph, each with the direction of the step to it.

        Parameters and moments move in place, all tensors by one call: a point is what it is until
        the next one is asked for.
        """
        known = self.step_sizes()
        parameters = {n: p.detach().clone().requires_grad_() for n, p in begin.parameters.items()}
        # as large as the parameters, in their order in memory: nothing is stretched at every step
        sizes = [
            torch.empty_like(p).copy_(factor * known[n].detach()) for n, p in parameters.items()
        ]
        moments = None if begin.moments is None else begin.moments.copied()
        for step in range(begin.step, begin.step + steps):
            gradients = gradients_of(loss(parameters, step), parameters)
            with torch.no_grad():
                if self.preconditioning is None or moments is None:
                    directions = gradients
                else:
                    directions, moments = self.preconditioning.advance(gradients, moments)
                torch._foreach_addcmul_(
                    list(parameters.values()), sizes, list(directions.values()), value=-1
                )
            yield Point(parameters, step + 1, moments), directions

    def descended(self, loss: Loss, steps: int, begin: Point, *, factor: float = 1.0) -> Point:
        """The last point of `descent`, as a constant; `begin` itself where there are no steps."""
        point = begin
        for reached, _ in self.descent(loss, steps, begin, factor=factor):
            point = reached
        return point.detached()

    def at(self, parameters: Parameters, step: int = 0) -> Point:
        """Fine-tuning about to begin at `parameters`."""
        moments = None if self.preconditioning is None else Moments.none(parameters)
        return Point(dict(parameters), step, moments)

    def directions(
        self, gradients: dict[str, Tensor], moments: Moments | None
    ) -> tuple[dict[str, Tensor], Moments | None]:
        """What the rates multiply in one step, and what is remembered of it."""
        if self.preconditioning is None or moments is None:
            return gradients, None
        return self.preconditioning.direction(gradients, moments)


def gradients_of(
    loss: Tensor, parameters: Parameters, *, keep_graph: bool = False
) -> dict[str, Tensor]:
    """∇loss by name of the parameter; differentiable itself if its graph is kept."""
    gradients = torch.autograd.grad(loss, list(parameters.values()), create_graph=keep_graph)
    return dict(zip(parameters, gradients, strict=True))


def _detached(parameters: Parameters) -> dict[str, Tensor]:
    return {name: parameter.detach() for name, parameter in parameters.items()}


def initial_rates(
    start: Parameters,
    rate: float,
    *,
    level: Level = "neuron",
    scale: Scale = "logarithmic",
    spread: float = 0.0,
    generator: torch.Generator | None = None,
) -> dict[str, Tensor]:
    """Rates to begin meta-training with, one for each unit of `level`.

    A neuron is a slice along the first dimension of a tensor: a convolution has one rate for the
    weights of each output channel and one for its bias (specification 2.1).

    Args:
        start: parameters that the rates are for.
        rate: value of every rate.
        level: what shares one rate: all parameters, a tensor, a neuron, or nothing.
        scale: see `Learner`.
        spread: draw uniformly from rate·(1 ± spread) instead; the paper uses 0.5.
        generator: source of the draws; needed when `spread` is not 0.

    Raises:
        ValueError: there is a spread, but no generator to draw it from.
    """
    if spread and generator is None:
        raise ValueError("rates with a spread need a generator to be drawn from")
    if level == "single":
        start = {ALL: next(iter(start.values())).flatten()[0]}
    rates = {}
    for name, parameter in start.items():
        noise = torch.rand(rate_shape(parameter, level), generator=generator) * 2 - 1
        value = rate * (1 + spread * noise).to(parameter)
        rates[name] = value.log() if scale == "logarithmic" else value
    return rates


def rate_shape(parameter: Tensor, level: Level) -> tuple[int, ...]:
    """Shape of the rates of one parameter tensor; it broadcasts to the tensor's own.

    >>> rate_shape(torch.zeros(8, 3, 3, 3), "neuron")
    (8, 1, 1, 1)
    >>> rate_shape(torch.zeros(8), "tensor")
    (1,)
    """
    if level == "parameter":
        return tuple(parameter.shape)
    if level == "neuron":
        return (parameter.shape[0], *(1,) * (parameter.dim() - 1))
    return (1,) * parameter.dim()
