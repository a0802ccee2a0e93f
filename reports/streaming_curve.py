"""Figure `streaming`: how good methods would be in live video, by its frame rate.

A curve a method; a short level on the left is what it scores offline, where no mask is late. On a
device k times slower a method is what it is here at k times the frame rate, so one curve answers
for every device; further ones are drawn, in other strokes, where they are asked for.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports import footnotes
from vosbench.reports.choice import only
from vosbench.reports.curve_looks import LABEL_GAP, STROKES, look, save, spread, stroke
from vosbench.reports.entries import METRICS
from vosbench.reports.options import ReportOptions
from vosbench.reports.streaming_replay import Replayed, measured, replayed, rules, tidy_rows
from vosbench.streaming.options import StreamingRequest
from vosbench.streaming.timeline import Stream

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FPS = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 30.0, 45.0, 60.0)
"""Frame rates of the points unless others are asked for."""

_WIDTH, _HEIGHT = 8.6, 4.6
"""Inches of the figure."""

_HALF_LEVEL = 1.13
"""Half the length of a level, as a factor of frame rates."""

_TEXT_WIDTH = 150
"""Characters of a line below the figure."""


@dataclass(frozen=True)
class Curve:
    """A method on a device.

    Attributes:
        label: of the method.
        slower: how many times slower the device is.
        place: of the method among all; decides on colour and marker.
        device: place of the device among all; decides on the stroke.
        offline: what the method scores where no mask is late.
        points: (frame rate, score), by frame rate.
        complete: whether all of them are over every object.
    """

    label: str
    slower: float
    place: int
    device: int
    offline: float
    points: tuple[tuple[float, float], ...]
    complete: bool


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    chosen = only(replay(runs, options), lambda each: each.offline.title("runs"))
    write(out, chosen, options)


def replay(runs: Sequence[Run], options: ReportOptions) -> tuple[Replayed, ...]:
    """The runs of each dataset in the streams that the figure shows.

    Raises:
        UsageError, DataError: as `vosbench.reports.streaming.build`.
    """
    return replayed(runs, options, list(chain.from_iterable(_devices(options))))


def write(path: Path, of: Replayed, options: ReportOptions) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or there is nothing to draw.
        CannotWriteError: the file system refuses.
    """
    figure_kind(path)
    drawn = curves(of, options)
    if not drawn:
        reasons = dict.fromkeys(why for run in of.runs.values() for why in run.reasons)
        raise UsageError(f"there is nothing to draw: {'; '.join(reasons) or 'no run is scored'}")
    made = figure(drawn, of, options)
    streams = chain.from_iterable(_devices(options))
    rows = chain.from_iterable(tidy_rows(of, stream) for stream in streams)
    return save(path, made, rows)


def _devices(options: ReportOptions) -> tuple[tuple[Stream, ...], ...]:
    """The streams of each device, by frame rate."""
    request = options.streaming
    slower = request.slower or (1.0,)
    if len(slower) > len(STROKES):
        raise UsageError(
            f"the figure tells {len(STROKES)} devices apart, and --slower names {len(slower)}; "
            "name fewer, since one device k times slower is another at k times the frame rate"
        )
    return tuple(
        tuple(request.stream(fps, times) for fps in sorted(request.fps or FPS)) for times in slower
    )


def curves(of: Replayed, options: ReportOptions) -> tuple[Curve, ...]:
    """A curve for each method on each device; none for what cannot be streamed."""
    figure, names = METRICS[options.metric], of.offline.sequences
    found = []
    for device, streams in enumerate(_devices(options)):
        there = [of.under(stream) for stream in streams]
        slower = streams[0].slower
        for place, one in enumerate(of.offline.entries):
            offline = one.mean(figure, names)
            means = [each.entries[place].mean(figure, names) for each in there]
            points = tuple(
                (stream.fps, mean)
                for stream, mean in zip(streams, means, strict=True)
                if mean is not None
            )
            if points and offline is not None:
                complete = all(each.complete(each.entries[place]) for each in there)
                found.append(Curve(one.title, slower, place, device, offline, points, complete))
    return tuple(found)


