"""Gradient descent at a fixed rate on whole frames: how OSVOS learns what is meant."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.arrays import Image
from vosbench.meta.learner import Loss, Parameters
from vosbench.methods._osvos_frames import as_batch, balanced_cross_entropy, network_input
from vosbench.methods._osvos_online import KnownPixels


@dataclass(frozen=True, kw_only=True)
class FrameTuner:
    """Asks and teaches a network that sees whole frames; the parameters come from outside.

    Attributes:
        network: a `SideOutputNetwork`; its own parameters are not used.
        momentum: of the descent.
        weight_decay: of all parameters.
        device: where to compute.
    """

    network: nn.Module
    momentum: float
    weight_decay: float
    device: torch.device

    @torch.no_grad()
    def answer(self, parameters: Parameters, image: Image) -> Tensor:
        """Logits `1×1×h×w` of the object."""
        return self._logits(parameters, image)

    def loss(self, parameters: Parameters, image: Image, known: KnownPixels) -> Tensor:
        """What the answer to `image` costs where it is known; a scalar."""
        positive, negative = (as_batch(m).to(self.device) for m in (known.positive, known.negative))
        return balanced_cross_entropy(self._logits(parameters, image), positive, negative)

    def descended(self, begin: Parameters, loss: Loss, *, steps: int, rate: float) -> Parameters:
        """Parameters after `steps` steps from `begin`, the momentum new."""
        parameters = {n: p.detach().clone().requires_grad_() for n, p in begin.items()}
        optimizer = torch.optim.SGD(
            parameters.values(), lr=rate, momentum=self.momentum, weight_decay=self.weight_decay
        )
        for step in range(steps):
            optimizer.zero_grad()
            loss(parameters, step).backward()
            optimizer.step()
        return {name: parameter.detach() for name, parameter in parameters.items()}

    def _logits(self, parameters: Parameters, image: Image) -> Tensor:
        inputs = network_input(image).to(self.device)
        every: Tensor = functional_call(self.network, dict(parameters), (inputs,))
        return every[:, -1:]  # that of all stages together
