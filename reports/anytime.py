"""Figure `anytime`: how good a method is after so many steps, and after so many seconds.

The form is that of the iterations figure of e-OSVOS (Meinhardt and Leal-Taixé, NeurIPS 2020): a
curve a variant, quality against what a frame costs and against the steps of fine-tuning behind it,
with the interval of each mean as a band. Names stand beside the ends of the curves, never over
them. Colours are those of Okabe and Ito, which colour-blind readers tell apart; markers and strokes
differ too, for print without colour.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.atomic import write_bytes, write_text, writing
from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.reports.ablation_lines import Layout
from vosbench.reports.flat import render_csv
from vosbench.reports.table import Table, Value
from vosbench.speed import fps_amortised
from vosbench.statistics import Estimate
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8A8A00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # of another length: pairs repeat after 56 curves
_STROKES: tuple[str | tuple[int, tuple[float, ...]], ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)))

_WIDTH, _HEIGHT = 10.0, 3.9
"""Inches of the figure, and of each of its rows."""

_LABEL_GAP = 0.055
"""Least distance between two names, as a share of the height of a panel."""


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


def write(path: Path, layout: Layout, metric: str) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or no run has a score.
        CannotWriteError: the file system refuses.
    """
    import matplotlib as mpl

    kind = figure_kind(path)
    drawn = curves(layout, metric)
    if not drawn:
        raise UsageError("there is nothing to draw: no run has a score")
    image = io.BytesIO()
    dates: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context({"svg.hashsalt": "vosbench"}):  # equal data, equal bytes
        figure(drawn, metric, layout.comparison.title(metric)).savefig(
            image, format=kind, dpi=160, metadata=dates.get(kind)
        )
    data = path.with_suffix(".csv")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, image.getvalue())
    write_text(data, render_csv([Table("", (), (), tidy=tuple(_rows(drawn, metric)))]))
    return path, data


def figure(drawn: Sequence[Curve], metric: str, title: str) -> "Figure":
    """A row of panels for runs as they are, and one below it for those whose boxes were given."""
    from matplotlib.figure import Figure

    blocks = [[curve for curve in drawn if curve.oracle == oracle] for oracle in (False, True)]
    blocks = [block for block in blocks if block]
    made = Figure(figsize=(_WIDTH, _HEIGHT * len(blocks) + 0.5), layout="constrained")
    made.suptitle(title, x=0.01, ha="left", fontsize=12)
    made.supxlabel(_legend(drawn), x=0.01, ha="left", fontsize=8, color="#555555")
    room = 0.08 + 0.0175 * max(
        len(curve.label) for curve in drawn
    )  # for names, in the third column
    panels = made.subplots(len(blocks), 3, squeeze=False, sharey=True, width_ratios=(1, 1, room))
    for block, (time, steps, _) in zip(blocks, panels, strict=True):
        what = f"{metric}, true boxes" if block[0].oracle else metric
        time.set_ylabel(f"{what} (%)")
        _draw(time, block, [[point.seconds for point in curve.points] for curve in block])
        _draw(steps, block, [[point.steps for point in curve.points] for curve in block])
        _scale_time(time)
        _scale_steps(steps, block)
    for block, (_, steps, names) in zip(blocks, panels, strict=True):
        _name(steps, names, block)  # last, since all rows share one scale
    return made


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Positions at least `gap` apart, in the order of those wanted and as near to them as can be.

    Least squares: neighbours that would be too close share the room around their mean.

    >>> spread([0.0, 0.1, 3.0], 1.0)
    [-0.45, 0.55, 3.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    groups: list[tuple[float, int]] = []  # mean of `wanted` less the ranks' share, and size
    for rank, index in enumerate(order):
        level, size = wanted[index] - rank * gap, 1
        while groups and groups[-1][0] >= level:
            before, count = groups.pop()
            level = (before * count + level * size) / (count + size)
            size += count
        groups.append((level, size))
    levels = [level for level, size in groups for _ in range(size)]
    found = [0.0] * len(wanted)
    for rank, (index, level) in enumerate(zip(order, levels, strict=True)):
        found[index] = level + rank * gap
    return found


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
        colour, marker = _look(curve)
        axes.fill_between(xs, low, high, color=colour, alpha=0.05, linewidth=0)
        for end in (low, high):
            axes.plot(xs, end, color=colour, alpha=0.3, linewidth=0.6)
        axes.plot(xs, means, color=colour, linestyle=_stroke(curve), linewidth=1.6, zorder=3)
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


def _look(curve: Curve) -> tuple[str, str]:
    """Colour and marker."""
    return _COLOURS[curve.place % len(_COLOURS)], _MARKERS[curve.place % len(_MARKERS)]


def _stroke(curve: Curve) -> str | tuple[int, tuple[float, ...]]:
    """Another stroke once all colours are used."""
    return _STROKES[curve.place // len(_COLOURS) % len(_STROKES)]


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


def _name(axes: "Axes", room: "Axes", block: Sequence[Curve]) -> None:
    """Write the name of each curve to the right, on a line from its end."""
    room.set_axis_off()
    low, high = axes.get_ylim()
    ends = [100 * curve.points[-1].quality.mean for curve in block]
    heights = spread(ends, _LABEL_GAP * (high - low))
    beside = room.get_yaxis_transform()
    for curve, end, height in zip(block, ends, heights, strict=True):
        colour, marker = _look(curve)
        room.annotate(
            "",
            xy=(curve.points[-1].steps, end),
            xycoords=axes.transData,
            xytext=(0.0, height),
            textcoords=beside,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "shrinkB": 5},
            annotation_clip=False,
        )
        room.plot(0.0, height, marker, color=colour, markersize=5, transform=beside, clip_on=False)
        room.text(
            0.04, height, curve.label, color=colour, fontsize=8.5, va="center", transform=beside
        )


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
