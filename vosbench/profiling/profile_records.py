"""What a profile says, as plain records.

Seconds are of wall clock unless said otherwise, memory is in bytes. Counts do not depend on how
fast or how busy the machine is; seconds do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

OUTSIDE = "(outside operators)"
"""Stands for the time of a phase in which no operator ran: Python, numpy, other libraries."""

UNKNOWN = "(no operator)"
"""Stands for work of the device that no operator of torch is known to have launched."""


@dataclass(frozen=True)
class OperatorTotal:
    """All calls of one operator in one phase.

    Attributes:
        phase: of `vosbench.timing.PHASES`; empty for calls outside every phase of the method.
        operator: as torch calls it, `OUTSIDE` or `UNKNOWN`.
        shapes: of its inputs, where calls are told apart by them; else empty.
        calls: how many; calls that an operator makes of others are calls of those too.
        cpu_seconds: on the host, what it called left out.
        device_seconds: that kernels and copies took on the device which it launched itself.
        host_bytes: allocated in host memory by it and not by what it called; what was freed again
            is not taken off.
        device_bytes: the same on the device.
        allocations: number of both.
    """

    phase: str
    operator: str
    shapes: str = ""
    calls: int = 0
    cpu_seconds: float = 0.0
    device_seconds: float = 0.0
    host_bytes: int = 0
    device_bytes: int = 0
    allocations: int = 0


@dataclass(frozen=True)
class PhaseTotal:
    """One phase of a method over the whole sequence.

    Attributes:
        phase: its name.
        entered: how often the method or the harness began it.
        seconds: in the pass without the profiler.
        profiled_seconds: in the pass with it; None where torch was not profiled.
        operator_calls: of operators of torch (`aten::add` and the like), those called by others
            included; None where torch was not profiled, here and below.
        backward_passes: calls of `torch.autograd.grad` and `backward`: inner steps, mostly.
        device_seconds: of kernels and copies on the device, added up.
        host_bytes: as `OperatorTotal`.
        device_bytes: as `OperatorTotal`.
        allocations: as `OperatorTotal`.
        forward_passes: calls of a `torch.nn.Module` that no other module made.
    """

    phase: str
    entered: int
    seconds: float
    profiled_seconds: float | None = None
    operator_calls: int | None = None
    backward_passes: int | None = None
    device_seconds: float | None = None
    host_bytes: int | None = None
    device_bytes: int | None = None
    allocations: int | None = None
    forward_passes: int | None = None


@dataclass(frozen=True)
class FunctionTotal:
    """All calls of one function of Python in one phase, as `cProfile` saw them.

    Attributes:
        phase: its name.
        function: its name, with file and line where it has them.
        calls: how many.
        seconds: in the function itself.
        cumulative_seconds: with all that it called.
    """

    phase: str
    function: str
    calls: int
    seconds: float
    cumulative_seconds: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A method over a sequence, profiled.

    Attributes:
        method: label of the method.
        settings: all of them.
        dataset: name of the dataset, with its variant.
        sequence: name of the sequence.
        frames: that were segmented; the annotated first one is none.
        objects: that were followed.
        size: (height, width) of the frames, pixels.
        seed: of the method.
        device: where it computed.
        machine: facts as `vosbench.machine.fingerprint` gives them.
        phases: those that took place, in the order of `vosbench.timing.PHASES`.
        operators: the most expensive of a phase first; empty where torch was not profiled.
        functions: the most expensive of a phase first; empty unless asked for.
        remarks: sentences on what this profile could not find out.
    """

    method: str
    settings: Mapping[str, object]
    dataset: str
    sequence: str
    frames: int
    objects: int
    size: tuple[int, ...]
    seed: int
    device: str
    machine: Mapping[str, object]
    phases: tuple[PhaseTotal, ...]
    operators: tuple[OperatorTotal, ...] = ()
    functions: tuple[FunctionTotal, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def slowdown(self) -> float | None:
        """How many times longer the phases took with the profiler; None without one."""
        with_profiler = [total.profiled_seconds or 0.0 for total in self.phases]
        without = sum(total.seconds for total in self.phases)
        return sum(with_profiler) / without if self.operators and without else None
