"""The events of a trace that torch has written, sorted by what they are.

A trace is in Chrome's format; its times are microseconds. Operators are those of the category
`cpu_op`, calls of the driver (`cudaLaunchKernel`) lie within them, work of a CUDA device stands
apart and carries the number (`External id`, `correlation`) of the call that launched it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
"""One event: `ph`, `cat`, `name`, `ts` and `dur`, `tid`, `args`."""

PHASE_MARK = "vosbench phase "
"""Before the name of a phase in the ranges that mark it."""

BACKWARD_MARK = "vosbench backward pass"
"""Name of the ranges that mark a backward pass."""

_ON_HOST = ("cpu_op", "cuda_runtime", "cuda_driver")
_ON_DEVICE = ("kernel", "gpu_memcpy", "gpu_memset")
_MEMORY = "[memory]"
_HOST = 0
"""What a trace calls the device that memory of the host is on."""


@dataclass(frozen=True)
class Range:
    """A stretch of time with a name, microseconds."""

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class Allocation:
    """Memory that was asked for."""

    moment: float
    size: int
    on_host: bool


@dataclass(eq=False)
class Call:
    """A call on the host, of an operator or of the driver.

    Attributes:
        name: as in the trace.
        start: microseconds.
        end: microseconds.
        alone: its time less that of the calls within it, microseconds.
        by_operator: whether it is no call of the driver.
        shapes: of its inputs that are tensors, `8×3×32×32, 4×3×3×3`; empty where not recorded.
        number: that work of the device refers to it by, as an operator.
        launch: that work of the device refers to it by, as a call of the driver.
        outer: the call around it.
        allocations: made by it and by no call within it.
    """

    name: str
    start: float
    end: float
    alone: float
    by_operator: bool
    shapes: str = ""
    number: int | None = None
    launch: int | None = None
    outer: "Call | None" = None
    allocations: list[Allocation] = field(default_factory=list)


@dataclass(frozen=True)
class DeviceWork:
    """A kernel or a copy: seconds are microseconds here too; numbers as in `Call`."""

    start: float
    duration: float
    number: int | None
    launch: int | None


@dataclass(frozen=True)
class TraceEvents:
    """What a trace holds.

    Attributes:
        phases: ranges of phases, named by them.
        backward_passes: ranges of backward passes.
        calls: on the host, thread by thread, in the order in which they began.
        loose: allocations in no call.
        device: work of the device.
    """

    phases: tuple[Range, ...]
    backward_passes: tuple[Range, ...]
    calls: tuple[Call, ...]
    loose: tuple[Allocation, ...]
    device: tuple[DeviceWork, ...]


def sort_out(events: Iterable[Event]) -> TraceEvents:
    """The events of one process; those of other kinds are passed over."""
    marks: list[Range] = []
    device: list[DeviceWork] = []
    threads: defaultdict[str, list[Call | Allocation]] = defaultdict(list)
    for event in events:
        category = event.get("cat")
        if category in _ON_HOST:
            threads[str(event["tid"])].append(_call(event))
        elif category in _ON_DEVICE:
            device.append(_work(event))
        elif category == "user_annotation":
            marks.append(Range(event["name"], event["ts"], event["ts"] + event["dur"]))
        elif event.get("name") == _MEMORY and event["args"]["Bytes"] > 0:
            threads[str(event["tid"])].append(_allocation(event))
    loose: list[Allocation] = []
    calls = [call for name in sorted(threads) for call in _nested(threads[name], loose)]
    return TraceEvents(
        phases=tuple(
            Range(mark.name.removeprefix(PHASE_MARK), mark.start, mark.end)
            for mark in marks
            if mark.name.startswith(PHASE_MARK)
        ),
        backward_passes=tuple(mark for mark in marks if mark.name == BACKWARD_MARK),
        calls=tuple(calls),
        loose=tuple(loose),
        device=tuple(device),
    )


def _nested(thread: Iterable[Call | Allocation], loose: list[Allocation]) -> Iterator[Call]:
    """The calls of a thread, put within each other; allocations in none of them go to `loose`."""
    around: list[Call] = []
    for event in sorted(thread, key=_begin):
        moment = _begin(event)[0]
        while around and around[-1].end <= moment:
            around.pop()
        outer = around[-1] if around else None
        if isinstance(event, Allocation):
            (outer.allocations if outer else loose).append(event)
            continue
        if outer is not None:
            event.outer = outer
            outer.alone -= min(event.end, outer.end) - event.start
        around.append(event)
        yield event


def _begin(event: Call | Allocation) -> tuple[float, float]:
    """Sorts a call before the calls within it."""
    if isinstance(event, Allocation):
        return event.moment, 0.0
    return event.start, event.start - event.end


def _call(event: Event) -> Call:
    details = event.get("args", {})
    by_operator = event["cat"] == "cpu_op"
    return Call(
        name=event["name"],
        start=event["ts"],
        end=event["ts"] + event["dur"],
        alone=event["dur"],
        by_operator=by_operator,
        shapes=", ".join(_shape(dims) for dims in details.get("Input Dims", ()) if dims),
        number=details.get("External id") if by_operator else None,
        launch=details.get("correlation"),
    )


def _shape(dims: list[Any]) -> str:
    """One tensor, or a list of them.

    >>> _shape([8, 3]), _shape([[2, 2], [4]])
    ('8×3', '[2×2, 4]')
    """
    if dims and isinstance(dims[0], list):
        return f"[{', '.join(_shape(inner) for inner in dims)}]"
    return "×".join(map(str, dims))


def _work(event: Event) -> DeviceWork:
    details = event.get("args", {})
    number, launch = details.get("External id"), details.get("correlation")
    return DeviceWork(event["ts"], event["dur"], number, launch)


def _allocation(event: Event) -> Allocation:
    details = event["args"]
    return Allocation(event["ts"], details["Bytes"], details["Device Type"] == _HOST)
