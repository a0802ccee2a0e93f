"""The clock of benchmarks: one that waits for the device, as `--benchmark-timer` takes it."""

from time import perf_counter

import torch


def device_seconds() -> float:
    """Wall clock once the GPU, where one is at work, has done what it was given."""
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return perf_counter()
