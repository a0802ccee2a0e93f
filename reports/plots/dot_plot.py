"""Figure `dot-plot`: two methods side by side, a row a sequence, by who is ahead and how far.

The form is Cleveland's dot plot with two marks a row. The mean at the bottom has the interval of
the paired difference, which says more than the intervals of two means.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.choice import comparison_of, two_methods
from vosbench.reports.compared.entries import Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.curve_looks import COLOURS, save
from vosbench.reports.plots.figure_looks import (
    GREY,
    MARGIN,
    NOTE,
    TEXT,
    WIDTH,
    Key,
    Style,
    cut,
    sheet,
    text_width,
    write,
)
from vosbench.reports.plots.pairs import Pair, Paired
from vosbench.reports.table import listed, written
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FIRST: Style = {"color": COLOURS[0], "marker": "o", "linestyle": "-"}
_OTHER: Style = {"color": COLOURS[1], "marker": "D", "linestyle": (0, (1.6, 0.9))}
_LEVEL: Style = {"color": GREY, "marker": "", "linestyle": "-"}
"""How both are drawn. The line between them is that of the one ahead, or of neither."""

_PITCH, _TIGHT_PITCH, _MANY = 0.21, 0.175, 40
"""Inches of a row; with more than so many rows they stand closer."""

_LONGEST_NAME = 1.65
"""Inches that the name of a sequence may take."""

_MEAN_ROW, _LINE, _ROWS_OF_MEAN = 1.2, 0.75, 2.6
"""Rows from the last sequence to the mean, from there to its second line, and that both take."""


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    comparison = comparison_of(runs, options)
    first, other = two_methods(comparison, "dot-plot")
    write_figure(out, Paired(comparison, first, other, options.metric))


def write_figure(path: Path, paired: Paired) -> tuple[Path, Path]:
    """Write the figure, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be, or they share no sequence.
        CannotWriteError: the file system refuses.
    """
    if not paired.pairs:
        raise UsageError(
            f"figure dot-plot needs sequences that both methods have, and {paired.first.title} and "
            f"{paired.other.title} share none on {paired.comparison.dataset}; choose two that do"
        )
    return save(path, figure(paired), paired.rows())


def figure(paired: Paired) -> "Figure":
    """Rows with two marks each, differences right of them, the means below a rule."""
    count = len(paired.pairs)
    many = count > _MANY
    pitch = _TIGHT_PITCH if many else _PITCH
    key = Key({one.title: _sign(one, paired) for one in (paired.first, paired.other)})
    above = key.height + (0.22 if many else 0.0)
    height = pitch * (count + _ROWS_OF_MEAN)
    on = sheet(
        paired.comparison.title(f"{paired.metric} by sequence"),
        height=above + height + 0.46,
        notes=_notes(paired),
    )
    key.draw(on)
    left, right = _width_of_names(paired), _width_of_differences(paired)
    axes = on.panel(left=left, top=above, width=WIDTH - left - right, height=height)
    _scale(axes, paired, twice=many)
    for row, pair in enumerate(paired.pairs):
        _draw_row(axes, row, pair.means, paired, size=4.5 if many else 5.5)
    _draw_mean(axes, paired)
    _name_rows(axes, paired, left - MARGIN - 0.08)
    if paired.compared:
        _write_differences(axes, paired)
    return on.figure


def _sign(one: Entry, paired: Paired) -> Style:
    """How a method is drawn; hollow where nothing was measured here."""
    style = {**(_FIRST if one is paired.first else _OTHER), "markersize": 5.5, "linewidth": 1.6}
    if not paired.compared:
        style["linestyle"] = ""
    return {**style, "markerfacecolor": "white"} if one.quoted else style


def _width_of_names(paired: Paired) -> float:
    names = [_called(pair, paired) for pair in paired.pairs]
    widest = max(text_width(name, TEXT) for name in (*names, *_mean_lines(paired)))
    return MARGIN + min(widest, _LONGEST_NAME) + 0.1


def _width_of_differences(paired: Paired) -> float:
    if not paired.compared:
        return MARGIN + 0.12
    texts = [(_gain(pair.difference), TEXT) for pair in paired.pairs]
    texts += [(_gain(paired.difference.mean), TEXT), (_interval(paired), NOTE)]
    return MARGIN + 0.12 + max(text_width(text, size) for text, size in texts)


def _called(pair: Pair, paired: Paired) -> str:
    """A sequence, with the number of its objects where not all have one."""
    several = any(len(each.first) > 1 for each in paired.pairs)
    return f"{pair.sequence} ({len(pair.first)})" if several else pair.sequence


def _mean_lines(paired: Paired) -> tuple[str, str]:
    return "mean over", counted(paired.objects, "object")


def _gain(difference: float) -> str:
    text = written(difference, "gain").replace("-", "−")
    return text.lstrip("+") if text == "+0.0" else text


def _interval(paired: Paired) -> str:
    """Both ends of the interval of the mean difference; nothing where there is none."""
    interval = paired.difference.interval
    return f"[{_gain(interval[0])}, {_gain(interval[1])}]" if interval else ""


def _scale(axes: "Axes", paired: Paired, *, twice: bool) -> None:
    """Per cent across, from ten to ten around all marks; rows downwards."""
    scores = [100 * score for pair in paired.pairs for score in pair.means]
    low, high = 10 * (min(scores) // 10), 10 * -(-max(scores) // 10)
    pad = 0.03 * max(high - low, 10)
    axes.set_xlim(low - pad, max(high, low + 10) + pad)
    axes.set_ylim(len(paired.pairs) - 1 + _ROWS_OF_MEAN, -0.6)
    axes.set_xlabel(f"{paired.metric} (%)", fontsize=TEXT)
    axes.tick_params(top=twice, labeltop=twice)
    axes.set_yticks(range(len(paired.pairs)), [""] * len(paired.pairs))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _draw_row(
    axes: "Axes", row: float, means: tuple[float, float], paired: Paired, *, size: float
) -> None:
    """Two marks on a line; the first method's in front."""
    first, other = (100 * mean for mean in means)
    ahead = _ahead(means, paired)
    line = {key: ahead[key] for key in ("color", "linestyle")}
    axes.plot([first, other], [row, row], linewidth=1.6, zorder=2, **line)
    for score, one in ((other, paired.other), (first, paired.first)):
        sign = {**_sign(one, paired), "markersize": size}
        axes.plot([score], [row], zorder=3, **sign)


