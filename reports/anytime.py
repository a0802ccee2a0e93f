"""Figure `anytime`: how good a method is after so many steps, and after so many seconds.

The form is that of the iterations figure of e-OSVOS (Meinhardt and Leal-Taixé, NeurIPS 2020): a
curve a variant, quality against what a frame costs and against the steps of fine-tuning behind it,
with the interval of each mean as a band.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports.ablation_lines import Layout, layouts
from vosbench.reports.choice import only
from vosbench.reports.curve_looks import COLOURS, End, look, name_ends, room_for, save, stroke
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Value
from vosbench.speed.rates import fps_amortised
from vosbench.statistics import Estimate
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 10.0, 3.9
"""Inches of the figure, and of each of its rows."""


@dataclass(frozen=True)
class Point:
    """One place of a curve.

    Attributes:
        steps: on the first frame, T.
        seconds: that a frame costs, fine-tuning spread over the frames; None where not timed.
        quality: of the metric, with its interval.
        complete: whether it is over every object.
    """

    steps: int
    seconds: float | None
    quality: Estimate
    complete: bool

    @property
    def band(self) -> tuple[float, float]:
        """The ends of the interval; the mean itself where there is none."""
        return self.quality.interval or (self.quality.mean, self.quality.mean)


@dataclass(frozen=True)
class Curve:
    """One line of the ablation.

    Attributes:
        label: as in the table.
        place: of its label among all labels; decides on colour, marker and stroke.
        oracle: whether boxes were given.
        points: by steps; at least one.
    """

    label: str
    place: int
    oracle: bool
    points: tuple[Point, ...]


def curves(layout: Layout, metric: str) -> tuple[Curve, ...]:
    """The curves of a layout; lines without a run have none."""
    labels = list(dict.fromkeys(line.label for line in layout.lines))
    found = []
    for line in layout.lines:
        points = []
        for steps in sorted(line.runs):
            quality, entry = layout.estimate(line, steps, metric), layout.entry(line, steps)
            if quality is not None and entry is not None:
                rate = fps_amortised(entry.timings(layout.comparison.sequences))
                seconds = 1 / rate if rate else None
                points.append(Point(steps, seconds, quality, layout.complete(line, steps)))
        if points:
            place = labels.index(line.label)
            found.append(Curve(line.label, place, line.oracle, tuple(points)))
    return tuple(found)


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    chosen = only(layouts(runs, options), lambda each: each.comparison.title("runs"))
    write(out, chosen, options.metric)


def write(path: Path, layout: Layout, metric: str) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or no run has a score.
        CannotWriteError: the file system refuses.
    """
    figure_kind(path)
    drawn = curves(layout, metric)
    if not drawn:
        raise UsageError("there is nothing to draw: no run has a score")
    made = figure(drawn, metric, layout.comparison.title(metric))
    return save(path, made, _rows(drawn, metric))


def figure(drawn: Sequence[Curve], metric: str, title: str) -> "Figure":
    """A row of panels for runs as they are, and one below it for those whose boxes were given."""
    from matplotlib.figure import Figure

    blocks = [[curve for curve in drawn if curve.oracle == oracle] for oracle in (False, True)]
    blocks = [block for block in blocks if block]
    made = Figure(figsize=(_WIDTH, _HEIGHT * len(blocks) + 0.5), layout="constrained")
    made.suptitle(title, x=0.01, ha="left", fontsize=12)
    made.supxlabel(_legend(drawn), x=0.01, ha="left", fontsize=8, color="#555555")
    room = room_for(curve.label for curve in drawn)  # in the third column
    panels = made.subplots(len(blocks), 3, squeeze=False, sharey=True, width_ratios=(1, 1, room))
    for block, (time, steps, _) in zip(blocks, panels, strict=True):
        what = f"{metric}, true boxes" if block[0].oracle else metric
        time.set_ylabel(f"{what} (%)")
        _draw(time, block, [[point.seconds for point in curve.points] for curve in block])
        _draw(steps, block, [[point.steps for point in curve.points] for curve in block])
        _scale_time(time)
        _scale_steps(steps, block)
    for block, (_, steps, names) in zip(blocks, panels, strict=True):
        ends = [
            End(c.label, *look(c.place), c.points[-1].steps, 100 * c.points[-1].quality.mean)
            for c in block
        ]
        name_ends(steps, names, ends)  # last, since all rows share one scale
    return made


def _draw(axes: "Axes", block: Sequence[Curve], places: Sequence[Sequence[float | None]]) -> None:
    """Bands, then curves over them, then points; hollow where something is missing."""
    axes.grid(visible=True, color="#E4E4E4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    for curve, across in zip(block, places, strict=True):
        known = [(x, point) for x, point in zip(across, curve.points, strict=True) if x is not None]
        xs = [x for x, _ in known]
        means = [100 * point.quality.mean for _, point in known]
        low, high = ([100 * point.band[end] for _, point in known] for end in (0, 1))
        colour, marker = look(curve.place)
        axes.fill_between(xs, low, high, color=colour, alpha=0.05, linewidth=0)
        for end in (low, high):
            axes.plot(xs, end, color=colour, alpha=0.3, linewidth=0.6)
        axes.plot(
            xs,
            means,
            color=colour,
            linestyle=stroke(curve.place // len(COLOURS)),
            linewidth=1.6,
            zorder=3,
        )
        for x, mean, (_, point) in zip(xs, means, known, strict=True):
            axes.plot(
                x,
                mean,
                marker=marker,
                markersize=5,
                color=colour,
                markerfacecolor=colour if point.complete else "white",
                zorder=4,
            )


def _scale_time(axes: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.set_xlabel("seconds a frame, fine-tuning included")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _scale_steps(axes: "Axes", block: Sequence[Curve]) -> None:
    """Logarithmic from 1 on, with 0 beside it; every number of steps is a tick."""
    steps = sorted({point.steps for curve in block for point in curve.points})
    axes.set_xscale("symlog", linthresh=1, linscale=0.35)
    axes.set_xlabel("steps of fine-tuning on the first frame, T")
    axes.set_xticks(steps, [str(number) for number in steps])
    axes.set_xticks([], minor=True)
    axes.set_xlim(-0.25, 1.15 * max(1, steps[-1]))


def _legend(drawn: Sequence[Curve]) -> str:
    """What bands and hollow points are."""
    points = [point for curve in drawn for point in curve.points]
    sequences = counted(max(point.quality.clusters for point in points), "sequence")
    text = f"Bands: 95 % interval of the mean, drawn over {sequences}."
    if not any(point.quality.interval for point in points):
        text = f"No bands: {sequences} are too few for an interval."
    if all(point.complete for point in points):
        return text
    return f"{text} Hollow: over a part of the objects only."


def _rows(drawn: Sequence[Curve], metric: str) -> Iterator[Mapping[str, Value]]:
    """What is drawn, a row a point."""
    for curve in drawn:
        for point in curve.points:
            low, high = point.quality.interval or (None, None)
            yield {
                "curve": curve.label,
                "boxes": "annotation" if curve.oracle else "predicted",
                "steps": point.steps,
                "seconds_per_frame": point.seconds,
                "metric": metric,
                "mean": point.quality.mean,
                "low": low,
                "high": high,
                "sequences": point.quality.clusters,
                "objects": point.quality.values,
                "state": "done" if point.complete else "incomplete",
            }
