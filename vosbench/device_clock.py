"""Devices as a clock sees them: how to wait for one, and moments in its own time.

The CPU, CUDA and MPS behind one interface, `vosbench.timing.Device`. Nothing here imports torch
unless a device other than the CPU is asked for.
"""

from typing import TYPE_CHECKING

from vosbench.machine import check_device
from vosbench.timing import HOST, Device

if TYPE_CHECKING:
    import torch


def device_clock(device: str) -> Device:
    """The device called `device` (cpu, cuda, cuda:1, … or mps), as a clock sees it.

    Raises:
        UsageError: there is no such device here.
    """
    check_device(device)
    if device == "cpu":
        return HOST
    return MpsClock() if device.startswith("mps") else CudaClock(device)


class CudaClock:
    """A CUDA device: waited for whole, its moments are timed events in the stream at work.

    Args:
        device: its name (cuda, cuda:1, …).
    """

    def __init__(self, device: str) -> None:
        import torch

        self._cuda = torch.cuda
        self._device = device

    def wait(self) -> None:
        """Wait for all streams of the device."""
        self._cuda.synchronize(self._device)

    def mark(self) -> "torch.cuda.Event":
        """An event behind all work that the current stream was given."""
        event = self._cuda.Event(enable_timing=True)
        event.record(self._cuda.current_stream(self._device))
        return event


class MpsClock:
    """The GPU of an Apple machine: waited for, without moments of its own.

    Its events are not used: there was no such machine to check them against the wall clock.
    """

    def __init__(self) -> None:
        import torch

        self._mps = torch.mps

    def wait(self) -> None:
        """Wait for all that the device was given."""
        self._mps.synchronize()

    def mark(self) -> None:
        """No moments."""
