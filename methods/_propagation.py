"""Following objects from frame to frame with the compact network.

Each object has its own copy of the parameters, its own box and its own soft map, and knows nothing
of the others; their soft maps are merged at the end (specification 3.4). What differs between
e-OSVOS and its baselines, the way parameters are fine-tuned, comes in as a `Tuner`.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.arrays import BinaryMask, Image, Mask, object_ids
from vosbench.losses import cross_entropy_and_dice
from vosbench.masks import merge_soft_maps
from vosbench.meta.learner import Loss, Parameters
from vosbench.method import Detection
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._examples import Examples, annotated_examples, network_input, seen_prior
from vosbench.methods._window import Box, Window, jittered, paste, tight_box, window_around
from vosbench.settings import check_at_least
from vosbench.timing import phase


class Tuner(Protocol):
    """Fine-tunes parameters on a loss; what e-OSVOS learns and the baselines fix by hand."""

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` steps from the start."""

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` more careful steps from `begin`."""


@dataclass(frozen=True, kw_only=True)
class PropagationSettings:
    """How objects are fine-tuned and followed.

    Attributes:
        steps: inner steps on the first frame, T; 0 or more.
        adapt: online adaptation (OnA) on or off.
        adapt_every: frames between two adaptations.
        adapt_steps: inner steps of each.
        batch: windows of the first frame in each step.
        smallest_growth: least factor between a side of the box in one frame and in the next.
        largest_growth: largest such factor.
    """

    steps: int = 50
    adapt: bool = False
    adapt_every: int = 5
    adapt_steps: int = 10
    batch: int = 3
    smallest_growth: float = 0.92
    largest_growth: float = 1.09

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        check_at_least(self, steps=0, adapt_every=1, adapt_steps=0, batch=1)
        check_at_least(self, smallest_growth=0, largest_growth=self.smallest_growth)


@dataclass
class _Tracked:
    """One object on its way through a sequence."""

    object_id: int
    mask: BinaryMask  # in the first frame
    fitted: Parameters  # after the first frame; every adaptation begins here again
    parameters: Parameters  # in use
    box: Box
    soft: NDArray[np.float32]  # in the last frame, h×w
    # The last four frames as the network saw and answered them, for online adaptation.
    past: deque[Examples] = field(default_factory=lambda: deque(maxlen=4))
    score: float = 1.0


class Propagation:
    """Segments sequences with a network that a tuner fine-tunes for each object.

    Args:
        network: `CompactNetwork`; its own parameters are not used.
        tuner: from the start to an object's parameters.
        settings: see there.
        device: where the network computes.
    """

    def __init__(
        self,
        network: nn.Module,
        tuner: Tuner,
        settings: PropagationSettings,
        device: torch.device,
    ) -> None:
        self._network = network
        self._tuner = tuner
        self._settings = settings
        self._device = device
        self._objects: list[_Tracked] = []
        self._first: Image | None = None
        self._frame = 0
        self._seed = 0

    def fit(self, image: Image, mask: Mask, seed: int) -> None:
        """Fine-tune on the first frame for each of its objects; forget the sequence before."""
        self._first, self._frame, self._seed = image, 0, seed
        self._objects = [self._begin(i, mask == i) for i in object_ids(mask)]

    def step(self, image: Image) -> Mask:
        """Label map of the next frame."""
        self._frame += 1
        if self._settings.adapt and self._adaptation_is_due():
            with phase("adapt"):
                for tracked in self._objects:
                    tracked.parameters = self._adapt(tracked)
        for tracked in self._objects:
            self._follow(tracked, image)
        with phase("post"):
            return self._merged(image.shape[:2])

    def detections(self) -> tuple[Detection, ...]:
        """Boxes that the next frame will be searched from, with the mean probability inside."""
        return tuple(
            Detection(t.object_id, (t.box.left, t.box.top, t.box.right, t.box.bottom), t.score)
            for t in self._objects
            if t.score > 0
        )

    def _adaptation_is_due(self) -> bool:
        """True for frames 6, 11, 16, …: the first frame of each chunk but the first."""
        return self._frame > 1 and (self._frame - 1) % self._settings.adapt_every == 0

    def _begin(self, object_id: int, mask: BinaryMask) -> _Tracked:
        box = tight_box(mask)
        assert box is not None, "an id of the label map has pixels"
        fitted = self._tuner.first_frame(self._first_frame_loss(mask, box), self._settings.steps)
        soft = mask.astype(np.float32)
        return _Tracked(object_id, mask, fitted, fitted, box, soft)

    def _first_frame_loss(self, mask: BinaryMask, box: Box) -> Loss:
        """Loss on fresh windows of the first frame, the same ones for every object and method."""

        def loss(parameters: Parameters, step: int) -> Tensor:
            examples = self._first_frame_examples(mask, box, step, self._settings.batch)
            return self._loss(parameters, examples)

        return loss

    def _first_frame_examples(self, mask: BinaryMask, box: Box, step: int, count: int) -> Examples:
        assert self._first is not None, "fit comes before every step"
        generator = np.random.default_rng((self._seed, self._frame, step))
        window = window_around(box)
        windows = [jittered(window, generator, turn=0.25) for _ in range(count)]
        return annotated_examples(self._first, mask, windows, generator)

    def _adapt(self, tracked: _Tracked) -> Parameters:
        """Parameters adapted to the first frame and to frames m−4 and m−3 as they were predicted.

        The two older of the last four frames, and the state after the first frame to begin from:
        a drift in the newest ones is not learned (specification 3.5). With fewer than four frames
        behind it, which takes `adapt_every` below 4, the oldest there are.
        """
        box = tight_box(tracked.mask)
        assert box is not None, "an object begins with pixels"
        predicted = [e for e in list(tracked.past)[:2] if bool(e.targets.any())]

        def loss(parameters: Parameters, step: int) -> Tensor:
            annotated = self._first_frame_examples(tracked.mask, box, step, 2)
            return self._loss(parameters, _joined([annotated, *predicted]))

        return self._tuner.online(loss, self._settings.adapt_steps, tracked.fitted)

    def _loss(self, parameters: Parameters, examples: Examples) -> Tensor:
        logits = self._logits(parameters, examples.inputs.to(self._device))
        return cross_entropy_and_dice(logits, examples.targets.to(self._device))

    def _logits(self, parameters: Parameters, inputs: Tensor) -> Tensor:
        logits: Tensor = functional_call(self._network, dict(parameters), (inputs,))
        return logits

    @torch.no_grad()
    def _follow(self, tracked: _Tracked, image: Image) -> None:
        """Find the object in `image`: its soft map and the box to search next."""
        window = window_around(tracked.box)
        inputs = network_input(image, seen_prior(tracked.soft, window), [window])
        probability = self._logits(tracked.parameters, inputs.to(self._device)).sigmoid().cpu()
        tracked.past.append(Examples(inputs, (probability > 0.5).float()))
        with phase("post"):
            tracked.soft = paste(probability[0, 0], window, *image.shape[:2])
        seen = _largest_parts(probability[0, 0].numpy() > 0.5)
        found = tight_box(seen)
        tracked.score = float(probability[0, 0].numpy()[seen].mean()) if found else 0.0
        if found is not None:
            tracked.box = self._next_box(tracked.box, _in_frame(found, window))

    def _next_box(self, last: Box, found: Box) -> Box:
        """`found`, its sides not far from those of `last`: masks may fail, things do not."""
        low, high = self._settings.smallest_growth, self._settings.largest_growth
        width = min(max(found.width, low * last.width), high * last.width)
        height = min(max(found.height, low * last.height), high * last.height)
        return Box.around(*found.centre, width, height)

    def _merged(self, size: tuple[int, int]) -> Mask:
        if not self._objects:
            return np.zeros(size, np.uint8)
        soft = np.stack([t.soft for t in self._objects])  # n×h×w
        return merge_soft_maps(soft, tuple(t.object_id for t in self._objects))


def _joined(examples: list[Examples]) -> Examples:
    inputs = torch.cat([e.inputs for e in examples])
    return Examples(inputs, torch.cat([e.targets for e in examples]))


def _largest_parts(mask: BinaryMask, share: float = 0.1) -> BinaryMask:
    """`mask` without connected parts smaller than `share` of the largest: specks move no box."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    kept: BinaryMask = (sizes >= share * sizes.max())[labels]
    return kept & mask


def _in_frame(box: Box, window: Window) -> Box:
    """A box given in pixels of the network's output, in pixels of the frame."""
    across, down = window.box.width / WINDOW_SIZE, window.box.height / WINDOW_SIZE
    return Box(
        window.box.left + box.left * across,
        window.box.top + box.top * down,
        window.box.left + box.right * across,
        window.box.top + box.bottom * down,
    )
