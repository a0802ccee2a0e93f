"""What the figure of quality against speed shows: a mark a run, and one a published version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import MEASURED, METRICS, QUOTED, Entry
from vosbench.reports.compared.estimates import mean_estimates
from vosbench.reports.published.sheet import Sheet
from vosbench.reports.published.versions import FPS, Version
from vosbench.reports.table import Value
from vosbench.reports.timing.machines import machine, speeds_compare
from vosbench.speed.rates import AMORTISED, fps_amortised, rates


@dataclass(frozen=True)
class Mark:
    """One method in the figure.

    Attributes:
        title: as it is named.
        method: registered or published name.
        trust: level.
        fps: frames per second; amortised for a run, by whatever rule for a quoted figure.
        score: of the metric, a fraction.
        interval: ends of the 95 % interval of the score; None where there is none.
        passes: frames per second of each pass; empty for quoted speeds.
        bound: `"below"` if the speed is only said to be below `fps`.
        complete: whether the score is over all objects of its table.
        hardware: what the speed was measured on.
        sequences: that the score is over, and `objects`; None where not known.
        source: of a quoted figure.
    """

    title: str
    method: str
    trust: str
    fps: float
    score: float
    interval: tuple[float, float] | None = None
    passes: tuple[float, ...] = ()
    bound: str = ""
    complete: bool = True
    hardware: str = ""
    sequences: int | None = None
    objects: int | None = None
    source: str = ""

    @property
    def quoted(self) -> bool:
        """Whether nothing of this was measured here."""
        return self.trust == QUOTED

    @property
    def range(self) -> tuple[float, float] | None:
        """Slowest and fastest pass that ended; None for a single one."""
        ended = [rate for rate in self.passes if rate > 0]
        return (min(ended), max(ended)) if len(self.passes) > 1 and ended else None


@dataclass(frozen=True)
class Marks:
    """All of them, and what could not be one.

    Attributes:
        sheet: where they are from.
        metric: that the scores are of.
        own: runs, in order.
        quoted: published versions that have both figures.
        unmarked: titles of runs that lack a score or a speed.
        lacking: published methods that were asked for and have no version with both figures.
    """

    sheet: Sheet
    metric: str
    own: tuple[Mark, ...]
    quoted: tuple[Mark, ...]
    unmarked: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def front(self) -> tuple[Mark, ...]:
        """Measured runs that none is both as fast and as good as, the slowest first.

        Empty unless their speeds compare: on one machine, alike, under one protocol.
        """
        if len(self.sheet.own) != 1 or not speeds_compare(self.sheet.own[0]):
            return ()
        found: list[Mark] = []
        for mark in sorted(self.own, key=lambda each: (-each.fps, -each.score)):
            competes = mark.trust == MEASURED and mark.complete
            if competes and (not found or mark.score > found[-1].score):
                found.append(mark)
        return tuple(reversed(found))

    def rows(self) -> Iterator[Mapping[str, Value]]:
        """What is drawn, a row a mark."""
        front = self.front
        for mark in (*self.own, *self.quoted):
            low, high = mark.interval or (None, None)
            slowest, fastest = mark.range or (None, None)
            yield {
                "dataset": self.sheet.dataset,
                "variant": self.sheet.variant or None,
                "title": mark.title,
                "method": mark.method,
                "trust": mark.trust,
                "metric": self.metric,
                "mean": mark.score,
                "low": low,
                "high": high,
                "fps": mark.fps,
                "fps_slowest": slowest,
                "fps_fastest": fastest,
                "fps_bound": mark.bound or None,
                "passes": len(mark.passes) or None,
                "hardware": mark.hardware or None,
                "sequences": mark.sequences,
                "objects": mark.objects,
                "state": "done" if mark.complete else "incomplete",
                "front": mark in front if not mark.quoted else None,
                "source": mark.source or None,
            }


def marks(sheet: Sheet, metric: str, *, asked: bool) -> Marks:
    """The marks of a sheet.

    Args:
        sheet: runs and published versions.
        metric: `"J"`, `"F"` or `"J&F"`.
        asked: whether the published methods were named, so that one that cannot be drawn is told.
    """
    own = [pair for each in sheet.own for pair in _own(each, metric)]
    quoted = [(version, _quoted(version, metric)) for version in sheet.quoted]
    return Marks(
        sheet,
        metric,
        tuple(mark for _, mark in own if mark),
        tuple(mark for _, mark in quoted if mark),
        tuple(entry.title for entry, mark in own if not mark),
        tuple(_lacking(quoted)) if asked else (),
    )


def _lacking(quoted: Sequence[tuple[Version, Mark | None]]) -> Iterator[str]:
    """Methods without any mark."""
    drawn = {version.method for version, mark in quoted if mark}
    yield from dict.fromkeys(each.method for each, _ in quoted if each.method not in drawn)


def _own(comparison: Comparison, metric: str) -> Iterator[tuple[Entry, Mark | None]]:
    """Each run, and its mark if it has both a score and a speed."""
    names = comparison.sequences
    estimates = mean_estimates(comparison.entries, METRICS[metric], names)
    for entry, estimate in zip(comparison.entries, estimates, strict=True):
        timings = entry.timings(names)
        fps = fps_amortised(timings)
        if not fps or estimate is None:
            yield entry, None
            continue
        complete = comparison.complete(entry)
        yield (
            entry,
            Mark(
                title=entry.title if complete else f"{entry.title} †",
                method=entry.method,
                trust=entry.trust,
                fps=fps,
                score=estimate.mean,
                interval=estimate.interval,
                passes=rates(timings, AMORTISED),
                complete=complete,
                hardware=", ".join(machine(entry, comparison)),
                sequences=len(entry.done(names)),
                objects=entry.scored(names),
            ),
        )


def _quoted(version: Version, metric: str) -> Mark | None:
    score, speed = version.value(METRICS[metric]), version.figures.get(FPS)
    if score is None or speed is None:
        return None
    return Mark(
        title=version.title,
        method=version.method,
        trust=QUOTED,
        fps=speed.value,
        score=score,
        bound=speed.bound,
        hardware=speed.hardware,
        sequences=version.sequences,
        objects=version.objects,
        source=version.said,
    )
