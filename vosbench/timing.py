"""Phases of a run and their clock.

A method marks what it does with `phase`; nothing happens unless a `PhaseClock` is running, so
a plug-in may mark freely. Seconds of an inner phase are taken out of the outer one, but `load` and
`io` within another phase are that phase: a method cannot stop its clock by calling its work so. The
device is waited for at phase borders only, so that asynchronous work is counted where it was
started.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Any, Protocol

PHASES = ("load", "init", "adapt", "infer", "post", "io")
"""load: weights; init: first-frame work; adapt: online adaptation; infer: propagation;
post: from network output to the label map in host memory; io: decoding and saving."""


_OUTERMOST = ("load", "io")
"""Phases that are off the clock of a method, so that they cannot lie within its work."""


_APART = ("init", "adapt")
"""Phases whose borders are always waited for."""


class Mark(Protocol):
    """A moment in the work of a device; events of torch are some."""

    def elapsed_time(self, end: Any, /) -> float:
        """Milliseconds from this moment to `end`; the device must have come to both."""


class Device(Protocol):
    """What a clock asks of a device (see `vosbench.device_clock`)."""

    def wait(self) -> None:
        """Return once the device has finished all that it was given."""

    def mark(self) -> Mark | None:
        """The moment at which the device has finished what it was given so far.

        Does not wait for it. None where the device has no clock of its own.
        """


class Host:
    """The CPU: its work is done when a call returns, and there is no other clock."""

    def wait(self) -> None:
        """Nothing to wait for."""

    def mark(self) -> None:
        """No clock of its own."""


HOST = Host()


class PhaseClock:
    """Adds up wall-clock seconds by phase.

    Args:
        now: monotonic clock in seconds; tests pass their own.
        device: waited for at every border, before the clock is read.
        inner_waits: False leaves the device alone at borders of phases within phases, but for those
            of `init` and `adapt`, which steady rates leave out: totals stay true, and the seconds
            of any other inner phase are what the host saw.
        at_border: told, off the clock, which phase was running at each border that ends a stretch
            of one.
    """

    def __init__(
        self,
        now: Callable[[], float] = perf_counter,
        device: Device = HOST,
        *,
        inner_waits: bool = True,
        at_border: Callable[[str], None] | None = None,
    ) -> None:
        self._now = now
        self._device = device
        self._inner_waits = inner_waits
        self._at_border = at_border
        self._open: list[str] = []
        self._since = 0.0
        self._mark: Mark | None = None
        self._stretches: list[tuple[str, Mark, Mark]] = []
        self.seconds: dict[str, float] = dict.fromkeys(PHASES, 0.0)

    @contextmanager
    def running(self) -> Iterator["PhaseClock"]:
        """Make this the clock that `phase` reports to."""
        token = _running.set(self)
        try:
            yield self
        finally:
            _running.reset(token)

    def counted_as(self, name: str) -> str:
        """The phase that work marked as `name` belongs to now."""
        return self._open[-1] if self._open and name in _OUTERMOST else name

    def enter(self, name: str) -> None:
        """Begin phase `name`; the phase around it pauses."""
        self._border(waits=self._inner_waits or not self._open or name in _APART)
        self._open.append(name)

    def leave(self) -> None:
        """End the innermost phase; the phase around it goes on."""
        outermost = len(self._open) == 1
        self._border(waits=self._inner_waits or outermost or self._open[-1] in _APART)
        self._open.pop()

    def device_seconds(self) -> dict[str, float]:
        """Seconds by phase between its borders in the work of the device; waits for it.

        Idle gaps are inside, work of other streams is not: a diagnostic. Empty where the device
        has no clock.
        """
        self._device.wait()
        seconds: dict[str, float] = {}
        for name, begin, end in self._stretches:
            seconds[name] = seconds.get(name, 0.0) + begin.elapsed_time(end) / 1000
        return seconds

    def so_far(self) -> dict[str, float]:
        """Seconds by phase with those of the phase that is running; waits for nothing."""
        seconds = dict(self.seconds)
        if self._open:
            seconds[self._open[-1]] += self._now() - self._since
        return seconds

    def _border(self, *, waits: bool) -> None:
        """Give the time since the last border to the innermost open phase."""
        mark = self._device.mark()
        if waits:
            self._device.wait()
        now = self._now()
        if self._open:
            name = self._open[-1]
            self.seconds[name] += now - self._since
            if self._mark is not None and mark is not None:
                self._stretches.append((name, self._mark, mark))
            if self._at_border is not None:
                self._at_border(name)
                mark, now = self._device.mark(), self._now()
        self._mark, self._since = mark, now


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
    clock.enter(clock.counted_as(name))
    try:
        yield
    finally:
        clock.leave()
