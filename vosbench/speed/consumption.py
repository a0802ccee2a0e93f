"""What a run took of the machine besides time: memory at its peak, and energy."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from vosbench.speed.rates import by_pass
from vosbench.timing_records import Memory, Timing

KINDS = tuple(field.name for field in fields(Memory))
"""Ways in which memory is counted: host, allocated, reserved, device."""

ON_DEVICE = ("device", "reserved", "allocated")
"""Those of the device, the most inclusive one first."""


@dataclass(frozen=True)
class Peak:
    """Most memory held at any moment.

    Attributes:
        bytes: in any pass.
        sequence: name of the sequence in which that was.
        kind: one of `KINDS`.
    """

    bytes: int
    sequence: str
    kind: str


def peak(timings: Mapping[str, Timing], kind: str, phase: str | None = None) -> Peak | None:
    """The most memory of a kind over sequences and passes; None where it was not counted.

    Args:
        timings: by name of the sequence.
        kind: one of `KINDS`.
        phase: in which; any if None.
    """
    found: Peak | None = None
    for name, timing in timings.items():
        for made in timing.passes:
            for where, memory in made.memory.items():
                held: int | None = getattr(memory, kind)
                if held is not None and phase in (None, where):
                    found = found if found and found.bytes >= held else Peak(held, name, kind)
    return found


def device_peak(timings: Mapping[str, Timing]) -> Peak | None:
    """The most memory on the device, as its driver counts where that is known, else as torch does.

    None on a CPU.
    """
    peaks = (peak(timings, kind) for kind in ON_DEVICE)
    return next((found for found in peaks if found is not None), None)


def joules_per_frame(timings: Iterable[Timing]) -> tuple[float, ...]:
    """Energy of the device for one frame, of each pass that ended; empty without a counter.

    Joules and frames are added up over sequences; a pass with a sequence that has no count is left
    out, for the missing energy is not 0.
    """
    found = []
    for passes in by_pass(timings):
        counts = [made.joules for _, made in passes if not made.failed]
        known = [joules for joules in counts if joules is not None]
        frames = sum(timing.frames for timing, _ in passes)
        if len(known) == len(passes) and frames:
            found.append(math.fsum(known) / frames)
    return tuple(found)


def watt_hours(joules: float) -> float:
    """Energy in watt-hours.

    >>> watt_hours(3600)
    1.0
    """
    return joules / 3600
