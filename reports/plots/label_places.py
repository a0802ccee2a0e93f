"""Where names stand beside marks of a crowded plot, so that nothing is written over anything.

Each name may stand around its mark in many directions, near or further off, and takes the place
that costs least: covering a mark, a line or another name costs most, distance a little. Names that
are hemmed in choose first; then all choose again until none can do better. Nothing is random.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]

_DISTANCES = (2.0, 5.0, 9.0, 14.0, 20.0, 27.0, 35.0, 44.0, 54.0, 66.0, 80.0, 96.0)
"""Points between the edge of a mark and its name."""

_DIRECTIONS = 24
_SWEEPS = 12
_ON_MARK, _ON_NAME, _ON_STROKE, _OUTSIDE = 400.0, 500.0, 25.0, 1e6
"""Costs of a name over a mark, a name or a stroke of the plot, and of leaving the panel."""

_ACROSS, _ACROSS_STROKE = 60.0, 4.0
"""Costs of a line from a name to its mark that runs across a mark or name, or a stroke."""

_MISLEADING = 8.0
"""Cost of a name that is nearer to another mark than to its own."""


@dataclass(frozen=True)
class Box:
    """A rectangle in points, from the lower left corner of the panel."""

    left: float
    low: float
    right: float
    high: float


@dataclass(frozen=True)
class Marked:
    """A mark and the name that it is to have.

    Attributes:
        x, y: of its centre, points.
        radius: of the mark.
        width, height: of the name.
    """

    x: float
    y: float
    radius: float
    width: float
    height: float


def places(marks: Sequence[Marked], panel: Box, strokes: Sequence[Box] = ()) -> list[Box]:
    """Where the name of each mark stands, in the order of the marks.

    Args:
        marks: all marks of the panel that have names.
        panel: that names may not leave.
        strokes: bars and lines of the plot, which names rather leave free.

    >>> places([Marked(50, 50, 3, 30, 8)], Box(0, 0, 200, 100))
    [Box(left=55.0, low=46.0, right=85.0, high=54.0)]
    """
    if not marks:
        return []
    solid = np.array(
        [(m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in marks]
    )
    thin = np.array([(s.left, s.low, s.right, s.high) for s in strokes]).reshape(-1, 4)
    options = [_options(mark, panel) for mark in marks]
    fixed = [
        _fixed_cost(each, mark, panel, solid, thin)
        for each, mark in zip(options, marks, strict=True)
    ]
    lines = [_lines(each, mark) for each, mark in zip(options, marks, strict=True)]
    chosen: dict[int, int] = {}
    order = sorted(range(len(marks)), key=lambda place: (-_crowd(marks, place), place))
    for _ in range(_SWEEPS):
        before = dict(chosen)
        for place in order:
            others = [other for other in chosen if other != place]
            boxes = np.array([options[other][chosen[other]] for other in others]).reshape(-1, 4)
            across = np.array([lines[other][chosen[other]] for other in others]).reshape(-1, 4)
            cost = fixed[place] + _cost_among(options[place], lines[place], boxes, across)
            chosen[place] = int(np.argmin(cost))
        if chosen == before:
            break
    return [
        Box(*(float(edge) for edge in options[place][chosen[place]])) for place in range(len(marks))
    ]


def nearest(mark: Marked, name: Box) -> tuple[float, float]:
    """The point of a name that is nearest to its mark."""
    return (
        min(max(mark.x, name.left), name.right),
        min(max(mark.y, name.low), name.high),
    )


def _crowd(marks: Sequence[Marked], place: int) -> int:
    """How many marks are so near that names may get in each other's way."""
    own = marks[place]
    return sum(
        abs(own.x - each.x) < (own.width + each.width) / 2
        and abs(own.y - each.y) < 2 * (own.height + each.height)
        for each in marks
    )


def _options(mark: Marked, panel: Box) -> _Floats:
    """Every place for a name, n × 4: right, left, above and below first, then all around."""
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    found = []
    for distance in _DISTANCES:
        gap = mark.radius + distance
        for angle in angles:
            across, up = np.cos(angle), np.sin(angle)
            # the box touches the circle of radius `gap` on the side that faces the mark
            x = mark.x + gap * across + (across - 1) / 2 * mark.width
            y = mark.y + gap * up + (up - 1) / 2 * mark.height
            found.append((x, y, x + mark.width, y + mark.height))
    boxes = np.array(found)
    wide = np.array([panel.left, panel.low, panel.right, panel.high])
    # near a border a name slides along it rather than leaving the panel
    shift = np.maximum(wide[:2] - boxes[:, :2], 0) + np.minimum(wide[2:] - boxes[:, 2:], 0)
    return boxes + np.tile(shift, 2)


