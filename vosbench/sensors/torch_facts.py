"""What the speed and the roundings of torch depend on, as plain JSON values."""

import hashlib
import re
from collections.abc import Callable

import torch


def torch_facts(device: str) -> dict[str, object]:
    """Threads, versions, instruction set and `flags` of the torch at work; unknown ones left out.

    Keys: `torch`, `threads`, `interop_threads`, `cpu_capability` (widest instructions that its
    kernels use), `blas`, `onednn` (version), and `flags`: `deterministic`, `matmul_precision`
    (of float32, as `torch.get_float32_matmul_precision` names it); for CUDA also `tf32` (none,
    matmul, convolution or both), `cudnn_benchmark`, `cudnn_deterministic`.
    """
    flags: dict[str, object] = {
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul_precision": _unless_mixed(torch.get_float32_matmul_precision),
    }
    if device.startswith("cuda"):
        flags |= {
            "tf32": _unless_mixed(_tf32),
            "cudnn_benchmark": torch.backends.cudnn.benchmark,
            "cudnn_deterministic": torch.backends.cudnn.deterministic,
        }
    built = torch.__config__.show()
    facts = {
        "threads": torch.get_num_threads(),
        "interop_threads": torch.get_num_interop_threads(),
        "torch": str(torch.__version__),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "blas": _first(r"BLAS_INFO=(\w+)", built),
        "onednn": _first(r"MKL-DNN v([\d.]+)", built) if _onednn() else None,
        "flags": _known(flags),
    }
    return _known(facts)


def cuda_facts(device: str) -> dict[str, object]:
    """What torch says of a CUDA device: versions, memory, processors, allocator.

    Its serial identity is there as a digest only.
    """
    properties = torch.cuda.get_device_properties(device)
    return _known(
        {
            "gpu": properties.name,
            "gpu_memory_bytes": properties.total_memory,
            "gpu_uuid_sha256": hashlib.sha256(str(properties.uuid).encode()).hexdigest()[:12],
            "gpu_processors": properties.multi_processor_count,
            "gpu_capability": f"{properties.major}.{properties.minor}",
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version(),
            "gpu_allocator": torch.cuda.get_allocator_backend(),
        }
    )


def _tf32() -> str:
    """Which operations on float32 may be computed in TF32."""
    new = hasattr(torch.backends.cuda.matmul, "fp32_precision")  # torch 2.9 and later
    if new:
        matmul = torch.backends.cuda.matmul.fp32_precision == "tf32"
        convolution = torch.backends.cudnn.conv.fp32_precision == "tf32"  # type: ignore[attr-defined]
    else:
        matmul = torch.backends.cuda.matmul.allow_tf32
        convolution = torch.backends.cudnn.allow_tf32
    names = [name for name, on in (("matmul", matmul), ("convolution", convolution)) if on]
    return " and ".join(names) or "none"


def _unless_mixed(read: Callable[[], str]) -> str | None:
    """A flag, or None where it was set in two contradicting ways and torch refuses to tell it."""
    try:
        return read()
    except RuntimeError:
        return None


def _onednn() -> bool:
    return bool(torch.backends.mkldnn.is_available())


def _first(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    return found[1] if found else None


def _known(facts: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if value is not None}
