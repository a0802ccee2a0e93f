"""What went on around a pass: who else was at work, and whether clocks were held back.

A look takes a few milliseconds, so it is taken before and after a pass, never within. It reads and
sets nothing (protocol VBT-1, rules 7 and 8).
"""

import sys
import time
from dataclasses import dataclass
from typing import Any

from vosbench.sensors.cpu_clock import CpuClock, cpu_held_back, read_cpu_clock
from vosbench.sensors.cpu_time import CpuTime, read_cpu_time, share_of_others
from vosbench.sensors.gpu_clock import GpuClock, gpu_held_back, read_gpu_clock
from vosbench.sensors.gpu_processes import strangers
from vosbench.sensors.nvidia import NvidiaDevice, open_nvidia


@dataclass(frozen=True)
class Look:
    """A machine at one moment; what it does not tell is None.

    Attributes:
        device: that is timed.
        at: moment, seconds of a monotonic clock.
        cpu: what the usable cores have done so far.
        cpu_clock: their clocks and brakes.
        gpu_clock: those of a CUDA device.
        strangers: foreign processes with a context on a CUDA device.
    """

    device: str
    at: float
    cpu: CpuTime | None
    cpu_clock: CpuClock | None
    gpu_clock: GpuClock | None = None
    strangers: int | None = None

    @property
    def hertz(self) -> float | None:
        """Clock of the device: of the multiprocessors, or the mean of the usable cores."""
        if self.device.startswith("cuda"):
            return self.gpu_clock.hertz if self.gpu_clock else None
        return self.cpu_clock.hertz if self.cpu_clock and self.device == "cpu" else None

    @property
    def celsius(self) -> float | None:
        """Temperature of a CUDA device."""
        return self.gpu_clock.celsius if self.gpu_clock else None


def look(device: str = "cpu", *, nvidia: NvidiaDevice | None = None) -> Look:
    """The machine now, as far as it touches work on `device`.

    Args:
        nvidia: the driver's view of the device; looked for where it is None.
    """
    cpu = read_cpu_time()
    cpu_clock = read_cpu_clock(cpu.cores) if cpu else None
    nvidia = nvidia or open_nvidia(device)
    return Look(
        device=device,
        at=time.monotonic(),
        cpu=cpu,
        cpu_clock=cpu_clock,
        gpu_clock=read_gpu_clock(nvidia) if nvidia else None,
        strangers=strangers(nvidia, own_context=_has_context(device)) if nvidia else None,
    )


def both(before: float | None, after: float | None) -> tuple[float, ...]:
    """Two readings, or nothing where either is missing.

    >>> both(2.6e9, 2.4e9), both(None, 2.4e9)
    ((2600000000.0, 2400000000.0), ())
    """
    return () if before is None or after is None else (before, after)


def contention(before: Look, after: Look) -> float | None:
    """Share 0..1 of the machine that others took between two looks; None where it is not known.

    On a CPU: of the time of the cores that this process may use. On CUDA: 1 where foreign processes
    had a context on the device at either look, else the share of the cores, which feed it; None
    where the driver does not say who is on the device, however idle the cores were.
    """
    if after.device.startswith("cuda"):
        if before.strangers or after.strangers:
            return 1.0
        if before.strangers is None or after.strangers is None:
            return None
    return share_of_others(before.cpu, after.cpu)


def throttled(before: Look, after: Look) -> bool | None:
    """Whether the device was held back between two looks, None where it is not known.

    On a CPU by heat, or by the quota of the control group; on CUDA by heat or power.
    """
    seconds = after.at - before.at
    if after.device.startswith("cuda"):
        if before.gpu_clock is None or after.gpu_clock is None:
            return None
        return gpu_held_back(before.gpu_clock, after.gpu_clock, seconds)
    if before.cpu_clock is None or after.cpu_clock is None or after.device != "cpu":
        return None
    return cpu_held_back(before.cpu_clock, after.cpu_clock, seconds)


def _has_context(device: str) -> bool:
    """Whether torch holds memory on a CUDA device, so that the driver knows of this process."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return False
    return bool(torch.cuda.memory_reserved(device) > 0)
