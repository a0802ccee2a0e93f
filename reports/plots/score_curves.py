"""Figure `score-curves`: J and F over the frames of sequences, with what fails marked and named.

Small multiples: two panels for each object, J above F, a curve a method; above them, as bars, the
stretches of frames in which a method goes wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vosbench.errors import UsageError
from vosbench.failures.events import FailureEvent
from vosbench.masks import davis_palette
from vosbench.records import Run
from vosbench.reports.compared.choice import comparison_of
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.apart import lanes
from vosbench.reports.plots.curve_looks import look, save, stroke
from vosbench.reports.plots.figure_looks import (
    GREY,
    MARGIN,
    NOTE,
    SHADE,
    TEXT,
    WIDTH,
    Key,
    Sheet,
    Style,
    line_height,
    sheet,
    text_width,
    write,
)
from vosbench.reports.plots.frame_scores import (
    Curve,
    ObjectScores,
    chosen_sequences,
    object_scores,
    rows,
)
from vosbench.reports.table import listed
from vosbench.wording import first_few

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 12
"""Objects that one figure shows."""

MARKED = 3
"""Methods whose failures are marked; of more, only those of the first one are."""

_LEFT, _RIGHT = 0.62, MARGIN + 0.12
_PANEL, _LANE, _GAP = 1.12, 0.22, 0.12
_SCALE, _BETWEEN = 0.46, 0.16
"""Inches beside the panels; of a panel, of a lane of bars, between panels; of the scale below them,
and from there to the next object."""


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """The figure of kept runs and its data; see `vosbench.reports.figures.draw`."""
    comparison = comparison_of(runs, options)
    names, why = chosen_sequences(comparison, options)
    shown = object_scores(runs, comparison, names, options)
    if len(shown) > MOST:
        raise UsageError(
            f"figure score-curves shows {MOST} objects at most, and {first_few(names)} have "
            f"{len(shown)}; choose fewer sequences with --sequences"
        )
    title = f"J and F over frames: {first_few(names)}{f', {why},' if why else ''}"
    save(out, figure(comparison.title(title), shown, comparison), rows(comparison, shown))


def figure(title: str, shown: Sequence[ObjectScores], comparison: Comparison) -> "Figure":
    """Bars and two panels for each object."""
    blocks = [_Block(each) for each in shown]
    places = {curve.entry.title: curve.place for each in shown for curve in each.curves}
    key = Key({name: _style(places[name]) for name in sorted(places, key=places.__getitem__)})
    head = line_height(TEXT) if len(blocks) > 1 else 0.0
    height = sum(head + block.height for block in blocks) + _BETWEEN * (len(blocks) - 1)
    on = sheet(title, height=key.height + height, notes=_notes(shown, comparison))
    key.draw(on)
    top = key.height
    for block in blocks:
        if head:
            several = sum(each.sequence == block.scores.sequence for each in shown) > 1
            _head(on, block.scores, top, several=several)
        block.draw(on, top + head)
        top += head + block.height + _BETWEEN
    return on.figure


def _style(place: int) -> Style:
    colour, marker = look(place)
    return {
        "color": colour,
        "marker": marker,
        "linestyle": stroke(place),
        "linewidth": 1.4,
        "markersize": 4.5,
    }


def _head(on: Sheet, scores: ObjectScores, top: float, *, several: bool) -> None:
    """Name of the sequence, and which of several objects it is, in the colour that masks have."""
    colour = tuple(davis_palette()[scores.object_id] / 255)
    on.write(MARGIN, top, scores.sequence, weight="bold", va="top")
    if not several:
        return
    x = MARGIN + 1.12 * text_width(scores.sequence, TEXT) + 0.15  # bold is wider
    on.write(x, top, "■", color=colour, va="top")
    on.write(x + 0.16, top, f"object {scores.object_id}", va="top")


@dataclass(frozen=True)
class _Bars:
    """Failures of one method in one way, as bars with the kind below the first.

    Attributes:
        curve: of the method.
        events: of one kind, by their first frame.
        lane: from the top.
    """

    curve: Curve
    events: tuple[FailureEvent, ...]
    lane: int


@dataclass(frozen=True)
class _Block:
    """Bars and panels of one object."""

    scores: ObjectScores

    @property
    def height(self) -> float:
        """Inches of bars and panels."""
        bars = _LANE * (1 + max(bars.lane for bars in self.bars)) + 0.05 if self.bars else 0.0
        return bars + 2 * _PANEL + _GAP + _SCALE

    @cached_property
    def bars(self) -> tuple[_Bars, ...]:
        """Failures of one method after those of the other, each kind where its name has room."""
        found: list[_Bars] = []
        curves = self.scores.curves
        for curve in curves if len(curves) <= MARKED else curves[:1]:
            kinds = dict.fromkeys(event.kind for event in curve.events)
            groups = [tuple(e for e in curve.events if e.kind == kind) for kind in kinds]
            first = 1 + max((bars.lane for bars in found), default=-1)
            taken = lanes([self._span(group) for group in groups])
            found += [
                _Bars(curve, group, first + lane) for group, lane in zip(groups, taken, strict=True)
            ]
        return tuple(found)

    def _span(self, events: Sequence[FailureEvent]) -> tuple[float, float]:
        """Inches between which bars and their name lie."""
        start, end = self._text(events[0])
        ends = [self._x(event.last + 0.5) for event in events]
        return min(start, self._x(events[0].first - 0.5)), max(end, *ends)

    def _text(self, event: FailureEvent) -> tuple[float, float]:
        """Inches at which the name of a kind begins and ends: at its bar, and inside."""
        width = text_width(event.kind, NOTE)
        start = max(0.0, min(self._x(event.first - 0.5), _width() - width))
        return start, start + width + 0.08

    def _x(self, index: float) -> float:
        """Inches from the left of the panel to a frame."""
        return _width() * (index + 0.5) / len(self.scores.frames)

    def draw(self, on: Sheet, top: float) -> None:
        """Draw bars and panels `top` inches below the title."""
        panels = top + self.height - 2 * _PANEL - _GAP - _SCALE
        if self.bars:
            self._draw_bars(on, top, panels - top)
        for number, metric in enumerate("JF"):
            place = panels + number * (_PANEL + _GAP)
            axes = on.panel(left=_LEFT, top=place, width=_width(), height=_PANEL)
            axes.set_ylim(-3, 103)
            axes.set_yticks([0, 50, 100])
            axes.set_ylabel(f"{metric} (%)", fontsize=TEXT)
            self._scale(axes, named=metric == "F")
            self._shade(axes)
            for curve in self.scores.curves:
                _draw_curve(axes, curve, metric)
        axes.set_xlabel("frame", fontsize=TEXT)

    def _draw_bars(self, on: Sheet, top: float, height: float) -> None:
        axes = on.panel(left=_LEFT, top=top, width=_width(), height=height)
        axes.set_axis_off()
        axes.set_xlim(0, _width())
        axes.set_ylim(height, 0)
        for bars in self.bars:
            colour, marker = look(bars.curve.place)
            y = bars.lane * _LANE + 0.03
            for event in bars.events:
                ends = [self._x(event.first - 0.5) + 0.01, self._x(event.last + 0.5) - 0.01]
                axes.plot(ends, [y, y], color=colour, linewidth=3, solid_capstyle="butt")
            start, _ = self._text(bars.events[0])
            kind = bars.events[0].kind
            write(axes, start, y + 0.035, kind, size=NOTE, color=colour, va="top")
            sign: Style = {"color": colour, "markersize": 4.5, "clip_on": False}
            axes.plot([-0.14], [y], marker, **sign)

    def _scale(self, axes: "Axes", *, named: bool) -> None:
        """All frames across, the first and the last one among the ticks."""
        last = len(self.scores.frames) - 1
        axes.set_xlim(-0.5, last + 0.5)
        step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, last + 1) if last / n <= 8)
        inner = [index for index in range(0, last, step) if last - index >= 0.6 * step]
        axes.set_xticks([*inner, last], [str(n) if named else "" for n in (*inner, last)])

    def _shade(self, axes: "Axes") -> None:
        """Hatch what does not count, and shade where the object is absent."""
        last = len(self.scores.frames) - 1
        counting = self.scores.counting
        for start, end in ((-0.5, counting[0] - 0.5), (counting[-1] + 0.5, last + 0.5)):
            if start < end:
                axes.axvspan(
                    start, end, facecolor="none", edgecolor=GREY, hatch="//////", linewidth=0
                )
        for start, end in _runs(sorted(self.scores.absent)):
            axes.axvspan(start - 0.5, end + 0.5, color=SHADE, linewidth=0, zorder=0)


def _width() -> float:
    """Inches of a panel."""
    return WIDTH - _LEFT - _RIGHT


def _runs(indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours.

    >>> list(_runs([1, 2, 3, 7]))
    [(1, 3), (7, 7)]
    """
    cuts = np.flatnonzero(np.diff(indices) > 1) + 1
    for group in np.split(np.asarray(indices, int), cuts):
        if group.size:
            yield int(group[0]), int(group[-1])


