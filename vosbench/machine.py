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
from pathlib import Path

from vosbench.errors import UsageError

HARDWARE = ("cpu", "cores", "device", "gpu", "gpu_uuid_sha256", "gpu_memory_bytes", "driver")
"""The facts that `machine_id` is a digest over."""

DRIVER_SECONDS = 20
"""How long the driver may take to tell its version; a cold one needs several seconds."""


def fingerprint(device: str = "cpu") -> dict[str, object]:
    """What timings depend on, as plain JSON values; two compare only where `id` is the same.

    Keys: `id` (see `machine_id`), `cpu` (model), `cores` (usable by this process), `memory_bytes`,
    `os`, `device`; `threads` and `torch` once torch is imported; for a CUDA device `gpu`,
    `gpu_memory_bytes`, `gpu_uuid_sha256`, `driver` and `cuda`. What cannot be found out is left
    out, never guessed.

    Raises:
        UsageError: there is no such device here.
    """
    check_device(device)
    found: dict[str, object] = {
        "cpu": _cpu_model(),
        "cores": _usable_cores(),
        "memory_bytes": _memory_bytes(),
        "os": platform.platform(terse=True),
        "device": device,
    }
    if "torch" in sys.modules:
        found |= _torch_facts()
    if device.startswith("cuda"):
        found |= _gpu_facts(device)
    known = {key: value for key, value in found.items() if value is not None}
    return {"id": machine_id(known), **known}


def machine_id(facts: Mapping[str, object]) -> str:
    """Twelve hex digits over hardware and driver.

    Threads and the version of torch stand beside it: a method without torch has neither, and is
    still timed on the same machine.
    """
    hardware = {key: facts[key] for key in HARDWARE if key in facts}
    return hashlib.sha256(json.dumps(hardware, sort_keys=True).encode()).hexdigest()[:12]


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


def _usable_cores() -> int | None:
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


def _torch_facts() -> dict[str, object]:
    import torch

    return {"threads": torch.get_num_threads(), "torch": str(torch.__version__)}


def _gpu_facts(device: str) -> dict[str, object]:
    """Facts of one CUDA device; its serial identity only as a digest."""
    import torch

    properties = torch.cuda.get_device_properties(device)
    uuid = str(properties.uuid)
    driver = _answer("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")
    return {
        "gpu": properties.name,
        "gpu_memory_bytes": properties.total_memory,
        "gpu_uuid_sha256": hashlib.sha256(uuid.encode()).hexdigest()[:12],
        "driver": driver.partition("\n")[0] or None,
        "cuda": torch.version.cuda,
    }


def _answer(*command: str) -> str:
    """What a command prints; empty when it does not exist, fails or takes too long."""
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=DRIVER_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
