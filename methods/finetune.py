"""Baseline fine-tuning: the network of e-OSVOS from a supervised parent, by hand-chosen rates.

What OSVOS does (Caelles et al., CVPR 2017), on the same network, windows, priors and frames as
e-OSVOS here, so that a difference between the two comes from what was learned. The rate
was chosen on generated sequences, never on a test set.
"""

from pathlib import Path
from typing import Literal

import torch

from vosbench.meta.learner import Loss, Parameters
from vosbench.methods._propagation import PropagationSettings
from vosbench.methods._tuned import TunedMethod, check_rate

VARIANTS: dict[str, dict[str, object]] = {
    "finetune-10": {"steps": 10},
    "finetune-50": {"steps": 50},
    "finetune-100": {"steps": 100},
}

SHIPPED_WEIGHTS = Path(__file__).parent / "weights" / "compact-parent.safetensors"

Optimizer = Literal["adam", "sgd"]


class FixedTuner:
    """Fine-tunes from a parent with Adam or plain gradient steps of one fixed rate."""

    def __init__(
        self, parent: Parameters, optimizer: Optimizer, rate: float, online_factor: float
    ) -> None:
        self._parent = parent
        self._optimizer = optimizer
        self._rate = rate
        self._online_factor = online_factor

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` steps from the parent."""
        return self._descend(loss, steps, self._parent, self._rate)

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` shorter steps from `begin`, the optimizer's state new."""
        return self._descend(loss, steps, begin, self._rate * self._online_factor)

    def _descend(self, loss: Loss, steps: int, begin: Parameters, rate: float) -> Parameters:
        parameters = {n: p.detach().clone().requires_grad_() for n, p in begin.items()}
        kind = torch.optim.Adam if self._optimizer == "adam" else torch.optim.SGD
        optimizer = kind(parameters.values(), lr=rate)
        for step in range(steps):
            optimizer.zero_grad()
            loss(parameters, step).backward()
            optimizer.step()
        return {name: parameter.detach() for name, parameter in parameters.items()}


class FineTune(TunedMethod):
    """Fine-tuning of a supervised parent on the compact network.

    Args:
        steps: optimizer steps on the first frame.
        optimizer: `adam`, or `sgd` without momentum.
        rate: its learning rate.
        adapt: online adaptation, as in e-OSVOS.
        adapt_every: frames between two adaptations.
        adapt_steps: optimizer steps of each.
        adapt_factor: share of the rate that online adaptation uses.
        smallest_growth: least factor between a side of the box in one frame and in the next.
        largest_growth: largest such factor.
        weights: checkpoint of `vosbench train parent`; the shipped one by default.
        device: where to compute.

    Raises:
        UsageError: a number is out of its range.
        DataError: the checkpoint cannot be used.
    """

    def __init__(
        self,
        *,
        steps: int = 50,
        optimizer: Optimizer = "adam",
        rate: float = 2e-3,
        adapt: bool = False,
        adapt_every: int = 5,
        adapt_steps: int = 10,
        adapt_factor: float = 0.3,
        smallest_growth: float = 0.92,
        largest_growth: float = 1.09,
        weights: Path | None = None,
        device: str = "cpu",
    ) -> None:
        check_rate("rate", rate)
        check_rate("adapt_factor", adapt_factor)
        super().__init__(
            weights=weights or SHIPPED_WEIGHTS,
            tuner=lambda parent: FixedTuner(parent.parameters, optimizer, rate, adapt_factor),
            settings=PropagationSettings(
                steps=steps,
                adapt=adapt,
                adapt_every=adapt_every,
                adapt_steps=adapt_steps,
                smallest_growth=smallest_growth,
                largest_growth=largest_growth,
            ),
            device=device,
        )
