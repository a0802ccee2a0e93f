"""Energy that a device took, from counters that it keeps itself; nothing is polled.

A counter is read before and after a window. Over less than `SHORTEST_WINDOW` its own refreshing
(20 to 100 ms on GPUs) is too large a part, and there is no figure (protocol VBT-1, rule 10).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vosbench.sensors.nvidia import NvidiaDevice, open_nvidia

SYSTEM = Path("/sys")

SHORTEST_WINDOW = 2.0
"""Seconds."""

IDLE_WINDOW = 2.1
"""Seconds for which idle power is measured."""


class EnergyCounter(Protocol):
    """Adds up what a device takes."""

    def joules(self) -> float | None:
        """Since some moment in the past; None where the counter cannot be read any more."""


def open_counter(
    device: str = "cpu", *, nvidia: NvidiaDevice | None = None, system: Path = SYSTEM
) -> EnergyCounter | None:
    """The energy counter of `device`; None where it has none or it may not be read.

    CUDA: the whole board, idle power included. There is none before Volta, and the counter of a
    device of which others use a part (MIG, vGPU) says nothing of this one.
    CPU: all processor packages of the machine, idle power and other processes included, memory
    and board not (Linux powercap, Intel and AMD; most systems let only root read it).

    Args:
        nvidia: the driver's view of the device; looked for where it is None.
        system: in the place of /sys.
    """
    if device == "cpu":
        return _open_packages(system / "class/powercap")
    nvidia = nvidia or open_nvidia(device)
    if nvidia is None or nvidia.partition or _virtual(nvidia):
        return None
    counter = BoardCounter(nvidia)
    return None if counter.joules() is None else counter


def spent(before: float | None, after: float | None, seconds: float) -> float | None:
    """Joules between two readings that lie `seconds` apart; None where they are not known.

    >>> spent(100.0, 350.0, seconds=2.5)
    250.0
    >>> spent(100.0, 150.0, seconds=0.5) is None  # too short a window
    True
    """
    if before is None or after is None or seconds < SHORTEST_WINDOW:
        return None
    return after - before


def idle_watts(
    counter: EnergyCounter,
    *,
    wait: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> float | None:
    """Mean power while this process asks nothing of the device; None where it is not known.

    Whatever else is at work on it is inside, and its clocks are as the driver leaves them.

    Args:
        counter: of the device.
        wait: lets so many seconds pass.
        now: monotonic clock, seconds.
    """
    before, begun = counter.joules(), now()
    wait(IDLE_WINDOW)
    after, ended = counter.joules(), now()
    joules = spent(before, after, seconds=ended - begun)
    return None if joules is None else joules / (ended - begun)


@dataclass(frozen=True)
class BoardCounter:
    """The counter of an NVIDIA board."""

    nvidia: NvidiaDevice

    def joules(self) -> float | None:
        """Since the driver was loaded."""
        millijoules = self.nvidia.ask("nvmlDeviceGetTotalEnergyConsumption")
        return None if millijoules is None else millijoules / 1000


@dataclass(frozen=True)
class Zone:
    """One powercap zone: a counter that starts again at 0 after `range_microjoules`."""

    file: Path
    range_microjoules: int

    def read(self) -> int:
        """Its present state, microjoules."""
        return int(self.file.read_bytes())


class PackageCounter:
    """Sum over the counters of the processor packages, carried on where they start again.

    A counter that went round more than once between two readings looks like one that did not. At
    200 W the usual range of 262 kJ lasts for 22 minutes; read at least that often.
    """

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._zones = tuple(zones)
        self._last = [zone.read() for zone in self._zones]
        self._total = 0

    def joules(self) -> float | None:
        """Since this counter was opened."""
        try:
            now = [zone.read() for zone in self._zones]
        except (OSError, ValueError):
            return None
        self._total += sum(
            advance(before, after, zone.range_microjoules)
            for zone, before, after in zip(self._zones, self._last, now, strict=True)
        )
        self._last = now
        return self._total / 1e6


def advance(before: int, after: int, range_: int) -> int:
    """By how much a counter went on that starts again at 0 beyond `range_`.

    >>> advance(90, 10, range_=99)
    20
    """
    return after - before if after >= before else after + range_ + 1 - before


def _open_packages(powercap: Path) -> PackageCounter | None:
    """The counter of all packages, or None if even one of them cannot be read."""
    zones = []
    try:
        for folder in sorted(powercap.glob("intel-rapl:*")):
            # parts of a package have a second number; other zones are the whole platform
            if (folder / "name").read_text(encoding="ascii").startswith("package"):
                most = int((folder / "max_energy_range_uj").read_bytes())
                zones.append(Zone(folder / "energy_uj", most))
        return PackageCounter(zones) if zones else None
    except (OSError, ValueError):
        return None


def _virtual(nvidia: NvidiaDevice) -> bool:
    """Whether this is a share of a board handed to a virtual machine."""
    mode = nvidia.ask("nvmlDeviceGetVirtualizationMode")
    return mode is not None and mode == nvidia.library.NVML_GPU_VIRTUALIZATION_MODE_VGPU
