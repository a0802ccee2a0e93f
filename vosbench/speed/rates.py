"""Frames per second and seconds per frame from the passes over sequences, as VBT-1 defines them.

A frame is one that the method had to segment; the annotated first frame is none. Over several
sequences frames and seconds of a pass are added up before dividing: the mean of the rates of
sequences would answer no question. Over several passes the median counts. A pass that failed has
the rate 0 or takes for ever: it counts as the slowest and is not left out.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from vosbench.speed.spread import quantile
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
    frames = sum(timing.frames for timing in taken)
    return tuple(
        frames / seconds if math.isfinite(seconds) else 0.0
        for seconds in _totals(taken, phases)
        if frames and seconds > 0
    )


def rates_of_sequences(timings: Iterable[Timing], phases: Sequence[str]) -> tuple[float, ...]:
    """The median rate over sequences in each pass that every sequence has.

    It tells of the typical sequence, where `rates` tell of the whole dataset. A sequence without a
    frame to segment has no rate and no say.
    """
    alone = [rates([timing], phases) for timing in timings if timing.frames]
    passes = min((len(of_one) for of_one in alone), default=0)
    return tuple(quantile([of_one[number] for of_one in alone], 0.5) for number in range(passes))


def seconds_per_object_frame(timings: Iterable[Timing]) -> tuple[float, ...]:
    """Amortised seconds for one object in one frame, of each pass that every sequence has.

    An object counts in the frames in which it is alive. Empty where these were not recorded.
    """
    taken = list(timings)
    alive = sum(timing.object_frames for timing in taken)
    if any(timing.frames and not timing.object_frames for timing in taken) or not alive:
        return ()
    return tuple(seconds / alive for seconds in _totals(taken, AMORTISED))


def seconds_to_first_mask(timings: Iterable[Timing]) -> tuple[float, ...]:
    """Median over sequences of the time to the first mask, in each pass that every sequence has.

    It begins when the first frame and its mask are handed over and ends with the mask of the next
    frame; loading is left out. Empty in throughput mode, where no frame is answered by itself. A
    sequence without a frame to segment is passed over.
    """
    found = []
    for passes in by_pass(timing for timing in timings if timing.frames):
        waits = [math.inf if made.failed else made.first_mask for _, made in passes]
        known = [wait for wait in waits if wait is not None]
        if len(known) < len(waits):
            return ()
        found.append(quantile(known, 0.5))
    return tuple(found)


def seconds_in(timings: Iterable[Timing], phase: str) -> tuple[float, ...]:
    """Seconds of one phase over all sequences, of each pass that every sequence has."""
    return tuple(_totals(list(timings), (phase,)))


def seconds_to_load(timings: Iterable[Timing]) -> tuple[float, ...]:
    """Seconds that loading took, for each pass that every sequence has.

    A method is loaded once a call of vosbench and every pass tells of it, so these are not added up
    over sequences: where they differ, passes being of several calls, it is their median.
    """
    return tuple(
        quantile([made.seconds.get("load", 0.0) for _, made in passes], 0.5)
        for passes in by_pass(timings)
    )


def by_pass(timings: Iterable[Timing]) -> Iterator[list[tuple[Timing, TimedPass]]]:
    """For each pass that every sequence has: the timing of each sequence and its pass."""
    taken = list(timings)
    for number in range(min((len(timing.passes) for timing in taken), default=0)):
        yield [(timing, timing.passes[number]) for timing in taken]


def median(samples: Sequence[float]) -> float | None:
    """The middle sample, or the mean of the two in the middle; None where there is none."""
    return quantile(samples, 0.5) if samples else None


def seconds_of(made: TimedPass, phases: Sequence[str]) -> float:
    """Seconds of some phases of one pass; infinite if it failed."""
    if made.failed:
        return math.inf
    return math.fsum(made.seconds.get(phase, 0.0) for phase in phases)


def _totals(timings: Sequence[Timing], phases: Sequence[str]) -> Iterator[float]:
    """Seconds of each pass over all sequences."""
    for passes in by_pass(timings):
        yield sum(seconds_of(made, phases) for _, made in passes)