def _fixed_cost(boxes: _Floats, mark: Marked, panel: Box, solid: _Floats, thin: _Floats) -> _Floats:
    """What each place costs whatever the other names do."""
    lines = _lines(boxes, mark)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 - (mark.x, mark.y)
    distance = np.maximum(np.repeat(_DISTANCES, _DIRECTIONS), _gaps(boxes, mark))
    # beside a mark reads best, right before left; far off the direction matters little
    beside = 1 - np.abs(middle[:, 0]) / np.hypot(middle[:, 0], middle[:, 1]).clip(1e-9)
    left = middle[:, 0] < 0
    outside = (boxes[:, :2] < (panel.left - 0.01, panel.low - 0.01)).any(axis=1)
    outside |= (boxes[:, 2:] > (panel.right + 0.01, panel.high + 0.01)).any(axis=1)
    across = (_hits(lines, solid).sum(axis=1) - 1.0).clip(0)  # its own mark always
    return np.asarray(
        _ON_MARK * _overlap(boxes, solid).sum(axis=1)
        + _ON_STROKE * _overlap(boxes, thin).clip(0, 1).sum(axis=1)
        + _ACROSS * across
        + _ACROSS_STROKE * _hits(lines, thin).sum(axis=1)
        + distance
        + 3 * beside
        + 0.5 * left
        + _MISLEADING * (_nearest_mark(boxes, solid) < _gaps(boxes, mark) - 0.01)
        + _OUTSIDE * outside
    )


def _gaps(boxes: _Floats, mark: Marked) -> _Floats:
    """Points from the edge of the mark to each place."""
    centre = np.array([mark.x, mark.y])
    reach = centre - np.clip(centre, boxes[:, :2], boxes[:, 2:])
    return np.asarray(np.hypot(reach[:, 0], reach[:, 1]) - mark.radius)


def _nearest_mark(boxes: _Floats, marks: _Floats) -> _Floats:
    """Points from each place to the nearest of the marks, n."""
    beyond = boxes[:, None, :2] - marks[None, :, 2:]
    before = marks[None, :, :2] - boxes[:, None, 2:]
    apart = np.maximum(np.maximum(beyond, before), 0)
    return np.asarray(np.hypot(apart[:, :, 0], apart[:, :, 1]).min(axis=1))


def _cost_among(boxes: _Floats, lines: _Floats, others: _Floats, across: _Floats) -> _Floats:
    """What each place costs for the names that already stand."""
    if not len(others):
        return np.zeros(len(boxes))
    covered = _overlap(boxes, others).sum(axis=1)
    crossing = _hits(lines, others).sum(axis=1) + _hits(across, boxes).sum(axis=0)
    return np.asarray(_ON_NAME * covered + _ACROSS * crossing)


def _overlap(boxes: _Floats, others: _Floats) -> _Floats:
    """Which boxes overlap, n × m: 1 and more by how deep, as a share of a line's height."""
    depth = np.minimum(boxes[:, None, 2:], others[None, :, 2:]) - np.maximum(
        boxes[:, None, :2], others[None, :, :2]
    )
    deep = (depth > 0).all(axis=2)
    return np.where(deep, 1 + depth.min(axis=2) / 10, 0.0)


def _lines(boxes: _Floats, mark: Marked) -> _Floats:
    """Both ends of the straight line from the mark to each place, n × 4."""
    centre = np.array([mark.x, mark.y])
    ends = np.clip(centre, boxes[:, :2], boxes[:, 2:])  # n × 2
    return np.hstack([np.broadcast_to(centre, ends.shape), ends])


def _hits(lines: _Floats, boxes: _Floats) -> _Floats:
    """Which lines run through which boxes, n × m: the slab test of rays against boxes."""
    start = lines[:, None, :2]
    way = lines[:, None, 2:] - start
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)  # an upright line leaves its slab far away
    one, other = (boxes[None, :, :2] - start) / way, (boxes[None, :, 2:] - start) / way
    enters = np.minimum(one, other).max(axis=2).clip(0)
    leaves = np.maximum(one, other).min(axis=2).clip(None, 1)
    return np.asarray(enters < leaves, np.float64)
