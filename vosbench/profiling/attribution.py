"""What each operator cost in each phase.

A call on the host belongs to the phase that was open when it began, on whatever thread it ran: a
backward pass over tensors on a CUDA device runs on a thread of its own, while the method waits for
it within its phase. Work on the device belongs to the operator that launched it, and to that
operator's phase, by the number that the profiler gave to both; the device may get to it later.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vosbench.profiling.profile_records import OUTSIDE, UNKNOWN, OperatorTotal
from vosbench.profiling.timeline import Timeline
from vosbench.profiling.trace_events import Allocation, Call, Event, TraceEvents, sort_out

_MICROSECOND = 1e-6


@dataclass(frozen=True)
class TracedPhase:
    """What a trace says of one phase; see `PhaseTotal`."""

    seconds: float
    operator_calls: int
    backward_passes: int


@dataclass(frozen=True)
class Attribution:
    """A trace by phase, and by phase and operator.

    Attributes:
        phases: by name, those that were entered, in the order asked for.
        operators: phase after phase; in each the most expensive first, on the device, then on the
            host, then by name. Calls outside the phases asked for come last, under "".
    """

    phases: Mapping[str, TracedPhase]
    operators: tuple[OperatorTotal, ...]


def attribute(
    events: Iterable[Event], *, phases: Sequence[str], shapes: bool = False
) -> Attribution:
    """The cost of a trace by phase and operator.

    On the host, the seconds of all operators of a phase and of `OUTSIDE` add up to the seconds of
    the phase, unless several threads ran operators at a time: then each counts in full.

    Args:
        events: of one process.
        phases: asked for.
        shapes: tell calls with inputs of different shapes apart.
    """
    found = sort_out(events)
    timeline = Timeline(found.phases)
    totals = _Totals(timeline, frozenset(phases), shapes)
    for call in found.calls:
        totals.add_call(call)
    totals.add_device(found)
    totals.add_outside(found)
    operator_calls = Counter(
        timeline.at(call.start) for call in found.calls if is_operator(call.name)
    )
    backward = Counter(timeline.at(each.start) for each in found.backward_passes)
    return Attribution(
        phases={
            name: TracedPhase(
                timeline.seconds[name] * _MICROSECOND,
                operator_calls[name],
                backward[name],
            )
            for name in phases
            if timeline.entered[name]
        },
        operators=totals.ordered((*phases, "")),
    )


def is_operator(name: str) -> bool:
    """Whether this is an operator that the dispatcher of torch called, with its namespace.

    The autograd engine's own entries and calls of the driver are none: how many there are says
    less about a method than about the version of torch.

    >>> is_operator("aten::add_"), is_operator("AddBackward0"), is_operator("cudaLaunchKernel")
    (True, False, False)
    """
    return re.fullmatch(r"\w+::[\w.]+", name) is not None


@dataclass
class _Sum:
    """What adds up to an `OperatorTotal`; times in microseconds."""

    calls: int = 0
    host: float = 0.0
    device: float = 0.0
    host_bytes: int = 0
    device_bytes: int = 0
    allocations: int = 0

    def add_memory(self, allocation: Allocation) -> None:
        self.allocations += 1
        if allocation.on_host:
            self.host_bytes += allocation.size
        else:
            self.device_bytes += allocation.size


class _Totals:
    """Sums by phase, operator and shapes."""

    def __init__(self, timeline: Timeline, phases: frozenset[str], shapes: bool) -> None:
        self._timeline = timeline
        self._phases = phases
        self._shapes = shapes
        self._sums: defaultdict[tuple[str, str, str], _Sum] = defaultdict(_Sum)

    def add_call(self, call: Call) -> None:
        """Count a call, its own time and what it allocated."""
        made = self._of(call)
        made.calls += 1
        made.host += call.alone
        for allocation in call.allocations:
            made.add_memory(allocation)

    def add_device(self, found: TraceEvents) -> None:
        """Give the device's time to what launched it."""
        by_number = {call.number: call for call in found.calls if call.number is not None}
        by_launch = {call.launch: call for call in found.calls if call.launch is not None}
        for work in found.device:
            operator = None if work.number is None else by_number.get(work.number)
            launch = None if work.launch is None else by_launch.get(work.launch)
            if operator is None and launch is not None:
                operator = _operator_around(launch)
            if operator is not None:
                self._of(operator).device += work.duration
            else:
                moment = work.start if launch is None else launch.start
                self._at(moment, UNKNOWN).device += work.duration

    def add_outside(self, found: TraceEvents) -> None:
        """The time of the phases in which no operator ran, and memory that none asked for."""
        covered: defaultdict[str, float] = defaultdict(float)
        for start, end in _united(call for call in found.calls if call.outer is None):
            for phase, inside in self._timeline.split(start, end):
                covered[phase] += inside
        for phase in sorted(self._phases & self._timeline.entered.keys()):
            made = self._sums[phase, OUTSIDE, ""]
            made.host = max(0.0, self._timeline.seconds[phase] - covered[phase])
        for allocation in found.loose:
            self._at(allocation.moment, OUTSIDE).add_memory(allocation)

    def ordered(self, phases: Sequence[str]) -> tuple[OperatorTotal, ...]:
        """All sums as records."""
        made = [
            OperatorTotal(
                phase,
                operator,
                shapes,
                each.calls,
                each.host * _MICROSECOND,
                each.device * _MICROSECOND,
                each.host_bytes,
                each.device_bytes,
                each.allocations,
            )
            for (phase, operator, shapes), each in self._sums.items()
        ]
        return tuple(
            sorted(
                made,
                key=lambda total: (
                    phases.index(total.phase),
                    -total.device_seconds,
                    -total.cpu_seconds,
                    total.operator,
                    total.shapes,
                ),
            )
        )

    def _of(self, call: Call) -> _Sum:
        return self._at(call.start, call.name, call.shapes if self._shapes else "")

    def _at(self, moment: float, operator: str, shapes: str = "") -> _Sum:
        phase = self._timeline.at(moment)
        return self._sums[phase if phase in self._phases else "", operator, shapes]


def _operator_around(call: Call) -> Call | None:
    """The innermost operator that a call of the driver lies in."""
    around: Call | None = call
    while around is not None and not around.by_operator:
        around = around.outer
    return around


def _united(calls: Iterable[Call]) -> Iterator[tuple[float, float]]:
    """Stretches of time in which at least one of the calls ran, on any thread."""
    ordered = sorted((call.start, call.end) for call in calls)
    latest = itertools.accumulate((end for _, end in ordered), max)
    since: float | None = None
    until = 0.0
    for (start, _), end in zip(ordered, latest, strict=True):
        if since is None or start > until:
            if since is not None:
                yield since, until
            since = start
        until = end
    if since is not None:
        yield since, until
