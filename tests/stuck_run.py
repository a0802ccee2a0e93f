"""A run in a process of its own whose method gets stuck in C; used by test_call_limits.

python -m tests.stuck_run RUNS WHERE [held]    stuck on the cat, in `fit` or in the second `step`
"""

import ctypes
import sys
from pathlib import Path

from tests.tiny_runs import BEAR, CAT, DOG, Jitter, dataset, request, stripes
from vosbench.arrays import Image, Mask
from vosbench.progress import Progress
from vosbench.runner import run_dataset
from vosbench.time_limits import TimeLimits

LIMITS = TimeLimits(init=0.1, step=0.1, grace=0.4)


class Stuck(Jitter):
    """Takes a lock of C a second time: no signal gets it out of there."""

    def __init__(self, where: str, number: int, *, held: bool) -> None:
        super().__init__()
        self._where, self._number = where, number
        # a function of PyDLL keeps the interpreter to itself
        self._library = (ctypes.PyDLL if held else ctypes.CDLL)(None)

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self._steps = 0
        self._on_the_cat = self.fits[-1] == stripes(CAT.read_image(0))
        self._perhaps("fit")

    def step(self, image: Image) -> Mask:
        self._steps += 1
        if self._steps == 2:
            self._perhaps("step")
        return super().step(image)

    def _perhaps(self, where: str) -> None:
        cats = self.fits.count(self.fits[-1])
        if self._on_the_cat and where == self._where and cats == self._number:
            lock = ctypes.create_string_buffer(256)
            self._library.pthread_mutex_init(lock, None)
            self._library.pthread_mutex_lock(lock)
            self._library.pthread_mutex_lock(lock)


def run_stuck(runs: Path, where: str, number: int, *, held: bool) -> None:
    asked = request(lambda: Stuck(where, number, held=held), repetitions=number, time_limits=LIMITS)
    run_dataset(asked, dataset(BEAR, CAT, DOG), runs, progress=Progress())


if __name__ == "__main__":
    place, where, number, held = sys.argv[1:]
    run_stuck(Path(place), where, int(number), held=held == "held")
