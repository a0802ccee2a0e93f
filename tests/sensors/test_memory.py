"""What a meter tells of host and device, with counters that the test holds."""

import os
from typing import Any

import pytest

from tests.sensors.fake_nvidia import NONE, device, process
from vosbench.sensors.memory import CudaPeaks, MemoryMeter, MpsPeaks
from vosbench.timing_records import Memory


class FakeHost:
    def __init__(self) -> None:
        self.held = 100
        self.most = 100

    def hold(self, held: int) -> None:
        self.held = held
        self.most = max(self.most, held)

    def begin(self) -> None:
        self.most = self.held

    def peak(self) -> int | None:
        return self.most


class FakeCuda:
    """The counters of torch's allocator, as `torch.cuda` hands them out."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.now = {"allocated_bytes": 0, "reserved_bytes": 0}
        self.most = dict(self.now)
        self.memory = self

    def init(self) -> None:
        self.calls.append("init")

    def hold(self, allocated: int, reserved: int) -> None:
        self.now = {"allocated_bytes": allocated, "reserved_bytes": reserved}
        self.most = {name: max(self.most[name], held) for name, held in self.now.items()}

    def reset_peak_memory_stats(self, device: str) -> None:
        assert device == "cuda:1"
        self.most = dict(self.now)

    def memory_stats_as_nested_dict(self, device: str) -> dict[str, Any]:
        assert device == "cuda:1"
        return {name: {"all": {"peak": most, "current": 0}} for name, most in self.most.items()}


def test_a_meter_of_the_cpu_tells_the_host_and_nothing_else() -> None:
    host = FakeHost()
    meter = MemoryMeter("cpu", host=host)
    host.hold(300)
    host.hold(200)
    assert meter.peak() == Memory(host=300)
    meter.begin()
    assert meter.peak() == Memory(host=200)


def test_cuda_tells_what_tensors_and_what_torch_held_at_most() -> None:
    cuda = FakeCuda()
    peaks = CudaPeaks("cuda:1", cuda)
    assert cuda.calls == ["init"]
    cuda.hold(50, 80)
    cuda.hold(10, 80)
    assert peaks.peak() == (50, 80, None)
    peaks.begin()
    assert peaks.peak() == (10, 80, None)


def test_mps_tells_what_metal_holds_and_no_peak_that_it_does_not_know() -> None:
    class FakeMps:
        held = 70

        def driver_allocated_memory(self) -> int:
            return self.held

    mps = FakeMps()
    peaks = MpsPeaks(mps)
    peaks.begin()
    mps.held = 90
    assert peaks.peak() == (None, None, 90)
    mps.held = 20  # the pools were emptied
    assert peaks.peak() == (None, None, 70)


def test_the_driver_adds_what_torch_knows_nothing_of(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 100 << 20)
    meter = MemoryMeter("cpu", host=FakeHost())
    peaks = {"init": Memory(host=1, allocated=2, reserved=300 << 20), "io": Memory(host=1)}
    told = meter.with_driver(peaks, nvidia=device(processes=[process(os.getpid(), 550)]))
    # 450 MiB beside the pools now
    assert told["init"] == Memory(host=1, allocated=2, reserved=300 << 20, device=750 << 20)
    assert told["io"] == peaks["io"]
    assert meter.with_driver(peaks, nvidia=device(processes=NONE)) == peaks
    assert meter.with_driver(peaks) == peaks


@pytest.mark.gpu
def test_64_mib_on_a_gpu_are_seen() -> None:
    import torch

    meter = MemoryMeter("cuda")
    meter.begin()
    before = meter.peak()
    torch.ones(64 << 20, dtype=torch.uint8, device="cuda")
    seen = meter.peak()
    assert before.allocated is not None
    assert seen.allocated is not None
    assert seen.allocated - before.allocated >= 64 << 20
    assert seen.reserved is not None
    assert seen.reserved >= seen.allocated
