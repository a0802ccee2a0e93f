"""Peak of the resident memory of this process.

Child processes are not counted.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

RESET_PEAK = b"5"
"""Written to `clear_refs`, sets the peak to what is resident now (proc_pid_clear_refs(5))."""

STATUS_BYTES = 8192
"""Longer than any `status`; the peak stands in its first kilobyte."""


class HostPeak(Protocol):
    """Most memory that was resident at any moment since `begin`."""

    def begin(self) -> None:
        """Forget every peak so far."""

    def peak(self) -> int | None:
        """Bytes, or None where that cannot be told."""


class ResettablePeak:
    """The peak as Linux keeps it for each process, set back at `begin`.

    Args:
        process: folder of the process under /proc.
    """

    def __init__(self, process: Path = Path("/proc/self")) -> None:
        self._status = str(process / "status")
        self._clear = str(process / "clear_refs")

    def begin(self) -> None:
        """Forget every peak so far."""
        # Plain `open`, no buffer: both calls stand at the border of a phase.
        with open(self._clear, "wb", buffering=0) as file:  # noqa: PTH123
            file.write(RESET_PEAK)

    def peak(self) -> int | None:
        """Bytes, None where that cannot be told."""
        with open(self._status, "rb", buffering=0) as file:  # noqa: PTH123
            return high_water(file.read(STATUS_BYTES))


class RisingPeak:
    """A peak over the whole life of the process, which nobody can set back.

    Where it rose since `begin`, it rose to the peak since `begin`; where it did not, all that is
    known is that some earlier moment took at least as much, and `peak` is None. The greatest of
    all peaks is right all the same.

    Args:
        read: the peak so far, bytes.
    """

    def __init__(self, read: Callable[[], int | None]) -> None:
        self._read = read
        self._before = read()

    def begin(self) -> None:
        """Forget every peak so far."""
        self._before = self._read()

    def peak(self) -> int | None:
        """Bytes, None where that cannot be told."""
        now = self._read()
        if now is None or self._before is None or now <= self._before:
            return None
        return now


class UnknownPeak:
    """The system tells no peak."""

    def begin(self) -> None:
        """Nothing to forget."""

    def peak(self) -> int | None:
        """Bytes, None where that cannot be told."""
        return None


def open_host_peak(process: Path = Path("/proc/self")) -> HostPeak:
    """The best peak of resident memory that this system offers."""
    peak = ResettablePeak(process)
    try:
        known = peak.peak() is not None
    except OSError:
        known = False
    if not known:
        return _of_resources()
    try:
        peak.begin()
    except OSError:  # the kernel was built without it, or a sandbox forbids it
        return RisingPeak(peak.peak)
    return peak


def high_water(status: bytes) -> int | None:
    r"""Peak resident memory in bytes out of /proc/PID/status, None where it is not there.

    >>> high_water(b"Name:\tpython\nVmHWM:\t    2048 kB\nVmRSS:\t1024 kB\n")
    2097152
    """
    _, found, rest = status.partition(b"\nVmHWM:")
    return int(rest.split(None, 1)[0]) * 1024 if found else None


def _of_resources() -> HostPeak:
    """The peak as `getrusage` tells it; it can only rise."""
    if sys.platform == "win32":
        return UnknownPeak()
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return RisingPeak(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
