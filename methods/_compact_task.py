"""A meta-learning task for the compact network: windows on one object in two frames."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.losses import cross_entropy_and_dice
from vosbench.meta.learner import Parameters
from vosbench.meta.streams import Stream
from vosbench.meta.tasks import ObjectFrame, TaskDraw
from vosbench.methods._examples import AnnotatedFrame, Examples
from vosbench.methods._following import device_of
from vosbench.methods._training_data import ColourChange, training_windows


@dataclass(frozen=True)
class CompactTask:
    """Losses of the compact network on one object in two frames.

    Every inner step sees fresh windows and priors of the support frame, as at test time; colours
    are changed once for the whole task.

    Attributes:
        network: from windows to logits.
        support: frame to fine-tune on.
        query: frame to be judged on.
        colours: of both frames.
        seed: of windows and priors.
        support_windows: in each inner step.
        query_windows: that judge.
    """

    network: nn.Module
    support: ObjectFrame
    query: ObjectFrame
    colours: ColourChange
    seed: int
    support_windows: int = 3
    query_windows: int = 4

    @staticmethod
    def drawn(network: nn.Module, draw: TaskDraw) -> "CompactTask":
        """The task of `draw`."""
        colours = ColourChange.draw(np.random.default_rng((Stream.COLOURS, draw.seed)))
        return CompactTask(network, draw.support, draw.query, colours, draw.seed)

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss on the support windows of inner step `step`."""
        generator = np.random.default_rng((Stream.SUPPORT, self.seed, step))
        windows = training_windows(self.support, self.support_windows, generator)
        return self._loss(parameters, self._support.examples(windows, generator))

    def query_loss(self, parameters: Parameters) -> Tensor:
        """Loss on the query windows."""
        generator = np.random.default_rng((Stream.QUERY, self.seed))
        windows = training_windows(self.query, self.query_windows, generator)
        return self._loss(parameters, self._query.examples(windows, generator))

    @cached_property
    def _support(self) -> AnnotatedFrame:
        """Every inner step sees it anew."""
        return _ready(self.support)

    @cached_property
    def _query(self) -> AnnotatedFrame:
        """So does every loss along the way, where several are asked for."""
        return _ready(self.query)

    def _loss(self, parameters: Parameters, examples: Examples) -> Tensor:
        seen, device = self.colours(examples), device_of(parameters)
        logits = functional_call(self.network, dict(parameters), (seen.inputs.to(device),))
        return cross_entropy_and_dice(logits, seen.targets.to(device))


def _ready(frame: ObjectFrame) -> AnnotatedFrame:
    return AnnotatedFrame(frame.image, frame.mask, earlier=frame.earlier)
