"""Who has a CUDA context on an NVIDIA device.

The driver tells numbers of processes. In a container they are, with older drivers, numbers of the
machine, of which one must be this process; newer drivers give those of the container and hide who
is outside. Then nobody is hidden if the processes told of hold all memory in use.
"""

import os
from pathlib import Path
from typing import Any

from vosbench.sensors.nvidia import NvidiaDevice
from vosbench.sensors.process_tree import PROC, descends, processes

FIRST_NAMESPACE = "pid:[4026531836]"
"""Process namespace of a machine itself, outside every container (Linux, PROC_PID_INIT_INO)."""

UNCLAIMED_BYTES = 64 << 20
"""Memory in use that nobody need hold; a CUDA context of its own takes more."""


def strangers(device: NvidiaDevice, *, own_context: bool, proc: Path = PROC) -> int | None:
    """Foreign processes with a context on the device; None where they cannot be told.

    This process and those that come from it are none. Of a part of a device (MIG), the driver does
    not tell who works on the other parts.

    Args:
        own_context: whether this process has memory on the device, so that the driver must know
            of it.
    """
    told = None if device.partition else _processes(device)
    if told is None:
        return None
    among = processes(proc)
    foreign = [one for one in told if not descends(int(one.pid), os.getpid(), among)]
    unnamed = own_context and len(foreign) == len(told)  # one of them is this process, or hidden
    if unnamed and not told:
        return None
    others = len(foreign) - unnamed
    return None if others == 0 and _may_hide(device, told, proc) else others


def own_bytes(device: NvidiaDevice) -> int | None:
    """Memory of this process on the device as the driver counts: context, code, tensors, pools.

    None where the driver does not tell which of its processes this is; a single one is.
    """
    told = _processes(device) or []
    mine = [one for one in told if int(one.pid) == os.getpid()]
    if not mine and len(told) == 1:
        mine = told
    held = [one.usedGpuMemory for one in mine]
    return sum(held) if held and None not in held else None


def _processes(device: NvidiaDevice) -> list[Any] | None:
    """Processes with a context; those behind the multi-process service (MPS) instead of it."""
    served: list[Any] = device.ask("nvmlDeviceGetMPSComputeRunningProcesses") or []
    return served or device.ask("nvmlDeviceGetComputeRunningProcesses")


def _may_hide(device: NvidiaDevice, told: list[Any], proc: Path) -> bool:
    """Whether somebody outside the container may hold memory on the device."""
    try:
        if os.readlink(proc / "self/ns/pid") == FIRST_NAMESPACE:  # noqa: PTH115 - text, no path
            return False
    except OSError:
        pass  # not Linux, or not to be told: as in a container
    version = getattr(device.library, "nvmlMemory_v2", None)
    memory = device.ask("nvmlDeviceGetMemoryInfo", version)
    held = [one.usedGpuMemory for one in told]
    if version is None or memory is None or None in held:
        return True
    # `used` counts what the driver reserves in some versions and not in others
    in_use = memory.total - memory.free - memory.reserved
    return bool(in_use - sum(held) >= UNCLAIMED_BYTES)
