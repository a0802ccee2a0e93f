"""Environment variables that change how fast numbers are computed, or how memory is handed out."""

import os
import re
from collections.abc import Mapping
from pathlib import PurePath

_MATTERS = re.compile(
    r"(OMP|KMP|GOMP|MKL|OPENBLAS|BLIS|VECLIB|NUMEXPR|DNNL|ONEDNN|MALLOC)_\w+"
    r"|PYTORCH_\w*(ALLOC|MEMORY|MPS)\w*|TORCH_ALLOW_TF32\w*|NVIDIA_TF32_OVERRIDE"
    r"|ATEN_CPU_CAPABILITY|CUBLAS_WORKSPACE_CONFIG|CUDA_LAUNCH_BLOCKING|CUDA_MODULE_LOADING"
    r"|GLIBC_TUNABLES"
)
"""Threads and instructions of the libraries, allocators of host and device, precision."""

_PRELOADED = "LD_PRELOAD"


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that matter and are set, by name; of preloaded libraries the file names only.

    Args:
        variables: in the place of `os.environ`.

    >>> environment({"OMP_NUM_THREADS": "1", "HOME": "/me", "LD_PRELOAD": "/opt/libjemalloc.so.2"})
    {'LD_PRELOAD': 'libjemalloc.so.2', 'OMP_NUM_THREADS': '1'}
    """
    variables = os.environ if variables is None else variables
    found = {name: value for name, value in variables.items() if value and _MATTERS.fullmatch(name)}
    preloaded = re.split(r"[:\s]+", variables.get(_PRELOADED, "").strip())
    names = " ".join(PurePath(library).name for library in preloaded if library)
    if names:
        found[_PRELOADED] = names
    return dict(sorted(found.items()))
