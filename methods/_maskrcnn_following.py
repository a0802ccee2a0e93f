"""Mask R-CNN in the schedule of e-OSVOS: what it learns from, and how it finds an object."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from vosbench.arrays import BinaryMask, Image
from vosbench.augment import FIRST_FRAME, augmented
from vosbench.meta.learner import Loss, Parameters
from vosbench.meta.outer import Task
from vosbench.meta.tasks import TaskDraw
from vosbench.methods._following import (
    FirstFrame,
    Follower,
    SoftMap,
    chosen_propagation,
    device_of,
)
from vosbench.methods._maskrcnn import Found, ObjectRCNN
from vosbench.methods._maskrcnn_ahead import Ahead
from vosbench.methods._maskrcnn_examples import (
    Batch,
    annotated_example,
    predicted_example,
    segmentation_loss,
)
from vosbench.methods._maskrcnn_frames import image_tensor
from vosbench.methods._maskrcnn_proposals import plan_search
from vosbench.methods._maskrcnn_task import RCNNTask
from vosbench.methods._precision import Compilation, computing
from vosbench.methods._propagation import REMEMBERED
from vosbench.methods._propagation_settings import BoxPropagation, PropagationSettings
from vosbench.methods._window import Box, tight_box
from vosbench.timing import phase

AHEAD = 2
"""See `DetectionFollower`; two threads turn the 3 copies of a 480p frame in about 30 ms."""

_COPIES, _SAMPLES, _BOXES = range(1, 4)  # last word of a seed: what is drawn


class RCNN:
    """A Mask R-CNN by name.

    Args:
        name: see there.
        make: makes the network with random values, on torch's default device.
    """

    propagations: tuple[BoxPropagation, ...] = ("extend", "replace", "off")
    unused: tuple[str, ...] = ("smallest_growth", "largest_growth", "colour_weight")
    # As many regions as are found go through the heads: there is no graph of them to record.
    compilations: tuple[Compilation, ...] = ("off", "default")
    channels_last = False

    def __init__(self, name: str, make: Callable[[], ObjectRCNN]) -> None:
        self.name = name
        self._make = make
        # Parameters come from outside: the network itself holds shapes and no values.
        with torch.device("meta"):
            self._network = make()
        self._compiled: ObjectRCNN | None = None

    def shapes(self) -> Parameters:
        """Names and shapes of the parameters, without values."""
        return dict(self._network.named_parameters())

    def parameters(self) -> Parameters:
        """Random initial values as torchvision draws them, from seed 0."""
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(0)
            network = self._make()
        return {name: p.detach() for name, p in network.named_parameters()}

    def task(self, draw: TaskDraw) -> Task:
        """Losses on the two augmented frames."""
        return RCNNTask.drawn(self._network, draw)

    def follower(self, first: FirstFrame, settings: PropagationSettings) -> Follower:
        """Begin to follow one object from detection to detection."""
        propagation = chosen_propagation(self, settings)
        network = self._network if settings.compile == "off" else self._with_compiled_backbone()
        return DetectionFollower(network, first, settings, propagation)

    def _with_compiled_backbone(self) -> ObjectRCNN:
        """The same network for all objects; meta-learning, which derives twice, has the other."""
        if self._compiled is None:
            with torch.device("meta"):
                self._compiled = self._make()
            self._compiled.compile_backbone()
        return self._compiled


class DetectionFollower:
    """One object, taken to be the best detection of each frame (specification 3.2 and 3.3).

    Args:
        network: without parameters of its own.
        first: the object where it is annotated.
        settings: see there.
        propagation: how the box of the last frame directs the search; not `auto`.
        ahead: steps whose copies of the first frame are made while a GPU is at work on one.
    """

    def __init__(
        self,
        network: ObjectRCNN,
        first: FirstFrame,
        settings: PropagationSettings,
        propagation: BoxPropagation,
        *,
        ahead: int = AHEAD,
    ) -> None:
        box = tight_box(first.mask)
        assert box is not None, "an id of the label map has pixels"
        self._network = network
        self._first = first
        self._settings = settings
        self._propagation = propagation
        self._precision = settings.precision
        self._ahead = ahead
        self._copies = Ahead(self._augmented, settings.steps)
        self._seen: Box | None = box  # in the last frame
        self._begin: Box | None = box  # in the frame before the chunk
        self._past: dict[int, tuple[Image, SoftMap]] = {}
        self.box = (box.left, box.top, box.right, box.bottom)
        self.score = 1.0

    def first_frame_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss on a batch of augmented copies of the first frame, new ones in every step."""
        # A CPU that learns has no time to spare; beside a GPU it would wait.
        ahead = self._ahead if device_of(parameters).type == "cuda" else 0
        seed = (self._first.seed, 0, step, _SAMPLES)
        return self._loss(parameters, self._copies.take(step, ahead=ahead), seed)

    def adaptation_loss(self, frame: int, past: tuple[int, ...]) -> Loss:
        """Loss on the first frame and past ones, none of them augmented."""
        ignored = (self._settings.adapt_ignore_from, self._settings.adapt_ignore_to)
        seen = [predicted_example(*self._past[number], ignored) for number in past]
        first = annotated_example(self._first.image, self._first.mask)
        batch = Batch([first, *(example for example in seen if example is not None)])

        def loss(parameters: Parameters, step: int) -> Tensor:
            return self._loss(parameters, batch, (self._first.seed, frame, step, _SAMPLES))

        return loss

    def begin_chunk(self) -> None:
        """A lost object is looked for where it was in the last frame, from now on."""
        self._begin = self._seen

    @torch.inference_mode()
    def find(self, parameters: Parameters, image: Image, frame: int) -> SoftMap:
        """The best detection; no pixel where there is none."""
        found = self._best(parameters, image, frame)
        with phase("post"):
            soft = np.zeros(image.shape[:2], np.float32)
            if found is not None:
                soft = found.soft.float().cpu().numpy()
        if self._settings.adapt:
            self._past[frame] = (image.copy(), soft)
            self._past.pop(frame - REMEMBERED, None)
        self.score = 0.0 if found is None else float(found.score)
        if found is not None:
            left, top, right, bottom = found.box.tolist()
            self.box = (left, top, right, bottom)
        if self._settings.boxes == "predicted":
            self._seen = tight_box(soft > 0.5)
        return soft

    def look(self, mask: BinaryMask) -> None:
        """Search around the annotated object next; where there was one last if it is gone."""
        self._seen = tight_box(mask) or self._seen

    def _best(self, parameters: Parameters, image: Image, frame: int) -> Found | None:
        generator = np.random.default_rng((self._first.seed, frame, 0, _BOXES))
        search = plan_search(self._seen, self._begin, self._propagation, generator)
        seen = image_tensor(image, next(iter(parameters.values())))
        boxes = torch.from_numpy(search.boxes)
        with computing(self._precision, seen.device):
            return functional_call(
                self._network,
                dict(parameters),
                (lambda rcnn: rcnn.detect(seen, search.own, boxes),),
            )

    def _augmented(self, step: int) -> Batch:
        """Copies of the first frame for one step."""
        generator = np.random.default_rng((self._first.seed, 0, step, _COPIES))
        first = (self._first.image, self._first.mask, FIRST_FRAME, generator)
        return Batch([annotated_example(*augmented(*first)) for _ in range(self._settings.batch)])

    def _loss(self, parameters: Parameters, batch: Batch, seed: tuple[int, ...]) -> Tensor:
        return segmentation_loss(self._network, parameters, batch, seed, self._precision)