def figure(drawn: Sequence[Curve], of: Replayed, options: ReportOptions) -> "Figure":
    """One panel, with the names of the methods in it and the rules below it."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    made.suptitle(
        of.offline.title(f"{options.metric} in live video"), x=0.01, ha="left", fontsize=12
    )
    below = "\n".join(textwrap.wrap(" ".join(_said(drawn, of, options.streaming)), _TEXT_WIDTH))
    made.supxlabel(below, x=0.01, ha="left", fontsize=7, color="#555555")
    axes = made.subplots()
    axes.grid(visible=True, color="#E4E4E4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylabel(f"{options.metric} (%)")
    rates = sorted({fps for curve in drawn for fps, _ in curve.points})
    for curve in drawn:
        _draw(axes, curve, _level_place(rates))
    _scale(axes, rates, max(len(curve.label) for curve in drawn))
    _name(axes, drawn, _level_place(rates))
    _tell_devices(axes, drawn)
    return made


def _said(drawn: Sequence[Curve], of: Replayed, request: StreamingRequest) -> Iterator[str]:
    """What stands below the figure."""
    yield from rules(request)
    yield measured(of)
    yield from footnotes.machines(of.timed)
    if {curve.slower for curve in drawn} == {1.0}:
        yield "On a device k times slower: read at k times the frame rate."
    if not all(curve.complete for curve in drawn):
        yield "Hollow: over a part of the objects only."


def _draw(axes: "Axes", curve: Curve, place: float) -> None:
    """The curve, and on the left its level offline with a faint line between them."""
    colour, marker = look(curve.place)
    xs = [fps for fps, _ in curve.points]
    ys = [100 * score for _, score in curve.points]
    level = 100 * curve.offline
    axes.plot([place, xs[0]], [level, ys[0]], color=colour, alpha=0.5, linewidth=0.8)
    axes.plot([place / _HALF_LEVEL, place * _HALF_LEVEL], [level, level], color=colour, linewidth=3)
    axes.plot(
        xs,
        ys,
        color=colour,
        linestyle=stroke(curve.device),
        linewidth=1.6,
        marker=marker,
        markersize=5,
        markerfacecolor=colour if curve.complete else "white",
        zorder=3,
    )


def _scale(axes: "Axes", rates: Sequence[float], longest: int) -> None:
    """Logarithmic; every frame rate is a tick, `offline` left of them, then room for names."""
    place, end = _level_place(rates), rates[-1] * 1.1
    share = 0.06 + 0.0125 * longest
    axes.set_xscale("log")
    axes.set_xlim(place / (end / place) ** (share / (1 - share)), end)
    axes.set_xticks([place, *rates], ["offline", *(f"{fps:g}" for fps in rates)])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("frames a second of the live video")


def _name(axes: "Axes", drawn: Sequence[Curve], place: float) -> None:
    """Write the name of each method left of its level, on a line from there."""
    named = list({curve.place: curve for curve in drawn}.values())
    low, high = axes.get_ylim()
    heights = spread([100 * curve.offline for curve in named], LABEL_GAP * (high - low))
    for curve, height in zip(named, heights, strict=True):
        colour, _ = look(curve.place)
        axes.annotate(
            curve.label,
            xy=(place / _HALF_LEVEL, 100 * curve.offline),
            xytext=(place / _HALF_LEVEL**3, height),
            color=colour,
            fontsize=8.5,
            ha="right",
            va="center",
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "shrinkB": 0},
        )


def _tell_devices(axes: "Axes", drawn: Sequence[Curve]) -> None:
    """Which stroke is which device, where there are several."""
    from matplotlib.lines import Line2D

    devices = {curve.device: curve.slower for curve in drawn}
    if len(devices) == 1 and set(devices.values()) == {1.0}:
        return
    lines = [
        Line2D([], [], color="#555555", linestyle=stroke(device), label=_device(slower))
        for device, slower in devices.items()
    ]
    axes.legend(handles=lines, frameon=False, fontsize=8, loc="upper right", handlelength=3.5)


def _device(slower: float) -> str:
    return "device as measured" if slower == 1 else f"{slower:g} times slower"


def _level_place(rates: Sequence[float]) -> float:
    """Where the levels stand: left of the lowest frame rate."""
    return rates[0] / 1.8
