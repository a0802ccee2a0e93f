"""Devices as a clock sees them: work that is still going on when a call returns is waited for."""

import threading
import time
from types import SimpleNamespace

import pytest

from vosbench.device_clock import CudaClock, device_clock
from vosbench.errors import UsageError
from vosbench.timing import HOST, PhaseClock, phase


class Worker:
    """A device that does what it is given later, in a thread, one thing after another."""

    def __init__(self) -> None:
        self._last: threading.Thread | None = None

    def launch(self, seconds: float) -> None:
        """Return at once; the work takes `seconds` from when that before it is done."""
        before = self._last

        def work() -> None:
            if before is not None:
                before.join()
            time.sleep(seconds)

        self._last = threading.Thread(target=work)
        self._last.start()

    def wait(self) -> None:
        if self._last is not None:
            self._last.join()

    def mark(self) -> None:
        """It has no clock."""


def test_a_device_that_works_behind_the_host_is_not_under_measured() -> None:
    worker = Worker()
    clock = PhaseClock(device=worker)
    with clock.running():
        with phase("init"):
            worker.launch(0.08)
        with phase("infer"):
            worker.launch(0.02)
            with phase("post"):
                worker.launch(0.04)
    assert 0.08 <= clock.seconds["init"] <= 0.12
    assert 0.02 <= clock.seconds["infer"] <= 0.05
    assert 0.04 <= clock.seconds["post"] <= 0.07


def test_a_clock_that_did_not_wait_would_miss_it() -> None:
    worker, clock = Worker(), PhaseClock()
    with clock.running(), phase("infer"):
        worker.launch(0.05)
    worker.wait()
    assert clock.seconds["infer"] < 0.05


def test_the_cpu_has_nothing_to_wait_for() -> None:
    assert device_clock("cpu") is HOST
    assert HOST.mark() is None


@pytest.mark.parametrize("device", ["tpu", "cuda:x", ""])
def test_a_device_that_does_not_exist_is_refused(device: str) -> None:
    with pytest.raises(UsageError, match="there is no device"):
        device_clock(device)


def test_a_cuda_device_is_waited_for_whole_and_marked_in_its_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = pytest.importorskip("torch")
    asked: list[object] = []

    class Event:
        def __init__(self, *, enable_timing: bool) -> None:
            asked.append(("event", enable_timing))

        def record(self, stream: object) -> None:
            asked.append(("record", stream))

    fake = SimpleNamespace(
        Event=Event,
        current_stream=lambda device: f"stream of {device}",
        synchronize=lambda device: asked.append(("wait", device)),
    )
    monkeypatch.setattr(torch, "cuda", fake)
    clock = CudaClock("cuda:1")
    assert isinstance(clock.mark(), Event)
    clock.wait()
    assert asked == [("event", True), ("record", "stream of cuda:1"), ("wait", "cuda:1")]


@pytest.mark.gpu
def test_work_on_a_gpu_is_counted_where_it_was_launched() -> None:
    torch = pytest.importorskip("torch")
    matrix = torch.randn(4096, 4096, device="cuda")
    matrix @ matrix  # the first call sets up the library
    clock = PhaseClock(device=device_clock("cuda"))
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    with clock.running():
        with phase("init"):
            begin.record()
            for _ in range(50):
                matrix = matrix @ matrix
            end.record()
        with phase("infer"):
            pass
    end.synchronize()
    launched = begin.elapsed_time(end) / 1000
    assert clock.seconds["init"] >= 0.98 * launched
    assert clock.seconds["infer"] < 0.1 * launched
    assert clock.device_seconds()["init"] == pytest.approx(launched, rel=0.1)
