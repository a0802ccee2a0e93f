"""Endless training examples for the compact network, from generated clips.

Clips are made as training goes on and kept in a pool; windows, priors and colours are drawn anew
each time. Only generated video is used: no sequence of a public dataset.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vosbench.meta.generated_tasks import FIRST_CLIPS, ClipPool
from vosbench.meta.streams import Clips, Stream
from vosbench.meta.tasks import ObjectFrame
from vosbench.methods._examples import Examples, annotated_examples
from vosbench.methods._window import Window, jittered, tight_box, window_around


def training_windows(
    frame: ObjectFrame, count: int, generator: np.random.Generator
) -> list[Window]:
    """Windows as they come up at test time: around where the object was, imprecisely."""
    box = tight_box(frame.earlier)
    if box is None:
        raise ValueError("the object is not in the frame that its window is to come from")
    window = window_around(box)
    return [jittered(window, generator, turn=0.25) for _ in range(count)]


@dataclass(frozen=True)
class ColourChange:
    """One random change of colour: gains and offsets a channel, and a mix towards grey."""

    gain: Tensor  # 3×1×1
    offset: Tensor  # 3×1×1
    grey: float

    @staticmethod
    def draw(generator: np.random.Generator) -> "ColourChange":
        gain = generator.uniform(0.75, 1.3) * generator.uniform(0.9, 1.1, 3)
        offset = generator.uniform(-0.15, 0.15) + generator.uniform(-0.06, 0.06, 3)
        grey = generator.uniform(0, 0.5) if generator.random() < 0.5 else 0.0
        return ColourChange(_channels(gain), _channels(offset), grey)

    def __call__(self, examples: Examples) -> Examples:
        """The examples with other colours; priors and targets stay."""
        colours, prior = examples.inputs[:, :3], examples.inputs[:, 3:]
        colours = torch.lerp(colours, colours.mean(dim=1, keepdim=True), self.grey)
        colours = (colours * self.gain + self.offset).clamp(-1, 1)
        return Examples(torch.cat((colours, prior), dim=1), examples.targets)


def _channels(values: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(values).float().reshape(3, 1, 1)


def supervised_batches(
    seed: int,
    *,
    batch: int = 16,
    batches_per_clip: int = 3,
    first_clips: int = FIRST_CLIPS,
    first: int = 0,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless (inputs, targets), `batch` examples (even); a clip joins every `batches_per_clip`.

    Batch `first` comes first: each depends on the seed and its own number alone.
    """
    pool = ClipPool(seed, Clips.PARENT, first=first_clips, joins_every=batches_per_clip)
    for number in count(first):
        generator = np.random.default_rng((Stream.BATCH, seed, number))
        examples = [_one_example(pool, number, generator) for _ in range(batch // 2)]
        inputs = torch.cat([e.inputs for e in examples])
        targets = torch.cat([e.targets for e in examples])
        yield inputs, targets


def _one_example(pool: ClipPool, number: int, generator: np.random.Generator) -> Examples:
    """Two windows of one frame: reading a frame costs as much as looking at it twice."""
    shown = pool.draw(number, generator)
    frame = shown.frame(int(generator.choice(shown.frames)), generator)
    return _examples(frame, 2, ColourChange.draw(generator), generator)


def _examples(
    frame: ObjectFrame, count: int, colours: ColourChange, generator: np.random.Generator
) -> Examples:
    windows = training_windows(frame, count, generator)
    made = annotated_examples(frame.image, frame.mask, windows, generator, earlier=frame.earlier)
    return colours(made)
