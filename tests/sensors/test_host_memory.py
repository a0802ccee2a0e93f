"""Peaks of resident memory: set back where that is allowed, else told only where they rose."""

import mmap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.sensors.host_memory import (
    ResettablePeak,
    RisingPeak,
    high_water,
    open_host_peak,
)

STATUS = "Name:\tpython\nUmask:\t0022\nVmPeak:\t 9000 kB\nVmHWM:\t {kb} kB\nVmRSS:\t 100 kB\n"
MIB = 1 << 20


def process(folder: Path, kb: int = 4096) -> Path:
    (folder / "status").write_text(STATUS.format(kb=kb))
    (folder / "clear_refs").write_text("")
    return folder


def test_the_peak_is_set_back_at_begin_and_read_in_bytes(tmp_path: Path) -> None:
    peak = open_host_peak(process(tmp_path))
    assert isinstance(peak, ResettablePeak)
    assert (tmp_path / "clear_refs").read_text() == "5"  # proc_pid_clear_refs(5)
    assert peak.peak() == 4096 * 1024


def test_a_peak_that_cannot_be_set_back_is_told_where_it_rises(tmp_path: Path) -> None:
    folder = process(tmp_path)
    (folder / "clear_refs").unlink()
    (folder / "clear_refs").mkdir()  # nothing can be written there, whoever one is
    peak = open_host_peak(folder)
    assert isinstance(peak, RisingPeak)
    assert peak.peak() is None
    process_status = folder / "status"
    process_status.write_text(STATUS.format(kb=5000))
    assert peak.peak() == 5000 * 1024
    peak.begin()
    assert peak.peak() is None


def test_a_system_without_proc_tells_a_peak_of_its_own_or_none(tmp_path: Path) -> None:
    peak = open_host_peak(tmp_path / "nowhere")
    assert not isinstance(peak, ResettablePeak)
    peak.begin()
    assert peak.peak() is None or peak.peak() > 0


def test_a_status_without_a_peak_is_no_zero() -> None:
    assert high_water(b"Name:\tkthreadd\nState:\tS\n") is None


@given(st.lists(st.integers(0, 1 << 40), min_size=2))
def test_a_rising_peak_is_never_wrong(held: list[int]) -> None:
    """`held`: memory at every moment; begin stands before the last but one of two halves."""
    moments = iter([max(held[: i + 1]) for i in range(len(held))])
    peak = RisingPeak(lambda: next(moments))
    for _ in held[1:-1]:
        peak.begin()
    told = peak.peak()
    assert told in (None, held[-1])
    assert (told is None) == (held[-1] <= max(held[:-1]))


def test_64_mib_held_for_a_moment_are_seen_here() -> None:
    peak = open_host_peak()
    if not isinstance(peak, ResettablePeak):
        pytest.skip("this system does not let a process set its peak back")
    peak.begin()
    before = peak.peak()
    with mmap.mmap(-1, 64 * MIB) as fresh:  # not of the heap, which may have pages to spare
        for page in range(0, len(fresh), mmap.PAGESIZE):
            fresh[page] = 1
    seen = peak.peak()
    peak.begin()
    after = peak.peak()
    assert before is not None
    assert seen is not None
    assert after is not None
    assert 60 * MIB < seen - before < 90 * MIB
    assert after < seen - 40 * MIB
