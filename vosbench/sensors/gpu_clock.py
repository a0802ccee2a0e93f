"""Clock and temperature of an NVIDIA device, and what held the clock back."""

from dataclasses import dataclass

from vosbench.sensors.nvidia import NvidiaDevice

BRAKES = 0x04 | 0x08 | 0x20 | 0x40 | 0x80
"""Reasons for a lower clock that mean heat or power (NVML, NvmlClocksEventReasons): power cap,
hardware slowdown, thermal slowdown by software and by hardware, power brake. An idle device, or
clocks that somebody has set, are none."""

HELD_BACK = ("NVML_FI_DEV_PERF_POLICY_POWER", "NVML_FI_DEV_PERF_POLICY_THERMAL")
"""Fields that count the nanoseconds for which power and heat held the clock back."""

NOTABLE_SHARE = 0.01
"""Of a window; a clock that was held back for less has not slowed a run."""


@dataclass(frozen=True)
class GpuClock:
    """Clock and brakes of a device at one moment.

    Attributes:
        hertz: clock of its multiprocessors.
        celsius: temperature.
        braked: whether heat or power hold the clock back just now.
        braked_seconds: for which they have done so, since the driver was loaded.
    """

    hertz: int | None = None
    celsius: int | None = None
    braked: bool | None = None
    braked_seconds: float | None = None


def read_gpu_clock(device: NvidiaDevice) -> GpuClock:
    """What the driver tells now; what it does not is None."""
    megahertz = device.ask("nvmlDeviceGetClockInfo", device.library.NVML_CLOCK_SM)
    reasons = device.ask_first(
        "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"
    )
    return GpuClock(
        hertz=None if megahertz is None else 1_000_000 * int(megahertz),
        celsius=device.ask_first(
            "nvmlDeviceGetTemperatureV",
            "nvmlDeviceGetTemperature",
            arguments=(device.library.NVML_TEMPERATURE_GPU,),
        ),
        braked=None if reasons is None else bool(reasons & BRAKES),
        braked_seconds=_braked_seconds(device),
    )


def gpu_held_back(before: GpuClock, after: GpuClock, seconds: float) -> bool | None:
    """Whether heat or power held the clock back at two moments or for a while between.

    Without the counters only the moments are known; a device that was free at both may have been
    held back in between, which is None and not False.

    Args:
        seconds: between the moments.
    """
    if before.braked or after.braked:
        return True
    if before.braked_seconds is None or after.braked_seconds is None:
        return None
    return after.braked_seconds - before.braked_seconds > NOTABLE_SHARE * seconds


def _braked_seconds(device: NvidiaDevice) -> float | None:
    """Sum of the counters of power and heat, None where either is missing."""
    fields = [getattr(device.library, name, None) for name in HELD_BACK]
    values = None if None in fields else device.ask("nvmlDeviceGetFieldValues", fields)
    if values is None or any(value.nvmlReturn != device.library.NVML_SUCCESS for value in values):
        return None
    return sum(int(value.value.ullVal) for value in values) / 1e9
