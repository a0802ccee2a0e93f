"""Steps in a series of values: changes that last, told from noise and single outliers.

A series is cut into pieces so that the absolute deviations from the median of each piece, plus a
price a cut, are least (optimal partitioning: Jackson et al., An Algorithm for Optimal Partitioning
of Data on an Interval, IEEE Signal Processing Letters 12(2), 2005). Medians and absolute deviations
keep single outliers from counting. The price is in units of the noise, which is estimated from
differences of neighbours, so that a step does not pass for noise. Nothing is left to chance: equal
series have equal steps.
"""

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 3
"""Values that a piece has at least: what came twice may be two outliers."""

PRICE = 9.0
"""Price of a cut in units of the noise: series of nothing but noise (normal, Laplace or Student's
with 3 degrees, 6 to 200 values) have a step in at most 1 case of 100."""

CONFIDENT = 0.9
"""Confidence from which a step is one: what 3 values before and 3 after can reach."""

_TRIMMED = 0.2
"""Share of the largest differences of neighbours that say nothing of noise: steps and outliers."""

_OF_NORMAL = 0.790
"""Mean of the other absolute differences of normal values of deviation 1."""

_ORDERS = 999
_ALL_ORDERS = 7
"""Orders drawn to see how well values split by chance; all of them up to so many values."""

