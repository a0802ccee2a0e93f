"""Figure `anytime`: how good a method is after so many steps, and after so many seconds.

The form is that of the iterations figure of e-OSVOS (Meinhardt and Leal-Taixé, NeurIPS 2020): a
curve a variant, quality against what a frame costs and against the steps of fine-tuning behind it,
with the interval of each mean as a band.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports.ablation.lines import Layout, layouts
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.choice import only
from vosbench.reports.compared.chosen_runs import chosen
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.tidy import identity
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.apart import readable
from vosbench.reports.plots.curve_looks import COLOURS, look, save, stroke
from vosbench.reports.plots.figure_looks import MARGIN, TEXT, WIDTH, Key, Style, sheet, text_width
from vosbench.reports.table import Value, listed
from vosbench.speed.rates import fps_amortised
from vosbench.statistics import Estimate
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT, _BETWEEN, _PANEL, _SCALE = 0.62, 0.2, 2.2, 0.72
"""Inches left of the panels and between two, of their height, and of the scale below them."""


@dataclass(frozen=True)
class Point:
    """One place of a curve.

    Attributes:
        steps: on the first frame, T.
        seconds: that a frame costs, fine-tuning spread over the frames; None where not timed.
        quality: of the metric, with its interval.
        complete: whether it is over every object.
        entry: the run that it is of.
    """

    steps: int
    seconds: float | None
    quality: Estimate
    complete: bool
    entry: Entry

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
                complete = layout.complete(line, steps)
                points.append(Point(steps, seconds, quality, complete, entry))
        if points:
            place = labels.index(line.label)
            found.append(Curve(line.label, place, line.oracle, tuple(points)))
    return tuple(found)


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    layout = only(layouts(runs, options), lambda each: each.comparison.title("runs"))
    write(out, layout, options.metric, left_out=_without_steps(runs, options, layout.comparison))


def _without_steps(
    runs: Sequence[Run], options: ReportOptions, comparison: Comparison
) -> tuple[str, ...]:
    """Labels of runs that were asked for as well, but take no number of steps."""
    shown = {one.manifest.run for one in comparison.entries if one.manifest}
    asked = (run.manifest for run in chosen(runs, options) if run.manifest.run not in shown)
    return tuple(dict.fromkeys(each.label for each in asked if each.dataset == comparison.dataset))


def write(
    path: Path, layout: Layout, metric: str, *, left_out: Sequence[str] = ()
) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Args:
        path: its end says what is written.
        layout: lines and their figures.
        metric: `"J"`, `"F"` or `"J&F"`.
        left_out: runs that are not in it for want of a number of steps, to be told below it.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or no run has a score.
        CannotWriteError: the file system refuses.
    """
    figure_kind(path)
    drawn = curves(layout, metric)
    if not drawn:
        raise UsageError("there is nothing to draw: no run has a score")
    made = figure(drawn, metric, layout.comparison, left_out)
    return save(path, made, _rows(drawn, metric, layout.comparison))


def figure(
    drawn: Sequence[Curve], metric: str, comparison: Comparison, left_out: Sequence[str] = ()
) -> "Figure":
    """A row of panels for runs as they are, and one below it for those whose boxes were given."""
    blocks = [[curve for curve in drawn if curve.oracle == oracle] for oracle in (False, True)]
    blocks = [block for block in blocks if block]
    key = Key({curve.label: _style(curve.place) for curve in drawn})
    pitch = _PANEL + _SCALE
    on = sheet(
        comparison.title(f"{metric} by steps and time"),
        height=key.height + pitch * len(blocks),
        notes=_notes(drawn, comparison, left_out),
    )
    key.draw(on)
    limits = _limits(drawn)
    width = (WIDTH - _LEFT - _BETWEEN - 2 * MARGIN) / 2
    for row, block in enumerate(blocks):
        place = {"top": key.height + pitch * row, "width": width, "height": _PANEL}
        time = on.panel(left=_LEFT, **place)
        steps = on.panel(left=_LEFT + width + _BETWEEN, **place)
        what = f"{metric}, true boxes" if block[0].oracle else metric
        time.set_ylabel(f"{what} (%)", fontsize=TEXT)
        steps.tick_params(labelleft=False)
        for axes in (time, steps):
            axes.set_ylim(*limits)
        _draw(time, block, [[point.seconds for point in curve.points] for curve in block])
        _draw(steps, block, [[point.steps for point in curve.points] for curve in block])
        _scale_time(time, block, width)
        _scale_steps(steps, block, width)
    return on.figure


