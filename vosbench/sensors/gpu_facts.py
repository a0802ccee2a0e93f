"""What a CUDA device is and what it is allowed to do, read and never set."""

from vosbench.sensors.nvidia import NvidiaDevice, open_nvidia


def driver_facts(nvidia: NvidiaDevice) -> dict[str, object]:
    """Version of the driver, limits of clocks and power, and whether the device is split (MIG)."""
    library = nvidia.library
    limit = nvidia.ask("nvmlDeviceGetEnforcedPowerLimit")  # milliwatts
    return {
        "driver": nvidia.driver(),
        "mig": nvidia.partition,
        "gpu_max_clock_hertz": _hertz(
            nvidia.ask("nvmlDeviceGetMaxClockInfo", library.NVML_CLOCK_SM)
        ),
        "gpu_memory_max_clock_hertz": _hertz(
            nvidia.ask("nvmlDeviceGetMaxClockInfo", library.NVML_CLOCK_MEM)
        ),
        "gpu_power_limit_watts": None if limit is None else limit / 1000,
    }


def gpu_facts(device: str) -> dict[str, object]:
    """Facts of one CUDA device, those left out that nobody tells."""
    from vosbench.sensors.torch_facts import cuda_facts

    nvidia = open_nvidia(device)
    return cuda_facts(device) | (driver_facts(nvidia) if nvidia else {})


def _hertz(megahertz: int | None) -> int | None:
    return None if megahertz is None else 1_000_000 * int(megahertz)
