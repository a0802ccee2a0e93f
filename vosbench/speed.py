"""Frames per second from phase timings, as VBT-1 defines them.

A frame is one that the method had to segment; the annotated first frame is none. Loading of
weights, decoding and saving are never in these figures. Over several sequences frames and seconds
are added up before dividing: the mean of the rates of sequences would answer no question.

So far each sequence is timed in one pass, without warm-up and without repetitions, so first calls
(caches, allocators, kernels chosen on first use) are inside. The rest of VBT-1 is not built yet.
"""

from collections.abc import Iterable

from vosbench.records import Timing

AMORTISED = ("init", "adapt", "infer", "post")
"""All work of the method: first-frame work is spread over the frames."""

STEADY = ("infer", "post")
"""Propagation alone, as if the first frame and every adaptation were free."""


def fps_amortised(timings: Iterable[Timing]) -> float | None:
    """Frames per second with first-frame work and adaptation counted: the headline.

    None where nothing was timed.

    >>> quick = Timing({"init": 1.0, "infer": 1.0}, frames=10, objects=1, latencies=())
    >>> slow = Timing({"init": 4.0, "infer": 4.0}, frames=10, objects=1, latencies=())
    >>> fps_amortised([quick, slow])
    2.0
    """
    return _rate(timings, AMORTISED)


def fps_steady(timings: Iterable[Timing]) -> float | None:
    """Frames per second of propagation alone; None where nothing was timed.

    >>> fps_steady([Timing({"init": 1.0, "infer": 1.0}, frames=10, objects=1, latencies=())])
    10.0
    """
    return _rate(timings, STEADY)


def _rate(timings: Iterable[Timing], phases: Iterable[str]) -> float | None:
    taken = list(timings)
    frames = sum(timing.frames for timing in taken)
    seconds = sum(timing.seconds.get(phase, 0.0) for timing in taken for phase in phases)
    return frames / seconds if frames and seconds > 0 else None
