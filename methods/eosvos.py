"""e-OSVOS: fine-tuning on the first frame with a learned start and learned rates.

Meinhardt and Leal-Taixé, "Make One-Shot Video Object Segmentation Efficient Again", NeurIPS 2020
(arXiv 2012.01866). A network is fine-tuned on the first frame of a sequence, for each object; the
start of the fine-tuning and a learning rate for every neuron were learned by differentiating
through the fine-tuning. With online adaptation (OnA) it is fine-tuned again every five frames, on
the first frame and on its own predictions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from vosbench.meta.checkpoints import Checkpoint
from vosbench.meta.learner import Learner, Loss, Parameters
from vosbench.methods._propagation import Tuner
from vosbench.methods._tuned import TunedMethod

VARIANTS: dict[str, dict[str, object]] = {
    "eosvos-10": {"steps": 10},
    "eosvos-50": {"steps": 50},
    "eosvos-100": {"steps": 100},
    "eosvos-10-OnA": {"steps": 10, "adapt": True},
    "eosvos-50-OnA": {"steps": 50, "adapt": True},
    "eosvos-100-OnA": {"steps": 100, "adapt": True},
}

SHIPPED_WEIGHTS = Path(__file__).parent / "weights" / "compact-eosvos.safetensors"


class LearnedTuner:
    """Fine-tunes with the start and rates of a learner."""

    def __init__(self, learner: Learner, online_factor: float) -> None:
        self.start: Parameters = learner.start
        self._learner = learner
        self._online_factor = online_factor

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` inner steps from the learned start."""
        return self._learner.fine_tune(loss, steps)

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` more inner steps from `begin`."""
        return self._learner.fine_tune(loss, steps, begin=begin, factor=self._online_factor)


@dataclass(kw_only=True, eq=False)
class EOSVOS(TunedMethod):
    """e-OSVOS: inner steps with learned rates from a learned start.

    Its settings are those of `TunedMethod`; `weights` is a checkpoint of `vosbench train eosvos`.
    Raises `DataError` if that holds no learned rates, and what `TunedMethod` raises.
    """

    shipped: ClassVar[Mapping[str, Path]] = {"compact": SHIPPED_WEIGHTS}

    def tuner(self, checkpoint: Checkpoint) -> Tuner:
        """The start and rates that were learned."""
        return LearnedTuner(checkpoint.learner(), self.adapt_factor)
