"""Memory that is freed and asked for again is not mapped anew."""

import os
import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
import torch
from vosbench.freed_memory import keep_freed_memory
kept = keep_freed_memory()
def work():
    for _ in range(50):
        torch.ones(1 << 20), torch.ones(1 << 19)
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")


def faults(**environment: str) -> tuple[bool, int]:
    """Whether memory is kept, and pages mapped while tensors of 6 MiB come and go 50 times."""
    inherited = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("MALLOC_") and k not in ("GLIBC_TUNABLES", "LD_PRELOAD")
    }
    answer = subprocess.run(
        [sys.executable, "-c", FAULTS],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    kept, pages = answer.stdout.split()
    return kept == "True", int(pages)


@glibc
def test_tensors_that_come_and_go_map_no_pages() -> None:
    kept, pages = faults()
    assert kept
    assert pages < 100


@glibc
def test_what_the_user_tuned_is_left_alone() -> None:
    kept, pages = faults(MALLOC_TRIM_THRESHOLD_="131072", MALLOC_MMAP_THRESHOLD_="131072")
    assert not kept
    assert pages > 10_000
