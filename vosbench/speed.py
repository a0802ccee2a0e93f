"""Frames per second from the passes over sequences, as VBT-1 defines them.

A frame is one that the method had to segment; the annotated first frame is none. Over several
sequences frames and seconds of a pass are added up before dividing: the mean of the rates of
sequences would answer no question. Over several passes the median counts. A pass that failed has
the rate 0: it counts as the slowest and is not left out.
"""

import statistics
from collections.abc import Iterable, Sequence

from vosbench.timing_records import TimedPass, Timing

AMORTISED = ("init", "adapt", "infer", "post")
"""All work of the method: first-frame work is spread over the frames."""

STEADY = ("infer", "post")
"""Propagation alone, as if the first frame and every adaptation were free."""

END_TO_END = (*AMORTISED, "io")
"""With decoding and saving."""


def fps_amortised(timings: Iterable[Timing]) -> float | None:
    """Frames per second with first-frame work and adaptation counted: the headline.

    None where nothing was timed.

    >>> quick = Timing(frames=10, objects=1, passes=(TimedPass({"init": 1.0, "infer": 1.0}),))
    >>> slow = Timing(frames=10, objects=1, passes=(TimedPass({"init": 4.0, "infer": 4.0}),))
    >>> fps_amortised([quick, slow])
    2.0
    """
    return median(rates(timings, AMORTISED))


def fps_steady(timings: Iterable[Timing]) -> float | None:
    """Frames per second of propagation alone; None where nothing was timed.

    >>> once = TimedPass({"init": 1.0, "infer": 1.0})
    >>> fps_steady([Timing(frames=10, objects=1, passes=(once,))])
    10.0
    """
    return median(rates(timings, STEADY))


def rates(timings: Iterable[Timing], phases: Sequence[str]) -> tuple[float, ...]:
    """Frames per second of each pass that every sequence has, over all of them.

    Args:
        timings: one a sequence; a pass is told by its place among the passes of a sequence.
        phases: whose seconds count.
    """
    taken = list(timings)
    passes = min((len(timing.passes) for timing in taken), default=0)
    found = (_rate(taken, number, phases) for number in range(passes))
    return tuple(rate for rate in found if rate is not None)


def median(samples: Sequence[float]) -> float | None:
    """The middle sample, or the mean of the two in the middle; None where there is none."""
    return statistics.median(samples) if samples else None


def _rate(timings: Sequence[Timing], number: int, phases: Sequence[str]) -> float | None:
    passes = [timing.passes[number] for timing in timings]
    if any(made.failed for made in passes):
        return 0.0
    frames = sum(timing.frames for timing in timings)
    seconds = sum(_seconds(made, phases) for made in passes)
    return frames / seconds if frames and seconds > 0 else None


def _seconds(made: TimedPass, phases: Sequence[str]) -> float:
    return sum(made.seconds.get(phase, 0.0) for phase in phases)