_NEIGHBOURS = 40
"""Values on either side that the confidence of a step is computed with."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """A change that lasts for at least `LEAST` values.

    Attributes:
        place: of the first value after it.
        before: median of the piece before.
        after: median of the piece after.
        confidence: share of the orders of the values around it that no cut splits as well; below 1
            always, for few values by much.
        lasts: whether the end of the series is still nearer to `after`, or beyond.
    """

    place: int
    before: float
    after: float
    confidence: float
    lasts: bool = True

    @property
    def size(self) -> float:
        """How far it goes; below 0 for a fall."""
        return self.after - self.before


@dataclass(frozen=True)
class Course:
    """How a series went.

    Attributes:
        pieces: first place, place behind the last, and median of each.
        steps: between pieces; where a series goes to and fro there is a cut but no step.
        noise: deviation of single values from the median of their piece.
        to_and_fro: whether it went back and forth at least three times.
    """

    pieces: tuple[tuple[int, int, float], ...]
    steps: tuple[Step, ...]
    noise: float
    to_and_fro: bool = False


def course(
    values: Sequence[float], *, least: int = LEAST, price: float = PRICE, smallest: float = 0.0
) -> Course:
    """The pieces of a series and the steps between them.

    A series that keeps going back to where it was (up, down and up again) tells of no commit: such
    cuts are no steps, but for a last one after which it stayed longer than all that took.

    Args:
        values: in their order, finite.
        least: values of a piece.
        price: of a cut, in units of the noise.
        smallest: size below which a change is none.

    Raises:
        ValueError: a value is not finite, or `least` is below 1.

    >>> [(step.place, step.size) for step in course([5, 5, 5, 5, 3, 5, 5, 7, 7, 7]).steps]
    [(7, 2.0)]
    """
    series = np.asarray(values, np.float64)
    if not np.isfinite(series).all() or least < 1:
        raise ValueError("steps are sought in finite values, in pieces of at least one")
    if not series.size:
        return Course((), (), 0.0)
    noise = _noise(series)
    floor = 1e-9 * float(np.abs(series).max())  # what rounding may do to a sum
    ends = _cut(series, least, max(price * noise, floor))
    confidences: dict[int, float] = {}
    while ends:
        confidences = dict(_confidences(series, ends, least))
        worst = min(ends, key=lambda end: confidences[end])
        small = min(ends, key=lambda end: abs(_size(series, ends, end)))
        thin = _thin(series, ends, least)
        if confidences[worst] < CONFIDENT:
            ends.remove(worst)
        elif abs(_size(series, ends, small)) < max(smallest, floor):
            ends.remove(small)
        elif thin is not None:
            ends.remove(thin)
        else:
            break
    pieces = tuple(_pieces(series, ends))
    swinging = _swinging(pieces)
    steps = tuple(
        Step(
            start,
            before,
            after,
            confidences[start],
            lasts=(pieces[-1][2] - (before + after) / 2) * (after - before) > 0,
        )
        for number, ((_, _, before), (start, _, after)) in enumerate(itertools.pairwise(pieces))
        if number not in swinging
    )
    return Course(pieces, steps, noise, bool(swinging))


def _noise(series: Array) -> float:
    """Deviation of the noise, from differences of neighbours without the largest fifth of them."""
    differences = np.sort(np.abs(np.diff(series)))
    kept = differences[: max(1, int((1 - _TRIMMED) * differences.size))]
    return float(kept.mean()) / _OF_NORMAL if kept.size else 0.0


def _cut(series: Array, least: int, price: float) -> list[int]:
    """Where pieces end, but the last: the cuts of least deviations plus price."""
    count = series.size
    total = np.full(count + 1, np.inf)  # least deviations plus price up to each place
    total[0] = -price
    behind = np.zeros(count + 1, np.intp)
    for start in range(count - least + 1):
        if not math.isfinite(total[start]):
            continue
        so_far = total[start] + price + _deviations(series[start:])
        for place in range(start + least, count + 1):
            if so_far[place - start - 1] < total[place]:
                total[place], behind[place] = so_far[place - start - 1], start
    ends = []
    place = int(behind[count])
    while place:
        ends.append(place)
        place = int(behind[place])
    return ends[::-1]


def _deviations(values: Array) -> Array:
    """Sum of absolute deviations from the median, of the first value, the first two and so on.

    Two heaps hold the lower half (negated) and the upper half of what came so far.
    """
    lower: list[float] = []
    upper: list[float] = []
    sums = [0.0, 0.0]
    found = np.empty(values.size)
    for number, value in enumerate(values.tolist()):
        moved = -heapq.heappushpop(lower, -value)
        sums[0] += value - moved
        heapq.heappush(upper, moved)
        sums[1] += moved
        if len(upper) > len(lower):
            moved = heapq.heappop(upper)
            sums[1] -= moved
            heapq.heappush(lower, -moved)
            sums[0] += moved
        median = -lower[0]
        found[number] = sums[1] - sums[0] + median * (len(lower) - len(upper))
    return np.maximum(found, 0.0)


def _pieces(series: Array, ends: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    for start, stop in itertools.pairwise((0, *ends, series.size)):
        yield start, stop, float(np.median(series[start:stop]))


def _size(series: Array, ends: Sequence[int], end: int) -> float:
    """How far the step goes at which a piece ends."""
    levels = [level for _, _, level in _pieces(series, ends)]
    number = ends.index(end)
    return levels[number + 1] - levels[number]


def _thin(series: Array, ends: Sequence[int], least: int) -> int | None:
    """A cut beside which fewer than `least` values are nearer to their own level than the other.

    Two values that went elsewhere, and one that did not, have the median of the two.
    """
    for (_, _, before), (start, stop, after) in itertools.pairwise(_pieces(series, ends)):
        first = max((0, *(end for end in ends if end < start)))
        middle, rises = (before + after) / 2, after > before
        own = (series[first:start] < middle) == rises, (series[start:stop] > middle) == rises
        if min(int(side.sum()) for side in own) < least:
            return start
    return None


def _confidences(series: Array, ends: Sequence[int], least: int) -> Iterator[tuple[int, float]]:
    """Of each cut, how rarely values around it, in another order, are split as well by any cut."""
    for before, end, after in zip((0, *ends), ends, (*ends[1:], series.size), strict=False):
        first, last = max(before, end - _NEIGHBOURS), min(after, end + _NEIGHBOURS)
        yield end, 1 - _by_chance(series[first:last], end - first, least)


def _by_chance(values: Array, cut: int, least: int) -> float:
    """Share of orders of `values` that some cut splits as well as `cut` splits this one."""
    count = values.size
    if count <= _ALL_ORDERS:
        orders = np.array(list(itertools.permutations(values)))  # orders×values
    else:
        generator = np.random.default_rng(0)
        orders = generator.permuted(np.tile(values, (_ORDERS, 1)), axis=1)
        orders = np.vstack([values, orders])
    left = np.full(len(orders), np.inf)
    for place in range(least, count - least + 1):
        left = np.minimum(left, _spread(orders[:, :place]) + _spread(orders[:, place:]))
    wanted = float(_spread(values[None, :cut])[0] + _spread(values[None, cut:])[0])
    slack = 1e-9 * float(np.abs(values).max())
    return float(np.mean(left <= wanted + slack))


def _spread(rows: Array) -> Array:
    """Sum of absolute deviations from the median, of each row."""
    half = rows.shape[1] // 2
    ordered = np.partition(rows, half, axis=1)
    middle = ordered[:, half : half + 1]
    deviations: Array = np.abs(rows - middle).sum(axis=1)
    return deviations


def _swinging(pieces: Sequence[tuple[int, int, float]]) -> frozenset[int]:
    """Numbers of the cuts, from 0, between which a series goes to and fro.

    Cuts in one direction are one move. A move that takes back at least half of the one before, and
    is taken back likewise by the next, swings, and so do both of those, and other cuts between the
    same levels.
    """
    levels = [level for _, _, level in pieces]
    moves: list[list[int]] = []  # cuts of each
    for cut in range(len(levels) - 1):
        rises = levels[cut + 1] > levels[cut]
        if moves and rises == (levels[moves[-1][0] + 1] > levels[moves[-1][0]]):
            moves[-1].append(cut)
        else:
            moves.append([cut])
    sizes = [abs(levels[move[-1] + 1] - levels[move[0]]) for move in moves]
    alike = [min(pair) >= 0.5 * max(pair) for pair in itertools.pairwise(sizes)]
    found: set[int] = set()
    for number in range(len(alike) - 1):
        if alike[number] and alike[number + 1]:
            found.update(*moves[number : number + 3])
    pairs = {cut: sorted(levels[cut : cut + 2]) for cut in range(len(levels) - 1)}
    known = [pairs[cut] for cut in sorted(found)]
    for cut, (low, high) in pairs.items():
        near = (high - low) / 4
        if any(abs(low - down) <= near and abs(high - up) <= near for down, up in known):
            found.add(cut)
    if found and max(found) == len(levels) - 2:
        start, stop, _ = pieces[-1]
        if stop - start > start - pieces[min(found)][0]:
            found -= set(moves[-1])
    return frozenset(found)
