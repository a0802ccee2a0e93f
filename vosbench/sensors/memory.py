"""Most memory of host and device between two moments of a run.

A reading is cheap enough for every border of a phase: on a Linux host about 5 µs to begin and
13 µs to read (2.6 GHz core), on CUDA the counters of torch's allocator, which need no waiting.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from vosbench.sensors.gpu_processes import own_bytes
from vosbench.sensors.host_memory import HostPeak, open_host_peak
from vosbench.sensors.nvidia import NvidiaDevice, open_nvidia
from vosbench.timing_records import Memory


class MemoryMeter:
    """Tells the peaks of memory since its last `begin`.

    Peaks are kept for the process, once: two meters of one device set each other back.

    Args:
        device: cpu, cuda, cuda:1, … or mps.
        host: peak of the process; tests pass their own.
    """

    def __init__(self, device: str = "cpu", *, host: HostPeak | None = None) -> None:
        self._name = device
        self._host = host or open_host_peak()
        self._device = open_device_peaks(device)
        self.begin()

    def begin(self) -> None:
        """Forget every peak so far."""
        self._host.begin()
        self._device.begin()

    def peak(self) -> Memory:
        """Peaks since `begin`; what the system does not tell is None."""
        allocated, reserved, device = self._device.peak()
        return Memory(host=self._host.peak(), allocated=allocated, reserved=reserved, device=device)

    def with_driver(
        self, peaks: Mapping[str, Memory], *, nvidia: NvidiaDevice | None = None
    ) -> dict[str, Memory]:
        """The same peaks with `device`, for which the driver of a CUDA device is asked once.

        That takes milliseconds, so it is for after a pass. What the process holds beside torch's
        pools (context, code of kernels) only grows, and is added as it is now to each peak of the
        pools. Peaks stay as they are where the driver cannot be asked.
        """
        nvidia = nvidia or open_nvidia(self._name)
        held = own_bytes(nvidia) if nvidia else None
        if held is None:
            return dict(peaks)
        import torch

        beside = held - int(torch.cuda.memory_reserved(self._name))
        return {
            phase: peak if peak.reserved is None else replace(peak, device=peak.reserved + beside)
            for phase, peak in peaks.items()
        }


def greater(one: Memory, other: Memory) -> Memory:
    """The greater of two peaks, field by field; what is unknown in one is taken from the other."""
    return Memory(
        host=_most(one.host, other.host),
        allocated=_most(one.allocated, other.allocated),
        reserved=_most(one.reserved, other.reserved),
        device=_most(one.device, other.device),
    )


Peaks = tuple[int | None, int | None, int | None]
"""Bytes allocated by tensors, reserved by torch, held as the driver counts."""


class DevicePeaks(Protocol):
    """Peaks of the memory of one device."""

    def begin(self) -> None:
        """Forget every peak so far."""

    def peak(self) -> Peaks:
        """Peaks since `begin`."""


class HostOnly:
    """There is no memory but the host's."""

    def begin(self) -> None:
        """Nothing to forget."""

    def peak(self) -> Peaks:
        """Peaks since `begin`."""
        return None, None, None


class CudaPeaks:
    """Peaks that torch's allocator keeps on the host; reading them waits for nothing.

    Args:
        device: name or number of the device.
        cuda: `torch.cuda`.
    """

    def __init__(self, device: str, cuda: Any) -> None:
        self._device = device
        self._cuda = cuda
        cuda.init()  # before it, there is nothing to reset

    def begin(self) -> None:
        """Forget every peak so far."""
        self._cuda.reset_peak_memory_stats(self._device)

    def peak(self) -> Peaks:
        """Peaks since `begin`."""
        # one look at all counters: max_memory_allocated and max_memory_reserved take one each,
        # and flatten it
        counters = self._cuda.memory.memory_stats_as_nested_dict(self._device)
        allocated, reserved = (
            int(counters[name]["all"]["peak"]) for name in ("allocated_bytes", "reserved_bytes")
        )
        return allocated, reserved, None


class MpsPeaks:
    """What Metal holds for the process, the greater of begin and end.

    torch keeps no peaks on MPS. What it frees stays in its pools, so that Metal's figure at the end
    is the peak unless the pools were emptied meanwhile; of the tensors only the present sum is
    known, which is no peak.

    Args:
        mps: `torch.mps`.
    """

    def __init__(self, mps: Any) -> None:
        self._mps = mps
        self._before = 0

    def begin(self) -> None:
        """Forget every peak so far."""
        self._before = int(self._mps.driver_allocated_memory())

    def peak(self) -> Peaks:
        """Peaks since `begin`."""
        return None, None, max(self._before, int(self._mps.driver_allocated_memory()))


def open_device_peaks(device: str) -> DevicePeaks:
    """The counters of `device`, which torch must know (`vosbench.machine.check_device`)."""
    if device == "cpu":
        return HostOnly()
    import torch

    return MpsPeaks(torch.mps) if device == "mps" else CudaPeaks(device, torch.cuda)


def _most(one: int | None, other: int | None) -> int | None:
    return max((known for known in (one, other) if known is not None), default=None)
