"""Figure `streaming`: how good methods would be in live video, by its frame rate.

A curve a method; a short level on the left is what it scores offline, where no mask is late. On a
device k times slower a method is what it is here at k times the frame rate, so one curve answers
for every device; further ones are drawn, in other strokes, where they are asked for.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.choice import only
from vosbench.reports.compared.entries import METRICS
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.apart import readable
from vosbench.reports.plots.curve_looks import STROKES, look, save, stroke
from vosbench.reports.plots.figure_looks import (
    GREY,
    MARGIN,
    NOTE,
    TEXT,
    WIDTH,
    Key,
    Style,
    sheet,
    text_width,
)
from vosbench.reports.streaming.replay import Replayed, measured, replayed, rules, tidy_rows
from vosbench.reports.table import listed
from vosbench.streaming.options import StreamingRequest
from vosbench.streaming.timeline import Stream

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FPS = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 30.0, 45.0, 60.0)
"""Frame rates of the points unless others are asked for."""

_LEFT, _PANEL, _SCALE = 0.62, 2.6, 0.5
"""Inches left of the panel, of its height, and of the scale below it."""

_HALF_LEVEL = 1.13
"""Half the length of a level, as a factor of frame rates."""


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
        UsageError, DataError: as `vosbench.reports.streaming.table.build`.
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
    """One panel below the names of methods and devices, the rules below it."""
    rates = sorted({fps for curve in drawn for fps, _ in curve.points})
    key = Key(_signs(drawn))
    on = sheet(
        of.offline.title(f"{options.metric} in live video"),
        height=key.height + _PANEL + _SCALE,
        notes=_said(drawn, of, options.streaming),
    )
    key.draw(on)
    width = WIDTH - _LEFT - 2 * MARGIN
    axes = on.panel(left=_LEFT, top=key.height, width=width, height=_PANEL)
    axes.set_ylabel(f"{options.metric} (%)", fontsize=TEXT)
    for curve in drawn:
        _draw(axes, curve, _level_place(rates))
    _scale(axes, rates, width)
    return on.figure


def _signs(drawn: Sequence[Curve]) -> Mapping[str, Style]:
    """What each colour and mark is, and each stroke where there are several."""
    signs = {curve.label: _style(curve.place) for curve in drawn}
    devices = {curve.device: curve.slower for curve in drawn}
    if len(devices) > 1 or set(devices.values()) != {1.0}:
        for device, slower in devices.items():
            signs[_device(slower)] = {"color": GREY, "linestyle": stroke(device), "linewidth": 1.6}
    return signs


def _style(place: int) -> Style:
    colour, marker = look(place)
    return {"color": colour, "marker": marker, "markersize": 5, "linewidth": 1.6}


def _said(drawn: Sequence[Curve], of: Replayed, request: StreamingRequest) -> Iterator[str]:
    """What stands below the figure."""
    yield from rules(request)
    yield measured(of)
    yield from footnotes.machines(of.timed)
    yield from _not_drawn(drawn, of)
    if {curve.slower for curve in drawn} == {1.0}:
        yield "On a device k times slower: read at k times the frame rate."
    if not all(curve.complete for curve in drawn):
        yield "Hollow: over a part of the objects only."


def _not_drawn(drawn: Sequence[Curve], of: Replayed) -> Iterator[str]:
    """Which methods have no curve, and why."""
    labels = {curve.label for curve in drawn}
    found: dict[str, list[str]] = {}
    for one in of.offline.entries:
        run = of.of(one)
        if one.title not in labels and run is not None:
            found.setdefault("; ".join(run.reasons) or "not scored", []).append(one.title)
    for reason, titles in found.items():
        yield f"Not drawn: {listed(titles)} ({reason})."


def _draw(axes: "Axes", curve: Curve, place: float) -> None:
    """The curve, and on the left its level offline with a faint line between them."""
    colour, _ = look(curve.place)
    xs = [fps for fps, _ in curve.points]
    ys = [100 * score for _, score in curve.points]
    level = 100 * curve.offline
    axes.plot([place, xs[0]], [level, ys[0]], color=colour, alpha=0.5, linewidth=0.8)
    axes.plot([place / _HALF_LEVEL, place * _HALF_LEVEL], [level, level], color=colour, linewidth=3)
    style = {**_style(curve.place), "linestyle": stroke(curve.device)}
    if not curve.complete:
        style["markerfacecolor"] = "white"
    axes.plot(xs, ys, zorder=3, **style)


def _scale(axes: "Axes", rates: Sequence[float], width: float) -> None:
    """Logarithmic; frame rates are ticks, `offline` left of them; named while there is room."""
    values = [_level_place(rates), *rates]
    texts = ["offline", *(f"{fps:g}" for fps in rates)]
    low, high = values[0] / _HALF_LEVEL**3, rates[-1] * 1.1
    places = [width * math.log(value / low) / math.log(high / low) for value in values]
    named = readable(places, [text_width(text, NOTE) + 0.05 for text in texts])
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xticks(values, [text if n in named else "" for n, text in enumerate(texts)])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("frames a second of the live video", fontsize=TEXT)


def _device(slower: float) -> str:
    return "device as measured" if slower == 1 else f"{slower:g} times slower"


def _level_place(rates: Sequence[float]) -> float:
    """Where the levels stand: left of the lowest frame rate."""
    return rates[0] / 1.8
