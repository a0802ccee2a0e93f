"""The figures of table `timing`: each is one column, computed from the timings of an entry."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from vosbench.reports.table import Column
from vosbench.speed import consumption
from vosbench.speed.conventions import CONVENTIONS
from vosbench.speed.latency import percentiles
from vosbench.speed.object_cost import (
    seconds_per_object_of_init,
    seconds_per_object_of_steps,
    single_object,
)
from vosbench.speed.rates import (
    AMORTISED,
    END_TO_END,
    STEADY,
    by_pass,
    rates,
    rates_of_sequences,
    seconds_in,
    seconds_per_object_frame,
    seconds_to_first_mask,
    seconds_to_load,
)
from vosbench.speed.spread import Spread, spread
from vosbench.timing import PHASES
from vosbench.timing_records import Timing

Timings = Mapping[str, Timing]
"""By name of the sequence."""

GIBIBYTES = "gibibytes"


@dataclass(frozen=True)
class Figure:
    """A figure of an entry.

    Attributes:
        column: under which it stands; its key is that of the figure in CSV and JSON.
        samples: one a pass, from the timings; empty where there is no such figure.
        always: whether it is shown unless every figure is asked for.
    """

    column: Column
    samples: Callable[[Timings], tuple[float, ...]]
    always: bool = False

    def of(self, timings: Timings) -> Spread | None:
        """The figure; None where there is none, also where most passes failed to give one."""
        found = spread(self.samples(timings)) if timings else None
        return found if found and math.isfinite(found.median) else None


_S = tuple[float, ...]


def _over(measure: Callable[..., _S], *more: object) -> Callable[[Timings], _S]:
    """`measure` of the timings without their names."""
    return lambda timings: measure(timings.values(), *more)


def _fps(key: str, title: str, samples: Callable[[Timings], _S], *, always: bool = False) -> Figure:
    column = Column(key, title, "fps", "up", "frames per second", spreads=always)
    return Figure(column, samples, always)


def _latency(share: float, name: str, *, adapting: bool, always: bool = False) -> Figure:
    which = "adapting" if adapting else "plain"
    column = Column(
        f"{name}_{which}_seconds", f"{which} {name} ms", "milliseconds", "down", "latency of steps"
    )
    return Figure(
        column, lambda timings: percentiles(timings.values(), share, adapting=adapting), always
    )


def _seconds(key: str, title: str, samples: Callable[[Timings], _S], *, always: bool) -> Figure:
    return Figure(Column(key, title, "seconds", "down", "seconds"), samples, always)


def _single(timings: Timings) -> _S:
    return rates(single_object(timings.values()), AMORTISED)


def _denominator(name: str, timings: Timings) -> _S:
    return CONVENTIONS[name].rates(timings.values())


def _joules(per_frame: float, timings: Timings) -> _S:
    return tuple(per_frame * j for j in consumption.joules_per_frame(timings.values()))


def _device_seconds(timings: Timings) -> _S:
    """Seconds of work of the method as events on the device saw it."""
    made = [[one for _, one in passes] for passes in by_pass(timings.values())]
    if not all(one.device_seconds for each in made for one in each):
        return ()
    return tuple(
        math.fsum(one.device_seconds.get(phase, 0.0) for one in each for phase in AMORTISED)
        for each in made
    )


def _held(kind: str, phase: str | None, timings: Timings) -> _S:
    found = consumption.peak(timings, kind, phase)
    return (float(found.bytes),) if found else ()


def _on_device(timings: Timings) -> _S:
    found = consumption.device_peak(timings)
    return (float(found.bytes),) if found else ()


def _memory(key: str, title: str, samples: Callable[[Timings], _S], *, always: bool) -> Figure:
    return Figure(Column(key, title, GIBIBYTES, "down", "memory"), samples, always)


def _memory_of(kind: str, phase: str) -> Figure:
    return _memory(
        f"peak_{kind}_{phase}_bytes",
        f"{kind} GiB, {phase}",
        partial(_held, kind, phase),
        always=False,
    )


FIGURES: tuple[Figure, ...] = (
    _fps("fps_amortised", "fps amortised", _over(rates, AMORTISED), always=True),
    _fps("fps_steady", "fps steady", _over(rates, STEADY), always=True),
    _fps("fps_end_to_end", "fps end to end", _over(rates, END_TO_END), always=True),
    _fps("fps_median_of_sequences", "fps median sequence", _over(rates_of_sequences, AMORTISED)),
    _fps("fps_single_object", "fps one object", _single),
    _fps("fps_eosvos", "fps per object-frame", partial(_denominator, "eosvos")),
    _fps("fps_eosvos_frames", "fps per video frame", partial(_denominator, "eosvos-frames")),
    _seconds(
        "seconds_per_object_frame", "s / object-frame", _over(seconds_per_object_frame), always=True
    ),
    _seconds("first_mask_seconds", "first mask s", _over(seconds_to_first_mask), always=True),
    _seconds("seconds_load", "load s", _over(seconds_to_load), always=False),
    *(
        _seconds(f"seconds_{phase}", f"{phase} s", _over(seconds_in, phase), always=False)
        for phase in PHASES
        if phase != "load"
    ),
    _seconds("device_seconds", "on device s", _device_seconds, always=False),
    _latency(0.5, "p50", adapting=False, always=True),
    _latency(0.9, "p90", adapting=False, always=True),
    _latency(0.99, "p99", adapting=False),
    _latency(1.0, "max", adapting=False),
    _latency(0.5, "p50", adapting=True, always=True),
    _latency(0.9, "p90", adapting=True, always=True),
    _latency(0.99, "p99", adapting=True),
    _latency(1.0, "max", adapting=True),
    Figure(
        Column(
            "seconds_per_object_of_steps", "ms / object, step", "milliseconds", "down", "objects"
        ),
        _over(seconds_per_object_of_steps),
    ),
    Figure(
        Column(
            "seconds_per_object_of_init", "ms / object, init", "milliseconds", "down", "objects"
        ),
        _over(seconds_per_object_of_init),
    ),
    _memory("peak_device_bytes", "peak device GiB", _on_device, always=True),
    _memory("peak_host_bytes", "peak host GiB", partial(_held, "host", None), always=True),
    *(_memory_of(kind, phase) for kind in consumption.KINDS for phase in PHASES),
    Figure(
        Column("joules_per_frame", "J / frame", "joules", "down", "energy"), partial(_joules, 1.0)
    ),
    Figure(
        Column("watt_hours_per_1000_frames", "Wh / 1000 frames", "joules", "down", "energy"),
        partial(_joules, consumption.watt_hours(1000)),
    ),
)
"""All figures in the order of the columns."""
