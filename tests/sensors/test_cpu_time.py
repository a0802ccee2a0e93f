"""What others took of the cores, from counters of the kernel that the test writes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sensors.fake_proc import write_process, write_stat
from vosbench.sensors import cpu_time
from vosbench.sensors.cpu_time import CpuTime, read_cpu_time, share_of_others

BUSY = "while True: pass"
LINUX = hasattr(os, "sched_getaffinity") and Path("/proc/stat").exists()
needs_linux = pytest.mark.skipif(not LINUX, reason="needs /proc/stat and sched_getaffinity")


@needs_linux
def test_only_usable_cores_count_and_nobody_has_idle_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 3})
    # user nice system idle iowait irq softirq steal guest guest_nice (proc(5))
    line = "100 20 30 9999 8888 4 5 6 70 0"
    write_stat(tmp_path, {0: "5000 0 0 0 0 0 0 0 0 0", 1: line, 2: "7 0 0 0 0 0 0 0 0 0", 3: line})
    write_process(tmp_path, os.getpid(), ticks=40)
    read = read_cpu_time(tmp_path)
    assert read is not None
    second = os.sysconf("SC_CLK_TCK")
    assert read.cores == {1, 3}
    assert read.busy == 2 * (100 + 20 + 30 + 4 + 5 + 6) / second
    assert read.own == 40 / second


@needs_linux
def test_what_came_from_this_process_is_its_own(tmp_path: Path) -> None:
    own = os.getpid()
    write_stat(tmp_path, dict.fromkeys(os.sched_getaffinity(0), "1 0 0 0 0 0 0 0"))
    write_process(tmp_path, own, parent=own + 1, ticks=10)
    write_process(tmp_path, own + 1, parent=1, ticks=500)  # its parent
    write_process(tmp_path, own + 2, parent=own, ticks=3, name="a (strange) name")
    write_process(tmp_path, own + 3, parent=own + 2, ticks=8)
    write_process(tmp_path, own + 4, parent=own + 1, ticks=900)  # its sister
    write_process(tmp_path, own + 5, parent=own + 6, ticks=900)  # a circle
    write_process(tmp_path, own + 6, parent=own + 5, ticks=900)
    read = read_cpu_time(tmp_path)
    assert read is not None
    assert read.own == 21 / os.sysconf("SC_CLK_TCK")


@needs_linux
def test_counters_that_lack_a_core_or_this_process_are_none(tmp_path: Path) -> None:
    assert read_cpu_time(tmp_path) is None
    write_stat(tmp_path, {})
    write_process(tmp_path, os.getpid())
    assert read_cpu_time(tmp_path) is None
    write_stat(tmp_path, dict.fromkeys(os.sched_getaffinity(0), "1 0 0 0 0 0 0 0"))
    assert read_cpu_time(tmp_path) is not None
    (tmp_path / str(os.getpid()) / "stat").unlink()
    assert read_cpu_time(tmp_path) is None


@given(
    window=st.floats(cpu_time.SHORTEST_WINDOW, 1e4),
    cores=st.sets(st.integers(0, 255), min_size=1, max_size=8),
    own=st.floats(0, 1),
    others=st.floats(0, 1),
)
def test_a_share_is_what_others_took_of_what_there_was(
    window: float, cores: set[int], own: float, others: float
) -> None:
    own, others = own * (1 - others), others  # together at most all there was
    all_time = window * len(cores)
    before = CpuTime(at=0.0, cores=frozenset(cores), busy=0.0, own=0.0)
    after = CpuTime(window, frozenset(cores), busy=(own + others) * all_time, own=own * all_time)
    assert share_of_others(before, after) == pytest.approx(others, abs=1e-9)


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_share_never_leaves_0_to_1(busy: float, own: float) -> None:
    before = CpuTime(at=0.0, cores=frozenset({0}), busy=0.0, own=0.0)
    share = share_of_others(before, CpuTime(1.0, frozenset({0}), busy, own))
    assert share is not None
    assert 0.0 <= share <= 1.0


def test_nothing_is_said_of_a_moment_other_cores_or_no_reading() -> None:
    before = CpuTime(at=0.0, cores=frozenset({0}), busy=0.0, own=0.0)
    assert share_of_others(before, CpuTime(0.1, frozenset({0}), 0.1, 0.0)) is None
    assert share_of_others(before, CpuTime(9.0, frozenset({1}), 0.1, 0.0)) is None
    assert share_of_others(None, before) is None
    assert share_of_others(before, None) is None


@needs_linux
def test_a_busy_child_is_own_and_a_busy_stranger_is_contention_here() -> None:
    with_child = shares_beside(subprocess.Popen([sys.executable, "-c", BUSY]))
    # the shell ends at once, so that its process comes from this one no longer
    left = subprocess.run(
        ["sh", "-c", f'{sys.executable} -c "{BUSY}" >/dev/null 2>&1 & echo $!'],
        capture_output=True,
        text=True,
        check=True,
    )
    stranger = int(left.stdout)
    try:
        with_stranger, taken = shares_beside(None, pid=stranger)
    finally:
        os.kill(stranger, 9)
    share, used = with_child
    cores = len(os.sched_getaffinity(0))
    # others may be at work as well, but never less than the stranger is
    assert with_stranger >= taken / cores - 0.08
    assert taken > 0.05
    assert used > 0.05
    assert share <= 1 - used / cores + 0.08


def shares_beside(child: subprocess.Popen[bytes] | None, pid: int = 0) -> tuple[float, float]:
    """Share of others and cores' worth of a process's own work, over half a second."""
    pid = child.pid if child else pid
    try:
        before, worked = read_cpu_time(), seconds_of(pid)
        time.sleep(0.6)
        after, ended = read_cpu_time(), seconds_of(pid)
    finally:
        if child:
            child.kill()
            child.wait()
    share = share_of_others(before, after)
    assert share is not None
    assert before is not None
    assert after is not None
    return share, (ended - worked) / (after.at - before.at)


def seconds_of(pid: int) -> float:
    columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(columns[11]) + int(columns[12])) / os.sysconf("SC_CLK_TCK")
