"""Times as a run leaves them behind: every raw sample, nothing averaged (protocol VBT-1).

Seconds are of wall clock, memory is in bytes, energy in joules. What could not be found out is
None, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

STREAMING = "streaming"
"""A frame is handed over once the mask of the one before is back in host memory."""

THROUGHPUT = "throughput"
"""The whole clip is handed over at once: its total time is valid, latencies of frames are not."""

MODES = (STREAMING, THROUGHPUT)


@dataclass(frozen=True)
class Memory:
    """Most memory that was held at any moment of a phase, bytes.

    Attributes:
        host: of the process, resident.
        allocated: by tensors on the device.
        reserved: by torch on the device, tensors and what it keeps for later ones.
        device: of the process on the device as its driver counts, with what torch knows nothing of.
    """

    host: int | None = None
    allocated: int | None = None
    reserved: int | None = None
    device: int | None = None


@dataclass(frozen=True)
class TimedPass:
    """One pass over one sequence.

    Attributes:
        seconds: by phase of `vosbench.timing.PHASES`; work of an inner phase counts there only.
        latencies: of each `step` in order, from the frame in host memory to its mask there, `io`
            left out; empty in throughput mode.
        adapting: places in `latencies` of steps in which the method adapted itself online.
        first_mask: from the first frame and its mask handed over to the mask of the next frame:
            `init` and the first step; None in throughput mode.
        device_seconds: by phase, as events on the device saw it; a diagnostic, idle gaps included.
            Empty where the device has no events.
        memory: by phase.
        joules: what the device took; None where it has no counter.
        session: of the call of vosbench that measured it; passes of one session were interleaved.
        place: of this pass among all passes of its session, from 0.
        contended: share of the machine that others took meanwhile, 0..1: of the cores that this
            process could have used, or 1 where foreign processes were at work on the device.
        throttled: whether the device held its clocks back.
        hertz: clock of the device (of a CPU, the mean of the usable cores) before and after the
            pass; empty where it is not told.
        celsius: temperature of a CUDA device, likewise.
        failed: why the pass did not end; empty if it did. It counts as the slowest of all.
        warm: whether a made-up clip of this shape had gone through all phases before.
        beside: number of other methods that were loaded in the process; what they hold is inside
            `memory`.
    """

    seconds: Mapping[str, float]
    latencies: tuple[float, ...] = ()
    adapting: tuple[int, ...] = ()
    first_mask: float | None = None
    device_seconds: Mapping[str, float] = field(default_factory=dict)
    memory: Mapping[str, Memory] = field(default_factory=dict)
    joules: float | None = None
    session: str = ""
    place: int = 0
    contended: float | None = None
    throttled: bool | None = None
    failed: str = ""
    warm: bool = False
    beside: int = 0
    hertz: tuple[float, ...] = ()
    celsius: tuple[float, ...] = ()


@dataclass(frozen=True)
class Timing:
    """Time that a method took on one sequence, in every pass over it.

    Attributes:
        frames: that the method had to segment in a pass (the annotated first one not counted).
        objects: that it followed.
        passes: in the order they were measured.
        planned: number of passes, fixed before the first.
        mode: one of `MODES`.
        object_frames: objects alive, added up over the frames.
        size: (height, width) of the frames, pixels; empty where unknown.
        machine: `id` of the fingerprint of the machine it was taken on (`vosbench.machine`); a
            run that was resumed elsewhere holds timings of several machines.
        cold_start: loading and the first contact with frames of this shape, in the warm-up: `init`
            and the first step, or a whole made-up clip in throughput mode. None where an earlier
            sequence had the same shape or nothing was warmed up.
        steady_masks: whether every pass gave the masks that are stored and scored, those of the
            first; None with one pass.
        circumstances: what a user may change on one machine and speed depends on: threads, flags
            of torch, environment (`vosbench.machine.circumstances`), and whether a warm-up was
            asked for. Passes made under others are never put together.
    """

    frames: int
    objects: int
    passes: tuple[TimedPass, ...]
    planned: int = 1
    mode: str = STREAMING
    object_frames: int = 0
    size: tuple[int, ...] = ()
    machine: str = ""
    cold_start: float | None = None
    steady_masks: bool | None = None
    circumstances: Mapping[str, object] = field(default_factory=dict)
