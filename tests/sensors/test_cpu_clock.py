"""Clocks and brakes of cores, from files that the test writes."""

from pathlib import Path

import pytest

from vosbench.sensors.cpu_clock import CpuClock, cpu_held_back, highest_clock, read_cpu_clock


def write(file: Path, text: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{text}\n")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Cores 0 to 2 as an Intel processor shows them."""
    for core, kilohertz in enumerate((1_000_000, 2_000_000, 4_000_000)):
        folder = tmp_path / f"sys/devices/system/cpu/cpu{core}"
        write(folder / "cpufreq/scaling_cur_freq", kilohertz)
        write(folder / "cpufreq/cpuinfo_max_freq", 5_000_000 + core)
        write(folder / "thermal_throttle/core_throttle_count", core)
        write(folder / "thermal_throttle/package_throttle_count", 10)
    return tmp_path / "sys"


def test_clocks_are_those_of_the_usable_cores(system: Path, tmp_path: Path) -> None:
    clock = read_cpu_clock({1, 2}, system=system, proc=tmp_path)
    assert clock == CpuClock(hertz=3e9, slowdowns=1 + 2 + 20, quota_seconds=None)
    assert highest_clock({0, 2}, system=system) == 5_000_002_000


def test_a_machine_that_tells_nothing_gives_none(tmp_path: Path) -> None:
    assert read_cpu_clock({0}, system=tmp_path, proc=tmp_path) == CpuClock()
    assert highest_clock({0}, system=tmp_path) is None
    assert cpu_held_back(CpuClock(), CpuClock(), 10.0) is None


@pytest.mark.parametrize(("limit", "told"), [("200000 100000", 1.5), ("max 100000", None)])
def test_waiting_for_a_quota_is_read_where_there_is_one(
    tmp_path: Path, limit: str, told: float | None
) -> None:
    write(tmp_path / "proc/self/cgroup", "4:cpu:/old\n0::/batch/job")
    write(tmp_path / "sys/fs/cgroup/batch/job/cpu.max", limit)
    stat = "usage_usec 9\nnr_periods 4\nnr_throttled 2\nthrottled_usec 1500000\nnr_bursts 0"
    write(tmp_path / "sys/fs/cgroup/batch/job/cpu.stat", stat)
    clock = read_cpu_clock({0}, system=tmp_path / "sys", proc=tmp_path / "proc")
    assert clock.quota_seconds == told


def test_heat_or_a_quota_hold_cores_back() -> None:
    cool = CpuClock(slowdowns=7, quota_seconds=1.0)
    assert cpu_held_back(cool, cool, 10.0) is False
    assert cpu_held_back(cool, CpuClock(slowdowns=8, quota_seconds=1.0), 10.0) is True
    # 1 % of the window is the least that is spoken of
    assert cpu_held_back(cool, CpuClock(slowdowns=7, quota_seconds=1.05), 10.0) is False
    assert cpu_held_back(cool, CpuClock(slowdowns=7, quota_seconds=1.2), 10.0) is True
    assert cpu_held_back(CpuClock(), CpuClock(slowdowns=8), 10.0) is None


def test_what_this_machine_tells_is_plausible() -> None:
    clock = read_cpu_clock({0})
    if clock == CpuClock():
        pytest.skip("this machine tells neither clocks nor slowdowns nor a quota")
    assert clock.hertz is None or 1e8 < clock.hertz < 1e10
    assert clock.slowdowns is None or clock.slowdowns >= 0
    assert clock.quota_seconds is None or clock.quota_seconds >= 0
