"""Figure `box-plots`: how J, F and J&F spread over sequences, a box a method.

A mean hides what a method does badly. Every sequence is a dot here, and those that pull the mean
down have their names.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.choice import comparison_of
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots import boxes
from vosbench.reports.plots.apart import apart, fitting_swarm
from vosbench.reports.plots.boxes import FEWEST, REACH, Box, Spread, spreads
from vosbench.reports.plots.curve_looks import look, save
from vosbench.reports.plots.figure_looks import (
    GREY,
    MARGIN,
    NOTE,
    TEXT,
    WIDTH,
    Key,
    Style,
    cut,
    line_height,
    sheet,
    text_width,
    write,
)
from vosbench.reports.table import stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLES = {"J": "J (region)", "F": "F (contour)", "J&F": "J&F (mean of both)"}

_BAND, _LANE, _GAP = 0.34, 0.17, 0.05
"""Inches of a row that hold box and dots, that hold names, and that stay free."""

_BETWEEN = 0.6
"""Inches between two panels, for a scale and a title."""

_MEAN: Style = {
    "color": "black",
    "marker": "D",
    "markersize": 6.5,
    "markeredgecolor": "white",
    "linestyle": "",
}
_DOT: Style = {"color": GREY, "marker": "o", "markersize": 4, "linestyle": ""}

_LETTERS = 14
"""Letters of a line of a method's name."""

_LONGEST_NAME = 1.3
"""Inches that the name of a sequence may take."""

_DIAMETERS = (4.5, 4.0, 3.5, 3.0, 2.5, 2.0)
"""Points of a dot: as large as the band allows."""


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    write_figure(out, comparison_of(runs, options))


