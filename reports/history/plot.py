"""Plot of a history: a panel a figure, results from left to right, steps marked."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.history.command import FoundStep
from vosbench.history.series import Series
from vosbench.reports.history.table import change
from vosbench.reports.history.titles import figure_title, moment, titles
from vosbench.reports.plots.curve_looks import COLOURS, save
from vosbench.reports.plots.figure_looks import (
    GREY,
    NOTE,
    TEXT,
    WIDTH,
    Key,
    Style,
    cut,
    drawable,
    line_height,
    sheet,
    text_width,
    write,
)
from vosbench.reports.table import MEASURES, Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT, _RIGHT, _PANEL, _NAME, _SCALE, _GAP = 0.62, 0.14, 1.15, 0.3, 0.85, 0.1
"""Inches left and right of panels, of their height, of the name above, of the scale below or of the
gap in its place."""

_RESULT: Style = {"color": GREY, "marker": "o", "markersize": 3.4, "linestyle": ""}
_LEVEL: Style = {"color": COLOURS[0], "marker": "", "linestyle": "-", "linewidth": 1.6}
_WORSE: Style = {"color": COLOURS[1], "marker": "v", "linestyle": (0, (3, 1.5)), "linewidth": 1.2}
_BETTER: Style = {"color": COLOURS[2], "marker": "^", "linestyle": (0, (3, 1.5)), "linewidth": 1.2}

_UNITS: Mapping[str, str] = {
    "percent": "%",
    "fps": "fps",
    "gibibytes": "GiB",
    "milliseconds": "ms",
    "times": "×",
    "count": "",
}


def write_plot(
    path: Path, series: Sequence[Series], steps: Sequence[FoundStep], *, every: bool = False
) -> tuple[Path, Path]:
    """Write the plot, and its data as CSV beside it; the two files.

    Args:
        path: its end says what is written.
        series: at least one of them long enough for steps to be sought.
        steps: of these.
        every: whether single sequences without a step have a panel too.

    Raises:
        UsageError: the name ends in nothing that a figure can be.
        CannotWriteError: the file system refuses.
    """
    shown = [
        each for each in series if each.course and (every or not each.figure.sequence or each.steps)
    ]
    if not shown:
        shown = [each for each in series if each.course]
    return save(path, figure(shown, steps), _rows(shown))


def figure(shown: Sequence[Series], steps: Sequence[FoundStep]) -> "Figure":
    """A panel for each of `shown`, one below the other."""
    called = titles(shown)
    marks = [each for each in steps if each.series in shown]
    signs = {"result": _RESULT, "level": _LEVEL}
    if any(each.series.worse(each.step) for each in marks):
        signs["step: worse"] = _WORSE
    if any(not each.series.worse(each.step) for each in marks):
        signs["better"] = _BETTER
    key = Key(signs)
    ends = [_last_of_alike(shown, number) for number in range(len(shown))]
    heights = [_NAME + _PANEL + (_SCALE if end else _GAP) for end in ends]
    on = sheet(_title(called), height=key.height + sum(heights), notes=_notes(shown))
    key.draw(on)
    room = WIDTH - _LEFT - _RIGHT
    top = key.height
    for number, (series, title) in enumerate(zip(shown, called, strict=True)):
        axes = on.panel(left=_LEFT, top=top + _NAME, width=room, height=_PANEL)
        several = len(set(called)) > 1
        name = _name(series, title if several else "")
        on.write(_LEFT, top + 0.5 * _NAME, cut(name, room, TEXT), va="center_baseline")
        _draw(axes, series, [each for each in marks if each.series is series], room)
        alike = [each for each in marks if _moments(each.series) == _moments(series)]
        _name_places(axes, series, alike, room, written=ends[number])
        top += heights[number]
    return on.figure


def _last_of_alike(shown: Sequence[Series], number: int) -> bool:
    """Whether the panel below is of other results, so that this one needs their names."""
    return number + 1 == len(shown) or _moments(shown[number]) != _moments(shown[number + 1])


def _moments(series: Series) -> tuple[str, ...]:
    return tuple(moment(point.result) for point in series.points)


def _name(series: Series, title: str) -> str:
    """Above a panel: the figure with its unit, and what it is of where that differs."""
    unit = _UNITS.get(series.figure.unit, series.figure.unit)
    name = figure_title(series)
    name = f"{name} ({unit})" if unit and unit != name else name
    return f"{name}: {title}" if title else name


def _title(called: Sequence[str]) -> str:
    return f"History of {called[0]}" if len(set(called)) == 1 else "History"


def _draw(axes: "Axes", series: Series, marks: Sequence[FoundStep], room: float) -> None:
    scale = _scale(series)
    values = [scale * point.value for point in series.points]
    places = range(len(values))
    clean = [n for n in places if not series.points[n].result.dirty]
    dirty = [n for n in places if series.points[n].result.dirty]
    axes.plot(clean, [values[n] for n in clean], zorder=3, **_RESULT)
    axes.plot(dirty, [values[n] for n in dirty], zorder=3, markerfacecolor="white", **_RESULT)
    for start, stop, level in series.course.pieces if series.course else ():
        ends = (start - 0.35, stop - 0.65)
        axes.plot(ends, [scale * level] * 2, zorder=2, **_LEVEL)
    axes.set_xlim(-0.7, len(values) - 0.3)
    low, high = min(values), max(values)
    pad = max(high - low, 0.02 * abs(high), 1e-6)
    axes.set_ylim(low - 0.15 * pad, high + 0.42 * pad)
    axes.locator_params(axis="y", nbins=4)
    axes.ticklabel_format(axis="y", useOffset=False, style="plain")
    _mark(axes, marks, room, len(values))


def _mark(axes: "Axes", marks: Sequence[FoundStep], room: float, count: int) -> None:
    """A line at each step; what it is beside it at the top, on a side where there is room."""
    low, high = axes.get_ylim()
    across = {each.step.place: _across(each.step.place - 0.5, room, count) for each in marks}
    taken = [(x - 0.07, x + 0.07) for x in across.values()]
    for each in marks:
        style = _WORSE if each.series.worse(each.step) else _BETTER
        x = each.step.place - 0.5
        axes.plot([x] * 3, [low, high - 0.08 * (high - low), high], markevery=[1], **style)
        first = moment(each.series.points[each.step.place].result)
        text = f"{first}: {change(each)}".replace("-", "−")
        wide = text_width(text, NOTE)
        for left in (across[each.step.place] + 0.09, across[each.step.place] - 0.09 - wide):
            span = left, left + wide
            if left < 0 or span[1] > room or any(a < span[1] and span[0] < b for a, b in taken):
                continue
            at = left / room * (count + 0.4) - 0.7
            colour = style["color"]
            write(axes, at, high - 0.1 * (high - low), text, size=NOTE, color=colour, va="center")
            taken.append(span)
            break


def _across(place: float, room: float, count: int) -> float:
    """Inches from the left of a panel to the place of a result."""
    return room * (place + 0.7) / (count + 0.4)


def _name_places(
    axes: "Axes", series: Series, marks: Sequence[FoundStep], room: float, *, written: bool
) -> None:
    """Commits below, as many as have room, those around steps before others."""
    count = len(series.points)
    across = [_across(place, room, count) for place in range(count)]
    pitch = line_height(NOTE) + 0.02
    named: list[int] = []
    around = [place for each in marks for place in (each.step.place, each.step.place - 1)]
    for place in (*around, count - 1, 0, *range(count)):
        if all(abs(across[place] - across[other]) >= pitch for other in named):
            named.append(place)
    texts = _moments(series)
    ticks = sorted(named)
    axes.set_xticks(
        ticks,
        [drawable(texts[place]) for place in ticks] if written else [""] * len(ticks),
        rotation=90,
        fontsize=NOTE,
    )
    for label in axes.get_xticklabels():
        label.set_parse_math(False)


def _scale(series: Series) -> float:
    unit = series.figure.unit
    return 100.0 if unit == "percent" else MEASURES.get(unit, 1.0)


def _notes(shown: Sequence[Series]) -> Iterator[str]:
    yield "Level: the median between two steps. At a step: the first result after it."
    if any(point.result.dirty for each in shown for point in each.points):
        yield "Hollow, +: made with changes that were not committed."
    by_date = [each for each in shown if not each.by_commit]
    if by_date:
        yield (
            "In the order of dates."
            if len(by_date) == len(shown)
            else "In the order of commits where all are known, else of dates."
        )
    if any(each.course and each.course.to_and_fro for each in shown):
        yield "A figure that goes back and forth has levels but no steps."


def _rows(shown: Sequence[Series]) -> Iterator[Mapping[str, Value]]:
    """What is drawn, a row a result."""
    for series, title in zip(shown, titles(shown), strict=True):
        after = {step.place: step for step in series.steps}
        pieces = series.course.pieces if series.course else ()
        levels = [level for start, stop, level in pieces for _ in range(start, stop)]
        for place, (point, level) in enumerate(zip(series.points, levels, strict=True)):
            yield {
                "figure": series.figure.name,
                "sequence": series.figure.sequence,
                "of": title,
                "unit": series.figure.unit,
                "place": place,
                "commit": point.result.commit,
                "dirty": str(point.result.dirty).lower(),
                "created": point.result.created,
                "source": point.result.source,
                "value": point.value,
                "level": level,
                "step": series.change(after[place]) if place in after else None,
            }
