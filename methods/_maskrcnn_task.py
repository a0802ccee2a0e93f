"""A meta-learning task for Mask R-CNN: one object in two augmented frames (specification 2.4)."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from vosbench.augment import TASK, augmented, draw_shared
from vosbench.meta.learner import Parameters
from vosbench.meta.streams import Stream
from vosbench.meta.tasks import TaskDraw
from vosbench.methods._maskrcnn import ObjectRCNN
from vosbench.methods._maskrcnn_examples import Batch, annotated_example, segmentation_loss


@dataclass(frozen=True)
class RCNNTask:
    """Losses of Mask R-CNN on one object in two frames.

    One augmentation is drawn for the whole task: all inner steps see the identical image, as in the
    paper; only anchors and proposals are sampled anew in each.

    Attributes:
        network: without parameters of its own.
        support: frame to fine-tune on.
        query: frame to be judged on.
        seed: of the samples.
    """

    network: ObjectRCNN
    support: Batch
    query: Batch
    seed: int

    @staticmethod
    def drawn(network: ObjectRCNN, draw: TaskDraw) -> "RCNNTask":
        """The task of `draw`: colours and mirroring for both frames, a turn for each."""
        generator = np.random.default_rng((Stream.COLOURS, draw.seed))
        shared = draw_shared(TASK, generator)
        support, query = (
            Batch([annotated_example(*augmented(f.image, f.mask, TASK, generator, shared=shared))])
            for f in (draw.support, draw.query)
        )
        return RCNNTask(network, support, query, draw.seed)

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss of inner step `step` on the support frame."""
        seed = (Stream.SUPPORT, self.seed, step)
        return segmentation_loss(self.network, parameters, self.support, seed)

    def query_loss(self, parameters: Parameters) -> Tensor:
        """Loss on the query frame, in the same form as in training (specification 2.5)."""
        seed = (Stream.QUERY, self.seed)
        return segmentation_loss(self.network, parameters, self.query, seed)
