"""Memory that a process frees stays with it, so that the next tensor finds its pages there.

Of itself the C library gives large blocks back to the system as soon as they are free. A network
that is fine-tuned asks for the same blocks again at every step, and every page of them has to be
mapped and filled with zeros anew, which is dear above all in virtual machines.
"""

import ctypes
import os
import platform
from functools import cache

LARGEST_BLOCK = 32 << 20
"""Bytes; the largest block that glibc can be made to keep. Larger ones are mapped one by one."""

AT_ONCE = 64 << 20
"""Bytes that are asked of the system at a time."""

NEVER = (1 << 31) - 1
"""Bytes at the end of the heap from which on they are given back."""

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # of mallopt, from malloc.h


@cache
def keep_freed_memory() -> bool:
    """Keep what this process frees from now on; whether its C library agreed.

    False with another C library than glibc, and where the environment tunes the allocator
    (`MALLOC_…`, `GLIBC_TUNABLES`, another allocator in `LD_PRELOAD`): that is the user's choice.
    """
    if platform.libc_ver()[0] != "glibc" or _tuned():
        return False
    choices = {_MMAP_THRESHOLD: LARGEST_BLOCK, _TRIM_THRESHOLD: NEVER, _TOP_PAD: AT_ONCE}
    allocator = ctypes.CDLL(None)
    return all(allocator.mallopt(name, value) == 1 for name, value in choices.items())


def _tuned() -> bool:
    environment = os.environ
    return (
        any(name.startswith("MALLOC_") for name in environment)
        or "glibc.malloc" in environment.get("GLIBC_TUNABLES", "")
        or "malloc" in environment.get("LD_PRELOAD", "")
    )
