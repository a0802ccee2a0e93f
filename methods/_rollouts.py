"""Rollouts: training examples whose priors and windows are the network's own last answers.

A prior made from an annotation never has the faults that a mask gathers over many frames. Here the
network follows objects through generated clips while it is trained, one frame a training step, and
learns to mend what it did itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vosbench.arrays import BinaryMask, Image
from vosbench.meta.tasks import SMALLEST_OBJECT, VisibleObject
from vosbench.methods._box_rule import largest_parts, next_box
from vosbench.methods._compact import WINDOW_SIZE
from vosbench.methods._examples import Examples, network_input, seen_prior
from vosbench.methods._window import Box, Window, jittered, paste, tight_box, view, window_around

LENGTH = 6
"""Frames, and so training steps, that the network follows an object for."""

LOST = 0.3
"""With a smaller share of the object than this in its window, a rollout begins anew there."""

GROWTH = (0.85, 1.18)
"""Least and largest factor of a side of the box from frame to frame; frames may be far apart."""


@dataclass
class Rollout:
    """One object on its way through a clip.

    Attributes:
        shown: the object and its video.
        mirrored: left and right of the video exchanged.
        frame: the last one answered.
        box: where the object was then.
        soft: the answer then, in the frame, `float32 h×w`.
    """

    shown: VisibleObject
    mirrored: bool
    frame: int
    box: Box
    soft: NDArray[np.float32]
    _window: Window | None = None

    @staticmethod
    def begin(shown: VisibleObject, generator: np.random.Generator) -> "Rollout | None":
        """A rollout from a frame with the object; None if none has `LENGTH` more behind it."""
        last = len(shown.sequence) - LENGTH
        frames = [frame for frame in shown.frames if frame < last]
        if not frames:
            return None
        mirrored = bool(generator.random() < 0.5)
        frame = int(generator.choice(frames))
        mask = _turned(shown.mask(frame), mirrored)
        box = tight_box(mask)
        assert box is not None, "the object is visible in the frame"
        return Rollout(shown, mirrored, frame, box, mask.astype(np.float32))

    def look(self, generator: np.random.Generator) -> Examples:
        """What the network sees of the next frame, and what it should answer."""
        self.frame += 1
        mask = _turned(self.shown.mask(self.frame), self.mirrored)
        window = _window_near(self.box, generator)
        target = view(mask, [window], WINDOW_SIZE)
        if _share_seen(mask, target, window) < LOST:
            self.box = tight_box(mask) or self.box
            self.soft = mask.astype(np.float32)
            window = _window_near(self.box, generator)
            target = view(mask, [window], WINDOW_SIZE)
        self._window = window
        image: Image = _turned(self.shown.sequence.read_image(self.frame), self.mirrored)
        return Examples(network_input(image, seen_prior(self.soft, window), [window]), target)

    def answered(self, probability: Tensor) -> None:
        """Take the network's answer (`float s×s`, 0..1) as prior and box of the next frame."""
        assert self._window is not None, "a look comes before the answer"
        self.soft = paste(probability, self._window, *self.soft.shape)
        seen = largest_parts(probability.numpy() > 0.5)
        self.box = next_box(seen, self._window, self.box, GROWTH)


def _window_near(box: Box, generator: np.random.Generator) -> Window:
    window = window_around(box)
    return jittered(window, generator, shift=0.06, stretch=(0.9, 1.12), mirror=False)


def _share_seen(mask: BinaryMask, target: Tensor, window: Window) -> float:
    """Share of the object's pixels in the window; 1 where there is next to nothing to see."""
    size = int(mask.sum())
    if size < SMALLEST_OBJECT:
        return 1.0
    pixel = window.box.width * window.box.height / WINDOW_SIZE**2
    return float(target.sum()) * pixel / size


def _turned(planes: NDArray[Any], mirrored: bool) -> NDArray[Any]:
    return planes[:, ::-1] if mirrored else planes