def write_figure(path: Path, comparison: Comparison) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or nothing is scored.
        CannotWriteError: the file system refuses.
    """
    if not spreads(comparison):
        raise UsageError(
            f"figure box-plots needs scores, and no run on {comparison.dataset} has any; "
            "`vosbench evaluate` scores what was run"
        )
    return save(path, figure(comparison), boxes.rows(comparison))


def figure(comparison: Comparison) -> "Figure":
    """A panel a metric, a row a method in each."""
    found = spreads(comparison)
    bands = _bands(comparison)
    height = bands[-1] + _BAND / 2 + _LANE + _GAP
    key = Key({"a sequence": _DOT, "mean over objects": _MEAN})
    lines = (line for one in comparison.entries for line in _lines(one, comparison))
    left = MARGIN + max(text_width(line, TEXT) for line in lines) + 0.1
    on = sheet(
        comparison.title("J, F and J&F over sequences"),
        height=key.height + len(found) * (height + _BETWEEN) + 0.16,
        notes=_notes(comparison),
    )
    key.draw(on)
    for place, (metric, of_metric) in enumerate(found.items()):
        top = key.height + place * (height + _BETWEEN) + 0.22
        on.write(MARGIN, top - 0.05, _TITLES[metric], weight="bold", va="bottom")
        width = WIDTH - left - MARGIN - 0.14
        axes = on.panel(left=left, top=top, width=width, height=height)
        _scale(axes, found, height)
        for row, (entry, middle) in enumerate(zip(comparison.entries, bands, strict=True)):
            _name(axes, _lines(entry, comparison), middle, 0.1 / width)
            for spread in of_metric:
                if spread.entry is entry:
                    _draw(axes, spread, look(row)[0], middle, width)
    axes.set_xlabel("%", fontsize=TEXT)
    return on.figure


def _lines(entry: Entry, comparison: Comparison) -> list[str]:
    """The name of a method, with a sign where it does not have all."""
    sign = "" if comparison.complete(entry) else " †"
    return stacked(entry.title + sign, _LETTERS)


def _bands(comparison: Comparison) -> list[float]:
    """Inches from the top of a panel to the middle of the band of each method."""
    found, top = [], 0.0
    for entry in comparison.entries:
        name = len(_lines(entry, comparison)) * line_height(TEXT)
        found.append(top + _GAP + max(_BAND, name) / 2)
        top = found[-1] + max(_BAND / 2 + _LANE, name / 2 + _GAP)
    return found


def _scale(axes: "Axes", found: Mapping[str, Sequence[Spread]], height: float) -> None:
    """Per cent across, the same in all panels; inches downwards."""
    scores = [value for each in found.values() for one in each for value in one.values.values()]
    low = min(90, 10 * math.floor(10 * min(scores)))  # all may be 1
    axes.set_xlim(low - 0.02 * (100 - low), 100 + 0.02 * (100 - low))
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _name(axes: "Axes", lines: Sequence[str], middle: float, gap: float) -> None:
    """Write the lines of a name left of a band."""
    for number, line in enumerate(lines):
        y = middle + (number - (len(lines) - 1) / 2) * line_height(TEXT)
        style = {"ha": "right", "va": "center_baseline", "clip_on": False}
        write(axes, -gap, y, line, transform=axes.get_yaxis_transform(), **style)


def _draw(axes: "Axes", spread: Spread, colour: str, middle: float, width: float) -> None:
    """Box and whiskers with all dots over them, the mean, and the names of the lowest."""
    if spread.box is not None:
        _draw_box(axes, spread.box, colour, middle)
    low, high = axes.get_xlim()
    points = 72 * width / (high - low)  # of one per cent
    places = [100 * value for value in spread.values.values()]
    diameter, offsets = fitting_swarm([points * x for x in places], _DIAMETERS, 72 * _BAND)
    heights = [middle - offset / 72 for offset in offsets]
    dots = {**_DOT, "color": colour, "markersize": diameter - 0.5, "zorder": 3}
    if spread.entry.quoted:
        dots |= {"markerfacecolor": "white", "markeredgewidth": 0.6}
    axes.plot(places, heights, label=spread.entry.title, **dots)
    axes.plot([100 * spread.mean], [middle], **{**_MEAN, "zorder": 5})
    _name_lowest(axes, spread, dict(zip(spread.values, heights, strict=True)), middle, 72 / points)


def _draw_box(axes: "Axes", box: Box, colour: str, middle: float) -> None:
    from matplotlib.patches import Rectangle

    half = 0.36 * _BAND
    corner, size = (100 * box.lower, middle - half), (100 * (box.upper - box.lower), 2 * half)
    axes.add_patch(Rectangle(corner, *size, facecolor=colour, alpha=0.14, linewidth=0))
    edge: Style = {"facecolor": "none", "edgecolor": colour, "linewidth": 1, "zorder": 4}
    axes.add_patch(Rectangle(corner, *size, **edge))
    for start, end in ((box.low, box.lower), (box.upper, box.high)):
        axes.plot([100 * start, 100 * end], [middle] * 2, color=colour, linewidth=1)
    for end in (box.low, box.high):
        axes.plot(
            [100 * end] * 2, [middle - half / 2, middle + half / 2], color=colour, linewidth=1
        )
    median = 100 * box.median
    axes.plot([median] * 2, [middle - half, middle + half], color="black", linewidth=2, zorder=4)


def _name_lowest(
    axes: "Axes", spread: Spread, heights: Mapping[str, float], middle: float, inch: float
) -> None:
    """Write names below the band, each on a line from its dot, the lowest while there is room.

    Args:
        heights: of the dots.
        inch: per cent of an inch.
    """
    low, high = axes.get_xlim()
    names: dict[str, float] = {}  # and their widths
    for name in spread.low:
        width = (text_width(cut(name, _LONGEST_NAME, NOTE), NOTE) + 0.1) * inch
        if sum(names.values()) + width > high - low:
            break
        names[name] = width
    wanted = [100 * spread.values[name] for name in names]
    places = apart(wanted, [*names.values()], within=(low, high))
    y = middle + _BAND / 2 + _LANE / 2
    for name, dot, place in zip(names, wanted, places, strict=True):
        axes.plot([dot, place], [heights[name], y - 0.05], color=GREY, linewidth=0.5, zorder=2)
        style = {"size": NOTE, "ha": "center", "va": "center_baseline"}
        write(axes, place, y, cut(name, _LONGEST_NAME, NOTE), **style)


def _notes(comparison: Comparison) -> Iterator[str]:
    """What box, whiskers, dots and names are."""
    several = any(number > 1 for number in comparison.objects.values())
    over = ", the mean over its objects" if several else ""
    yield (
        f"A dot is a sequence{over}. Box: quartiles, with the median as a bar; whiskers: to the "
        f"last sequence within {REACH} lengths of the box. Named: the lowest one, and others below "
        "the whisker while there is room."
    )
    if any(spread.box is None for each in spreads(comparison).values() for spread in each):
        yield f"No box of fewer than {FEWEST} sequences."
    if any(entry.quoted for entry in comparison.entries):
        yield "Hollow: published by others, not measured here."
    yield from footnotes.gaps(comparison)
