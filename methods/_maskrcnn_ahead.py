"""What coming steps need is made while the device is at work on this one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Ahead(Generic[Made]):
    """Makes something for each of a number of steps, some steps ahead on threads of their own.

    What is made depends on the step alone, so it is the same as without threads.

    Args:
        make: from the number of a step; called on several threads at a time.
        steps: how many there are; nothing is made ahead for later ones.
    """

    def __init__(self, make: Callable[[int], Made], steps: int) -> None:
        self._make = make
        self._steps = steps
        self._threads: ThreadPoolExecutor | None = None
        self._coming: dict[int, Future[Made]] = {}

    def take(self, step: int, *, ahead: int) -> Made:
        """What step number `step` needs, `ahead` further steps begun; none on threads for 0."""
        if ahead == 0 or step >= self._steps:
            return self._make(step)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(ahead)
        for coming in range(step, min(step + ahead + 1, self._steps)):
            if coming not in self._coming:
                self._coming[coming] = self._threads.submit(self._make, coming)
        made = self._coming.pop(step).result()
        if step == self._steps - 1:
            self._threads.shutdown()
            self._threads = None
        return made
