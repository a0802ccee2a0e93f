"""Phases of a run and their clock.

A method marks what it does with `phase`; nothing happens unless a `PhaseClock` is running, so
a plug-in may mark freely. Seconds of an inner phase are taken out of the outer one. The device is
synchronised at phase borders only, so that asynchronous work is counted where it was started.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

PHASES = ("load", "init", "adapt", "infer", "post", "io")
"""load: weights; init: first-frame work; adapt: online adaptation; infer: propagation;
post: from network output to the label map in host memory; io: decoding and saving."""


class PhaseClock:
    """Adds up wall-clock seconds by phase.

    Args:
        now: monotonic clock in seconds; tests pass their own.
        synchronize: waits until the device has finished what it was given; called once at every
            phase border. Nothing to wait for on a CPU.
    """

    def __init__(
        self,
        now: Callable[[], float] = perf_counter,
        synchronize: Callable[[], None] = lambda: None,
    ) -> None:
        self._now = now
        self._synchronize = synchronize
        self._open: list[str] = []
        self._since = 0.0
        self.seconds: dict[str, float] = dict.fromkeys(PHASES, 0.0)

    @contextmanager
    def running(self) -> Iterator["PhaseClock"]:
        """Make this the clock that `phase` reports to."""
        token = _running.set(self)
        try:
            yield self
        finally:
            _running.reset(token)

    def enter(self, name: str) -> None:
        """Begin phase `name`; the phase around it pauses."""
        self._charge()
        self._open.append(name)

    def leave(self) -> None:
        """End the innermost phase; the phase around it goes on."""
        self._charge()
        self._open.pop()

    def _charge(self) -> None:
        """Give the time since the last border to the innermost open phase."""
        self._synchronize()
        now = self._now()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now


_running: ContextVar[PhaseClock | None] = ContextVar("running clock", default=None)


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Mark the work inside as part of phase `name`, one of `PHASES`.

    >>> clock = PhaseClock(now=iter([0.0, 1.0, 3.0, 7.0]).__next__)
    >>> with clock.running(), phase("infer"):
    ...     with phase("post"):
    ...         pass
    >>> clock.seconds["infer"], clock.seconds["post"]
    (5.0, 2.0)
    """
    if name not in PHASES:
        raise ValueError(f"unknown phase {name!r}; the phases are {', '.join(PHASES)}")
    clock = _running.get()
    if clock is None:
        yield
        return
    clock.enter(name)
    try:
        yield
    finally:
        clock.leave()
