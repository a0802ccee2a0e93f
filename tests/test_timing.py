"""Arithmetic of the phase clock and of a sequence on the clock, with time made up."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny_runs import Jitter, sequence
from vosbench.arrays import Image, Mask
from vosbench.segment import segment
from vosbench.timing import PHASES, PhaseClock, phase
from vosbench.timing_records import Timing


@dataclass(frozen=True)
class FakeMark:
    """A moment of the made-up time."""

    at: float

    def elapsed_time(self, end: "FakeMark") -> float:
        return 1000 * (end.at - self.at)


class FakeTime:
    """Time that passes only when somebody works, and a device that works behind the host."""

    def __init__(self) -> None:
        self.now = 100.0
        self.owed = 0.0

    def __call__(self) -> float:
        return self.now

    def work(self, seconds: float) -> None:
        self.now += seconds

    def launch(self, seconds: float) -> None:
        """Give a device work that it will finish later."""
        self.owed += seconds

    def wait(self) -> None:
        """Wait for the device."""
        self.now += self.owed
        self.owed = 0.0

    def mark(self) -> FakeMark:
        """When the device will have done what it was given."""
        return FakeMark(self.now + self.owed)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def clock(time: FakeTime) -> PhaseClock:
    return PhaseClock(now=time, device=time)


class TestPhaseClock:
    def test_seconds_of_an_inner_phase_are_taken_out_of_the_outer_one(
        self, time: FakeTime, clock: PhaseClock
    ) -> None:
        with clock.running(), phase("infer"):
            time.work(1)
            with phase("adapt"):
                time.work(2)
                with phase("post"):
                    time.work(4)
                time.work(8)
            time.work(16)
        assert clock.seconds["infer"] == 17
        assert clock.seconds["adapt"] == 10
        assert clock.seconds["post"] == 4

    def test_time_outside_every_phase_is_nobodys(self, time: FakeTime, clock: PhaseClock) -> None:
        with clock.running():
            time.work(5)
            with phase("init"):
                time.work(1)
            time.work(5)
        assert clock.seconds == {**dict.fromkeys(PHASES, 0.0), "init": 1.0}

    def test_a_phase_within_itself_counts_once(self, time: FakeTime, clock: PhaseClock) -> None:
        with clock.running(), phase("init"):
            time.work(1)
            with phase("init"):
                time.work(2)
        assert clock.seconds["init"] == 3

    def test_an_exception_ends_the_phases_it_leaves(
        self, time: FakeTime, clock: PhaseClock
    ) -> None:
        with clock.running():
            with pytest.raises(RuntimeError), phase("init"), phase("adapt"):
                time.work(2)
                raise RuntimeError
            time.work(7)
            with phase("infer"):
                time.work(1)
        assert (clock.seconds["adapt"], clock.seconds["infer"]) == (2, 1)
        assert clock.seconds["init"] == 0

    def test_work_that_a_device_finishes_later_is_counted_where_it_was_given(
        self, time: FakeTime, clock: PhaseClock
    ) -> None:
        with clock.running():
            with phase("init"):
                time.work(1)
                time.launch(3)
            with phase("infer"):
                time.launch(5)
                with phase("post"):
                    time.work(2)
                time.launch(7)
        assert clock.seconds["init"] == 4
        assert clock.seconds["infer"] == 12
        assert clock.seconds["post"] == 2

    def test_the_device_tells_its_own_seconds_beside(
        self, time: FakeTime, clock: PhaseClock
    ) -> None:
        with clock.running():
            time.launch(50)
            with phase("infer"):
                time.launch(5)
                with phase("post"):
                    time.work(2)
                time.launch(7)
            time.work(11)
            with phase("infer"):
                time.launch(1)
        assert clock.device_seconds() == {"infer": 13, "post": 2}

    def test_a_device_without_a_clock_tells_nothing(self, time: FakeTime) -> None:
        clock = PhaseClock(now=time)
        with clock.running(), phase("infer"):
            time.work(1)
        assert clock.device_seconds() == {}

    def test_inner_borders_need_not_wait_and_the_total_stays_true(self, time: FakeTime) -> None:
        clock = PhaseClock(now=time, device=time, inner_waits=False)
        with clock.running(), phase("infer"):
            with phase("init"):
                time.launch(4)
            time.launch(2)
            with phase("post"):
                time.work(1)
            time.launch(8)
            with phase("adapt"):
                time.launch(16)
        assert (clock.seconds["init"], clock.seconds["adapt"]) == (4, 16)
        assert clock.seconds["post"] == 1
        assert clock.seconds["infer"] == 10

    def test_who_looks_on_at_borders_costs_nobody_time(self, time: FakeTime) -> None:
        seen: list[str] = []

        def look(name: str) -> None:
            seen.append(name)
            time.work(1000)

        clock = PhaseClock(now=time, device=time, at_border=look)
        with clock.running():
            with phase("infer"):
                time.work(1)
                with phase("post"):
                    time.launch(2)
                time.work(4)
            time.work(8)
        assert seen == ["infer", "post", "infer"]
        assert (clock.seconds["infer"], clock.seconds["post"]) == (5, 2)
        assert clock.device_seconds() == {"infer": 5, "post": 2}

    @pytest.mark.parametrize("off_the_clock", ["load", "io"])
    @pytest.mark.parametrize("around", ["init", "infer", "post"])
    def test_work_of_a_method_stays_on_its_clock_whatever_it_is_called(
        self, around: str, off_the_clock: str, time: FakeTime, clock: PhaseClock
    ) -> None:
        with clock.running():
            with phase(around):
                time.work(1)
                with phase(off_the_clock):
                    time.work(2)
            with phase(off_the_clock):
                time.work(8)
        assert (clock.seconds[around], clock.seconds[off_the_clock]) == (3, 8)

    def test_work_from_before_a_phase_is_not_in_it(self, time: FakeTime, clock: PhaseClock) -> None:
        with clock.running():
            time.launch(50)
            with phase("infer"):
                time.work(1)
        assert clock.seconds["infer"] == 1

    def test_without_a_clock_a_phase_costs_and_changes_nothing(self, clock: PhaseClock) -> None:
        with phase("adapt"):
            pass
        with clock.running():
            pass
        with phase("adapt"):
            pass
        assert clock.seconds == dict.fromkeys(PHASES, 0.0)

    def test_a_phase_that_does_not_exist_is_refused_even_without_a_clock(self) -> None:
        with pytest.raises(ValueError, match="unknown phase 'inference'; the phases are load,"):
            phase("inference").__enter__()

    @given(
        st.recursive(
            st.integers(0, 9),
            lambda inner: st.tuples(st.sampled_from(PHASES), st.lists(inner, max_size=4)),
        )
    )
    def test_phases_add_up_to_the_time_within_them(self, work: object) -> None:
        time = FakeTime()
        clock = PhaseClock(now=time)
        outside = play(work, time)
        before = time.now
        with clock.running():
            assert play(work, time) == outside
        assert sum(clock.seconds.values()) == time.now - before - outside


def play(work: object, time: FakeTime) -> float:
    """Do the work of a tree of phases; the seconds of it that lie in no phase."""
    if not isinstance(work, tuple):
        assert isinstance(work, int)
        time.work(work)
        return work
    name, inner = work
    with phase(name):
        for part in inner:
            play(part, time)
    return 0


class Clockwork(Jitter):
    """Fits in 10 s; steps in 2 s and 0.5 s of post, every other step with 3 s of adaptation."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self._time = time

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self._steps = 0
        self._time.work(6)
        self._time.launch(4)

    def step(self, image: Image) -> Mask:
        self._steps += 1
        self._time.launch(2)
        if self._steps % 2 == 0:
            with phase("adapt"):
                self._time.launch(3)
        with phase("post"):
            self._time.work(0.5)
        return super().step(image)


