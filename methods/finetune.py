"""Baseline fine-tuning: the network of e-OSVOS from a supervised parent, by hand-chosen rates.

What OSVOS does (Caelles et al., CVPR 2017), on the same network, windows, priors and frames as
e-OSVOS here, so that a difference between the two comes from what was learned. The rate
was chosen on generated sequences, never on a test set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import torch

from vosbench.meta.checkpoints import Checkpoint
from vosbench.meta.learner import Loss, Parameters
from vosbench.methods._propagation import Tuner
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
        self.start = parent
        self._optimizer = optimizer
        self._rate = rate
        self._online_factor = online_factor

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` steps from the parent."""
        return self._descend(loss, steps, self.start, self._rate)

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


@dataclass(kw_only=True, eq=False)
class FineTune(TunedMethod):
    """Fine-tuning of a supervised parent, by a rate and an optimizer chosen by hand.

    Its settings are its fields and those of `TunedMethod`, which also says what is raised;
    `weights` is a checkpoint of `vosbench train parent`.

    Attributes:
        optimizer: `adam`, or `sgd` without momentum.
        rate: its learning rate.
    """

    optimizer: Optimizer = "adam"
    rate: float = 2e-3
    adapt_factor: float = 0.3

    shipped: ClassVar[Mapping[str, Path]] = {"compact": SHIPPED_WEIGHTS}

    def __post_init__(self) -> None:
        """Load the parent; raises `UsageError` for a rate that cannot be used."""
        check_rate("rate", self.rate)
        super().__post_init__()

    def tuner(self, checkpoint: Checkpoint) -> Tuner:
        """The optimizer, from the parent on."""
        return FixedTuner(checkpoint.parameters, self.optimizer, self.rate, self.adapt_factor)
