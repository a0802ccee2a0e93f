"""Which phase was open when."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from vosbench.profiling.trace_events import Range


class Timeline:
    """Phases after each other; within another phase, only the inner one is open.

    Args:
        phases: ranges that contain each other or lie apart, in any order.

    Attributes:
        entered: how often each phase began.
        seconds: that each was open (in the unit of the ranges).

    >>> timeline = Timeline([Range("infer", 0, 10), Range("post", 4, 7)])
    >>> timeline.at(5), timeline.at(8), timeline.at(11)
    ('post', 'infer', '')
    >>> timeline.seconds["infer"], list(timeline.split(2, 5))
    (7.0, [('infer', 2), ('post', 1)])
    """

    def __init__(self, phases: Iterable[Range]) -> None:
        self.entered: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._borders: list[float] = []
        self._names: list[str] = []
        around: list[Range] = []
        for phase in sorted(phases, key=lambda phase: (phase.start, -phase.end)):
            self.entered[phase.name] += 1
            self._close(around, phase.start)
            self._begin(phase.start, phase.name)
            around.append(phase)
        self._close(around, float("inf"))

    def at(self, moment: float) -> str:
        """The phase that was open; empty where none was."""
        place = bisect_right(self._borders, moment) - 1
        return self._names[place] if place >= 0 else ""

    def split(self, start: float, end: float) -> Iterator[tuple[str, float]]:
        """A stretch of time by the phases that it lies in; what lies in none is left out."""
        first = max(0, bisect_right(self._borders, start) - 1)
        for place in range(first, len(self._borders) - 1):  # the last border opens nothing
            since, until = self._borders[place : place + 2]
            if since >= end:
                return
            inside = min(end, until) - max(start, since)
            if inside > 0 and self._names[place]:
                yield self._names[place], inside

    def _close(self, around: list[Range], now: float) -> None:
        """End the phases that have ended by `now`; those around them go on."""
        while around and around[-1].end <= now:
            ended = around.pop().end
            self._begin(ended, around[-1].name if around else "")

    def _begin(self, moment: float, name: str) -> None:
        if self._borders and self._names[-1]:
            self.seconds[self._names[-1]] += moment - self._borders[-1]
        self._borders.append(moment)
        self._names.append(name)