def _draw_curve(axes: "Axes", curve: Curve, metric: str) -> None:
    """A line with a mark every tenth of it, so that curves on one another show."""
    step = max(1, round(len(curve.scores) / 10))
    axes.plot(
        list(curve.scores),
        [100 * value for value in curve.values(metric)],
        label=curve.entry.title,
        markevery=(curve.place * step // 3 % step, step),
        zorder=3,
        **_style(curve.place),
    )


def _notes(shown: Sequence[ObjectScores], comparison: Comparison) -> Iterator[str]:
    """What bars, hatches and shades are, and what is not there."""
    marked = [curve for each in shown for curve in each.curves if curve.events]
    crowded = any(len(each.curves) > MARKED for each in shown)
    if marked:
        whose = f" of {shown[0].curves[0].entry.title}" if crowded else ""
        yield (
            f"Bars: frames in which masks{whose} fail, and how (see --table failures); one without "
            "a name is of the kind to its left."
        )
    if any(len(each.counting) < len(each.frames) for each in shown):
        yield f"Hatched: frames that do not count under {comparison.protocol}."
    if any(each.absent for each in shown):
        yield "Grey: the object is not there."
    quoted = [one.title for one in comparison.entries if one.quoted]
    if quoted:
        yield f"{listed(quoted)}: published without frames."
    for name in dict.fromkeys(each.sequence for each in shown):
        there = {c.entry.title for each in shown if each.sequence == name for c in each.curves}
        lacking = [o.title for o in comparison.entries if not o.quoted and o.title not in there]
        if lacking:
            yield f"{name} has no scores of {listed(lacking)}."
