"""How many times as fast as a reference: the figure that may be carried from machine to machine."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vosbench.speed.rates import AMORTISED, median, rates
from vosbench.timing_records import TimedPass, Timing


@dataclass(frozen=True)
class SpeedRatio:
    """Amortised frames per second over those of a reference on the same sequences.

    Attributes:
        samples: one a pair of passes of one session; a single one, of the medians, where no pass
            was measured in a session with the reference.
        paired: whether the passes were of one session.
        sequences: number of sequences that both were timed on.
    """

    samples: tuple[float, ...]
    paired: bool
    sequences: int


def speed_ratio(own: Mapping[str, Timing], reference: Mapping[str, Timing]) -> SpeedRatio | None:
    """The ratio over the sequences that both were timed on; None where there is none.

    Passes of one session saw the machine in the same state, so they are compared pass by pass.

    Args:
        own, reference: timings by name of the sequence, taken on one machine.
    """
    shared = [name for name in own if name in reference]
    pairs = [_paired(own[name], reference[name]) for name in shared]
    number = min((len(pair[0].passes) for pair in pairs), default=0)
    if number:
        found = [
            _ratio(rates([p[0] for p in each], AMORTISED), rates([p[1] for p in each], AMORTISED))
            for each in ([_only(pair, at) for pair in pairs] for at in range(number))
        ]
    else:
        one, other = ([timings[name] for name in shared] for timings in (own, reference))
        found = [_ratio(rates(one, AMORTISED), rates(other, AMORTISED))]
    samples = tuple(ratio for ratio in found if ratio is not None)
    return SpeedRatio(samples, bool(number), len(shared)) if samples else None


def _paired(own: Timing, reference: Timing) -> tuple[Timing, Timing]:
    """Both with those passes only that have a counterpart in the same session."""
    pairs = list(_pairs(own.passes, reference.passes))
    return (
        replace(own, passes=tuple(one for one, _ in pairs)),
        replace(reference, passes=tuple(other for _, other in pairs)),
    )


def _pairs(
    own: Sequence[TimedPass], reference: Sequence[TimedPass]
) -> Iterator[tuple[TimedPass, TimedPass]]:
    for session in dict.fromkeys(made.session for made in own if made.session):
        yield from zip(
            (made for made in own if made.session == session),
            (made for made in reference if made.session == session),
            strict=False,
        )


def _only(pair: tuple[Timing, Timing], at: int) -> tuple[Timing, Timing]:
    one, other = pair
    return replace(one, passes=one.passes[at : at + 1]), replace(
        other, passes=other.passes[at : at + 1]
    )


def _ratio(own: Sequence[float], reference: Sequence[float]) -> float | None:
    """Ratio of the medians; infinite if only the reference failed, None if both did."""
    one, other = median(own), median(reference)
    if one is None or other is None:
        return None
    if other == 0:
        return math.inf if one > 0 else None
    return one / other
