"""What must be known before a speed is believed: spread, company, throttling, gaps, failures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vosbench.speed.rates import AMORTISED, rates
from vosbench.speed.spread import spread
from vosbench.timing_records import TimedPass, Timing

CONTENDED = 0.05
"""Share of the machine taken by others above which a pass is called contended."""


@dataclass(frozen=True)
class Flag:
    """A warning about the speed of one entry.

    Attributes:
        word: for tables in which speed is one thing among others.
        sentence: the same with its figures.
    """

    word: str
    sentence: str


def flags(timings: Mapping[str, Timing]) -> tuple[Flag, ...]:
    """All warnings about times by sequence, the gravest first."""
    passes = [made for timing in timings.values() for made in timing.passes]
    return tuple(
        flag
        for group in (_failed(timings), _spread(timings), _company(passes), _gaps(timings))
        for flag in group
    )


def counted_passes(number: int) -> str:
    """A number of passes in a sentence.

    >>> counted_passes(1), counted_passes(3)
    ('1 pass', '3 passes')
    """
    return f"{number} pass" if number == 1 else f"{number} passes"


def passes_of(timings: Mapping[str, Timing]) -> tuple[int, int]:
    """Number of passes that every sequence has, and of those that were planned."""
    made = min((len(timing.passes) for timing in timings.values()), default=0)
    return made, max((timing.planned for timing in timings.values()), default=0)


def warmed_up(timings: Iterable[Timing]) -> bool:
    """Whether every pass came after a warm-up."""
    return all(made.warm for timing in timings for made in timing.passes)


def _failed(timings: Mapping[str, Timing]) -> Iterator[Flag]:
    failed = [
        (name, made) for name, timing in timings.items() for made in timing.passes if made.failed
    ]
    if failed:
        name, first = failed[0]
        yield Flag(
            "failed passes",
            f"{counted_passes(len(failed))} failed and {'counts' if len(failed) == 1 else 'count'} "
            f"as the slowest (on {name}: {first.failed})",
        )
    differing = [name for name, timing in timings.items() if timing.steady_masks is False]
    if differing:
        yield Flag(
            "masks differ between passes",
            f"passes gave different masks on {', '.join(differing)}; those of the first are scored",
        )


def _spread(timings: Mapping[str, Timing]) -> Iterator[Flag]:
    found = spread(rates(timings.values(), AMORTISED))
    if found and found.verdict:
        wide = found.relative or 0.0
        share = f"{wide:.0%} of".replace("%", " %") if wide < 10 else "far above"
        yield Flag(
            found.verdict,
            f"{found.verdict}: the interquartile range of the passes is {share} their median",
        )


def _company(passes: list[TimedPass]) -> Iterator[Flag]:
    taken = [made.contended for made in passes if (made.contended or 0.0) > CONTENDED]
    if taken:
        most = f"{max(share or 0.0 for share in taken):.0%}".replace("%", " %")
        yield Flag(
            "contended",
            f"contended: others took up to {most} of the machine, in {len(taken)} of "
            f"{counted_passes(len(passes))} over sequences",
        )
    braked = sum(bool(made.throttled) for made in passes)
    if braked:
        yield Flag(
            "throttled",
            f"throttled: the device held its clocks back in {braked} of "
            f"{counted_passes(len(passes))} over sequences",
        )


def _gaps(timings: Mapping[str, Timing]) -> Iterator[Flag]:
    made, planned = passes_of(timings)
    if made < planned:
        yield Flag("passes missing", f"{made} of {planned} planned passes were made")
