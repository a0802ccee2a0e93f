"""Other processes at work beside a test."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def busy(processes: int = 2) -> Iterator[None]:
    """Processes that leave the machine little time for anything else."""
    with ExitStack() as running:
        for _ in range(processes):
            process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            running.callback(process.wait)
            running.callback(process.kill)
        yield
