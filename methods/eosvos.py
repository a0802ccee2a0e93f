"""e-OSVOS: fine-tuning on the first frame with a learned start and learned rates.

Meinhardt and Leal-Taixé, "Make One-Shot Video Object Segmentation Efficient Again", NeurIPS 2020
(arXiv 2012.01866). A network is fine-tuned on the first frame of a sequence, for each object; the
start of the fine-tuning and a learning rate for every neuron were learned by differentiating
through the fine-tuning. With online adaptation (OnA) it is fine-tuned again every five frames, on
the first frame and on its own predictions.
"""

from pathlib import Path

import torch

from vosbench.arrays import Image, Mask
from vosbench.meta.checkpoints import load_checkpoint, sha256
from vosbench.meta.learner import Learner, Loss, Parameters
from vosbench.method import Detection, Method
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._propagation import Propagation, PropagationSettings

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
    """Fine-tunes with a learner's start and rates; online adaptation with a share of the rates."""

    def __init__(self, learner: Learner, online_factor: float) -> None:
        self._learner = learner
        self._online_factor = online_factor

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` inner steps from the learned start."""
        return self._learner.fine_tune(loss, steps)

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` shorter inner steps from `begin`."""
        return self._learner.fine_tune(loss, steps, begin=begin, factor=self._online_factor)


class EOSVOS(Method):
    """e-OSVOS on the compact network.

    Args:
        steps: inner steps on the first frame, T.
        adapt: online adaptation (OnA).
        adapt_every: frames between two adaptations.
        adapt_steps: inner steps of each.
        adapt_factor: share of the learned rates that online adaptation uses.
        weights: checkpoint of `vosbench train eosvos`; the shipped one by default.
        device: where to compute.
    """

    def __init__(
        self,
        *,
        steps: int = 50,
        adapt: bool = False,
        adapt_every: int = 5,
        adapt_steps: int = 10,
        adapt_factor: float = 0.3,
        weights: Path | None = None,
        device: str = "cpu",
    ) -> None:
        self._weights = weights or SHIPPED_WEIGHTS
        network = CompactNetwork().to(device)
        parameters = dict(network.named_parameters())
        checkpoint = load_checkpoint(self._weights, network="compact", like=parameters)
        settings = PropagationSettings(
            steps=steps, adapt=adapt, adapt_every=adapt_every, adapt_steps=adapt_steps
        )
        tuner = LearnedTuner(checkpoint.learner().to(device), adapt_factor)
        self._propagation = Propagation(network, tuner, settings, torch.device(device))

    def fit(self, image: Image, mask: Mask) -> None:
        self._propagation.fit(image, mask, self.seed)

    def step(self, image: Image) -> Mask:
        return self._propagation.step(image)

    def detections(self) -> tuple[Detection, ...]:
        return self._propagation.detections()

    def provenance(self) -> dict[str, str]:
        return {
            "network": "compact",
            "weights": self._weights.name,
            "weights_sha256": sha256(self._weights),
        }
