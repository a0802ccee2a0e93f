"""Annotated frames as Mask R-CNN learns from them, and its loss on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call

from vosbench.arrays import VOID, BinaryMask, Image
from vosbench.meta.learner import Parameters
from vosbench.methods._maskrcnn import Frames, Lesson, ObjectRCNN
from vosbench.methods._precision import Precision, computing
from vosbench.methods._window import tight_box


@dataclass(frozen=True)
class Example:
    """One frame to learn from.

    Attributes:
        image: the frame.
        target: `uint8 h×w`: 1 the object, 0 not, `VOID` the object perhaps: void belongs to the
            box, but the mask is not judged there.
    """

    image: Image
    target: NDArray[np.uint8]


def annotated_example(image: Image, mask: BinaryMask) -> Example:
    """A frame with its annotation."""
    return Example(image, mask.astype(np.uint8))


def predicted_example(
    image: Image, soft: NDArray[np.float32], ignored: tuple[float, float]
) -> Example | None:
    """A frame with a prediction in place of the annotation; None if the object was not seen.

    Args:
        image: the frame.
        soft: `float32 h×w`, probability of the object.
        ignored: pixels with a probability between these two are void.
    """
    target = (soft > 0.5).astype(np.uint8)
    if not target.any():
        return None
    low, high = ignored
    target[(soft > low) & (soft < high)] = VOID
    return Example(image, target)


class Batch:
    """Examples of one size to learn from, made ready once for all steps that see them.

    Args:
        examples: at least one; each has at least a pixel of the object.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = tuple(examples)
        images = np.stack([example.image for example in self.examples])
        masks = np.stack([example.target for example in self.examples])
        boxes = [_sides(example) for example in self.examples]
        self.frames = Frames(
            torch.from_numpy(images),
            torch.from_numpy(masks),
            torch.tensor(boxes, dtype=torch.float64),
        )
        self._lesson: Lesson | None = None
        self._kind: object = None

    def lesson(self, network: ObjectRCNN, like: Tensor) -> Lesson:
        """What `network` learns from it, of the kind and on the device of `like`."""
        kind = (network, like.dtype, like.device)
        if self._lesson is None or kind != self._kind:
            self._lesson, self._kind = network.lesson(self.frames, like), kind
        return self._lesson


def segmentation_loss(
    network: ObjectRCNN,
    parameters: Parameters,
    batch: Batch,
    seed: tuple[int, ...],
    precision: Precision = "float32",
) -> Tensor:
    """L_seg, the sum of the five losses of Mask R-CNN, a scalar.

    Args:
        network: its own parameters are not used.
        parameters: by name; they say where to compute.
        batch: what to learn from.
        seed: of the sampling of anchors and proposals, numbers of 0 or more.
        precision: of the layers; losses and boxes are always of the kind of the parameters.
    """
    like = next(iter(parameters.values()))
    lesson = batch.lesson(network, like)
    generator = seeded(seed, like.device)
    with computing(precision, like.device):
        losses = functional_call(
            network, dict(parameters), (lambda rcnn: rcnn.losses(lesson, generator),)
        )
    return torch.stack(list(losses.values())).sum()


def seeded(seed: tuple[int, ...], device: torch.device) -> torch.Generator:
    """A generator on `device`."""
    (number,) = np.random.SeedSequence(seed).generate_state(1)
    return torch.Generator(device).manual_seed(int(number))


def _sides(example: Example) -> tuple[float, float, float, float]:
    box = tight_box(example.target > 0)
    if box is None:
        raise ValueError("a frame to learn from needs at least a pixel of the object")
    return box.left, box.top, box.right, box.bottom
