"""Memory at its peak, and energy."""

from tests.made_timings import FAILED, made_timing, one_pass
from vosbench.speed.consumption import Peak, device_peak, joules_per_frame, peak, watt_hours
from vosbench.timing_records import Memory


def test_the_peak_is_over_sequences_passes_and_phases_and_names_its_sequence() -> None:
    small = one_pass(1.0, memory={"init": Memory(host=5, reserved=10), "infer": Memory(host=7)})
    large = one_pass(1.0, memory={"init": Memory(host=6, reserved=30, allocated=20)})
    timings = {"bear": made_timing(small), "dog": made_timing(small, large)}
    assert peak(timings, "host") == Peak(7, "bear", "host")
    assert peak(timings, "host", "init") == Peak(6, "dog", "host")
    assert peak(timings, "device") is None
    assert device_peak(timings) == Peak(30, "dog", "reserved")


def test_what_the_driver_counts_goes_before_what_torch_counts() -> None:
    memory = {"infer": Memory(reserved=10, device=25)}
    assert device_peak({"bear": made_timing(one_pass(1.0, memory=memory))}) == Peak(
        25, "bear", "device"
    )


def test_energy_of_a_frame() -> None:
    timings = [
        made_timing(one_pass(1.0, joules=40.0), FAILED, frames=10),
        made_timing(one_pass(1.0, joules=20.0), one_pass(1.0, joules=1.0), frames=20),
    ]
    assert joules_per_frame(timings) == (2.0,)  # 60 J over 30 frames; the other pass failed
    assert watt_hours(1000 * 2.0) == 2000 / 3600


def test_no_counter_is_not_no_energy() -> None:
    known, unknown = one_pass(1.0, joules=40.0), one_pass(1.0)
    assert joules_per_frame([made_timing(known), made_timing(unknown)]) == ()
    assert joules_per_frame([made_timing(one_pass(1.0, joules=0.0))]) == (0.0,)
