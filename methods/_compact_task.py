"""A meta-learning task for the compact network: windows on one object in two frames."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.losses import cross_entropy_and_dice
from vosbench.meta.learner import Parameters
from vosbench.meta.streams import Stream
from vosbench.meta.tasks import ObjectFrame, TaskDraw
from vosbench.methods._examples import annotated_examples
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
        return self._loss(parameters, self.support, self.support_windows, generator)

    def query_loss(self, parameters: Parameters) -> Tensor:
        """Loss on the query windows."""
        generator = np.random.default_rng((Stream.QUERY, self.seed))
        return self._loss(parameters, self.query, self.query_windows, generator)

    def _loss(
        self,
        parameters: Parameters,
        frame: ObjectFrame,
        count: int,
        generator: np.random.Generator,
    ) -> Tensor:
        windows = training_windows(frame, count, generator)
        examples = self.colours(
            annotated_examples(frame.image, frame.mask, windows, generator, earlier=frame.earlier)
        )
        device = device_of(parameters)
        logits = functional_call(self.network, dict(parameters), (examples.inputs.to(device),))
        return cross_entropy_and_dice(logits, examples.targets.to(device))
