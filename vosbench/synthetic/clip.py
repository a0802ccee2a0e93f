"""Clips of generated video with exact annotations: `generate(seed, settings)`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence, default_rng
from numpy.typing import NDArray

from vosbench.synthetic.actors import draw
from vosbench.synthetic.effects import lens
from vosbench.synthetic.extras import crowded
from vosbench.synthetic.scenery import scenery
from vosbench.synthetic.settings import ClipSettings
from vosbench.synthetic.staging import rehearsed
from vosbench.synthetic.troupe import troupe

DEFAULT_SETTINGS = ClipSettings()


@dataclass(frozen=True)
class Clip:
    """Generated frames and their annotations.

    Attributes:
        images: `uint8 t×h×w×3`.
        masks: label maps `uint8 t×h×w`; objects are 1..n, all of them visible in frame 0.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]


def generate(seed: Sequence[int] | int, settings: ClipSettings = DEFAULT_SETTINGS) -> Clip:
    """Clip of `seed`: the same one for the same seed and settings, whatever else happens.

    Every object covers between `staging.SMALLEST` and `staging.LARGEST` of frame 0. What moves
    beside the objects is drawn from seeds of its own: with and without occlusion, a seed shows
    the same objects on the same courses.
    """
    frame = settings.frame
    times = np.arange(settings.frames, dtype=np.float64) * settings.stride
    place_seed, troupe_seed, play_seed, extras_seed, lens_seed = SeedSequence(seed).spawn(5)
    place = scenery(default_rng(place_seed), frame)
    players = troupe(default_rng(troupe_seed), settings, place.far[::4, ::4].reshape(-1, 3))
    play = crowded(extras_seed, rehearsed(play_seed, players, times, settings), settings)
    camera = lens(default_rng(lens_seed), times, frame)
    images = np.empty((settings.frames, *frame, 3), np.uint8)
    masks = np.zeros((settings.frames, *frame), np.uint8)
    for index, time in enumerate(times.tolist()):
        image = place.draw(index, time, play.camera, frame)
        for actor in play.actors:
            draw(actor, index, time, play.camera, image, masks[index])
        image = place.lit(image, index, play.camera)
        images[index] = camera.develop(image, index)
    return Clip(images, masks)
