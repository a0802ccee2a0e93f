"""What two looks at a machine say of the time between them."""

import time
from dataclasses import replace

import pytest

from tests.sensors.fake_nvidia import device, process
from vosbench.sensors.cpu_clock import CpuClock
from vosbench.sensors.cpu_time import CpuTime
from vosbench.sensors.gpu_clock import GpuClock
from vosbench.sensors.surroundings import Look, both, contention, look, throttled

BEFORE = Look(
    device="cpu",
    at=100.0,
    cpu=CpuTime(at=100.0, cores=frozenset({0, 1}), busy=50.0, own=10.0),
    cpu_clock=CpuClock(slowdowns=3),
)
AFTER = replace(  # 10 s on two cores: 12 s of work, 8 of them this process's
    BEFORE, at=110.0, cpu=CpuTime(at=110.0, cores=frozenset({0, 1}), busy=62.0, own=18.0)
)


def on_gpu(at: Look, strangers: int | None, braked_seconds: float | None = 1.0) -> Look:
    clock = GpuClock(braked=False, braked_seconds=braked_seconds)
    return replace(at, device="cuda:0", strangers=strangers, gpu_clock=clock)


def test_on_a_cpu_contention_is_the_share_of_the_cores_that_others_took() -> None:
    assert contention(BEFORE, AFTER) == pytest.approx(4 / 20)
    assert contention(replace(BEFORE, cpu=None), AFTER) is None


@pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 2), (1, None), (None, 1)])
def test_strangers_on_a_gpu_at_either_look_are_full_contention(
    before: int | None, after: int | None
) -> None:
    assert contention(on_gpu(BEFORE, before), on_gpu(AFTER, after)) == 1.0


def test_on_a_gpu_of_its_own_the_cores_that_feed_it_count() -> None:
    assert contention(on_gpu(BEFORE, 0), on_gpu(AFTER, 0)) == pytest.approx(4 / 20)


@pytest.mark.parametrize(("before", "after"), [(None, 0), (0, None), (None, None)])
def test_a_gpu_of_which_nothing_is_known_is_not_said_to_be_free(
    before: int | None, after: int | None
) -> None:
    assert contention(on_gpu(BEFORE, before), on_gpu(AFTER, after)) is None


def test_each_device_has_brakes_of_its_own() -> None:
    hot = replace(AFTER, cpu_clock=CpuClock(slowdowns=4))
    assert throttled(BEFORE, AFTER) is False
    assert throttled(BEFORE, hot) is True
    assert throttled(on_gpu(BEFORE, 0), on_gpu(hot, 0)) is False
    assert throttled(on_gpu(BEFORE, 0), on_gpu(AFTER, 0, braked_seconds=3.0)) is True
    assert throttled(replace(BEFORE, device="mps"), replace(hot, device="mps")) is None
    assert throttled(replace(BEFORE, cpu_clock=None), AFTER) is None
    assert throttled(replace(BEFORE, device="cuda"), replace(AFTER, device="cuda")) is None


def test_a_look_at_a_gpu_asks_its_driver() -> None:
    seen = look("cuda:0", nvidia=device(processes=[process(2**31 - 7)]))
    assert seen.strangers == 1
    assert seen.gpu_clock == GpuClock(
        hertz=1_980_000_000, celsius=45, braked=False, braked_seconds=0.0
    )


def test_looks_at_this_machine_are_cheap_and_say_something() -> None:
    before = look()
    if before.cpu is None:
        pytest.skip("this system does not tell where processor time goes")
    started = time.process_time()
    while time.process_time() - started < 0.4:
        pass
    took = time.process_time()
    after = look()
    assert time.process_time() - took < 0.1
    share = contention(before, after)
    assert share is not None
    assert 0.0 <= share < 1.0
    worked = after.cpu.own - before.cpu.own if after.cpu else 0.0
    assert 0.35 <= worked <= 0.6


def test_clock_and_temperature_are_those_of_the_device() -> None:
    cpu = replace(BEFORE, cpu_clock=CpuClock(hertz=2.5e9))
    gpu = replace(cpu, device="cuda:0", gpu_clock=GpuClock(hertz=1_980_000_000, celsius=41))
    assert (cpu.hertz, cpu.celsius) == (2.5e9, None)
    assert (gpu.hertz, gpu.celsius) == (1_980_000_000, 41)
    assert (BEFORE.hertz, replace(cpu, device="mps").hertz) == (None, None)
    assert replace(gpu, gpu_clock=None).hertz is None, "never that of the cores"
    assert both(cpu.hertz, 2.4e9) == (2.5e9, 2.4e9)
    assert both(gpu.celsius, None) == ()