def _ahead(means: tuple[float, float], paired: Paired) -> Style:
    """How the line between two marks is drawn; figures that print alike are level."""
    first, other = means
    if not paired.compared or written(first - other, "percent") == "0.0":
        return _LEVEL
    return _FIRST if first > other else _OTHER


def _mean_row(paired: Paired) -> float:
    return len(paired.pairs) - 1 + _MEAN_ROW


def _draw_mean(axes: "Axes", paired: Paired) -> None:
    """The means below a rule, and where the first lies as seen from the other."""
    axes.axhline(len(paired.pairs) - 0.4, color="black", linewidth=0.8)
    row = _mean_row(paired)
    _draw_row(axes, row, paired.means, paired, size=7)
    interval = paired.difference.interval if paired.compared else None
    if interval:
        ends = [100 * (paired.means[1] + end) for end in interval]
        axes.plot(ends, [row + _LINE] * 2, color="black", linewidth=1.2, marker="|", markersize=6)


def _name_rows(axes: "Axes", paired: Paired, width: float) -> None:
    """Names left of the rows."""
    beside = axes.get_yaxis_transform()
    style = {"transform": beside, "ha": "right", "va": "center_baseline", "clip_on": False}
    gap = -0.08 / (axes.get_position().width * WIDTH)
    for row, pair in enumerate(paired.pairs):
        write(axes, gap, row, cut(_called(pair, paired), width, TEXT), **style)
    bold, plain = _mean_lines(paired)
    write(axes, gap, _mean_row(paired), bold, weight="bold", **style)
    write(axes, gap, _mean_row(paired) + _LINE, plain, **style)


def _write_differences(axes: "Axes", paired: Paired) -> None:
    """Differences right of the rows, in the colour of the one ahead."""
    edge = 1 + (_width_of_differences(paired) - MARGIN) / (axes.get_position().width * WIDTH)
    style = {
        "transform": axes.get_yaxis_transform(),
        "ha": "right",
        "va": "center_baseline",
        "clip_on": False,
    }
    for row, pair in enumerate(paired.pairs):
        colour = _ahead(pair.means, paired)["color"]
        write(axes, edge, row, _gain(pair.difference), color=colour, **style)
    mean, colour = _mean_row(paired), _ahead(paired.means, paired)["color"]
    write(axes, edge, mean, _gain(paired.difference.mean), color=colour, weight="bold", **style)
    write(axes, edge, mean + _LINE, _interval(paired), size=NOTE, **style)


def _notes(paired: Paired) -> Iterator[str]:
    """What rows, lines and figures are, and what is not there."""
    first, other = paired.first.title, paired.other.title
    yield "A row a sequence, its score the mean over its objects."
    if paired.compared:
        yield from _said_of_differences(paired)
    else:
        oracle = paired.first.oracle or paired.other.oracle
        unless = "" if oracle else " unless asked for with --across-levels"
        yield (
            f"{first} is {paired.first.trust}, {other} {paired.other.trust}: no difference is shown"
            f"{unless}, and rows are in the order of {first}."
        )
    if paired.first.quoted or paired.other.quoted:
        yield "Hollow: published by others, not measured here."
    for one in (paired.first, paired.other):
        if alone := paired.only(one):
            yield f"Only {one.title} has {listed(alone)}."
    if neither := paired.neither():
        yield f"Neither has {listed(neither)}."


def _said_of_differences(paired: Paired) -> Iterator[str]:
    first, other = paired.first.title, paired.other.title
    yield (
        f"Right: {first} less {other}; a full line where {first} is ahead, a broken one where "
        f"{other} is."
    )
    found = paired.difference
    sequences = counted(found.clusters, "sequence")
    if found.interval is None:
        yield f"No interval of the mean difference: {sequences} are too few."
        return
    yield (
        f"Bar (laid from the mean of {other}) and brackets: 95 % interval of the mean difference, "
        f"drawn over {sequences}"
        f"{'' if found.resolved else '; it holds 0, so these sequences do not tell the two apart'}."
    )
