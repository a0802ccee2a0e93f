"""e-OSVOS: fine-tuning on the first frame with a learned start and learned rates.

Meinhardt and Leal-Taixé, "Make One-Shot Video Object Segmentation Efficient Again", NeurIPS 2020
(arXiv 2012.01866). A network is fine-tuned on the first frame of a sequence, for each object; the
start of the fine-tuning and a learning rate for every neuron were learned by differentiating
through the fine-tuning. With online adaptation (OnA) it is fine-tuned again every five frames, on
the first frame and on its own predictions.
"""

from pathlib import Path

from vosbench.meta.learner import Learner, Loss, Parameters
from vosbench.methods._propagation import PropagationSettings
from vosbench.methods._tuned import TunedMethod, check_rate

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
        self._learner = learner
        self._online_factor = online_factor

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` inner steps from the learned start."""
        return self._learner.fine_tune(loss, steps)

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` more inner steps from `begin`."""
        return self._learner.fine_tune(loss, steps, begin=begin, factor=self._online_factor)


class EOSVOS(TunedMethod):
    """e-OSVOS on the compact network.

    Args:
        steps: inner steps on the first frame, T.
        adapt: online adaptation (OnA).
        adapt_every: frames between two adaptations.
        adapt_steps: inner steps of each.
        adapt_factor: share of the learned rates that online adaptation uses.
        smallest_growth: least factor between a side of the box in one frame and in the next.
        largest_growth: largest such factor.
        weights: checkpoint of `vosbench train eosvos`; the shipped one by default.
        device: where to compute.

    Raises:
        UsageError: a number is out of its range.
        DataError: the checkpoint cannot be used or holds no learned rates.
    """

    def __init__(
        self,
        *,
        steps: int = 50,
        adapt: bool = False,
        adapt_every: int = 5,
        adapt_steps: int = 10,
        adapt_factor: float = 1.0,
        smallest_growth: float = 0.92,
        largest_growth: float = 1.09,
        weights: Path | None = None,
        device: str = "cpu",
    ) -> None:
        check_rate("adapt_factor", adapt_factor)
        super().__init__(
            weights=weights or SHIPPED_WEIGHTS,
            tuner=lambda checkpoint: LearnedTuner(checkpoint.learner(), adapt_factor),
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
