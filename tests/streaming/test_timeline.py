"""Which mask is at hand when: timelines worked out by hand, and what must hold for all of them."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.errors import DataError, UsageError
from vosbench.streaming.timeline import POLICIES, Stream, Work, finished, shown, work_of
from vosbench.timing_records import TimedPass, Timing

SECONDS = st.floats(0, 5)
WORKS = st.builds(Work, init=SECONDS, steps=st.lists(SECONDS, min_size=1, max_size=25).map(tuple))
RATES = st.floats(0.01, 200)
STREAMS = st.builds(
    Stream,
    fps=RATES,
    policy=st.sampled_from(POLICIES),
    head_start=st.booleans(),
    deadline=st.floats(0, 3),
)


def work(init: float, *steps: float) -> Work:
    return Work(init, steps)


class TestByHand:
    """At 10 frames a second, frame i arrives at i / 10 s and is judged at (i + 1) / 10 s."""

    def test_a_method_in_time_is_never_late(self) -> None:
        quick = work(0.05, 0.1, 0.1, 0.1)  # ready at 0.2, 0.3, 0.4: each just when it is judged
        assert shown(quick, Stream(fps=10)) == (0, 1, 2, 3)

    def test_a_late_mask_is_replaced_by_the_last_one_ready(self) -> None:
        # ready at 0.12 + …: frame 1 at 0.25 (judged 0.2), 2 at 0.35 (0.3), 3 at 0.4, 4 at 0.49
        catching_up = work(0.12, 0.13, 0.1, 0.05, 0.09)
        assert shown(catching_up, Stream(fps=10)) == (0, 0, 1, 3, 4)

    def test_until_init_has_ended_the_annotation_stands(self) -> None:
        # init until 0.35, then 0.01 a frame: all that have arrived are ready by 0.38
        slow_start = work(0.35, 0.01, 0.01, 0.01, 0.01)
        assert shown(slow_start, Stream(fps=10)) == (0, 0, 0, 3, 4)

    def test_with_a_head_start_init_is_off_the_clock(self) -> None:
        assert shown(work(99.0, 0.01, 0.01), Stream(fps=10, head_start=True)) == (0, 1, 2)

    def test_in_a_queue_a_slow_method_falls_further_and_further_behind(self) -> None:
        # 0.25 s a step: ready at 0.35, 0.60, 0.85, 1.10, 1.35, …
        slow = work(0.0, *[0.25] * 9)
        assert shown(slow, Stream(fps=10)) == (0, 0, 0, 1, 1, 2, 2, 2, 3, 3)

    def test_the_latest_frame_is_taken_and_those_between_are_skipped(self) -> None:
        # frame 1 from 0.1 to 0.35, then 3 until 0.6, then 6 until 0.85, then 8 until 1.1
        slow = work(0.0, *[0.25] * 9)
        taken = list(finished(slow, Stream(fps=10, policy="latest")))
        assert [frame for frame, _ in taken] == [1, 3, 6, 8, 9]
        assert [ready for _, ready in taken] == pytest.approx([3.5, 6.0, 8.5, 11.0, 13.5])
        assert shown(slow, Stream(fps=10, policy="latest")) == (0, 0, 0, 1, 1, 3, 3, 3, 6, 6)

    def test_adaptation_delays_the_frames_behind_it(self) -> None:
        # frame 2 adapts: 0.28 s; ready at 0.15, 0.48, 0.53, 0.58, 0.63
        adapting = work(0.0, 0.05, 0.28, 0.05, 0.05, 0.05)
        assert shown(adapting, Stream(fps=10)) == (0, 1, 1, 1, 2, 4)

    def test_the_deadline_may_be_the_arrival_of_the_frame_itself(self) -> None:
        # as in streaming perception: the mask of a frame cannot be there when the frame arrives
        steady = work(0.0, 0.06, 0.06, 0.06)
        assert shown(steady, Stream(fps=10, deadline=0)) == (0, 0, 1, 2)

    def test_a_later_deadline_brings_no_mask_of_a_later_frame(self) -> None:
        slow = work(0.0, 0.15, 0.01, 0.01)
        assert shown(slow, Stream(fps=10, deadline=5)) == (0, 1, 2, 3)

    def test_a_sequence_of_one_frame_shows_its_annotation(self) -> None:
        assert shown(work(1.0), Stream(fps=10)) == (0,)

    def test_a_frame_that_arrives_as_the_step_ends_is_the_newest(self) -> None:
        # at 8 fps (exact in binary): frame 1 from 1 to 3 intervals, when frame 3 arrives
        taken = finished(work(0.0, 0.25, 0.25, 0.25, 0.25), Stream(fps=8, policy="latest"))
        assert [frame for frame, _ in taken] == [1, 3, 4]

    def test_with_skipping_a_slower_video_may_show_an_older_mask(self) -> None:
        even = work(0.0, *[0.25] * 5)
        # steps of 2 intervals: 1 from 1 to 3, 3 until 5; of 1.9: 1 from 1 to 2.9, 2 until 4.8
        assert shown(even, Stream(fps=8, policy="latest"))[4] == 3
        assert shown(even, Stream(fps=7.6, policy="latest"))[4] == 2

    def test_skipping_may_lose_to_the_queue_where_latencies_differ(self) -> None:
        # latest skips frame 2 for frame 3, which adapts for ever; the queue gives 2 first
        uneven = work(0.0, 0.25, 0.01, 99.0, 0.01)
        assert shown(uneven, Stream(fps=8)) == (0, 0, 1, 2, 2)
        assert shown(uneven, Stream(fps=8, policy="latest")) == (0, 0, 1, 1, 1)


class TestForAll:
    @given(WORKS, STREAMS)
    def test_no_mask_is_of_a_later_frame_and_none_goes_back(self, w: Work, stream: Stream) -> None:
        answers = shown(w, stream)
        assert len(answers) == w.frames
        assert answers[0] == 0
        assert all(index <= frame for frame, index in enumerate(answers))
        assert all(before <= after for before, after in pairwise(answers))

    @given(WORKS, STREAMS)
    def test_one_thing_at_a_time_and_nothing_before_it_arrives(
        self, w: Work, stream: Stream
    ) -> None:
        ended = 0.0 if stream.head_start else w.init * stream.rate
        last = 0
        for frame, ready in finished(w, stream):
            assert frame > last
            assert ready == max(ended, frame) + w.steps[frame - 1] * stream.rate
            ended, last = ready, frame
        assert last == len(w.steps)

    @given(WORKS, RATES, RATES, st.booleans())
    def test_in_a_queue_a_slower_video_never_shows_an_older_mask(
        self, w: Work, one: float, other: float, head_start: bool
    ) -> None:
        slow, fast = (
            shown(w, Stream(fps=fps, head_start=head_start)) for fps in sorted((one, other))
        )
        assert all(a >= b for a, b in zip(slow, fast, strict=True))

    @given(WORKS, STREAMS, st.floats(0.1, 10))
    def test_a_slower_device_is_a_faster_video(self, w: Work, stream: Stream, k: float) -> None:
        rules: dict[str, Any] = {
            "policy": stream.policy,
            "head_start": stream.head_start,
            "deadline": stream.deadline,
        }
        assert shown(w, Stream(fps=stream.fps, slower=k, **rules)) == shown(
            w, Stream(fps=stream.fps * k, **rules)
        )

    @given(WORKS, RATES)
    def test_what_both_policies_work_on_is_ready_no_later_where_frames_are_skipped(
        self, w: Work, fps: float
    ) -> None:
        queue = dict(finished(w, Stream(fps=fps)))
        for frame, ready in finished(w, Stream(fps=fps, policy="latest")):
            assert ready <= queue[frame] * (1 + 1e-12)

    @given(
        # eighths are exact in binary, so that no rounding decides who is first
        st.integers(0, 80).map(lambda n: n / 8),
        # at 0 a queue answers a frame at the very moment at which the next one is taken instead
        st.integers(1, 80).map(lambda n: n / 8),
        st.integers(1, 30),
    )
    def test_with_even_latencies_skipping_never_shows_an_older_mask(
        self, init: float, step: float, frames: int
    ) -> None:
        even = Work(init, (step,) * frames)
        queue, latest = (shown(even, Stream(fps=1, policy=policy)) for policy in POLICIES)
        assert all(a <= b for a, b in zip(queue, latest, strict=True))

    @given(WORKS, st.sampled_from(POLICIES))
    def test_the_limits_are_offline_and_the_first_mask(self, w: Work, policy: str) -> None:
        offline = tuple(range(w.frames))
        assert shown(w, Stream(fps=1e-9, policy=policy)) == offline
        slow = Work(w.init + 1e-3, w.steps)
        assert set(shown(slow, Stream(fps=1, slower=1e9, policy=policy))) == {0}

    @given(WORKS, STREAMS)
    def test_a_clock_that_steps_finds_the_same(self, w: Work, stream: Stream) -> None:
        """A second implementation: at each deadline, the newest of all that is ready."""
        ready = list(finished(w, stream))
        for frame, index in enumerate(shown(w, stream)):
            at_hand = [f for f, end in ready if f <= frame and end <= frame + stream.deadline]
            assert index == max(at_hand, default=0)


class TestFromTimings:
    def timing(self, *passes: TimedPass, **facts: Any) -> Timing:
        return Timing(**{"frames": 2, "objects": 1, "passes": passes, **facts})

    def test_each_frame_has_the_median_of_its_passes(self) -> None:
        passes = [
            TimedPass({"init": init}, (init, step))
            for init, step in ((1.0, 9.0), (2.0, 5.0), (6.0, 1.0))
        ]
        assert work_of(self.timing(*passes)) == Work(2.0, (2.0, 5.0))

    def test_init_is_what_goes_before_the_first_step_where_that_is_known(self) -> None:
        made = TimedPass({"init": 1.0, "infer": 0.5}, (0.25, 0.25), first_mask=1.75)
        assert work_of(self.timing(made)).init == 1.5
        rounded = TimedPass({"init": 0.0}, (0.25, 0.25), first_mask=0.25 - 1e-12)
        assert work_of(self.timing(rounded)).init == 0

    @pytest.mark.parametrize(
        ("timing", "said"),
        [
            ({"mode": "throughput"}, "throughput mode, in which no frame has a latency of its own"),
            ({"passes": ()}, "no pass was timed"),
            (
                {"passes": (TimedPass({}, (1.0, 1.0)), TimedPass({}, (1.0,), failed="it broke"))},
                r"a timed pass failed \(it broke\); run it again with --fresh",
            ),
            ({"passes": (TimedPass({}, (1.0,)),)}, "latencies of 1 of 2 frames"),
        ],
    )
    def test_what_has_no_latencies_is_refused(self, timing: dict[str, Any], said: str) -> None:
        facts = {"frames": 2, "objects": 1, "passes": (TimedPass({}, (1.0, 1.0)),), **timing}
        with pytest.raises(DataError, match=said):
            work_of(Timing(**facts))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fps": 0}, "a frame rate must be a finite number above 0, got 0"),
        ({"fps": float("nan")}, "got nan"),
        ({"fps": float("inf")}, "got inf"),
        ({"fps": 1, "slower": -2}, "times slower must be a finite number above 0, got -2"),
        ({"fps": 1, "deadline": -1}, "a deadline must be finite and at least 0, got -1"),
        ({"fps": 1, "policy": "last"}, r"no policy 'last' \(did you mean latest\?\)"),
    ],
)
def test_a_stream_that_cannot_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Stream(**wrong)
