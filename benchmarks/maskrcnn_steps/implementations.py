"""The two implementations that are compared, each as a network and what fine-tunes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from benchmarks.maskrcnn_steps.straightforward import PlainRCNN, PlainTuner
from vosbench.meta.checkpoints import load_checkpoint
from vosbench.meta.learner import Learner, Loss, Parameters, initial_rates
from vosbench.methods._following import FirstFrame, Follower, FollowingNetwork
from vosbench.methods._maskrcnn import ObjectRCNN
from vosbench.methods._maskrcnn_build import build
from vosbench.methods._maskrcnn_design import design_called
from vosbench.methods._maskrcnn_following import RCNN, DetectionFollower
from vosbench.methods._precision import Compilation, Precision
from vosbench.methods._propagation import Propagation, Tuner
from vosbench.methods._propagation_settings import BoxPropagation, PropagationSettings
from vosbench.methods.eosvos import LearnedTuner

STRAIGHTFORWARD = "straightforward"
"""Name of what the others are compared with."""

RATE = 1e-5
"""Of every neuron: parameters move little, so that nothing runs off to infinity."""


@dataclass(frozen=True)
class Implementation:
    """One way to do the same.

    Attributes:
        name: in tables.
        network: what sees frames.
        tuner: from the start to an object's parameters.
        descent: inner steps on a loss, one whenever the next is asked for.
        precision: of the layers.
    """

    name: str
    network: FollowingNetwork
    tuner: Tuner
    descent: Callable[[Loss, int], Iterator[object]]
    precision: Precision = "float32"

    def follower(self, first: FirstFrame, settings: PropagationSettings) -> Follower:
        """What gives the losses of inner steps."""
        return self.network.follower(first, replace(settings, precision=self.precision))

    def propagation(self, settings: PropagationSettings) -> Propagation:
        """What fits and follows."""
        return Propagation(self.network, self.tuner, replace(settings, precision=self.precision))


class Plain:
    """The straightforward network by name.

    Args:
        name: as of `RCNN`.
        make: makes the network that its parts come from.
    """

    propagations: tuple[BoxPropagation, ...] = RCNN.propagations
    unused: tuple[str, ...] = RCNN.unused
    compilations: tuple[Compilation, ...] = ("off",)

    def __init__(self, name: str, make: Callable[[], ObjectRCNN]) -> None:
        self.name = name
        with torch.device("meta"):
            self._network = PlainRCNN(make())

    def follower(self, first: FirstFrame, settings: PropagationSettings) -> Follower:
        """Follows in the same way, but makes nothing ahead."""
        network = cast("ObjectRCNN", self._network)  # it has the same interface
        return DetectionFollower(network, first, settings, self.propagations[0], ahead=0)


def implementations(
    name: str,
    *,
    weights: Path | None,
    short_side: int,
    device: str,
    channels_last: bool,
    bfloat16: bool,
) -> list[Implementation]:
    """The fast one and the straightforward one, both from the same parameters.

    Args:
        name: of the network.
        weights: checkpoint with its parameters; random ones unless given.
        short_side: of frames as it sees them, pixels.
        device: where to compute.
        channels_last: order of the fast one's convolutions in memory.
        bfloat16: have the fast one a second time, in this precision.
    """
    make = partial(build, design_called(name), short_side)
    network = RCNN(name, make)
    found: Parameters = network.parameters()
    if weights:
        found = load_checkpoint(weights, network=network.name, like=network.shapes()).parameters
    start = {n: p.to(device) for n, p in found.items()}
    rates = initial_rates(start, RATE, scale="linear")
    arranged = {n: _last(p) if channels_last else p for n, p in start.items()}
    learner = Learner(arranged, rates, "linear")
    plain = PlainTuner(start, rates)
    fast = Implementation(
        "fast",
        network,
        LearnedTuner(learner, 1.0),
        lambda loss, steps: learner.descent(loss, steps, learner.at(learner.start)),
    )
    also = [replace(fast, name="fast, bfloat16", precision="bfloat16")] if bfloat16 else []
    return [fast, *also, Implementation(STRAIGHTFORWARD, Plain(name, make), plain, plain.descent)]


def _last(parameter: Tensor) -> Tensor:
    if parameter.dim() != 4:
        return parameter
    return parameter.to(memory_format=torch.channels_last)
