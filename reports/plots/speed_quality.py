"""Figure `speed-quality`: how good methods are against how fast, with published ones beside them.

Runs are filled marks with bars: the interval of the mean, and the range of the passes. Published
methods are hollow, since nobody says on what hardware they were timed.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports.compared.choice import only
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.curve_looks import look, save
from vosbench.reports.plots.figure_looks import (
    GREY,
    GRID,
    NOTE,
    TEXT,
    TITLE,
    cut,
    line_height,
    text_width,
    wrapped,
    write,
)
from vosbench.reports.plots.label_places import Box, Marked, nearest, places
from vosbench.reports.plots.speed_marks import Mark, Marks, marks
from vosbench.reports.plots.speed_words import said
from vosbench.reports.published.sheet import sheets_of_runs
from vosbench.reports.table import listed
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NARROW, _WIDE, _MANY = 6.2, 9.2, 12
"""Inches of the figure, and of one with more than so many marks."""

_LEFT, _RIGHT, _LOW = 0.62, 0.12, 0.5
"""Inches beside and below the panel."""

_REAL_TIME = 25.0
"""Frames per second of ordinary video."""

_LONGEST = 0.4
"""Share of the panel's width that a name may take; longer ones lose their middle."""

_RADIUS, _SMALL = 3.6, 2.6
"""Points of the marks of runs, and of published methods."""

Stroke = tuple[tuple[float, float], tuple[float, float]]
"""From where to where a line runs across and upwards, in the units of the axes."""

