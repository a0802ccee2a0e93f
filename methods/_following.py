"""What a network must be able to do so that objects can be followed with it.

The schedule of e-OSVOS (fine-tuning, chunks, adaptation, merging) lies in `_propagation`; here is
what it asks of a network, which decides what the losses see and how an object is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vosbench.arrays import BinaryMask, Image
from vosbench.errors import UsageError
from vosbench.meta.learner import Loss, Parameters
from vosbench.meta.outer import Task
from vosbench.meta.tasks import TaskDraw
from vosbench.methods._precision import Compilation
from vosbench.methods._propagation_settings import BoxPropagation, PropagationSettings

SoftMap = NDArray[np.float32]
"""Probability of one object in each pixel of a frame, h×w, 0..1."""


@dataclass(frozen=True)
class FirstFrame:
    """One object where it is annotated.

    Attributes:
        image: the frame.
        mask: the object in it; at least one pixel.
        seed: of the run.
    """

    image: Image
    mask: BinaryMask
    seed: int


class Follower(Protocol):
    """One object on its way through a sequence. Frames are counted from the annotated one, 0.

    Everything is computed where the parameters lie.
    """

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where the object was seen last: (left, top, right, bottom), pixels of the frame."""

    @property
    def score(self) -> float:
        """How sure that is, 0..1; 0 where the object was not seen in the last frame."""

    def first_frame_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss of step `step` of fine-tuning on the annotated frame."""

    def adaptation_loss(self, frame: int, past: tuple[int, ...]) -> Loss:
        """Loss on the annotated frame and on frames `past` as they were found.

        Args:
            frame: the next one to be searched.
            past: among the last four; one in which the object was not seen is left out.
        """

    def begin_chunk(self) -> None:
        """Parameters are others from now on, as after an adaptation."""

    def find(self, parameters: Parameters, image: Image, frame: int) -> SoftMap:
        """The object in frame number `frame`, the one after the last."""

    def look(self, mask: BinaryMask) -> None:
        """Take the annotated object (perhaps no pixel) of the last frame as the place to search."""


class FollowingNetwork(Protocol):
    """A network by name, as far as it follows objects."""

    name: str
    """As in `--set network=…`, and as checkpoints state it."""
    propagations: tuple[BoxPropagation, ...]
    """What it can make of the box of the last frame; the first is its default."""
    unused: tuple[str, ...]
    """Settings that say nothing to it."""
    compilations: tuple[Compilation, ...]
    """What of it can be compiled."""

    def follower(self, first: FirstFrame, settings: PropagationSettings) -> Follower:
        """Begin to follow one object."""


class Network(FollowingNetwork, Protocol):
    """A network by name: what it is, what it learns from, how it follows an object."""

    channels_last: bool
    """Whether it wants the parameters of its convolutions with their channels last in memory."""

    def shapes(self) -> Parameters:
        """Names and shapes of the parameters; the tensors need not hold values."""

    def parameters(self) -> Parameters:
        """Initial values, on the CPU; the same at every call."""

    def task(self, draw: TaskDraw) -> Task:
        """The losses of a meta-learning task, on the device of the parameters they are given."""


def check_settings(network: FollowingNetwork, settings: PropagationSettings) -> None:
    """Raise `UsageError` for settings that `network` cannot follow."""
    if settings.propagation not in ("auto", *network.propagations):
        raise UsageError(
            f"network {network.name} has no box propagation {settings.propagation!r}; "
            f"there is {', '.join(network.propagations)}"
        )
    for name in network.unused:
        if getattr(settings, name) != getattr(type(settings), name):
            raise UsageError(f"network {network.name} does not use the setting {name}")
    if settings.compile not in network.compilations:
        raise UsageError(
            f"network {network.name} cannot be compiled as {settings.compile}; "
            f"there is {', '.join(network.compilations)}"
        )
    if settings.boxes == "annotation" and settings.propagation == "off":
        raise UsageError(
            "boxes=annotation says where to search: it does not go with propagation=off"
        )


def chosen_propagation(network: FollowingNetwork, settings: PropagationSettings) -> BoxPropagation:
    """How boxes are propagated: as the settings say, or as `network` does of itself."""
    return network.propagations[0] if settings.propagation == "auto" else settings.propagation


def device_of(parameters: Mapping[str, Tensor]) -> torch.device:
    """Where parameters lie."""
    return next(iter(parameters.values())).device
