"""Tasks on generated video: clips without end, none of them from a dataset."""

from functools import lru_cache

import numpy as np

from vosbench.meta.streams import Clips, Stream
from vosbench.meta.tasks import TaskDraw, VisibleObject, draw_task, visible_objects
from vosbench.sequence import Sequence
from vosbench.settings import check_at_least
from vosbench.synthetic import TRAINING, Clip, ClipSettings, generate

FIRST_CLIPS = 48
"""Clips to draw from at the beginning, so that the first tasks are not all alike."""


class ClipPool:
    """Generated clips to draw from, more and more of them as training goes on.

    Which clips are in the pool depends on how far training is and on nothing else: the newest
    `largest` of those that have joined by then. A clip is generated when it is first drawn, and
    kept.

    Args:
        seed: of the clips.
        clips: which stream of clips.
        first: clips in the pool at the beginning.
        joins_every: draws after which another clip joins; None lets none join.
        largest: clips in the pool at most; all of them are kept in memory, about 2 MB each.

    Raises:
        UsageError: a number means nothing.
    """

    def __init__(
        self,
        seed: int,
        clips: Clips,
        *,
        first: int = FIRST_CLIPS,
        joins_every: int | None,
        largest: int = 1500,
    ) -> None:
        self.first, self.joins_every, self.largest = first, joins_every, largest
        check_at_least(self, first=1, largest=1)
        self._seed = seed
        self._clips = clips
        self._objects_of = lru_cache(maxsize=largest)(self._generated)

    def draw(self, number: int, generator: np.random.Generator) -> VisibleObject:
        """Any object of any clip that is in the pool at draw `number`."""
        joined = self.first + (number // self.joins_every if self.joins_every else 0)
        while True:
            clip = int(generator.integers(max(0, joined - self.largest), joined))
            objects = self._objects_of(clip)
            if objects:  # a clip in which everything is tiny has none
                return objects[int(generator.integers(len(objects)))]

    def _generated(self, number: int) -> tuple[VisibleObject, ...]:
        clip = training_clip(self._seed, number, self._clips)
        return visible_objects(_sequence(f"clip-{number}", clip))


class GeneratedTasks:
    """Tasks on a pool of generated clips, each on any object of any clip.

    Args:
        seed: of clips and draws.
        clips: which stream of clips.
        first_clips: see `ClipPool`.
        tasks_per_clip: tasks after which another clip joins; None lets none join.
        largest: see `ClipPool`.

    Raises:
        UsageError: a number means nothing.
    """

    def __init__(
        self,
        seed: int,
        *,
        clips: Clips = Clips.TASKS,
        first_clips: int = FIRST_CLIPS,
        tasks_per_clip: int | None = 2,
        largest: int = 1500,
    ) -> None:
        self._seed = seed
        self._pool = ClipPool(
            seed, clips, first=first_clips, joins_every=tasks_per_clip, largest=largest
        )
        self._clips = clips

    def draw(self, number: int) -> TaskDraw:
        """Task `number`: two frames of one object."""
        generator = np.random.default_rng((Stream.FRAMES, self._seed, number, self._clips))
        return draw_task(self._pool.draw(number, generator), generator)


def training_clip(seed: int, number: int, clips: Clips) -> Clip:
    """Clip `number` of a stream: six frames, 1, 2 or 4 video frames apart."""
    generator = np.random.default_rng((Stream.CLIP_SETTINGS, seed, number, clips))
    settings = ClipSettings(frames=6, stride=float(generator.choice((1.0, 2.0, 4.0))))
    return generate((*TRAINING, seed, number, clips), settings)


def _sequence(name: str, clip: Clip) -> Sequence:
    return Sequence(
        name=name,
        frames=tuple(f"{index:05d}" for index in range(len(clip.images))),
        read_image=clip.images.__getitem__,
        read_annotation=clip.masks.__getitem__,
        fingerprint=lambda: name,
    )
