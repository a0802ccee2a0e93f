"""Where things go so that none hides another: names on a line, dots in a row, spans in lanes."""

import math
from collections.abc import Sequence


def apart(
    wanted: Sequence[float],
    sizes: Sequence[float],
    *,
    within: tuple[float, float] | None = None,
) -> list[float]:
    """Centres of things of these sizes, in the order of those wanted and as near to them as can be.

    Least squares: neighbours that would be too close share the room around their mean, which is
    isotonic regression (pooling adjacent violators) once the sizes before each are taken off.

    Args:
        wanted: centres.
        sizes: one for each.
        within: ends of the line that holds them all; None for a line without end.

    Raises:
        ValueError: they do not fit.

    >>> apart([0.0, 0.1, 3.0], [1.0, 1.0, 1.0])
    [-0.45, 0.55, 3.0]
    >>> apart([0.0, 0.1, 3.0], [1.0, 1.0, 1.0], within=(0.0, 3.0))
    [0.5, 1.5, 2.5]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    before = _offsets([sizes[index] for index in order])
    levels = _rising([wanted[index] - off for index, off in zip(order, before, strict=True)])
    if within is not None and order:
        low = within[0] + sizes[order[0]] / 2
        high = within[1] - sizes[order[-1]] / 2 - before[-1]
        if high < low - 1e-9:
            raise ValueError(
                f"things of {sum(sizes)} do not fit between {within[0]} and {within[1]}"
            )
        levels = [min(max(level, low), max(low, high)) for level in levels]
    found = [0.0] * len(wanted)
    for index, level, off in zip(order, levels, before, strict=True):
        found[index] = level + off
    return found


def _offsets(sizes: Sequence[float]) -> list[float]:
    """Least distance of each centre from the first one."""
    found = [0.0] * len(sizes)
    for place in range(1, len(sizes)):
        found[place] = found[place - 1] + (sizes[place - 1] + sizes[place]) / 2
    return found


def _rising(wanted: Sequence[float]) -> list[float]:
    """The values nearest to those wanted of which none is lower than the one before."""
    groups: list[tuple[float, int]] = []  # mean and size
    for value in wanted:
        level, size = value, 1
        while groups and groups[-1][0] >= level:
            mean, count = groups.pop()
            level = (mean * count + level * size) / (count + size)
            size += count
        groups.append((level, size))
    return [level for level, size in groups for _ in range(size)]


def readable(places: Sequence[float], widths: Sequence[float]) -> list[int]:
    """Which of several labels to write so that none touches another, from left to right.

    The last one is always among them.

    Args:
        places: of their middles, ascending.
        widths: with the gap that is to be between two.

    >>> readable([0.0, 1.0, 2.0, 2.5], [1.0, 1.0, 1.0, 1.0])
    [0, 1, 3]
    """
    if not places:
        return []
    last = len(places) - 1
    begins = places[last] - widths[last] / 2
    kept, end = [], -math.inf
    for index in range(last):
        left, right = (places[index] + side * widths[index] / 2 for side in (-1, 1))
        if left >= end - 1e-9 and right <= begins + 1e-9:
            kept.append(index)
            end = right
    return [*kept, last]


def swarm(places: Sequence[float], diameter: float) -> list[float]:
    """How far dots at these places stand off their line so that none covers another.

    From left to right each stands as near to the line as those before it let it, above rather than
    below where both are as near.

    >>> swarm([0.0, 0.0, 9.0], 2.0)
    [0.0, 2.0, 0.0]
    """
    found = [0.0] * len(places)
    done: list[tuple[float, float]] = []
    for index in sorted(range(len(places)), key=lambda index: places[index]):
        place = places[index]
        near = [(x, y) for x, y in done if place - x < diameter]
        found[index] = _free(place, near, diameter)
        done.append((place, found[index]))
    return found


def _free(place: float, near: Sequence[tuple[float, float]], diameter: float) -> float:
    """The offset nearest to the line at which a dot touches none of those near by."""
    heights = [math.sqrt(max(0.0, diameter**2 - (place - x) ** 2)) for x, _ in near]
    wanted = [0.0]
    for (_, y), height in zip(near, heights, strict=True):
        wanted += [y + height, y - height]
    free = (
        off
        for off in wanted
        if all(abs(off - y) >= h - 1e-9 for (_, y), h in zip(near, heights, strict=True))
    )
    return min(free, key=lambda off: (abs(off), -off))


def fitting_swarm(
    places: Sequence[float], diameters: Sequence[float], height: float
) -> tuple[float, list[float]]:
    """The first of the diameters with which a `swarm` is no higher than `height`, and its offsets.

    Where none is, the last one; offsets are as many times smaller then as it takes, and dots cover
    each other.
    """
    for diameter in diameters:
        offsets = swarm(places, diameter)
        reach = 2 * max(map(abs, offsets), default=0.0) + diameter
        if reach <= height:
            return diameter, offsets
    shrunk = max(0.0, height - diameter) / (reach - diameter)
    return diameter, [offset * shrunk for offset in offsets]


def lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """A lane for each span, the first one that is free, so that none in a lane meet.

    >>> lanes([(0.0, 2.0), (1.0, 3.0), (2.0, 4.0)])
    [0, 1, 0]
    """
    found = [0] * len(spans)
    ends: list[float] = []
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        start, end = spans[index]
        lane = next((lane for lane, taken in enumerate(ends) if taken <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        ends[lane] = end
        found[index] = lane
    return found