_HOLLOW = "#666666"
"""Colour of published methods: too many to be told apart by colours."""


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`.

    Published methods are those that are asked for, else all that have a speed on the dataset.
    """
    figure_kind(out)
    sheet = only(sheets_of_runs(runs, options), lambda each: f"runs on {each.name}")
    found = marks(sheet, options.metric, asked=bool(options.published))
    if not found.own and not found.quoted:
        named = (*found.unmarked, *found.lacking)
        who = listed(named) if named else "all methods"
        raise UsageError(
            f"there is nothing to draw: {who} {'lacks' if len(named) == 1 else 'lack'} a score in "
            f"{found.metric} or a speed"
        )
    save(out, figure(found), found.rows())


def figure(found: Marks) -> "Figure":
    """One panel with every method named; what the marks are stands below it."""
    from matplotlib.figure import Figure

    drawn = (*found.own, *found.quoted)
    width = _WIDE if len(drawn) > _MANY else _NARROW
    across = _across(drawn)
    dotted = _REAL_TIME if across[0] < _REAL_TIME < across[1] else None
    text = wrapped(" ".join(said(found, dotted=dotted)), width - 0.12, NOTE)
    above = 0.12 + line_height(TITLE) + 0.08 + line_height(TEXT) * bool(found.quoted)
    panel = 0.62 * width
    below = _LOW + 0.06 + line_height(NOTE) * len(text) + 0.06
    height = above + panel + below
    made = Figure(figsize=(width, height))
    part = f", {counted(len(found.sheet.sequences), 'sequence')}" if found.sheet.sequences else ""
    title = cut(f"{found.metric} against speed on {found.sheet.name}{part}", width - 0.12, TITLE)
    write(made, 0.06 / width, 1 - 0.06 / height, title, size=TITLE, va="top")
    for number, line in enumerate(text):
        place = (0.06 + line_height(NOTE) * (len(text) - number)) / height
        write(made, 0.06 / width, place, line, size=NOTE, color=GREY, va="top")
    axes = made.add_axes(
        (_LEFT / width, below / height, (width - _LEFT - _RIGHT) / width, panel / height)
    )
    _scale(axes, across, drawn, found.metric)
    strokes = list(_draw_front(axes, found))
    if dotted is not None:
        axes.axvline(dotted, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        strokes.append(((dotted, dotted), axes.get_ylim()))
    looks = [look(place)[0] for place in range(len(found.own))] + [_HOLLOW] * len(found.quoted)
    for place, mark in enumerate(drawn):
        shape = "o" if mark.quoted else look(place)[1]
        strokes += _draw_mark(axes, mark, looks[place], shape)
    _name(axes, drawn, looks, strokes, (72 * (width - _LEFT - _RIGHT), 72 * panel))
    if found.quoted:
        _draw_key(axes, bool(found.own))
    return made


def _across(drawn: Sequence[Mark]) -> tuple[float, float]:
    """Frames per second at both ends of the panel, with room for names beside the marks."""
    speeds = [end for mark in drawn for end in (mark.fps, *(mark.range or ()))]
    decades = max(math.log10(max(speeds) / min(speeds)), 0.5)
    return min(speeds) / 10 ** (0.08 * decades), max(speeds) * 10 ** (0.12 * decades)


def _scale(axes: "Axes", across: tuple[float, float], drawn: Sequence[Mark], metric: str) -> None:
    """Speeds in decades across, per cent upwards."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    scores = [100 * end for mark in drawn for end in (mark.score, *(mark.interval or ()))]
    axes.set_xscale("log")
    axes.set_xlim(*across)
    pad = 0.06 * max(max(scores) - min(scores), 5.0)
    axes.set_ylim(min(scores) - pad, max(scores) + pad)
    axes.set_xlabel("frames per second (log scale), faster →", fontsize=TEXT)
    axes.set_ylabel(f"{metric} (%), better →", fontsize=TEXT)
    subs = (1.0,) if math.log10(across[1] / across[0]) > 3 else (1.0, 2.0, 5.0)
    axes.xaxis.set_major_locator(LogLocator(subs=subs, numticks=20))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _rate(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=NOTE)
    axes.grid(visible=True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _rate(fps: float) -> str:
    """A round speed as a tick shows it.

    >>> _rate(0.01), _rate(20.0), _rate(1e6)
    ('0.01', '20', '1 000 000')
    """
    return f"{fps:,.0f}".replace(",", " ") if fps >= 1 else f"{fps:g}"


def _draw_front(axes: "Axes", found: Marks) -> Iterator[Stroke]:
    """Steps through the runs that nothing measured here is both faster and better than."""
    front = found.front
    if len(front) < 2:
        return
    slowest = axes.get_xlim()[0]
    for before, mark in pairwise((None, *front)):
        assert mark is not None
        score = 100 * mark.score
        strokes: list[Stroke] = [((before.fps if before else slowest, mark.fps), (score, score))]
        if before:
            strokes.append(((before.fps, before.fps), (score, 100 * before.score)))
        for across, up in strokes:
            axes.plot(across, up, color="#9DB8CC", linewidth=1.2, zorder=1.5)
            yield across, up


def _draw_mark(axes: "Axes", mark: Mark, colour: str, marker: str) -> Iterator[Stroke]:
    """A mark with its bars; hollow if published, and an arrow where the speed is only a bound."""
    score = 100 * mark.score
    bars: list[Stroke] = []
    if mark.range:
        bars.append((mark.range, (score, score)))
    if mark.interval:
        low, high = mark.interval
        bars.append(((mark.fps, mark.fps), (100 * low, 100 * high)))
    for across, up in bars:
        axes.plot(across, up, color=colour, linewidth=1.1, alpha=0.7, zorder=2)
        yield across, up
    axes.plot(
        mark.fps,
        score,
        marker="<" if mark.bound == "below" else marker,
        color=colour,
        markersize=2 * (_SMALL if mark.quoted else _RADIUS),
        markerfacecolor="white" if mark.quoted else colour,
        markeredgewidth=0.9,
        zorder=3 if mark.quoted else 4,
    )


def _name(
    axes: "Axes",
    drawn: Sequence[Mark],
    looks: Sequence[str],
    strokes: Sequence[Stroke],
    size: tuple[float, float],
) -> None:
    """Every name beside its mark, on a thin line where it is further off."""
    panel = Box(0.0, 0.0, *size)
    names = [cut(mark.title, _LONGEST * size[0] / 72, NOTE) for mark in drawn]
    letters = [NOTE - 1.5 if mark.quoted and len(drawn) > _MANY else NOTE for mark in drawn]
    wanted = [
        Marked(
            *_point(axes, mark.fps, 100 * mark.score, size),
            radius=1 + (_SMALL if mark.quoted else _RADIUS),
            width=72 * text_width(name, letter) + 1,
            height=letter,
        )
        for mark, name, letter in zip(drawn, names, letters, strict=True)
    ]
    lines = [_stroke(axes, each, size) for each in strokes]
    for name, at, where, colour, letter in zip(
        names, wanted, places(wanted, panel, lines), looks, letters, strict=True
    ):
        x, y = nearest(at, where)
        if math.hypot(x - at.x, y - at.y) > at.radius + 4:
            axes.plot(
                (at.x / size[0], x / size[0]),
                (at.y / size[1], y / size[1]),
                color=colour,
                linewidth=0.5,
                alpha=0.7,
                transform=axes.transAxes,
                zorder=2,
            )
        write(
            axes,
            where.left / size[0],
            (where.low + 0.22 * letter) / size[1],
            name,
            size=letter,
            color=colour,
            va="baseline",
            transform=axes.transAxes,
            zorder=5,
        )


def _point(
    axes: "Axes", fps: float, score: float, size: tuple[float, float]
) -> tuple[float, float]:
    """A place of the axes in points from the lower left corner of the panel."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    across = math.log(fps / left) / math.log(right / left)
    return size[0] * across, size[1] * (score - low) / (high - low)


def _stroke(axes: "Axes", stroke: Stroke, size: tuple[float, float]) -> Box:
    """The room that a line along an axis takes."""
    (x, other_x), (y, other_y) = stroke
    left, low = _point(axes, min(x, other_x), min(y, other_y), size)
    right, high = _point(axes, max(x, other_x), max(y, other_y), size)
    return Box(left - 0.8, low - 0.8, right + 0.8, high + 0.8)


def _draw_key(axes: "Axes", own: bool) -> None:
    """What is filled and what is hollow, above the panel."""
    from matplotlib.lines import Line2D

    filled = Line2D([], [], linestyle="", marker="o", color="black", markersize=2 * _RADIUS)
    hollow = Line2D([], [], linestyle="", marker="o", color=_HOLLOW, markersize=2 * _SMALL)
    filled.set_label("measured here")
    hollow.set_label("quoted: hardware not stated, speeds do not compare")
    hollow.set_markerfacecolor("white")
    axes.legend(
        handles=[*([filled] if own else []), hollow],
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=2,
        frameon=False,
        fontsize=NOTE,
        handletextpad=0.2,
        columnspacing=1.5,
        borderaxespad=0.2,
    )
