"""What every method on the compact network shares: all but the way it fine-tunes."""

import math
from collections.abc import Callable
from pathlib import Path

import torch

from vosbench.arrays import Image, Mask
from vosbench.errors import UsageError
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, sha256
from vosbench.method import Detection, Method
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._propagation import Propagation, PropagationSettings, Tuner


class TunedMethod(Method):
    """Fine-tunes the compact network on the first frame and follows the objects with it.

    Args:
        weights: checkpoint to begin from.
        tuner: makes the tuner from the checkpoint, which lies on `device`.
        settings: of the propagation.
        device: where to compute.

    Raises:
        DataError: the checkpoint is missing, unreadable or of another network.
    """

    def __init__(
        self,
        *,
        weights: Path,
        tuner: Callable[[Checkpoint], Tuner],
        settings: PropagationSettings,
        device: str,
    ) -> None:
        network = CompactNetwork().to(device)
        parameters = dict(network.named_parameters())
        checkpoint = load_checkpoint(weights, network="compact", like=parameters).to(device)
        self._propagation = Propagation(network, tuner(checkpoint), settings, torch.device(device))
        self._weights = {"weights": weights.name, "weights_sha256": sha256(weights)}

    def fit(self, image: Image, mask: Mask) -> None:
        """Fine-tune for each object of the first frame."""
        self._propagation.fit(image, mask, self.seed)

    def step(self, image: Image) -> Mask:
        """Label map of the next frame."""
        return self._propagation.step(image)

    def detections(self) -> tuple[Detection, ...]:
        """The boxes that the next frame will be searched from."""
        return self._propagation.detections()

    def provenance(self) -> dict[str, str]:
        """Network and weights."""
        return {"network": "compact", **self._weights}


def check_rate(name: str, value: float) -> None:
    """Raise `UsageError` unless the setting `name`, a rate or a share of one, can be used."""
    if not 0 <= value < math.inf:
        raise UsageError(f"the setting {name} is {value}; it must be finite and 0 or more")
