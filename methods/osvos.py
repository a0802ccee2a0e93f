"""OSVOS: one network for whole frames, fine-tuned on the first frame at a fixed rate.

Caelles et al., "One-Shot Video Object Segmentation", CVPR 2017: a parent network that tells things
from background learns which of them is meant, and then segments every frame on its own, knowing
nothing of the frame before. With online adaptation it also learns from its own answers, as OnAVOS
does (Voigtlaender and Leibe, BMVC 2017).
"""

from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from vosbench.arrays import BinaryMask, Image, Mask, object_ids
from vosbench.augment import FIRST_FRAME, augmented
from vosbench.errors import UsageError
from vosbench.masks import merge_soft_maps
from vosbench.meta.checkpoints import load_checkpoint, sha256
from vosbench.meta.learner import Loss, Parameters
from vosbench.method import Method
from vosbench.methods._osvos_frames import (
    as_batch,
    resized_image,
    resized_mask,
    soft_map,
    working_size,
)
from vosbench.methods._osvos_network import SideOutputNetwork, checkpoint_name, layout_of
from vosbench.methods._osvos_online import KnownPixels, far_pixels, sure_pixels
from vosbench.methods._osvos_tuning import FrameTuner
from vosbench.methods._rehearsal import REHEARSED_STEPS
from vosbench.methods._tuned import check_rate
from vosbench.settings import check_at_least
from vosbench.timing import phase

VARIANTS: dict[str, dict[str, object]] = {
    "osvos-50": {"steps": 50},
    "osvos-500": {"steps": 500},
    "osvos-50-OnA": {"steps": 50, "adapt": True},
    "osvos-500-OnA": {"steps": 500, "adapt": True},
}

SHIPPED_WEIGHTS = {"narrow": Path(__file__).parent / "weights" / "osvos-narrow.safetensors"}

NEVER = -20.0
"""Logit of a pixel that cannot be of the object."""


@dataclass
class _Followed:
    """One object and the network that knows it."""

    object_id: int
    image: Image  # where it was annotated, in the working size
    mask: BinaryMask  # likewise
    parameters: Parameters
    last: BinaryMask  # in the frame before, in the working size


