"""Clocks that make phases visible to a profiler."""

import cProfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vosbench.profiling.trace_events import BACKWARD_MARK, PHASE_MARK
from vosbench.timing import HOST, Device, PhaseClock


class CountingClock(PhaseClock):
    """A clock that counts how often each phase began.

    Attributes:
        entered: by phase.
    """

    def __init__(self, device: Device = HOST) -> None:
        super().__init__(device=device)
        self.entered: Counter[str] = Counter()

    def enter(self, name: str) -> None:
        """Begin phase `name`."""
        self.entered[name] += 1
        super().enter(name)

    @property
    def innermost(self) -> str:
        """The phase that is running; empty between phases."""
        return self._open[-1] if self._open else ""


class MarkingClock(CountingClock):
    """A clock that marks phases as ranges which the profiler of torch records."""

    def __init__(self, device: Device = HOST) -> None:
        super().__init__(device)
        self._ranges: list[Any] = []

    def enter(self, name: str) -> None:
        """Begin phase `name` and its range."""
        import torch

        super().enter(name)
        marked = torch.profiler.record_function(PHASE_MARK + name)
        marked.__enter__()
        self._ranges.append(marked)

    def leave(self) -> None:
        """End the innermost phase and its range, once the device has finished."""
        super().leave()
        self._ranges.pop().__exit__(None, None, None)


class FunctionClock(CountingClock):
    """A clock under which each phase has a profiler of Python functions of its own.

    Attributes:
        profilers: by phase; those of `vosbench.timing` are not in it.
    """

    def __init__(self, device: Device = HOST) -> None:
        super().__init__(device)
        self.profilers: dict[str, cProfile.Profile] = {}
        self._around: list[str] = []

    def enter(self, name: str) -> None:
        """Begin phase `name`; its profiler stands in for that of the phase around it."""
        self._pause()
        super().enter(name)
        self._around.append(name)
        self._go_on()

    def leave(self) -> None:
        """End the innermost phase; the profiler of the phase around it goes on."""
        self._pause()
        super().leave()
        self._around.pop()
        self._go_on()

    def _pause(self) -> None:
        if self._around:
            self.profilers[self._around[-1]].disable()

    def _go_on(self) -> None:
        if self._around:
            name = self._around[-1]
            self.profilers.setdefault(name, cProfile.Profile()).enable()


@contextmanager
def backward_passes_marked() -> Iterator[None]:
    """Mark each call of `torch.autograd.grad` and `torch.autograd.backward` as a range.

    These are the doors to every backward pass: `Tensor.backward` and `torch.func.grad` go through
    them. Methods that have imported the bare name of one before are not seen.
    """
    import torch

    doors = {name: getattr(torch.autograd, name) for name in ("grad", "backward")}

    def marked(door: Any) -> Any:
        def call(*arguments: Any, **settings: Any) -> Any:
            with torch.profiler.record_function(BACKWARD_MARK):
                return door(*arguments, **settings)

        return call

    try:
        for name, door in doors.items():
            setattr(torch.autograd, name, marked(door))
        yield
    finally:
        for name, door in doors.items():
            setattr(torch.autograd, name, door)


@contextmanager
def forward_passes_counted(clock: CountingClock) -> Iterator[Counter[str]]:
    """Count calls of a `torch.nn.Module` that no other module made, by the phase of `clock`.

    Networks that are called as functions without a module are not seen.
    """
    from torch.nn.modules import module

    passes: Counter[str] = Counter()
    here = threading.local()

    def enter(*_: Any) -> None:
        here.depth = getattr(here, "depth", 0) + 1
        if here.depth == 1:
            passes[clock.innermost] += 1

    def leave(*_: Any) -> None:
        here.depth -= 1

    before = module.register_module_forward_pre_hook(enter)
    # also for calls that fail, or those that follow would all seem to be within them
    after = module.register_module_forward_hook(leave, always_call=True)
    try:
        yield passes
    finally:
        before.remove()
        after.remove()
