"""A stand-in for NVIDIA's library, with the functions and failures of pynvml."""

from types import SimpleNamespace
from typing import Any

from vosbench.sensors.nvidia import NvidiaDevice

UUID = "bcd1f1a0-0000-4000-8000-000000000001"
NONE = object()
"""In the place of a figure that the device does not offer."""


class NVMLError(Exception):
    """What pynvml raises, whatever is the matter."""


class FakeNvml:
    """One device, on a machine where CUDA_VISIBLE_DEVICES may have renumbered it."""

    NVMLError = NVMLError
    NVML_SUCCESS = 0
    NVML_CLOCK_SM = 1
    NVML_CLOCK_MEM = 2
    NVML_TEMPERATURE_GPU = 0
    NVML_DEVICE_MIG_ENABLE = 1
    NVML_GPU_VIRTUALIZATION_MODE_VGPU = 2
    NVML_FI_DEV_PERF_POLICY_POWER = 74
    NVML_FI_DEV_PERF_POLICY_THERMAL = 75
    nvmlMemory_v2 = 0x02000028  # noqa: N815

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            "uuid": f"GPU-{UUID}",
            "mig": [0, 0],
            "virtual": 0,
            "processes": [],
            "memory": SimpleNamespace(total=1000 << 20, free=1000 << 20, reserved=0, used=0),
            "millijoules": 5_000,
            "clock": 1980,
            "celsius": 45,
            "reasons": 0,
            "braked": (0, 0),
            "driver": "580.10",
            "limit": 700_000,
        } | answers
        self.started = 0

    def nvmlInit(self) -> None:  # noqa: N802
        self.started += 1
        self._get("driver")

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802
        return str(self._get("driver"))

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:  # noqa: N802
        if uuid != self.answers["uuid"]:
            raise NVMLError("Not Found")
        return f"handle of {uuid}"

    def nvmlDeviceGetMigMode(self, handle: str) -> Any:  # noqa: N802
        return self._get("mig")

    def nvmlDeviceGetVirtualizationMode(self, handle: str) -> Any:  # noqa: N802
        return self._get("virtual")

    def nvmlDeviceGetComputeRunningProcesses(self, handle: str) -> Any:  # noqa: N802
        return self._get("processes")

    def nvmlDeviceGetMPSComputeRunningProcesses(self, handle: str) -> Any:  # noqa: N802
        return self.answers.get("served", [])

    def nvmlDeviceGetMemoryInfo(self, handle: str, version: int | None = None) -> Any:  # noqa: N802
        assert version == self.nvmlMemory_v2
        return self._get("memory")

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: str) -> Any:  # noqa: N802
        return self._get("millijoules")

    def nvmlDeviceGetClockInfo(self, handle: str, kind: int) -> Any:  # noqa: N802
        return self._get("clock")

    def nvmlDeviceGetMaxClockInfo(self, handle: str, kind: int) -> Any:  # noqa: N802
        return {self.NVML_CLOCK_SM: 1980, self.NVML_CLOCK_MEM: 3201}[kind]

    def nvmlDeviceGetTemperatureV(self, handle: str, sensor: int) -> Any:  # noqa: N802
        return self._get("celsius")

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle: str) -> Any:  # noqa: N802
        return self._get("reasons")

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: str) -> Any:  # noqa: N802
        return self._get("limit")

    def nvmlDeviceGetFieldValues(self, handle: str, fields: list[int]) -> Any:  # noqa: N802
        assert fields == [74, 75]
        return [
            SimpleNamespace(nvmlReturn=int(held is NONE), value=SimpleNamespace(ullVal=held))
            for held in self._get("braked")
        ]

    def _get(self, name: str) -> Any:
        if self.answers[name] is NONE:
            raise NVMLError("Not Supported")
        return self.answers[name]


def device(*, partition: bool = False, **answers: Any) -> NvidiaDevice:
    """A device that gives these answers."""
    return NvidiaDevice(FakeNvml(**answers), "handle", partition=partition)


def process(pid: int, mib: int | None = 500) -> SimpleNamespace:
    """A process as pynvml tells of it."""
    return SimpleNamespace(pid=pid, usedGpuMemory=None if mib is None else mib << 20)
