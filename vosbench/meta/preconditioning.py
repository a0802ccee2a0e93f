"""Adam as a preconditioner of inner steps: a direction in place of the gradient.

d = m̂ / √(v̂ + ε), with the bias-corrected running means m̂ of the gradients and v̂ of their squares
(Kingma and Ba, "Adam", ICLR 2015). ε stands under the root, not beside it: so the direction has a
derivative everywhere, 1/√ε where all gradients were 0, which second-order outer gradients need.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from vosbench.errors import UsageError


@dataclass(frozen=True)
class Adam:
    """How gradients become directions.

    Attributes:
        mean_decay: share of the old mean of gradients that a step keeps (β₁).
        square_decay: the same of their squares (β₂).
        epsilon: added to the mean square, in units of a squared gradient.
    """

    mean_decay: float = 0.9
    square_decay: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        """Raise `UsageError` for numbers that give no direction."""
        for name in ("mean_decay", "square_decay"):
            if not 0 <= getattr(self, name) < 1:
                raise UsageError(
                    f"the setting {name} is {getattr(self, name)}; it must be 0 or more and below 1"
                )
        if not 0 < self.epsilon < math.inf:
            raise UsageError(f"the setting epsilon is {self.epsilon}; it must be above 0")

    def direction(
        self, gradients: Mapping[str, Tensor], before: "Moments"
    ) -> tuple[dict[str, Tensor], "Moments"]:
        """Directions of this step, and the means after it; differentiable, nothing is changed."""
        steps = before.steps + 1
        mean, square, directions = {}, {}, {}
        for name, gradient in gradients.items():
            mean[name] = before.mean[name].lerp(gradient, 1 - self.mean_decay)
            square[name] = before.square[name].lerp(gradient.square(), 1 - self.square_decay)
            spread = square[name] / (1 - self.square_decay**steps) + self.epsilon
            directions[name] = mean[name] / (1 - self.mean_decay**steps) * spread.rsqrt()
        return directions, Moments(mean, square, steps)

    def advance(
        self, gradients: Mapping[str, Tensor], before: "Moments"
    ) -> tuple[dict[str, Tensor], "Moments"]:
        """The same without derivatives: the means of `before` change in place and are given back.

        All tensors of a kind are worked on by one call, which on a GPU is one kernel.
        """
        steps = before.steps + 1
        given, mean, square = (
            list(part.values()) for part in (gradients, before.mean, before.square)
        )
        torch._foreach_lerp_(mean, given, 1 - self.mean_decay)
        torch._foreach_mul_(square, self.square_decay)
        torch._foreach_addcmul_(square, given, given, value=1 - self.square_decay)
        # m̂/√(v̂ + ε) with the corrections of both means taken out of the root: c·m/√(v + ε')
        correction = 1 - self.square_decay**steps
        spread = torch._foreach_add(square, self.epsilon * correction)
        torch._foreach_sqrt_(spread)
        directions = torch._foreach_div(mean, spread)
        torch._foreach_mul_(directions, math.sqrt(correction) / (1 - self.mean_decay**steps))
        return dict(zip(gradients, directions, strict=True)), Moments(
            before.mean, before.square, steps
        )


@dataclass(frozen=True)
class Moments:
    """Running means over the inner steps so far.

    Attributes:
        mean: of the gradients, by name of the parameter.
        square: of their squares.
        steps: how many steps they are of.
    """

    mean: Mapping[str, Tensor]
    square: Mapping[str, Tensor]
    steps: int = 0

    @staticmethod
    def none(parameters: Mapping[str, Tensor]) -> "Moments":
        """Those before the first step."""
        zeros = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
        return Moments(zeros, zeros)

    def copied(self) -> "Moments":
        """The same means in memory of their own, as constants."""
        mean = {name: tensor.detach().clone() for name, tensor in self.mean.items()}
        square = {name: tensor.detach().clone() for name, tensor in self.square.items()}
        return Moments(mean, square, self.steps)

    def detached(self) -> "Moments":
        """The same means as constants."""
        mean = {name: tensor.detach() for name, tensor in self.mean.items()}
        square = {name: tensor.detach() for name, tensor in self.square.items()}
        return Moments(mean, square, self.steps)