@dataclass(kw_only=True, eq=False)
class OSVOS(Method):
    """OSVOS, and OnAVOS-style online adaptation as its option.

    Attributes:
        network: `narrow`, small enough for a CPU, or `vgg16`, the published one.
        steps: steps of gradient descent on the first frame; 500 and more in the paper.
        rate: learning rate.
        momentum: of the gradient descent.
        weight_decay: of all parameters.
        short_side: pixels that the shorter side of every frame is brought to; by default what the
            network is meant for, 480 for `vgg16` and 240 for `narrow`.
        adapt: online adaptation.
        adapt_every: frames between two adaptations.
        adapt_steps: steps of each.
        adapt_current: every so many of these, beginning with the first, one is on the frame at
            hand; the others are on the first frame, so that it is not forgotten.
        adapt_weight: of the loss on the frame at hand.
        adapt_factor: share of the rate that adaptation uses.
        adapt_sure: probability from which a pixel is learned as one of the object.
        adapt_distance: distance from the last mask from which a pixel is learned as background;
            pixels, in a frame whose shorter side is 480.
        adapt_erosion: side of the square that the last mask is eroded by before, likewise.
        weights: checkpoint of `vosbench train osvos`; the shipped one by default, for `narrow`.
        device: where to compute.

    Raises:
        UsageError: a number is out of its range, there is no such network, or no weights are given
            for one that has none.
        DataError: the checkpoint is unreadable or of another network.
    """

    network: Literal["narrow", "vgg16"] = "narrow"
    steps: int = 50
    rate: float = 5e-3
    momentum: float = 0.9
    weight_decay: float = 2e-4
    short_side: int | None = None
    adapt: bool = False
    adapt_every: int = 1
    adapt_steps: int = 15
    adapt_current: int = 5
    adapt_weight: float = 0.05
    adapt_factor: float = 1.0
    adapt_sure: float = 0.97
    adapt_distance: float = 220.0
    adapt_erosion: int = 15
    weights: Path | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        """Load the parent network; see `Raises`."""
        layout = layout_of(self.network)
        self._check_numbers()
        self._side = layout.short_side if self.short_side is None else self.short_side
        network, weights = SideOutputNetwork(layout), self.weights or self._shipped_weights()
        name, like = checkpoint_name(self.network), dict(network.named_parameters())
        checkpoint = load_checkpoint(weights, network=name, like=like).to(self.device)
        self._parent = dict(checkpoint.channels_last().parameters)
        self._tuner = FrameTuner(
            network=network.to(self.device),
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            device=torch.device(self.device),
        )
        self._provenance = {
            "network": name,
            "weights": weights.name,
            "weights_sha256": sha256(weights),
            "objects": "one by one",
        }
        if "total_cpu_seconds" in checkpoint.training:
            self._provenance["training_cpu_seconds"] = str(checkpoint.training["total_cpu_seconds"])
        self._objects: list[_Followed] = []
        self._frame = 0

    def fit(self, image: Image, mask: Mask) -> None:
        """Fine-tune the parent for each object of the first frame."""
        self._objects, self._frame = [], 0
        self.join(image, mask)

    def join(self, image: Image, mask: Mask) -> None:
        """Fine-tune the parent for each object that is annotated here first."""
        height, width = mask.shape
        size = working_size(height, width, self._side)
        small = resized_image(image, size)
        for object_id in object_ids(mask):
            seen = resized_mask(mask == object_id, size)
            begun = _Followed(object_id, small, seen, self._parent, seen)
            loss = self._first_frame_loss(begun)
            begun.parameters = self._tuner.descended(
                self._parent, loss, steps=self.steps, rate=self.rate
            )
            self._objects.append(begun)

    def step(self, image: Image) -> Mask:
        """Label map of the next frame."""
        self._frame += 1
        height, width = image.shape[:2]
        small = resized_image(image, working_size(height, width, self._side))
        soft = [soft_map(self._found(each, small), (height, width)) for each in self._objects]
        with phase("post"):
            if not soft:
                return np.zeros((height, width), np.uint8)
            return merge_soft_maps(np.stack(soft), tuple(o.object_id for o in self._objects))

    def rehearsal(self) -> Method:
        """The same network with few steps, one of them on each kind of loss."""
        shortened = copy(self)
        shortened.steps = min(self.steps, REHEARSED_STEPS)
        shortened.adapt_steps = min(self.adapt_steps, REHEARSED_STEPS)
        shortened.adapt_every = 1
        return shortened

    def provenance(self) -> dict[str, str]:
        """Network and weights, and the computing time that they took."""
        return dict(self._provenance)

    def _found(self, followed: _Followed, image: Image) -> Tensor:
        """Logits `1×1×h×w` of one object in `image`."""
        if not self.adapt:
            return self._tuner.answer(followed.parameters, image)
        with phase("adapt"):
            far = far_pixels(
                followed.last, distance=self.adapt_distance, erosion=self.adapt_erosion
            )
            if far is not None and self._frame % self.adapt_every == 0:
                followed.parameters = self._adapted(followed, image, far)
        logits = self._tuner.answer(followed.parameters, image)
        if far is not None:
            logits = logits.masked_fill(as_batch(far).to(logits.device), NEVER)
        followed.last = (logits[0, 0] > 0).cpu().numpy()
        return logits

    def _adapted(self, followed: _Followed, image: Image, far: BinaryMask) -> Parameters:
        """Parameters after steps on what is sure of `image`, among steps on the first frame."""
        logits = self._tuner.answer(followed.parameters, image)
        probability = logits[0, 0].sigmoid().cpu().numpy()
        known = sure_pixels(probability, far, threshold=self.adapt_sure)
        first_frame_loss = self._first_frame_loss(followed)

        def loss(parameters: Parameters, step: int) -> Tensor:
            if step % self.adapt_current == 0:
                return self.adapt_weight * self._tuner.loss(parameters, image, known)
            return first_frame_loss(parameters, step)

        rate = self.rate * self.adapt_factor
        begin = followed.parameters
        return self._tuner.descended(begin, loss, steps=self.adapt_steps, rate=rate)

    def _first_frame_loss(self, followed: _Followed) -> Loss:
        """Loss on the annotated frame, turned and mirrored anew at each step."""
        frame = self._frame

        def loss(parameters: Parameters, step: int) -> Tensor:
            generator = np.random.default_rng((self.seed, frame, step))
            image, mask = augmented(followed.image, followed.mask, FIRST_FRAME, generator)
            return self._tuner.loss(parameters, image, KnownPixels(mask, ~mask))

        return loss

    def _shipped_weights(self) -> Path:
        if self.network not in SHIPPED_WEIGHTS:
            raise UsageError(
                f"no weights come with the network {self.network} of OSVOS: make them with "
                f"`vosbench train osvos --network {self.network}` and add --set weights=FILE"
            )
        return SHIPPED_WEIGHTS[self.network]

    def _check_numbers(self) -> None:
        check_at_least(self, steps=0, adapt_every=1, adapt_steps=0, adapt_current=1)
        check_at_least(self, adapt_distance=0, adapt_erosion=0)
        if self.short_side is not None:
            check_at_least(self, short_side=1)
        for name in ("rate", "weight_decay", "adapt_weight", "adapt_factor"):
            check_rate(name, getattr(self, name))
        for name in ("momentum", "adapt_sure"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"the setting {name} is {getattr(self, name)}; it must be 0 to 1")
