"""The processes that Linux shows to this one, and who comes from whom."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process.

    Attributes:
        parent: number of the process that it comes from.
        ticks: processor time of itself and of its children that have ended.
    """

    parent: int
    ticks: int


def processes(proc: Path = PROC) -> dict[int, Process]:
    """Every process to be seen, by its number; empty where there is no such folder."""
    try:
        names = os.listdir(proc)  # noqa: PTH208 - a Path for each of hundreds of names costs
    except OSError:
        return {}
    found = {}
    for name in names:
        if name.isdecimal():
            try:
                with open(f"{proc}/{name}/stat", "rb", buffering=0) as file:  # noqa: PTH123
                    found[int(name)] = _of_stat(file.read())
            except OSError:  # it has just ended
                continue
    return found


def descends(pid: int, ancestor: int, among: Mapping[int, Process]) -> bool:
    """Whether `pid` is `ancestor` or comes from it.

    >>> among = {7: Process(parent=1, ticks=0), 8: Process(parent=7, ticks=0)}
    >>> descends(8, 7, among), descends(7, 8, among)
    (True, False)
    """
    seen: set[int] = set()  # a table read while processes come and go may hold a circle
    while pid != ancestor and pid in among and pid not in seen:
        seen.add(pid)
        pid = among[pid].parent
    return pid == ancestor


def _of_stat(stat: bytes) -> Process:
    """A process out of its file `stat` (proc_pid_stat(5), columns 4 and 14 to 17)."""
    # the name of the program, in parentheses, may hold blanks and parentheses
    columns = stat[stat.rindex(b")") + 2 :].split()
    return Process(parent=int(columns[1]), ticks=sum(int(ticks) for ticks in columns[11:15]))
