"""A method over one sequence, once without and once with the profiler."""

import gzip
import hashlib
import json
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from vosbench import machine
from vosbench.arrays import Mask
from vosbench.atomic import write_bytes
from vosbench.device_clock import device_clock
from vosbench.errors import MethodError, UsageError, VosbenchError
from vosbench.method import Method
from vosbench.profiling.attribution import Attribution, attribute
from vosbench.profiling.function_totals import function_totals
from vosbench.profiling.phase_marks import (
    CountingClock,
    FunctionClock,
    MarkingClock,
    backward_passes_marked,
    forward_passes_counted,
)
from vosbench.profiling.profile_records import PhaseTotal, Profile
from vosbench.rescore import reason_of
from vosbench.segment import segment
from vosbench.sequence import Sequence
from vosbench.speed.rates import AMORTISED
from vosbench.timing_records import STREAMING, THROUGHPUT, Timing


@dataclass(frozen=True, kw_only=True)
class ProfileRequest:
    """A method built, and what to profile it on.

    Attributes:
        method: built, with its weights loaded.
        label: how tables call it.
        settings: all of them.
        dataset: name, with variant.
        sequence: to segment, with at least two frames.
        seed: of the method.
        device: where it computes.
        shapes: tell calls with inputs of different shapes apart.
        python: profile functions of Python too, in a pass of their own.
        warm_up: whether a pass goes before the one on the clock; without, seconds are those of a
            first pass, and counts the same.
        mode: `STREAMING` or `THROUGHPUT`; None for the one that the method can.
        trace: file for the trace of torch, `.json.gz`; None keeps none.
    """

    method: Method
    label: str
    settings: Mapping[str, object]
    dataset: str
    sequence: Sequence
    seed: int = 0
    device: str = "cpu"
    shapes: bool = False
    python: bool = False
    warm_up: bool = True
    mode: str | None = None
    trace: Path | None


def collect(request: ProfileRequest) -> Profile:
    """Where the time of a method goes.

    The sequence is segmented three times: once to warm up, if that is asked for, once on the clock
    alone, once under the profiler of torch, if torch is at work in this process; a fourth time for
    functions of Python.

    Raises:
        MethodError: the method failed.
        DataError: the sequence cannot be read, or the trace cannot be written.
        UsageError: this build of torch has no profiler.
    """
    if request.warm_up:
        _one_pass(request, CountingClock(device_clock(request.device)))
    plain = _one_pass(request, CountingClock(device_clock(request.device)))
    traced = _traced(request, plain.masks) if "torch" in sys.modules else None
    remarks = [] if traced is None else list(traced.remarks)
    if traced is None:
        remarks.append(
            f"{request.label} calls no operator of torch in this process, so there is no table of "
            "operators and no trace, only the wall clock by phase"
            + ("" if request.python else "; --python profiles functions of Python")
        )
    functions = FunctionClock(device_clock(request.device))
    if request.python:
        _one_pass(request, functions)
    return Profile(
        method=request.label,
        settings=request.settings,
        dataset=request.dataset,
        sequence=request.sequence.name,
        frames=plain.timing.frames,
        objects=plain.timing.objects,
        size=tuple(plain.timing.size),
        seed=request.seed,
        device=request.device,
        machine=machine.fingerprint(request.device),
        phases=_phase_totals(plain.clock, traced),
        operators=() if traced is None else traced.found.operators,
        functions=function_totals(functions.profilers, AMORTISED),
        remarks=tuple(remarks),
    )


@dataclass(frozen=True)
class _Pass:
    clock: CountingClock
    timing: Timing
    masks: str


def _one_pass(request: ProfileRequest, clock: CountingClock) -> _Pass:
    """One pass over the sequence, with a digest of the masks that came out."""
    digest = hashlib.sha256()

    def keep(index: int, mask: Mask) -> None:
        del index
        digest.update(mask.tobytes())

    try:
        timing = segment(
            request.method,
            request.sequence,
            keep,
            seed=request.seed,
            clock=clock,
            mode=request.mode or (THROUGHPUT if request.method.offline else STREAMING),
        )
    except VosbenchError:
        raise
    except (Exception, SystemExit) as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        raise MethodError(
            f"method {request.label} failed on {request.sequence.name}: {reason_of(error)} "
            f"({at.filename}, line {at.lineno})"
        ) from error
    return _Pass(clock, timing, digest.hexdigest())


@dataclass(frozen=True)
class _Traced:
    """A pass under the profiler of torch, and remarks on what it lacks."""

    found: Attribution
    forward_passes: Mapping[str, int]
    remarks: tuple[str, ...]


def _traced(request: ProfileRequest, masks: str) -> _Traced | None:
    """A pass under the profiler of torch; None if it saw no operator."""
    from torch.profiler import ProfilerActivity, kineto_available, profile, supported_activities

    if not kineto_available():
        raise UsageError("this build of torch has no profiler; install one from pypi.org")
    activities = [ProfilerActivity.CPU]
    on_cuda = request.device.startswith("cuda")
    if on_cuda and ProfilerActivity.CUDA in supported_activities():
        activities.append(ProfilerActivity.CUDA)
    clock = MarkingClock(device_clock(request.device))
    profiler = profile(activities=activities, record_shapes=request.shapes, profile_memory=True)
    with profiler, backward_passes_marked(), forward_passes_counted(clock) as forward_passes:
        made = _one_pass(request, clock)
    trace = _trace_of(profiler)
    found = attribute(json.loads(trace)["traceEvents"], phases=AMORTISED, shapes=request.shapes)
    if not any(phase.operator_calls for phase in found.phases.values()):
        return None
    if request.trace is not None:
        write_bytes(request.trace, gzip.compress(trace, compresslevel=6, mtime=0))
    remarks = []
    if made.masks != masks:
        remarks.append(
            "the masks of the profiled pass are not those of the pass without profiler: the method "
            "does not repeat itself, so its counts may differ from pass to pass"
        )
    if request.device != "cpu" and not any(total.device_seconds for total in found.operators):
        remarks.append(
            f"the profiler of torch recorded no work of the device {request.device}: seconds are "
            "of the host, which waits for the device at the end of a phase"
        )
    return _Traced(found, forward_passes, tuple(remarks))


def _trace_of(profiler: Any) -> bytes:
    """The trace of a profile that has ended, JSON text."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(file))
        return file.read_bytes()


def _phase_totals(plain: CountingClock, traced: _Traced | None) -> tuple[PhaseTotal, ...]:
    """The phases that took place, with what the trace knows of them."""
    totals = []
    for name in AMORTISED:
        if not plain.entered[name]:
            continue
        total = PhaseTotal(name, plain.entered[name], plain.seconds[name])
        if traced is not None and name in traced.found.phases:
            phase = traced.found.phases[name]
            inside = [each for each in traced.found.operators if each.phase == name]
            total = replace(
                total,
                profiled_seconds=phase.seconds,
                operator_calls=phase.operator_calls,
                backward_passes=phase.backward_passes,
                forward_passes=traced.forward_passes[name],
                device_seconds=sum(each.device_seconds for each in inside),
                host_bytes=sum(each.host_bytes for each in inside),
                device_bytes=sum(each.device_bytes for each in inside),
                allocations=sum(each.allocations for each in inside),
            )
        totals.append(total)
    return tuple(totals)
