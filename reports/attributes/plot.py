"""Figure `attributes`: what methods make of objects with an attribute, beside those without it.

A dot plot with a line of its own for each method in each attribute, so that marks of methods that
are level do not hide each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.attributes.scores import AttributeScores, Group, attribute_scores
from vosbench.reports.attributes.table import rows_of
from vosbench.reports.compared.choice import comparison_of
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.curve_looks import look, save
from vosbench.reports.plots.figure_looks import (
    GREY,
    MARGIN,
    NOTE,
    TEXT,
    WIDTH,
    Key,
    Style,
    line_height,
    sheet,
    text_width,
    write,
)
from vosbench.reports.table import listed
from vosbench.statistics import Estimate, fewest
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PITCH = 0.135
"""Inches from the line of a method to that of the next."""

_GAP = 0.13
"""Inches that attributes stand apart."""

_FAINT = 0.4
"""Opacity of what is about objects without an attribute."""


@dataclass(frozen=True)
class _Line:
    """What is drawn of one method in one attribute; per cent."""

    entry: Entry
    place: int
    inside: Estimate | None
    outside: Estimate | None


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    comparison = comparison_of(runs, options)
    scores = attribute_scores(comparison, runs, METRICS[options.metric], options.places)
    write_figure(out, scores, options.metric)


def write_figure(path: Path, scores: AttributeScores, metric: str) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or no object has an attribute.
        CannotWriteError: the file system refuses.
    """
    if not scores.shown:
        raise UsageError(
            f"figure attributes has nothing to show on {scores.comparison.dataset}: no object that "
            "was scored has an attribute; table attributes shows their measures"
        )
    return save(path, figure(scores, metric), rows_of(scores, metric))


def figure(scores: AttributeScores, metric: str) -> "Figure":
    """A block of lines for each attribute, one a method, with two marks each."""
    entries = scores.comparison.entries
    block = max(len(entries) * _PITCH, 2 * line_height(NOTE)) + _GAP
    key = Key({entry.title: _sign(entry, place) for place, entry in enumerate(entries)})
    height = block * len(scores.shown)
    on = sheet(
        scores.comparison.title(f"{metric} by attribute"),
        height=key.height + height + 0.46,
        notes=_notes(scores),
    )
    key.draw(on)
    left = MARGIN + 0.1 + max(text_width(line, TEXT) for g in scores.shown for line in _called(g))
    axes = on.panel(left=left, top=key.height, width=WIDTH - left - MARGIN - 0.12, height=height)
    axes.set_ylim(height, 0)
    drawn = [_lines(scores, group) for group in scores.shown]
    _scale(axes, drawn, metric)
    for number, (group, lines) in enumerate(zip(scores.shown, drawn, strict=True)):
        _name(axes, group, (number + 0.5) * block)
        if number:
            axes.axhline(number * block, color="#B8B8B8", linewidth=0.6)
        top = number * block + (block - (len(lines) - 1) * _PITCH) / 2
        for line in lines:
            _draw_line(axes, line, top + line.place * _PITCH)
    return on.figure


def _lines(scores: AttributeScores, group: Group) -> list[_Line]:
    both = zip(scores.means(group.inside), scores.means(group.outside), strict=True)
    entries = scores.comparison.entries
    return [
        _Line(entry, place, inside, outside)
        for place, (entry, (inside, outside)) in enumerate(zip(entries, both, strict=True))
    ]


def _sign(entry: Entry, place: int) -> Style:
    """How a method is drawn; hollow where nothing was measured here."""
    colour, marker = look(place)
    return {
        "color": colour,
        "marker": marker,
        "markersize": 5.0,
        "linewidth": 1.1,
        "linestyle": "-",
        "markerfacecolor": "white" if entry.quoted else colour,
    }


def _called(group: Group) -> tuple[str, str]:
    """The name of a row, and how many objects are behind it."""
    total = len(group.inside) + len(group.outside)
    return group.attribute.name, f"{len(group.inside)} of {counted(total, 'object')}"


def _name(axes: "Axes", group: Group, middle: float) -> None:
    """Name and number left of a block of lines."""
    gap = -0.08 / (axes.get_position().width * WIDTH)
    style = {"transform": axes.get_yaxis_transform(), "ha": "right", "clip_on": False}
    name, number = _called(group)
    write(axes, gap, middle - 0.02, name, va="bottom", **style)
    write(axes, gap, middle + 0.02, number, va="top", size=NOTE, color=GREY, **style)


def _scale(axes: "Axes", drawn: Sequence[Sequence[_Line]], metric: str) -> None:
    """Per cent across, from ten to ten around all that is drawn."""
    values = [value for lines in drawn for line in lines for value in _extent(line)]
    low, high = 10 * (min(values) // 10), 10 * -(-max(values) // 10)
    pad = 0.02 * max(high - low, 10)
    axes.set_xlim(low - pad, max(high, low + 10) + pad)
    axes.set_xlabel(f"{metric} (%)", fontsize=TEXT)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _extent(line: _Line) -> Iterator[float]:
    """All values that a line shows."""
    for found in (line.inside, line.outside):
        if found is not None:
            yield 100 * found.mean
    if line.inside is not None and line.inside.interval is not None:
        yield from (100 * end for end in line.inside.interval)


def _draw_line(axes: "Axes", line: _Line, y: float) -> None:
    """The mark of the objects with the attribute and its interval; a lighter one of the others."""
    sign = {**_sign(line.entry, line.place), "linestyle": ""}
    if line.outside is not None:
        axes.plot(
            [100 * line.outside.mean],
            [y],
            zorder=2,
            **{**sign, "markersize": 4.0, "alpha": _FAINT},
        )
    if line.inside is None:
        return
    if line.inside.interval is not None:
        ends = [100 * end for end in line.inside.interval]
        axes.plot(ends, [y, y], color=sign["color"], linewidth=1.1, zorder=2.5)
    axes.plot([100 * line.inside.mean], [y], zorder=3, **sign)


def _notes(scores: AttributeScores) -> Iterator[str]:
    """What marks and bars are, and what is not there."""
    entries = scores.comparison.entries
    yield (
        "Strong marks: mean over the objects that have the attribute; faint ones: over all others. "
        "Bars: 95 % intervals of the strong marks, of methods that compete and have all objects, "
        f"from {fewest()} sequences on."
    )
    if any(entry.quoted for entry in entries):
        yield "Hollow: published by others, not measured here."
    absent = [group.attribute.name for group in scores.groups if not group.inside]
    if absent:
        yield f"No object has these: {listed(absent)}."
    short = [entry.title for entry in entries if not scores.comparison.complete(entry)]
    if short:
        yield f"Over what is there only: {listed(short)}."
