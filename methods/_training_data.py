"""Endless training examples and meta-learning tasks from generated clips.

Clips are made as training goes on and kept in a pool; windows, priors and colours are drawn anew
each time. Only generated video is used: no sequence of a public dataset.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.arrays import BinaryMask, Image
from vosbench.losses import cross_entropy_and_dice
from vosbench.meta.learner import Parameters
from vosbench.meta.outer import Task
from vosbench.methods._examples import Examples, annotated_examples
from vosbench.methods._window import Window, jittered, tight_box, window_around
from vosbench.synthetic import TRAINING, Clip, ClipSettings, generate

SMALLEST_OBJECT = 60
"""Pixels; what is smaller in a training frame teaches nothing but its prior."""

FIRST_CLIPS = 48
"""Clips made before the first example is drawn, so that the first batches are not all alike."""


class ClipPool:
    """Generated clips, more and more of them, the oldest replaced when the pool is full.

    Args:
        seed: of the stream of clips; the n-th clip depends on it and on n alone.
        first: clips made at once.
        largest: clips held at most (about 2 MB each).
    """

    def __init__(self, seed: int, *, first: int = FIRST_CLIPS, largest: int = 1500) -> None:
        self._seed = seed
        self._largest = largest
        self._made = 0
        self._clips: list[Clip] = []
        for _ in range(first):
            self.grow()

    def grow(self) -> None:
        """Make one more clip."""
        clip = _training_clip(self._seed, self._made)
        if len(self._clips) < self._largest:
            self._clips.append(clip)
        else:
            self._clips[self._made % self._largest] = clip
        self._made += 1

    def draw(self, generator: np.random.Generator) -> Clip:
        """Any clip of the pool."""
        return self._clips[int(generator.integers(len(self._clips)))]


def _training_clip(seed: int, number: int) -> Clip:
    generator = np.random.default_rng((seed, number))
    settings = ClipSettings(frames=6, stride=float(generator.choice((1.0, 2.0, 4.0))))
    return generate((*TRAINING, seed, number), settings)


@dataclass(frozen=True)
class AnnotatedFrame:
    """One object in one frame of a clip, and where it was a frame before."""

    image: Image
    mask: BinaryMask
    earlier: BinaryMask


def draw_frames(
    clip: Clip, count: int, generator: np.random.Generator
) -> tuple[AnnotatedFrame, ...] | None:
    """`count` frames of one object of the clip, both drawn at random.

    Frames repeat where the object is seen in fewer than `count`; None where it is in no frame at
    least `SMALLEST_OBJECT` pixels large.
    """
    object_id = int(generator.integers(1, int(clip.masks.max()) + 1))
    masks = clip.masks == object_id  # t×h×w
    visible = np.flatnonzero(masks.sum(axis=(1, 2)) >= SMALLEST_OBJECT)
    if visible.size == 0:
        return None
    frames = generator.choice(visible, count, replace=visible.size < count)
    return tuple(_annotated_frame(clip.images, masks, int(t), generator) for t in frames)


def _annotated_frame(
    images: NDArray[np.uint8], masks: NDArray[np.bool_], t: int, generator: np.random.Generator
) -> AnnotatedFrame:
    # Half of the priors come from the frame before, if the object was there: real motion.
    before = t - 1 if t > 0 and generator.random() < 0.5 else t
    if masks[before].sum() < SMALLEST_OBJECT:
        before = t
    return AnnotatedFrame(images[t], masks[t], masks[before])


def training_windows(
    frame: AnnotatedFrame, count: int, generator: np.random.Generator
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
    seed: int, *, batch: int = 16, batches_per_clip: int = 3, first_clips: int = FIRST_CLIPS
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless (inputs, targets), `batch` examples (even); a clip joins every `batches_per_clip`."""
    generator = np.random.default_rng((seed, 1))
    pool = ClipPool(seed, first=first_clips)
    number = 0
    while True:
        examples = [_one_example(pool, generator) for _ in range(batch // 2)]
        inputs = torch.cat([e.inputs for e in examples])
        targets = torch.cat([e.targets for e in examples])
        yield inputs, targets
        number += 1
        if number % batches_per_clip == 0:
            pool.grow()


def _one_example(pool: ClipPool, generator: np.random.Generator) -> Examples:
    """Two windows of one frame: reading a frame costs as much as looking at it twice."""
    while True:
        frames = draw_frames(pool.draw(generator), 1, generator)
        if frames is not None:
            return _examples(frames[0], 2, ColourChange.draw(generator), generator)


def _examples(
    frame: AnnotatedFrame, count: int, colours: ColourChange, generator: np.random.Generator
) -> Examples:
    windows = training_windows(frame, count, generator)
    made = annotated_examples(frame.image, frame.mask, windows, generator, earlier=frame.earlier)
    return colours(made)


@dataclass(frozen=True)
class CompactTask:
    """A meta-learning task for the compact network: one object in two frames of a clip.

    Every inner step sees fresh windows and priors of the support frame, as at test time; colours
    are changed once for the whole task.
    """

    network: nn.Module
    support: AnnotatedFrame
    query: AnnotatedFrame
    colours: ColourChange
    seed: int
    support_windows: int = 3
    query_windows: int = 4

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Loss on the support windows of inner step `step`."""
        generator = np.random.default_rng((self.seed, step))
        return self._loss(parameters, self.support, self.support_windows, generator)

    def query_loss(self, parameters: Parameters) -> Tensor:
        """Loss on the query windows."""
        generator = np.random.default_rng(self.seed)
        return self._loss(parameters, self.query, self.query_windows, generator)

    def _loss(
        self,
        parameters: Parameters,
        frame: AnnotatedFrame,
        count: int,
        generator: np.random.Generator,
    ) -> Tensor:
        examples = _examples(frame, count, self.colours, generator)
        logits = functional_call(self.network, dict(parameters), (examples.inputs,))
        return cross_entropy_and_dice(logits, examples.targets)


def compact_tasks(
    network: nn.Module, seed: int, *, tasks_per_clip: int = 2, first_clips: int = FIRST_CLIPS
) -> Iterator[Task]:
    """Endless tasks; a clip joins every `tasks_per_clip`."""
    generator = np.random.default_rng((seed, 2))
    pool = ClipPool(seed, first=first_clips)
    number = 0
    while True:
        frames = draw_frames(pool.draw(generator), 2, generator)
        if frames is None:
            continue
        support, query = frames
        # The support frame is annotated itself; there is no frame before it to know of.
        support = AnnotatedFrame(support.image, support.mask, support.mask)
        colours = ColourChange.draw(generator)
        yield CompactTask(network, support, query, colours, int(generator.integers(2**31)))
        number += 1
        if number % tasks_per_clip == 0:
            pool.grow()
