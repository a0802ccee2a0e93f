"""The compact network in the schedule of e-OSVOS: windows around an object, and the way back."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from vosbench.arrays import BinaryMask, Image
from vosbench.losses import cross_entropy_and_dice
from vosbench.meta.learner import Loss, Parameters
from vosbench.meta.outer import Task
from vosbench.meta.tasks import TaskDraw
from vosbench.methods._box_rule import largest_parts, next_box
from vosbench.methods._colour_model import ColourModel
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._compact_task import CompactTask
from vosbench.methods._examples import AnnotatedFrame, Examples, network_input, seen_prior
from vosbench.methods._following import FirstFrame, Follower, SoftMap, device_of
from vosbench.methods._precision import Call, Compilation, call_of, computing
from vosbench.methods._propagation import REMEMBERED
from vosbench.methods._propagation_settings import BoxPropagation, PropagationSettings
from vosbench.methods._window import jittered, paste, tight_box, window_around
from vosbench.timing import phase


class Compact:
    """The compact network by name.

    Args:
        network: its own parameters are initial values, no more; a new one by default.
    """

    name = "compact"
    # A window has to be somewhere: there are no proposals but the box of the last frame.
    propagations: tuple[BoxPropagation, ...] = ("replace",)
    unused: tuple[str, ...] = ()
    compilations: tuple[Compilation, ...] = ("off", "default", "cuda-graphs")
    channels_last = True

    def __init__(self, network: nn.Module | None = None) -> None:
        self._network = _seeded() if network is None else network
        self._calls: dict[Compilation, Call] = {}

    def shapes(self) -> Parameters:
        """Names and shapes of the parameters."""
        return dict(self._network.named_parameters())

    def parameters(self) -> Parameters:
        """Those of a network fresh from seed 0."""
        return {name: p.detach().clone() for name, p in self._network.named_parameters()}

    def task(self, draw: TaskDraw) -> Task:
        """Losses on windows of the two frames."""
        return CompactTask.drawn(self._network, draw)

    def follower(self, first: FirstFrame, settings: PropagationSettings) -> Follower:
        """Begin to follow one object through windows."""
        how = settings.compile
        if how not in self._calls:  # one for all objects: compiling takes long
            self._calls[how] = call_of(self._network, how)
        return WindowFollower(self._calls[how], first, settings)


def _seeded() -> CompactNetwork:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        return CompactNetwork()


@dataclass(frozen=True)
class _Seen:
    """A frame as the network saw and answered it."""

    inputs: Tensor  # 1×4×s×s
    probability: Tensor  # 1×1×s×s


class WindowFollower:
    """One object, looked for in a window around where it was last.

    Args:
        call: from parameters and windows to logits, as of `CompactNetwork`.
        first: the object where it is annotated.
        settings: see there.
    """

    def __init__(self, call: Call, first: FirstFrame, settings: PropagationSettings) -> None:
        box = tight_box(first.mask)
        assert box is not None, "an id of the label map has pixels"
        self._call = call
        self._seed = first.seed
        self._window = window_around(box)
        self._first = AnnotatedFrame(first.image, first.mask, around=self._window)
        self._settings = settings
        self._box = box
        self._colours = ColourModel.of(first.image, first.mask)
        self._soft: SoftMap = first.mask.astype(np.float32)
        self._past: dict[int, _Seen] = {}
        self.score = 1.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The box that the next frame will be searched from."""
        return (self._box.left, self._box.top, self._box.right, self._box.bottom)

    def first_frame_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss on fresh windows of the first frame, the same ones for every object and method."""
        examples = self._annotated(0, step, self._settings.batch)
        logits = self._logits(parameters, examples.inputs)
        return cross_entropy_and_dice(logits, examples.targets.to(logits))

    def adaptation_loss(self, frame: int, past: tuple[int, ...]) -> Loss:
        """Loss on fresh windows of the first frame and on past frames as the network saw them."""
        seen = [self._past[number] for number in past]
        seen = [s for s in seen if bool((s.probability > 0.5).any())]

        def loss(parameters: Parameters, step: int) -> Tensor:
            annotated = self._annotated(frame, step, 2)
            inputs = torch.cat([annotated.inputs, *(s.inputs for s in seen)])
            targets = [annotated.targets, *((s.probability > 0.5).float() for s in seen)]
            kept = [torch.ones_like(annotated.targets), *(self._kept(s.probability) for s in seen)]
            logits = self._logits(parameters, inputs)
            return cross_entropy_and_dice(
                logits,
                torch.cat(targets).to(logits),
                torch.cat(kept).to(logits) if self._settings.ignores_some else None,
            )

        return loss

    def begin_chunk(self) -> None:
        """A window does not depend on the parameters."""

    @torch.no_grad()
    def find(self, parameters: Parameters, image: Image, frame: int) -> SoftMap:
        """The object in the window around where it was, put back into the frame."""
        window = window_around(self._box)
        inputs = network_input(image, seen_prior(self._soft, window), [window])
        evidence = self._colours.evidence(inputs[:, :3])
        logits = self._logits(parameters, inputs).cpu()
        probability = (logits + self._settings.colour_weight * evidence).sigmoid()
        if self._settings.adapt:
            self._past[frame] = _Seen(inputs, probability)
            self._past.pop(frame - REMEMBERED, None)
        with phase("post"):
            self._soft = paste(probability[0, 0], window, *image.shape[:2])
        answer = probability[0, 0].numpy()
        seen = largest_parts(answer > 0.5)
        self.score = float(answer[seen].mean()) if seen.any() else 0.0
        if self._settings.boxes == "predicted":
            growth = (self._settings.smallest_growth, self._settings.largest_growth)
            self._box = next_box(seen, window, self._box, growth)
        return self._soft

    def look(self, mask: BinaryMask) -> None:
        """Search around the annotated object next; where there was one last if it is gone."""
        self._box = tight_box(mask) or self._box

    def _annotated(self, frame: int, step: int, count: int) -> Examples:
        generator = np.random.default_rng((self._seed, frame, step))
        windows = [jittered(self._window, generator, turn=0.25) for _ in range(count)]
        return self._first.examples(windows, generator)

    def _kept(self, probability: Tensor) -> Tensor:
        """1 where the network was sure enough to learn from it, else 0."""
        low, high = self._settings.adapt_ignore_from, self._settings.adapt_ignore_to
        return ((probability <= low) | (probability >= high)).float()

    def _logits(self, parameters: Parameters, inputs: Tensor) -> Tensor:
        device = device_of(parameters)
        with computing(self._settings.precision, device):
            return self._call(parameters, inputs.to(device)).float()
