"""Methods that show what the harness adds: they do nothing, or a known amount of work."""

from time import perf_counter

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.method import Method
from vosbench.timing import phase


class Still(Method):
    """Returns one label map for ever: all that is measured is the harness."""

    def fit(self, image: Image, mask: Mask) -> None:
        """Keep the mask."""
        self._mask = mask

    def step(self, image: Image) -> Mask:
        """The mask of the first frame."""
        return self._mask


class Nested(Still):
    """The same, with phases within phases: two of `post` a frame, one of `adapt` in five."""

    def fit(self, image: Image, mask: Mask) -> None:
        """Keep the mask."""
        super().fit(image, mask)
        self._frames = 0

    def step(self, image: Image) -> Mask:
        """The mask of the first frame."""
        self._frames += 1
        if self._frames % 5 == 0:
            with phase("adapt"):
                pass
        for _ in range(2):
            with phase("post"):
                answer = super().step(image)
        return answer


class Working(Still):
    """Multiplies matrices for about as long as a method of 20 frames per second.

    Args:
        seconds: a frame; how many products that are is found out once.
    """

    def __init__(self, seconds: float) -> None:
        self._matrix = np.random.default_rng(0).random((256, 256), np.float32)
        self._products = 1
        while (taken := self._time()) < seconds / 2:
            self._products *= 2
        self._products = max(1, round(self._products * seconds / taken))

    def step(self, image: Image) -> Mask:
        """The mask of the first frame, after the work."""
        self._work()
        return super().step(image)

    def _work(self) -> None:
        for _ in range(self._products):
            self._matrix @ self._matrix

    def _time(self) -> float:
        began = perf_counter()
        self._work()
        return perf_counter() - began
