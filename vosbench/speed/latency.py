"""How long single steps take: adapting ones and plain ones apart, for they differ by far."""

import math
from collections.abc import Iterable, Sequence

from vosbench.speed.rates import by_pass
from vosbench.timing_records import TimedPass, Timing


def latencies(made: TimedPass, *, adapting: bool) -> tuple[float, ...]:
    """Seconds of the steps of a pass in which the method adapted itself online, or of the others.

    >>> latencies(TimedPass({}, (0.1, 0.5, 0.2), adapting=(1,)), adapting=False)
    (0.1, 0.2)
    """
    chosen = set(made.adapting)
    return tuple(
        seconds for place, seconds in enumerate(made.latencies) if (place in chosen) == adapting
    )


def percentiles(
    timings: Iterable[Timing], share: float, *, adapting: bool = False
) -> tuple[float, ...]:
    """Latency that `share` of the steps do not exceed, in each pass that every sequence has.

    Steps of all sequences are taken together. A pass that failed somewhere has no end. Empty where
    there are no such steps: in throughput mode, or of a method that never adapts.

    Args:
        share: 0..1; 1 for the longest.
    """
    found = []
    for passes in by_pass(timings):
        if any(made.failed for _, made in passes):
            found.append(math.inf)
            continue
        steps = [s for _, made in passes for s in latencies(made, adapting=adapting)]
        if not steps:
            return ()
        found.append(nearest_rank(steps, share))
    return tuple(found) if any(math.isfinite(seconds) for seconds in found) else ()


def nearest_rank(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of the samples do not exceed.

    Raises:
        ValueError: there are no samples, or `share` is not in 0..1.

    >>> nearest_rank([4.0, 3.0, 2.0, 1.0], 0.5), nearest_rank([4.0, 3.0, 2.0, 1.0], 0.9)
    (2.0, 4.0)
    """
    if not samples or not 0 <= share <= 1:
        raise ValueError(f"no {share} of {len(samples)} samples; expected some, and 0..1")
    # 0.07 * 100 is a little more than 7, which must not count as the eighth
    rank = math.ceil(round(share * len(samples), 9))
    return sorted(samples)[max(rank, 1) - 1]
