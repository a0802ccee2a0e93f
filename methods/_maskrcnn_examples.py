"""Annotated frames as Mask R-CNN learns from them, and its loss on them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call

from vosbench.arrays import VOID, BinaryMask, Image
from vosbench.meta.learner import Parameters
from vosbench.methods._maskrcnn import OBJECT, ObjectRCNN, Target
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


def segmentation_loss(
    network: ObjectRCNN, parameters: Parameters, examples: Sequence[Example], seed: tuple[int, ...]
) -> Tensor:
    """L_seg, the sum of the five losses of Mask R-CNN, a scalar.

    Args:
        network: its own parameters are not used.
        parameters: by name; they say where to compute.
        examples: a batch; each has at least a pixel of the object.
        seed: of the sampling of anchors and proposals, numbers of 0 or more.
    """
    like = next(iter(parameters.values()))
    images = [image_tensor(example.image, like) for example in examples]
    targets = [_target(example, like) for example in examples]
    with seeded(seed, like.device):
        losses = functional_call(
            network, dict(parameters), (lambda rcnn: rcnn.losses(images, targets),)
        )
    return torch.stack(list(losses.values())).sum()


def image_tensor(image: Image, like: Tensor) -> Tensor:
    """`float 3×h×w`, 0..1, of the kind and on the device of `like`."""
    return torch.from_numpy(np.ascontiguousarray(image)).to(like).permute(2, 0, 1) / 255


@contextmanager
def seeded(seed: tuple[int, ...], device: torch.device) -> Iterator[None]:
    """Seed torch's generators, which torchvision samples from, and put them back afterwards."""
    (number,) = np.random.SeedSequence(seed).generate_state(1)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(int(number))
        yield


def _target(example: Example, like: Tensor) -> Target:
    box = tight_box(example.target > 0)
    if box is None:
        raise ValueError("a frame to learn from needs at least a pixel of the object")
    sides = torch.tensor([[box.left, box.top, box.right, box.bottom]])
    return {
        "boxes": sides.to(like),
        "labels": torch.tensor([OBJECT], device=like.device),
        "masks": torch.from_numpy(example.target)[None].to(like.device),
    }
