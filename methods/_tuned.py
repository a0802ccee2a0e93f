"""What methods that fine-tune a network share: all but the way they fine-tune it."""

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from vosbench.arrays import Image, Mask
from vosbench.errors import UsageError
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, sha256
from vosbench.method import Detection, Method
from vosbench.methods._networks import open_network
from vosbench.methods._propagation import Propagation, Tuner
from vosbench.methods._propagation_settings import PropagationSettings
from vosbench.methods._rehearsal import REHEARSED_STEPS, Rehearsal


@dataclass(kw_only=True, eq=False)
class TunedMethod(PropagationSettings, Method):
    """Fine-tunes a network on the first frame and follows the objects with it.

    Its settings are its fields, those inherited included.

    Attributes:
        network: name of the network; `vosbench train --help` lists them.
        short_side: shorter side of a frame as the network sees it, pixels; 800 unless given, for a
            Mask R-CNN only.
        adapt_factor: share of the rates that online adaptation uses.
        weights: checkpoint to begin from; the one shipped with the network by default.
        device: where to compute.
        shipped: checkpoints that come with vosbench, by network.

    Raises:
        UsageError: a number is out of its range, there is no such network, it cannot follow the
            settings, or it needs `weights`.
        DataError: the checkpoint is unreadable or of another network.
    """

    network: str = "compact"
    short_side: int | None = None
    adapt_factor: float = 1.0
    weights: Path | None = None
    device: str = "cpu"

    shipped: ClassVar[Mapping[str, Path]] = {}

    def __post_init__(self) -> None:
        """Load the network; see `Raises`."""
        super().__post_init__()
        check_rate("adapt_factor", self.adapt_factor)
        if self.compile == "cuda-graphs" and not self.device.startswith("cuda"):
            raise UsageError(
                f"the setting compile is cuda-graphs, but the device is {self.device}; add "
                "--device cuda, or take compile=default"
            )
        network = open_network(self.network, short_side=self.short_side)
        weights = self.weights or self._shipped_weights()
        checkpoint = load_checkpoint(weights, network=network.name, like=network.shapes())
        if network.channels_last:
            checkpoint = checkpoint.channels_last()
        tuner = self.tuner(checkpoint.to(self.device))
        self._propagation = Propagation(network, tuner, self)
        self._provenance = {
            "network": network.name,
            "weights": weights.name,
            "weights_sha256": sha256(weights),
            "objects": "one by one",
        }
        if "total_cpu_seconds" in checkpoint.training:
            self._provenance["training_cpu_seconds"] = str(checkpoint.training["total_cpu_seconds"])

    @abstractmethod
    def tuner(self, checkpoint: Checkpoint) -> Tuner:
        """How parameters are fine-tuned, from a checkpoint on the device."""

    def fit(self, image: Image, mask: Mask) -> None:
        """Fine-tune for each object of the first frame."""
        self._propagation.fit(image, mask, self.seed)

    def step(self, image: Image) -> Mask:
        """Label map of the next frame."""
        return self._propagation.step(image)

    @property
    def sees_annotations(self) -> bool:
        """Whether boxes come from annotations."""
        return self.boxes == "annotation"

    def peek(self, mask: Mask) -> None:
        """Search the next frame where the annotation has the objects."""
        if self.sees_annotations:
            self._propagation.peek(mask)

    def rehearsal(self) -> Method:
        """The same network and tuner with few inner steps, which call the same kernels."""
        shortened, frames = self._propagation.shortened(REHEARSED_STEPS)
        return Rehearsal(shortened, frames)

    def detections(self) -> tuple[Detection, ...]:
        """Where objects were seen last."""
        return self._propagation.detections()

    def provenance(self) -> dict[str, str]:
        """Network and weights, and the computing time that they took where it is known."""
        return dict(self._provenance)

    def _shipped_weights(self) -> Path:
        if self.network not in self.shipped:
            raise UsageError(
                f"no weights come with the network {self.network}: "
                "add --set weights=FILE, a checkpoint of `vosbench train` or `vosbench weights`"
            )
        return self.shipped[self.network]


def check_rate(name: str, value: float) -> None:
    """Raise `UsageError` unless the setting `name`, a rate or a share of one, can be used."""
    if not 0 <= value < math.inf:
        raise UsageError(f"the setting {name} is {value}; it must be finite and 0 or more")