class TestASequenceOnTheClock:
    @pytest.fixture
    def timing(self, time: FakeTime, clock: PhaseClock) -> Timing:
        """Clockwork over six frames; reading takes 30 s a frame, keeping 1000 s a mask."""
        plain = sequence("bear", frames=6)
        slow_disk = type(plain)(
            name=plain.name,
            frames=plain.frames,
            read_image=spending(time, 30, plain.read_image),
            read_annotation=plain.read_annotation,
            fingerprint=plain.fingerprint,
        )
        return segment(
            Clockwork(time), slow_disk, lambda index, mask: time.work(1000), seed=0, clock=clock
        )

    def test_each_phase_gets_what_was_spent_in_it(self, timing: Timing) -> None:
        assert timing.passes[0].seconds == {
            "load": 0,
            "init": 10,
            "adapt": 6,
            "infer": 10,
            "post": 2.5,
            "io": 6 * 30 + 6 * 1000,
        }

    def test_the_annotated_frame_is_no_segmented_frame(self, timing: Timing) -> None:
        assert (timing.frames, timing.objects) == (5, 1)

    def test_latency_is_all_that_a_step_made_one_wait(self, timing: Timing) -> None:
        assert timing.passes[0].latencies == (2.5, 5.5, 2.5, 5.5, 2.5)

    def test_latencies_add_up_to_the_phases_after_init(self, timing: Timing) -> None:
        steps = sum(timing.passes[0].seconds[name] for name in ("adapt", "infer", "post"))
        assert sum(timing.passes[0].latencies) == steps


def spending(
    time: FakeTime, seconds: float, read: Callable[[int], Image]
) -> Callable[[int], Image]:
    def slow(index: int) -> Image:
        time.work(seconds)
        return read(index)

    return slow


def test_masks_are_kept_once_each_and_in_order(clock: PhaseClock) -> None:
    kept: list[tuple[int, Mask]] = []
    bear = sequence("bear")
    segment(Jitter(), bear, lambda *pair: kept.append(pair), seed=0, clock=clock)
    assert [index for index, _ in kept] == [0, 1, 2, 3, 4]
    first = bear.read_annotation(0)
    assert first is not None
    np.testing.assert_array_equal(kept[0][1], first)
