"""Clocks of the cores, and what held them back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/sys")
PROC = Path("/proc")

NOTABLE_SHARE = 0.01
"""Of a window; a quota that bit for less has not slowed a run."""


@dataclass(frozen=True)
class CpuClock:
    """Clocks and brakes of the usable cores at one moment.

    Attributes:
        hertz: mean of their present clocks.
        slowdowns: times that heat made a core or its package slow down, since the machine started.
        quota_seconds: that processes of this control group waited because it had used up its quota
            of processor time, since the group was made.
    """

    hertz: float | None = None
    slowdowns: int | None = None
    quota_seconds: float | None = None


def read_cpu_clock(cores: Iterable[int], *, system: Path = SYSTEM, proc: Path = PROC) -> CpuClock:
    """What the kernel tells of the clocks of `cores`; what it does not is None.

    Virtual machines usually tell nothing, and AMD processors no slowdowns.
    """
    folders = [system / f"devices/system/cpu/cpu{core}" for core in sorted(cores)]
    clocks = list(_numbers(folder / "cpufreq/scaling_cur_freq" for folder in folders))
    slowdowns = list(
        _numbers(
            folder / "thermal_throttle" / f"{part}_throttle_count"
            for folder in folders
            for part in ("core", "package")
        )
    )
    return CpuClock(
        hertz=1000 * sum(clocks) / len(clocks) if clocks else None,  # kilohertz in the file
        slowdowns=sum(slowdowns) if slowdowns else None,
        quota_seconds=_quota_seconds(system, proc),
    )


def highest_clock(cores: Iterable[int], *, system: Path = SYSTEM) -> int | None:
    """The greatest clock, in hertz, that any of `cores` may reach."""
    files = (system / f"devices/system/cpu/cpu{core}/cpufreq/cpuinfo_max_freq" for core in cores)
    return max((1000 * kilohertz for kilohertz in _numbers(files)), default=None)


def cpu_held_back(before: CpuClock, after: CpuClock, seconds: float) -> bool | None:
    """Whether heat or a quota slowed the cores between two readings; None where neither is told.

    Args:
        seconds: between the readings.
    """
    hot = _growth(before.slowdowns, after.slowdowns)
    waited = _growth(before.quota_seconds, after.quota_seconds)
    if hot is None and waited is None:
        return None
    return bool(hot) or (waited or 0.0) > NOTABLE_SHARE * seconds


def _growth(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _numbers(files: Iterable[Path]) -> Iterator[int]:
    """The number in each file that can be read."""
    for file in files:
        try:
            yield int(file.read_bytes())
        except (OSError, ValueError):
            continue


def _quota_seconds(system: Path, proc: Path) -> float | None:
    """Time lost to the quota of the control group (cgroup v2, cpu.stat); None without a quota."""
    try:
        groups = (proc / "self/cgroup").read_text(encoding="utf-8").splitlines()
        own = next(line.removeprefix("0::") for line in groups if line.startswith("0::"))
        folder = system / "fs/cgroup" / own.lstrip("/")
        if (folder / "cpu.max").read_text(encoding="ascii").startswith("max"):
            return None
        stat = (folder / "cpu.stat").read_text(encoding="ascii").split()
        return int(stat[stat.index("throttled_usec") + 1]) / 1e6
    except (OSError, ValueError, StopIteration):
        return None
