"""What a profile counted: figures that a busy machine does not disturb.

They are the same in every pass of a method that repeats itself with the same version of torch, the
same number of threads and on the same processor: torch takes other operators with another number of
threads, and another processor rounds otherwise, so that a method may decide otherwise (where to
cut, how often to go on). Bytes are those of torch: numpy's are not seen.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from vosbench.profiling.profile_records import Profile


@dataclass(frozen=True)
class PhaseCounts:
    """Counts of one phase; see `PhaseTotal`. None where torch was not profiled.

    Attributes:
        operators: calls by operator, names sorted.
        forward_passes: calls of a `torch.nn.Module` that no other module made.
    """

    entered: int
    operator_calls: int | None
    backward_passes: int | None
    allocations: int | None
    host_bytes: int | None
    device_bytes: int | None
    operators: Mapping[str, int]
    forward_passes: int | None = None


@dataclass(frozen=True)
class Counts:
    """What was profiled, and the counts of each phase that took place.

    Attributes:
        torch: its version; empty where it was not at work.
        threads: that torch used; None where it was not at work.
        processor: model of the processor, with that of a GPU at work; empty where not known.
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
    torch: str
    threads: int | None
    phases: Mapping[str, PhaseCounts]
    processor: str = ""


def counts_of(profile: Profile) -> Counts:
    """The counts of a profile."""
    threads = profile.machine.get("threads")
    return Counts(
        method=profile.method,
        settings=profile.settings,
        dataset=profile.dataset,
        sequence=profile.sequence,
        frames=profile.frames,
        objects=profile.objects,
        size=profile.size,
        seed=profile.seed,
        device=profile.device,
        torch=str(profile.machine.get("torch", "")),
        threads=threads if isinstance(threads, int) else None,
        phases={
            total.phase: PhaseCounts(
                entered=total.entered,
                operator_calls=total.operator_calls,
                backward_passes=total.backward_passes,
                allocations=total.allocations,
                host_bytes=total.host_bytes,
                device_bytes=total.device_bytes,
                operators=_calls(profile, total.phase),
                forward_passes=total.forward_passes,
            )
            for total in profile.phases
        },
        processor=" with ".join(
            str(profile.machine[name]) for name in ("cpu", "gpu") if profile.machine.get(name)
        ),
    )


def _calls(profile: Profile, phase: str) -> dict[str, int]:
    """How often each operator was called in a phase, whatever the shapes of its inputs."""
    calls: Counter[str] = Counter()
    for total in profile.operators:
        if total.phase == phase and total.calls:
            calls[total.operator] += total.calls
    return dict(sorted(calls.items()))
