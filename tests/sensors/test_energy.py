"""Energy from counters that the test turns, and from this machine's where it has one."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sensors.fake_nvidia import NONE, device
from vosbench.sensors.energy import IDLE_WINDOW, advance, idle_watts, open_counter, spent

RANGE = 262_143_328_850  # microjoules; max_energy_range_uj of a Xeon


def zone(folder: Path, name: str, microjoules: int, kind: str) -> Path:
    """One powercap zone under `folder`, /sys in a test."""
    place = folder / "class/powercap" / name
    place.mkdir(parents=True)
    (place / "name").write_text(f"{kind}\n")
    (place / "max_energy_range_uj").write_text(f"{RANGE}\n")
    (place / "energy_uj").write_text(f"{microjoules}\n")
    return place / "energy_uj"


def test_packages_are_added_up_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    first = zone(tmp_path, "intel-rapl:0", 1_000_000, "package-0")
    second = zone(tmp_path, "intel-rapl:1", 2_000_000, "package-1")
    part = zone(tmp_path, "intel-rapl:0:0", 0, "core")  # inside package-0
    platform = zone(tmp_path, "intel-rapl:2", 0, "psys")  # the packages and more
    counter = open_counter("cpu", system=tmp_path)
    assert counter is not None
    assert counter.joules() == 0.0
    first.write_text("4000000\n")
    second.write_text("2500000\n")
    part.write_text("9000000\n")
    platform.write_text("9000000\n")
    assert counter.joules() == 3.5
    first.write_text("5000000\n")
    assert counter.joules() == 4.5


@given(start=st.integers(0, RANGE), steps=st.lists(st.integers(0, RANGE), max_size=20))
def test_a_counter_that_starts_again_goes_on(start: int, steps: list[int]) -> None:
    """`steps`: microjoules between readings, never more than once round."""
    state, total = start, 0
    for step in steps:
        after = (state + step) % (RANGE + 1)
        total += advance(state, after, RANGE)
        state = after
    assert total == sum(steps)


def test_a_counter_that_starts_again_is_read_through(tmp_path: Path) -> None:
    file = zone(tmp_path, "intel-rapl:0", RANGE - 999_999, "package-0")
    counter = open_counter("cpu", system=tmp_path)
    assert counter is not None
    file.write_text("1000000\n")
    assert counter.joules() == 2.0


def test_where_even_one_package_is_closed_there_is_no_figure(tmp_path: Path) -> None:
    zone(tmp_path, "intel-rapl:0", 5, "package-0")
    closed = zone(tmp_path, "intel-rapl:1", 5, "package-1")
    closed.unlink()
    closed.mkdir()  # cannot be read, whoever one is
    assert open_counter("cpu", system=tmp_path) is None


def test_a_counter_that_vanishes_is_none_and_no_zero(tmp_path: Path) -> None:
    file = zone(tmp_path, "intel-rapl:0", 5, "package-0")
    counter = open_counter("cpu", system=tmp_path)
    assert counter is not None
    file.unlink()
    assert counter.joules() is None


def test_a_machine_without_counters_has_none(tmp_path: Path) -> None:
    assert open_counter("cpu", system=tmp_path) is None
    assert open_counter("mps", system=tmp_path) is None


def test_a_board_tells_joules() -> None:
    counter = open_counter("cuda", nvidia=device(millijoules=123_456))
    assert counter is not None
    assert counter.joules() == 123.456


@pytest.mark.parametrize(
    "answers",
    [
        {"millijoules": NONE},  # before Volta
        {"partition": True},  # MIG
        {"virtual": 2},  # NVML_GPU_VIRTUALIZATION_MODE_VGPU
    ],
)
def test_a_board_without_a_counter_of_its_own_has_none(answers: dict[str, Any]) -> None:
    assert open_counter("cuda", nvidia=device(**answers)) is None


def test_a_board_that_is_passed_through_or_does_not_say_is_whole() -> None:
    assert open_counter("cuda", nvidia=device(virtual=1)) is not None
    assert open_counter("cuda", nvidia=device(virtual=NONE)) is not None


class Turning:
    """A device that takes `watts`, on a clock of its own; `lost`: its counter is gone later."""

    def __init__(self, watts: float, *, lost: bool = False) -> None:
        self.at, self.watts, self.lost = 100.0, watts, lost

    def joules(self) -> float | None:
        return None if self.lost and self.at > 100.0 else 7.0 + self.watts * self.at

    def wait(self, seconds: float) -> None:
        self.at += seconds

    def now(self) -> float:
        return self.at


def test_idle_power_is_energy_over_a_window_that_counts() -> None:
    board = Turning(42.0)
    assert idle_watts(board, wait=board.wait, now=board.now) == pytest.approx(42.0)
    assert board.at - 100.0 == pytest.approx(IDLE_WINDOW)
    hurried = Turning(42.0)
    assert idle_watts(hurried, wait=lambda seconds: hurried.wait(1.0), now=hurried.now) is None


def test_idle_power_of_a_counter_that_vanishes_is_none() -> None:
    board = Turning(42.0, lost=True)
    assert idle_watts(board, wait=board.wait, now=board.now) is None


def test_no_figure_for_a_short_window_or_a_lost_reading() -> None:
    assert spent(10.0, 30.0, seconds=2.0) == 20.0
    assert spent(10.0, 30.0, seconds=1.9) is None
    assert spent(None, 30.0, seconds=9.0) is None
    assert spent(10.0, None, seconds=9.0) is None


def test_this_machine_takes_energy() -> None:
    counter = open_counter("cpu")
    if counter is None:
        pytest.skip("this machine has no energy counter that may be read")
    before = counter.joules()
    time.sleep(0.5)
    after = counter.joules()
    assert before is not None
    assert after is not None
    assert 0 < after - before < 1000  # below 2 kW


@pytest.mark.gpu
def test_a_gpu_takes_energy() -> None:
    counter = open_counter("cuda")
    if counter is None:
        pytest.skip("this GPU has no energy counter, or nvidia-ml-py is not installed")
    before = counter.joules()
    time.sleep(1.0)
    after = counter.joules()
    assert before is not None
    assert after is not None
    assert 0 < after - before < 2000
