"""The machine that a run ran on.

Nothing here imports torch unless a device other than the CPU was asked for: what torch can say is
taken only where torch is at work already.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from vosbench.errors import UsageError
from vosbench.sensors.cpu_clock import highest_clock
from vosbench.sensors.energy import idle_watts, open_counter
from vosbench.sensors.environment import environment

HARDWARE = ("cpu", "cores", "device", "gpu", "gpu_uuid_sha256", "gpu_memory_bytes", "driver")
"""The facts that `machine_id` is a digest over."""

CHOSEN = ("threads", "interop_threads", "flags", "environment", "gpu_power_limit_watts")
"""The facts that a user may change between two runs on one machine, and that speed depends on."""

DRIVER_SECONDS = 20
"""How long the driver may take to tell its version; a cold one needs several seconds."""


def fingerprint(device: str = "cpu") -> dict[str, object]:
    """What timings depend on, as plain JSON values; two compare only where `id` is the same.

    Keys: `id` (see `machine_id`), `cpu` (model), `cores` (usable by this process),
    `max_clock_hertz`, `memory_bytes`, `os`, `device`, `environment` (variables that change speed);
    once torch is imported those of `vosbench.sensors.torch_facts`: `threads`, `torch`, `flags`, …;
    for a CUDA device `gpu`, `gpu_memory_bytes`, `gpu_uuid_sha256`, `driver`, `cuda` and more of
    `vosbench.sensors.gpu_facts`. What cannot be found out is left out, never guessed.

    Raises:
        UsageError: there is no such device here.
    """
    check_device(device)
    found: dict[str, object] = {
        "cpu": _cpu_model(),
        "cores": usable_cores(),
        "max_clock_hertz": _max_clock(),
        "memory_bytes": _memory_bytes(),
        "os": platform.platform(terse=True),
        "device": device,
        "environment": environment(),
    }
    if "torch" in sys.modules:
        from vosbench.sensors.torch_facts import torch_facts

        found |= torch_facts(device)
    if device.startswith("cuda"):
        from vosbench.sensors.gpu_facts import gpu_facts

        found |= gpu_facts(device)
        found["driver"] = found.get("driver") or _driver()
    known = {key: value for key, value in found.items() if value is not None}
    return {"id": machine_id(known), **known}


def machine_id(facts: Mapping[str, object]) -> str:
    """Twelve hex digits over hardware and driver.

    Threads and the version of torch stand beside it: a method without torch has neither, and is
    still timed on the same machine.
    """
    hardware = {key: facts[key] for key in HARDWARE if key in facts}
    return hashlib.sha256(json.dumps(hardware, sort_keys=True).encode()).hexdigest()[:12]


def circumstances(facts: Mapping[str, object]) -> dict[str, object]:
    """What of a fingerprint may be different in the next run on the same machine (`CHOSEN`)."""
    return {key: facts[key] for key in CHOSEN if key in facts}


def agree(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether circumstances are the same, as far as both state them.

    A method without torch states no threads when it runs alone, and does beside one with torch.

    >>> agree({"threads": 2, "warm_up": True}, {"warm_up": True}), agree({"a": 1}, {"a": 2})
    (True, False)
    """
    return all(other[key] == value for key, value in one.items() if key in other)


def probed(device: str = "cpu") -> dict[str, object]:
    """What is measured of a machine before passes that are repeated, for the fingerprint.

    Keys: `idle_watts`, power of the device before the first pass (`vosbench.sensors.energy`), once
    a process, for it takes two seconds; None, at once, where there is no counter. `probe`: seconds
    that known work takes here (`vosbench.sensors.probe`), a third of a second; left out where torch
    is not at work: a method without it says nothing of how fast torch is.

    Raises:
        UsageError: there is no such device here.
    """
    check_device(device)
    found: dict[str, object] = {"idle_watts": _idle_watts(device)}
    if "torch" in sys.modules:
        from vosbench.sensors.probe import probe

        found["probe"] = probe(device)
    return found


@cache
def _idle_watts(device: str) -> float | None:
    """Idle power before anything was run; what ran since would still warm the device."""
    counter = open_counter(device)
    return None if counter is None else idle_watts(counter)


def check_device(device: str) -> None:
    """Raise `UsageError` unless there is such a device here: cpu, cuda, cuda:1, … or mps."""
    kind, _, index = device.partition(":")
    if device == "cpu":
        return
    if kind not in ("cuda", "mps") or (index and not (kind == "cuda" and index.isdecimal())):
        raise UsageError(f"there is no device {device!r}; choose cpu, cuda (or cuda:1, …) or mps")
    import torch

    if kind == "mps":
        if not torch.backends.mps.is_available():
            raise UsageError("torch finds no MPS device here; run with --device cpu")
        return
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if int(index or 0) >= count:
        raise UsageError(
            f"device {device} was asked for, but torch finds {count} CUDA devices here; "
            "run with --device cpu"
        )


def usable_cores() -> int | None:
    """Cores that this process may use; fewer than the machine has inside a container."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _cpu_model() -> str:
    """Marketing name of the processor, or its architecture where nothing better is known."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == "model name" and value.strip():
            return value.strip()
    if sys.platform == "darwin":
        return _answer("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    return platform.processor() or platform.machine()


def _memory_bytes() -> int | None:
    """Memory of the machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


def _max_clock() -> int | None:
    """The greatest clock of a usable core, in hertz."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    return highest_clock(os.sched_getaffinity(0))


def _driver() -> str | None:
    """Version of NVIDIA's driver, where its library cannot be asked from Python."""
    answer = _answer("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")
    return answer.partition("\n")[0] or None


def _answer(*command: str) -> str:
    """What a command prints; empty when it does not exist, fails or takes too long."""
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=DRIVER_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
