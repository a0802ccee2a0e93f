"""Which mask a user would have had for each frame of a live video, from measured latencies alone.

The method is a server that works on one thing at a time. Frame i arrives i / fps seconds after
frame 0, whose annotation is given and is the mask at hand at that moment. `init` comes first, then
steps; a step begins once its frame has arrived and the step before has ended, and takes as long as
it took when it was measured. Frame j is answered by the newest mask that is ready when the next
frame arrives: so long frame j is the newest there is, and judged on its arrival every method,
however fast, would have the mask before at best. Where its own mask is late, an older one stands
in.

Time is counted in intervals between frames, so that frames arrive at whole numbers and a device
twice as slow is, bit for bit, a video of twice the frame rate.

Nothing here reads a mask: `vosbench.streaming.scores` does. The idea of judging what is at hand
when it is asked for is that of Li, Wang and Ramanan, Towards Streaming Perception, ECCV 2020, whose
own deadline, the arrival of the frame itself, is `deadline=0`.
"""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from vosbench.errors import DataError, UsageError
from vosbench.timing_records import STREAMING, TimedPass, Timing
from vosbench.wording import counted, suggestion

QUEUE = "queue"
"""Every frame is worked on in order, as it was when it was measured; nothing is ever skipped."""

LATEST = "latest"
"""After each step the newest frame that has arrived is taken, and those between are skipped."""

POLICIES = (QUEUE, LATEST)


@dataclass(frozen=True, kw_only=True)
class Stream:
    """How frames come in, and on what they are worked on.

    Attributes:
        fps: frames a second, above 0.
        slower: how many times as long everything takes, above 0.
        policy: one of `POLICIES`.
        head_start: whether `init` is done before the video begins; else it is on the clock.
        deadline: when a frame is judged, in intervals between frames after it has arrived, at
            least 0. A mask of a later frame never answers for it.

    Raises:
        UsageError: a number out of its range, or no such policy.
    """

    fps: float
    slower: float = 1.0
    policy: str = QUEUE
    head_start: bool = False
    deadline: float = 1.0

    def __post_init__(self) -> None:
        for what, value in (("a frame rate", self.fps), ("times slower", self.slower)):
            if not (0 < value < math.inf):
                raise UsageError(f"{what} must be a finite number above 0, got {value:g}")
        if not (0 <= self.deadline < math.inf):
            raise UsageError(f"a deadline must be finite and at least 0, got {self.deadline:g}")
        if self.policy not in POLICIES:
            raise UsageError(
                f"no policy {self.policy!r}{suggestion(self.policy, POLICIES)}; "
                f"the policies are {' and '.join(POLICIES)}"
            )

    @property
    def rate(self) -> float:
        """Intervals between frames that a second of measured work takes."""
        return self.fps * self.slower


@dataclass(frozen=True)
class Work:
    """Seconds that a method was at work on a sequence.

    Attributes:
        init: from the first frame and its mask until the first step may begin.
        steps: of each step; the first is that of frame 1.
    """

    init: float
    steps: tuple[float, ...]

    @property
    def frames(self) -> int:
        """Number of frames of the sequence, the annotated first one included."""
        return len(self.steps) + 1


def work_of(timing: Timing) -> Work:
    """What was measured, each figure the median over the passes.

    Adaptation is in the steps that adapt.

    Raises:
        DataError: latencies of frames were not measured, or a pass failed.

    >>> fast, slow = (TimedPass({"init": s}, (s, 2 * s)) for s in (1.0, 3.0))
    >>> work_of(Timing(frames=2, objects=1, passes=(fast, slow)))
    Work(init=2.0, steps=(2.0, 4.0))
    """
    if timing.mode != STREAMING:
        raise DataError(
            f"timed in {timing.mode} mode, in which no frame has a latency of its own; "
            f"run it in {STREAMING} mode"
        )
    if not timing.passes:
        raise DataError("no pass was timed; run it again")
    failed = next((made.failed for made in timing.passes if made.failed), "")
    if failed:
        raise DataError(f"a timed pass failed ({failed}); run it again with --fresh")
    for made in timing.passes:
        if len(made.latencies) != timing.frames:
            raise DataError(
                f"latencies of {len(made.latencies)} of {counted(timing.frames, 'frame')} "
                "were kept; run it again with --fresh"
            )
    steps = zip(*(made.latencies for made in timing.passes), strict=True)
    return Work(
        init=statistics.median(map(_init, timing.passes)),
        steps=tuple(statistics.median(samples) for samples in steps),
    )


def _init(made: TimedPass) -> float:
    """Seconds before the first step of a pass."""
    if made.first_mask is not None and made.latencies:
        return max(made.first_mask - made.latencies[0], 0.0)
    return made.seconds.get("init", 0.0)


def finished(work: Work, stream: Stream) -> Iterator[tuple[int, float]]:
    """Frames that are worked on, and when each is ready, in intervals between frames.

    Both ascend. With `QUEUE` every frame is among them, with `LATEST` the last one always is.

    >>> work = Work(init=0.5, steps=(0.25, 0.25, 0.25))
    >>> list(finished(work, Stream(fps=8)))
    [(1, 6.0), (2, 8.0), (3, 10.0)]
    >>> list(finished(work, Stream(fps=8, policy="latest")))
    [(3, 6.0)]
    """
    free = 0.0 if stream.head_start else work.init * stream.rate
    frame, last = 0, len(work.steps)
    while frame < last:
        frame += 1
        if stream.policy == LATEST and free > frame:
            frame = last if free >= last else math.floor(free)
        free = max(free, frame) + work.steps[frame - 1] * stream.rate
        yield frame, free


def shown(work: Work, stream: Stream) -> tuple[int, ...]:
    """For each frame of the sequence, the frame whose mask is at hand when it is judged.

    Never a later one, and never older than that of the frame before. Frame 0 has its annotation.

    >>> shown(Work(init=0.0, steps=(0.3, 0.1, 0.1, 0.1)), Stream(fps=5))
    (0, 0, 2, 3, 4)
    """
    waiting = finished(work, stream)
    ready, newest = next(waiting, None), 0
    answers = []
    for frame in range(work.frames):
        while ready is not None and ready[0] <= frame and ready[1] <= frame + stream.deadline:
            newest, ready = ready[0], next(waiting, None)
        answers.append(newest)
    return tuple(answers)