def _style(place: int) -> Style:
    colour, marker = look(place)
    line = {"linestyle": stroke(place // len(COLOURS)), "linewidth": 1.6}
    return {"color": colour, "marker": marker, "markersize": 5, **line}


def _limits(drawn: Sequence[Curve]) -> tuple[float, float]:
    """Per cent that hold all bands, with some room."""
    ends = [100 * end for curve in drawn for point in curve.points for end in point.band]
    pad = 0.05 * max(max(ends) - min(ends), 1.0)
    return min(ends) - pad, max(ends) + pad


def _draw(axes: "Axes", block: Sequence[Curve], places: Sequence[Sequence[float | None]]) -> None:
    """Bands (bars of single points), then curves, then points; hollow where something lacks."""
    for curve, across in zip(block, places, strict=True):
        known = [(x, point) for x, point in zip(across, curve.points, strict=True) if x is not None]
        xs = [x for x, _ in known]
        means = [100 * point.quality.mean for _, point in known]
        low, high = ([100 * point.band[end] for _, point in known] for end in (0, 1))
        colour, _ = look(curve.place)
        if len(known) == 1:
            axes.plot(xs * 2, [*low, *high], color=colour, alpha=0.5, linewidth=1.1)
        else:
            axes.fill_between(xs, low, high, color=colour, alpha=0.05, linewidth=0)
            for end in (low, high):
                axes.plot(xs, end, color=colour, alpha=0.3, linewidth=0.6)
        style = _style(curve.place)
        axes.plot(xs, means, zorder=3, **{**style, "marker": ""})
        for x, mean, (_, point) in zip(xs, means, known, strict=True):
            face = colour if point.complete else "white"
            axes.plot(x, mean, zorder=4, **{**style, "markerfacecolor": face})


def _scale_time(axes: "Axes", block: Sequence[Curve], width: float) -> None:
    """Logarithmic, with 1, 2 and 5 of each decade as ticks, named while there is room."""
    seconds = [point.seconds for curve in block for point in curve.points if point.seconds]
    axes.set_xlabel("seconds a frame,\nfine-tuning included", fontsize=TEXT)
    axes.set_xscale("log")
    if not seconds:
        axes.set_xticks([])
        return
    low, high = min(seconds) / 1.3, max(seconds) * 1.3
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [part * 10.0**power for power in decades for part in (1, 2, 5)]
    ticks = [tick for tick in ticks if low <= tick <= high]
    across = [width * math.log(tick / low) / math.log(high / low) for tick in ticks]
    axes.set_xlim(low, high)
    _set_ticks(axes, ticks, across)


def _scale_steps(axes: "Axes", block: Sequence[Curve], width: float) -> None:
    """Logarithmic from 1 on, with 0 beside it if it is there; every number of steps is a tick."""
    steps = sorted({point.steps for curve in block for point in curve.points})
    axes.set_xlabel("steps of fine-tuning on\nthe first frame, T", fontsize=TEXT)
    axes.set_xscale("symlog", linthresh=1, linscale=0.35)
    axes.set_xlim(steps[0] / 1.3 if steps[0] else -0.25, 1.3 * max(1, steps[-1]))
    places = axes.transData.transform([(step, axes.get_ylim()[0]) for step in steps])[:, 0]
    across = [float(place - axes.bbox.x0) * width / axes.bbox.width for place in places]
    _set_ticks(axes, steps, across)


def _set_ticks(axes: "Axes", ticks: Sequence[float], across: Sequence[float]) -> None:
    """Ticks, of which those are named that have room, at places in inches."""
    texts = [f"{tick:g}" for tick in ticks]
    named = readable(across, [text_width(text, TEXT) + 0.05 for text in texts])
    axes.set_xticks(ticks, [text if n in named else "" for n, text in enumerate(texts)])
    axes.set_xticks([], minor=True)


def _notes(
    drawn: Sequence[Curve], comparison: Comparison, left_out: Sequence[str]
) -> Iterator[str]:
    """What bands, bars and hollow points are, what was timed on what, and what is not there."""
    points = [point for curve in drawn for point in curve.points]
    sequences = counted(max(point.quality.clusters for point in points), "sequence")
    if any(point.quality.interval for point in points):
        yield f"Bands and bars: 95 % interval of the mean, drawn over {sequences}."
    else:
        yield f"No bands: {sequences} are too few for an interval."
    if not all(point.complete for point in points):
        yield "Hollow: over a part of the objects only."
    yield from footnotes.machines(comparison)
    if left_out:
        yield f"Not drawn, without a number of steps: {listed(left_out)}."


def _rows(
    drawn: Sequence[Curve], metric: str, comparison: Comparison
) -> Iterator[Mapping[str, Value]]:
    """What is drawn, a row a point."""
    for curve in drawn:
        for point in curve.points:
            low, high = point.quality.interval or (None, None)
            yield {
                **identity(point.entry, comparison),
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
