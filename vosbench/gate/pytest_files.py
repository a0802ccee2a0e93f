"""Two files of pytest-benchmark held to each other: raw samples, not the means of two lucky runs.

A benchmark is matched by its full name and its parameters. It is a regression where ranks of the
samples say that it takes longer than `1 + slower` times as long as then, and passes where the
estimate is within that and twice the effect (the square of the ratio) is excluded. What cannot be
said is inconclusive: samples that scatter too much, of another machine or another clock, too few
rounds, and a benchmark that has vanished (skipped, renamed or removed: whether it is slower nobody
measured). One that is new is a note: the next comparison has it.

The two runs lie apart in time, and the machine may have had other work in one of them. Files of
`benchmarks/` have seconds of known work around every benchmark; where these are longer by as much
as the benchmark, it is the machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb
from pathlib import Path
from statistics import fmean, median

from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, TIMED, Finding, Verdict
from vosbench.gate.pytest_reading import (
    Benchmark,
    BenchmarkFile,
    machine_differences,
    read_benchmarks,
)
from vosbench.gate.rank_test import Ratio, shifted_ratio
from vosbench.gate.rules import TimedRules
from vosbench.wording import counted, first_few

MOST = 400
"""Samples of one benchmark that are looked at, spread over all: short ones have many thousands."""

AGAIN = "measure both again, one right after the other and with nothing else at work"


def judge_files(old: Path, new: Path, rules: TimedRules) -> Verdict:
    """What the benchmarks of `new` come to, held to those of `old`.

    Args:
        old: JSON of pytest-benchmark, with samples (`--benchmark-json`).
        new: likewise.
        rules: `slower` and `level`; the latter is of all benchmarks together.

    Raises:
        DataError: one of them is not there, or is no such file.
    """
    then, now = read_benchmarks(old), read_benchmarks(new)
    return Verdict(str(new), str(old), tuple(_findings(then, now, rules)), tuple(_notes(then, now)))


def _findings(then: BenchmarkFile, now: BenchmarkFile, rules: TimedRules) -> Iterator[Finding]:
    obstacle = _nothing_ran(then, now) or _other_machine(then, now)
    if obstacle is not None:
        yield obstacle
        return
    pairs = [
        _Pair(benchmark, now.benchmarks[name])
        for name, benchmark in then.benchmarks.items()
        if name in now.benchmarks
    ]
    clocks = {(pair.then.clock, pair.now.clock) for pair in pairs}
    if len(clocks) == 1 and _other_clock(pairs[0]):
        yield _unknown("clock", f"every benchmark {_other_clock(pairs[0])}")
        return
    chance = (1 - rules.level) / max(len(pairs), 1)  # Bonferroni: of all false alarms together
    yield from (_judged(pair, rules, chance) for pair in pairs)
    yield from (_vanished(name) for name in then.benchmarks if name not in now.benchmarks)


def _nothing_ran(then: BenchmarkFile, now: BenchmarkFile) -> Finding | None:
    empty = [str(file.path) for file in (then, now) if not file.benchmarks]
    if not empty:
        return None
    return _unknown(
        "benchmarks",
        f"nothing ran: there is no benchmark in {' and '.join(empty)}; see whether they were "
        "skipped, deselected or failed",
    )


def _other_machine(then: BenchmarkFile, now: BenchmarkFile) -> Finding | None:
    differences = list(machine_differences(then, now))
    if not differences:
        return None
    return _unknown(
        "machine",
        f"times of another machine say nothing: {'; '.join(differences)}; measure both on one",
    )


def _vanished(name: str) -> Finding:
    return _unknown(
        name,
        f"{name} has vanished: it was skipped, renamed or removed, and whether it is slower nobody "
        "knows; have it run, or measure the old file anew without it",
    )


def _notes(then: BenchmarkFile, now: BenchmarkFile) -> Iterator[str]:
    new = [name for name in now.benchmarks if name not in then.benchmarks]
    if new:
        yield (
            f"{counted(len(new), 'new benchmark')} in {now.path}, of which nothing can be said "
            f"yet: {first_few(new)}"
        )


@dataclass(frozen=True)
class _Pair:
    """One benchmark, then and now."""

    then: Benchmark
    now: Benchmark

    @property
    def name(self) -> str:
        return self.then.name

    @cached_property
    def of_known_work(self) -> float | None:
        """How many times as long known work took around it; None where it was not measured.

        Means, since other programs take their share now and then and not all the time.
        """
        then, now = self.then.known_work, self.now.known_work
        return fmean(now) / fmean(then) if then and now and min(*then, *now) > 0 else None


def _judged(pair: _Pair, rules: TimedRules, chance: float) -> Finding:
    """The finding about one benchmark; `chance` is that of a false alarm."""
    obstacle = _obstacle(pair, chance)
    if obstacle is not None:
        return _unknown(pair.name, f"{pair.name} {obstacle}")
    then, now = _few(pair.then.seconds), _few(pair.now.seconds)
    ratio = replace(
        shifted_ratio(then, now, outside=chance),
        high=shifted_ratio(then, now, outside=1 - rules.level).high,  # of this one alone
    )
    verdict, why = _told(ratio, 1 + rules.slower, pair.of_known_work)
    return Finding(
        TIMED,
        pair.name,
        verdict,
        f"{pair.name} takes {ratio.estimate:.2f} times as long as then{why}",
        baseline=median(pair.then.seconds),
        measured=median(pair.now.seconds),
        unit="seconds",
    )


def _obstacle(pair: _Pair, chance: float) -> str | None:
    """Why samples cannot be compared; None if they can."""
    then, now = pair.then, pair.now
    if then.params != now.params:
        return (
            f"has other parameters: {then.params or 'none'} then and {now.params or 'none'} now; "
            "measure the old file anew with these"
        )
    if not then.seconds or not now.seconds:
        return (
            "has statistics only, and no samples; write files with --benchmark-json, or with "
            "--benchmark-save-data beside --benchmark-save"
        )
    if min(*then.seconds, *now.seconds) == 0:
        return "has samples of no time at all; have each round call it more often (iterations)"
    rounds = len(then.seconds), len(now.seconds)
    if 1 / comb(sum(map(_seen, rounds)), _seen(rounds[0])) > chance:
        enough = fewest_rounds(chance)
        return (
            f"has too few rounds, {rounds[0]} then and {rounds[1]} now; take {enough} or more in "
            "both (--benchmark-min-rounds, or rounds of benchmark.pedantic)"
        )
    return _other_clock(pair)


def _other_clock(pair: _Pair) -> str | None:
    then, now = pair.then.clock, pair.now.clock
    if not then or not now or then == now:
        return None
    return (
        f"was timed with another clock, {then} then and {now} now; choose one with "
        "--benchmark-timer"
    )


def _told(ratio: Ratio, limit: float, machine: float | None) -> tuple[str, str]:
    """The verdict on samples that can be compared, and how the sentence goes on.

    Args:
        ratio: of the benchmark.
        limit: that is allowed.
        machine: ratio of known work; None where that is not known.
    """
    work = "" if machine is None else f"known work beside it takes {machine:.2f} times"
    beside = limit if machine is None else limit * machine
    allowed = f", and {limit:.2f} times is allowed"
    if ratio.low > max(limit, beside):
        return REGRESSION, f"{allowed}{work and '; '}{work}"
    if ratio.low > limit:
        return INCONCLUSIVE, f", but {work}: the machine was busier; {AGAIN}"
    if ratio.estimate > limit or ratio.high > limit**2:
        return INCONCLUSIVE, (
            f"{allowed}, but its rounds scatter so much that it may be anything up to "
            f"{ratio.high:.2f} times; take more rounds, or {AGAIN}"
        )
    if ratio.estimate > beside:
        return INCONCLUSIVE, f", but {work}: the machine was busier then; {AGAIN}"
    return PASS, allowed


def _few(seconds: Sequence[float]) -> Sequence[float]:
    """At most `MOST` of the samples, evenly spread."""
    count = _seen(len(seconds))
    return [seconds[number * len(seconds) // count] for number in range(count)]


def _seen(rounds: int) -> int:
    return min(rounds, MOST)


def fewest_rounds(chance: float) -> int:
    """Rounds of both files from which ranks can tell anything at that chance of a false alarm.

    All samples of one lie above all of the other by chance in one order of so many.

    >>> fewest_rounds(0.001)
    7
    """
    rounds = 1
    while 1 / comb(2 * rounds, rounds) > chance:
        rounds += 1
    return rounds


def _unknown(what: str, why: str) -> Finding:
    return Finding(TIMED, what, INCONCLUSIVE, why)
