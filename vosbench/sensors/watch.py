"""What goes on around a pass, taken before and after it and never within."""

import time
from dataclasses import dataclass

from vosbench.sensors.energy import open_counter, spent
from vosbench.sensors.nvidia import open_nvidia
from vosbench.sensors.surroundings import Look, both, contention, look, throttled


@dataclass(frozen=True)
class Around:
    """Facts of one pass, as `vosbench.timing_records.TimedPass` holds them; None if unknown.

    Attributes:
        contended: see `vosbench.sensors.surroundings.contention`.
        throttled: see `vosbench.sensors.surroundings.throttled`.
        joules: that the device took, idle power included.
        hertz: clock of the device before and after; empty if unknown.
        celsius: temperature of a CUDA device, likewise.
    """

    contended: float | None
    throttled: bool | None
    joules: float | None
    hertz: tuple[float, ...] = ()
    celsius: tuple[float, ...] = ()


class Watch:
    """Looks before and after one pass after another.

    Args:
        device: cpu, cuda, cuda:1, … or mps.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._device = device
        self._nvidia = open_nvidia(device)
        self._counter = open_counter(device, nvidia=self._nvidia)
        self._before: Look | None = None
        self._at = 0.0
        self._joules: float | None = None

    def begin(self) -> None:
        """A pass is about to begin; takes some milliseconds."""
        self._before = look(self._device, nvidia=self._nvidia)
        self._joules = self._counter.joules() if self._counter else None
        self._at = time.monotonic()

    def end(self) -> Around:
        """The pass has ended; takes some milliseconds.

        Raises:
            RuntimeError: none had begun.
        """
        if self._before is None:
            raise RuntimeError("end of a pass that never began")
        seconds = time.monotonic() - self._at
        joules = self._counter.joules() if self._counter else None
        after = look(self._device, nvidia=self._nvidia)
        return Around(
            contended=contention(self._before, after),
            throttled=throttled(self._before, after),
            joules=spent(self._joules, joules, seconds),
            hertz=both(self._before.hertz, after.hertz),
            celsius=both(self._before.celsius, after.celsius),
        )
