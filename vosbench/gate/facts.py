"""What a baseline holds, and what a run is held to it by: the same facts, taken the same way.

A baseline is these facts as JSON, small enough to live in a repository.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vosbench.atomic import write_text
from vosbench.errors import DataError
from vosbench.profiling.counts import Counts
from vosbench.record_json import from_json, to_json
from vosbench.records import ObjectScore

FORMAT = 1
"""Of the file; raised when what a field means changes."""


@dataclass(frozen=True)
class SequenceFacts:
    """What a run made of one sequence.

    Attributes:
        sequence: its name.
        sequence_sha256: digest over its frames and annotations.
        state: `"done"` or `"failed"`.
        reason: why it failed.
        scores: of each object, under the protocol; empty when failed.
    """

    sequence: str
    sequence_sha256: str
    state: str
    reason: str = ""
    scores: tuple[ObjectScore, ...] = ()


@dataclass(frozen=True)
class PlatformMasks:
    """Digests of masks, which hold on one platform: another rounds otherwise.

    Attributes:
        platform: what masks may depend on besides the method: processor, threads, torch, device.
        masks_sha256: by sequence.
        scores: of these masks, by sequence, where they are not those in `Facts.sequences`; those
            belong to the first platform.
    """

    platform: Mapping[str, str]
    masks_sha256: Mapping[str, str]
    scores: Mapping[str, tuple[ObjectScore, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A line of Python that made what stays behind a frame.

    Attributes:
        place: file and line.
        bytes_per_frame: that were made there and not freed.
    """

    place: str
    bytes_per_frame: float


@dataclass(frozen=True)
class Growth:
    """What stays behind a frame (see `vosbench.gate.growth`).

    Attributes:
        bytes_per_frame: that memory goes on growing by, from one frame to the next.
        frames: that it was found over.
        sequence: that the frames are of.
        python: as `bytes_per_frame`, of objects of Python and arrays of numpy alone.
        tensors: of tensors of torch in host memory.
        device: of tensors of torch on the device.
        kept: where most of `python` was made; empty where it is little.
    """

    bytes_per_frame: float
    frames: int
    sequence: str = ""
    python: float = 0.0
    tensors: float = 0.0
    device: float = 0.0
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class PartPace:
    """Raw samples of a part of a pass, one a pair: of wall clock, and of all cores together.

    Attributes:
        seconds, cpu_seconds: of the method, a pass.
        reference_seconds, reference_cpu_seconds: of the same part at another commit, a pass; or of
            the workload, a unit of it.
    """

    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]
    reference_seconds: tuple[float, ...]
    reference_cpu_seconds: tuple[float, ...]


@dataclass(frozen=True)
class Pace:
    """Raw samples of time, the method and a reference in turn in one job.

    Attributes:
        reference: what took turns with the method: `"workload"`, or the commit of a baseline.
        machine: `id` of the fingerprint (`vosbench.machine`).
        circumstances: as in `vosbench.timing_records.Timing`, and versions that speed depends on.
        seconds: of each pass of the method over the sequence.
        reference_seconds: of the pass, or the unit of the workload, beside it.
        sequence: that passes go over.
        steps: frames that are segmented in a pass.
        parts: of a pass: `first frame` and `frames`, or `clip` where it is handed over whole.
        passes: that a sample is the mean of.
        units: of the workload, that a sample is the mean of.
        clock: that judges: `wall`, or `cpu` where the method had but one thread.
        trouble: why there are no samples; empty where there are some.
    """

    reference: str
    machine: str
    circumstances: Mapping[str, object]
    seconds: tuple[float, ...]
    reference_seconds: tuple[float, ...]
    sequence: str = ""
    steps: int = 0
    parts: Mapping[str, PartPace] = field(default_factory=dict)
    passes: int = 1
    units: int = 1
    clock: str = "wall"
    trouble: str = ""


@dataclass(frozen=True)
class Facts:
    """A run as gates see it.

    Attributes:
        method: registered name.
        label: how tables call it.
        settings: all of them.
        overrides: those that the user set.
        dataset, variant, protocol, seed, device, mode: as in `vosbench.records.Manifest`.
        weights_sha256: of the checkpoint; empty for methods without.
        sequences: those that were asked for, in their order.
        masks: digests by platform; one entry, of this machine, for a run.
        counts: what a profile of one sequence counted; None where none was taken.
        growth: None where it was not looked at.
        pace: None where it was not timed.
        made: how, for people: commit, whether the tree was dirty, versions, machine, command,
            date.
        format: of the file.
    """

    method: str
    label: str
    settings: Mapping[str, object]
    overrides: Mapping[str, object]
    dataset: str
    variant: str
    protocol: str
    seed: int
    device: str
    mode: str
    weights_sha256: str
    sequences: tuple[SequenceFacts, ...]
    masks: tuple[PlatformMasks, ...]
    counts: Counts | None = None
    growth: Growth | None = None
    pace: Pace | None = None
    made: Mapping[str, object] = field(default_factory=dict)
    format: int = FORMAT


class OldBaselineError(DataError):
    """A baseline of a format that this vosbench does not read: stale, whatever it says."""


def write_baseline(path: Path, facts: Facts) -> None:
    """Write facts as the baseline that later runs are held to.

    Raises:
        CannotWriteError: the file system refuses.
    """
    write_text(path, to_json(facts))


def read_baseline(path: Path) -> Facts:
    """The facts of a baseline.

    Raises:
        OldBaselineError: it is a baseline of another format.
        DataError: there is no such file, or it is no baseline.
    """
    make = "`vosbench baseline` makes one"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"there is no baseline {path}; {make}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; {make}") from error
    try:
        stated = from_json(text, _Format).format
        if stated == FORMAT:
            return from_json(text, Facts)
    except ValueError as error:
        raise DataError(f"{path} is no baseline: {error}; {make}") from error
    raise OldBaselineError(
        f"{path} is a baseline of format {stated}, and this vosbench reads {FORMAT}; make it anew "
        "with `vosbench baseline`"
    )


@dataclass(frozen=True)
class _Format:
    """What is read of a file first: other fields may mean something else in another format."""

    format: int
