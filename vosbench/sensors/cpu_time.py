"""Whose time the cores that this process may use went to."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from vosbench.sensors.process_tree import PROC, descends, processes

SHORTEST_WINDOW = 0.25
"""Seconds. The kernel counts in ticks of 10 ms; in a shorter window they are a tenth of a core."""

BUSY = (0, 1, 2, 5, 6, 7)
"""Columns of a cpu line that are somebody's: user, nice, system, irq, softirq, steal (proc(5)).

Idle and waiting for disks is nobody's; guests stand in user and nice already.
"""


@dataclass(frozen=True)
class CpuTime:
    """What the cores have done since the machine started, as of one moment.

    Attributes:
        at: moment, seconds of a monotonic clock.
        cores: numbers of the cores that this process may use.
        busy: seconds that they worked for anybody, or were taken away by a host below (steal).
        own: seconds that this process and its descendants worked, on any core.
    """

    at: float
    cores: frozenset[int]
    busy: float
    own: float


def read_cpu_time(proc: Path = PROC) -> CpuTime | None:
    """The present state of the counters; None where there is no Linux kernel to ask."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = frozenset(os.sched_getaffinity(0))
    try:
        own = _own_ticks(proc)
        busy = _busy_ticks(proc / "stat", cores)
    except (OSError, ValueError, IndexError):
        return None
    if busy is None:
        return None
    second = os.sysconf("SC_CLK_TCK")
    return CpuTime(time.monotonic(), cores, busy / second, own / second)


def share_of_others(before: CpuTime | None, after: CpuTime | None) -> float | None:
    """Share 0..1 of the time of the usable cores that others took between two readings.

    None where either reading is, where the process was moved to other cores, or where the window
    is below `SHORTEST_WINDOW`. What this process did counts as its own wherever it ran; a process
    that it let go of (a daemon) counts as another's.

    >>> before = CpuTime(at=10.0, cores=frozenset({0, 1}), busy=5.0, own=1.0)
    >>> after = CpuTime(at=20.0, cores=frozenset({0, 1}), busy=17.0, own=11.0)
    >>> share_of_others(before, after)  # 2 of 20 core-seconds
    0.1
    """
    if before is None or after is None or before.cores != after.cores:
        return None
    window = after.at - before.at
    if window < SHORTEST_WINDOW:
        return None
    others = (after.busy - before.busy) - (after.own - before.own)
    return min(max(others / (window * len(after.cores)), 0.0), 1.0)


def _busy_ticks(stat: Path, cores: frozenset[int]) -> int | None:
    """Ticks in which `cores` worked; None where one of them is not told of."""
    lines = (line.split() for line in stat.read_text(encoding="ascii").splitlines())
    wanted = {f"cpu{core}" for core in cores}
    told = [columns[1:] for columns in lines if columns and columns[0] in wanted]
    if len(told) != len(wanted):
        return None
    return sum(int(columns[place]) for columns in told for place in BUSY)


def _own_ticks(proc: Path) -> int:
    """Ticks of this process, of its children that have ended, and of those that have not.

    Each process holds the time of its own ended children, so that nothing is lost or counted twice
    when one ends in between.
    """
    own = os.getpid()
    found = processes(proc)
    if own not in found:
        raise ValueError(f"{proc} does not tell of process {own}")
    return sum(process.ticks for pid, process in found.items() if descends(pid, own, found))
