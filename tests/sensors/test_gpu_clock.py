"""What holds a GPU back, as a stand-in for the driver tells it."""

import pytest

from tests.sensors.fake_nvidia import NONE, device
from vosbench.sensors.gpu_clock import GpuClock, gpu_held_back, read_gpu_clock

# NvmlClocksEventReasons: what the driver's documentation gives for each bit
IDLE, SET_CLOCKS, POWER_CAP, HARDWARE, SYNC_BOOST = 0x1, 0x2, 0x4, 0x8, 0x10
SOFTWARE_HEAT, HARDWARE_HEAT, POWER_BRAKE, DISPLAY = 0x20, 0x40, 0x80, 0x100


def test_a_clock_is_read_in_plain_units() -> None:
    clock = read_gpu_clock(device(braked=(1_500_000_000, 250_000_000)))  # nanoseconds
    assert clock == GpuClock(hertz=1_980_000_000, celsius=45, braked=False, braked_seconds=1.75)


@pytest.mark.parametrize("reason", [POWER_CAP, HARDWARE, SOFTWARE_HEAT, HARDWARE_HEAT, POWER_BRAKE])
def test_heat_and_power_are_brakes(reason: int) -> None:
    assert read_gpu_clock(device(reasons=reason | IDLE)).braked is True


@pytest.mark.parametrize("reason", [0, IDLE, SET_CLOCKS, SYNC_BOOST, DISPLAY])
def test_idleness_and_set_clocks_are_none(reason: int) -> None:
    assert read_gpu_clock(device(reasons=reason)).braked is False


def test_what_a_driver_does_not_offer_is_none() -> None:
    nothing = device(clock=NONE, celsius=NONE, reasons=NONE, braked=(7, NONE))
    assert read_gpu_clock(nothing) == GpuClock()


def test_the_counter_sees_what_lay_between_two_moments() -> None:
    before = GpuClock(braked=False, braked_seconds=5.0)
    assert gpu_held_back(before, GpuClock(braked=False, braked_seconds=5.02), 10.0) is False
    assert gpu_held_back(before, GpuClock(braked=False, braked_seconds=5.2), 10.0) is True
    assert gpu_held_back(before, GpuClock(braked=True, braked_seconds=5.0), 10.0) is True


def test_two_free_moments_without_a_counter_prove_nothing() -> None:
    free = GpuClock(braked=False)
    assert gpu_held_back(free, free, 10.0) is None
    assert gpu_held_back(free, GpuClock(braked=True), 10.0) is True
