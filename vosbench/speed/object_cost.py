"""What one more object costs: slopes over the number of objects of the sequences."""

from collections.abc import Callable, Iterable, Sequence
from statistics import linear_regression

from vosbench.speed.latency import latencies
from vosbench.speed.rates import by_pass
from vosbench.timing_records import TimedPass, Timing


def seconds_per_object_of_steps(timings: Iterable[Timing]) -> tuple[float, ...]:
    """Seconds that one more object adds to a plain step, of each pass that ended.

    The slope of the mean plain step of a sequence over its number of objects. Empty in throughput
    mode and where all sequences have the same number of objects.
    """
    return _slopes(timings, _plain_step)


def seconds_per_object_of_init(timings: Iterable[Timing]) -> tuple[float, ...]:
    """Seconds that one more object adds to the first-frame work, of each pass that ended.

    Empty where all sequences have the same number of objects.
    """
    return _slopes(timings, lambda made: made.seconds.get("init"))


def single_object(timings: Iterable[Timing]) -> tuple[Timing, ...]:
    """The timings of sequences with one object only."""
    return tuple(timing for timing in timings if timing.objects == 1)


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Slope of the straight line with the least squares; None where all abscissas are equal.

    >>> slope([(1, 10.0), (2, 12.0), (3, 14.0)])
    2.0
    """
    if len({across for across, _ in points}) < 2:
        return None
    return linear_regression(*zip(*points, strict=True)).slope


def _plain_step(made: TimedPass) -> float | None:
    steps = latencies(made, adapting=False)
    return sum(steps) / len(steps) if steps else None


def _slopes(
    timings: Iterable[Timing], seconds: Callable[[TimedPass], float | None]
) -> tuple[float, ...]:
    """The slope in each pass; a pass that failed has none, for it says nothing about objects."""
    found = []
    for passes in by_pass(timings):
        if any(made.failed for _, made in passes):
            continue
        points = [(timing.objects, seconds(made)) for timing, made in passes]
        found.append(slope([(objects, spent) for objects, spent in points if spent is not None]))
    return tuple(rise for rise in found if rise is not None)
