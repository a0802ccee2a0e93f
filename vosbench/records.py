"""What a run leaves behind, as reports read it: plain frozen data, no arrays, no torch.

Scores are fractions in 0..1, times are seconds of wall clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vosbench.timing_records import STREAMING, Timing


@dataclass(frozen=True)
class Statistic:
    """Mean, recall (share of frames above 0.5) and decay of J or F over the frames of an object."""

    mean: float
    recall: float
    decay: float


@dataclass(frozen=True)
class ObjectScore:
    """Scores of one object of one sequence under a protocol.

    Attributes:
        frames: number of frames that counted.
        variability: V, the spread of J&F over them, under protocols that have it.
    """

    sequence: str
    object_id: int
    frames: int
    J: Statistic
    F: Statistic
    variability: float | None = None


@dataclass(frozen=True)
class SequenceRecord:
    """Outcome of one job: one method on one sequence with one seed.

    Attributes:
        sequence: its name.
        state: `"done"` or `"failed"`.
        reason: why it failed, one sentence; empty when done.
        key: hex digest of `key_parts`: equal keys mean equal masks.
        key_parts: what the masks depend on, by name (method source, settings, weights, …).
        masks_sha256: digest over the written masks; empty when there are none.
        protocol: under which `scores` were computed.
        scores: one an object; empty when failed.
        timing: None for masks that were imported or made without a clock. A failed record has one
            where the method failed, with what was measured until then, and where masks were made
            but cannot be scored (two frames under DAVIS).
        scores_key: hex digest of what `scores` depend on besides the masks: protocol,
            annotations, source of the metrics.
    """

    sequence: str
    state: str
    key: str
    key_parts: Mapping[str, str]
    reason: str = ""
    masks_sha256: str = ""
    protocol: str = ""
    scores: tuple[ObjectScore, ...] = ()
    timing: Timing | None = None
    scores_key: str = ""


@dataclass(frozen=True)
class Manifest:
    """What a run is: enough to make it again.

    Attributes:
        run: name of the run folder; begins with the method's name unless the user renamed it.
        method: registered name (`eosvos-50-OnA`).
        label: how tables call it (the method's name unless set otherwise).
        dataset: name; `sequences` are the exact names asked for.
        settings: all settings of the method, resolved.
        overrides: those that the user set.
        provenance: network, weights and their sha256, as the method states them.
        imported: True for masks that vosbench did not make; they are never timed.
        machine: fingerprint of what it ran on.
        versions: distribution → version, `python` among them.
        git: commit and whether the tree was dirty; empty outside a checkout.
        command: as typed.
        created: ISO 8601, UTC.
        key_parts: what the masks of every sequence of this run depend on, by name. A record in the
            folder whose parts say otherwise was made with something else and does not count.
        dataset_variant: as in `vosbench.sequence.Dataset`; empty for the default.
        sees_annotations: True for an oracle (see `vosbench.method.Method`), which is no result.
        mode: one of `vosbench.timing_records.MODES`.
        offline: True for a method that sees the whole clip before it answers.
    """

    run: str
    method: str
    label: str
    dataset: str
    sequences: tuple[str, ...]
    protocol: str
    seed: int
    device: str
    settings: Mapping[str, object]
    overrides: Mapping[str, object]
    provenance: Mapping[str, str]
    imported: bool
    machine: Mapping[str, object]
    versions: Mapping[str, str]
    git: Mapping[str, object]
    command: str
    created: str
    key_parts: Mapping[str, str] = field(default_factory=dict)
    dataset_variant: str = ""
    sees_annotations: bool = False
    mode: str = STREAMING
    offline: bool = False


@dataclass(frozen=True)
class SessionRecord:
    """On what one call of vosbench timed passes of a run.

    A run that was continued has several, and its manifest tells of the last only.

    Attributes:
        session: as in `TimedPass.session`.
        machine, versions, git, command, created: as in `Manifest`, of that call.
    """

    session: str
    machine: Mapping[str, object]
    versions: Mapping[str, str] = field(default_factory=dict)
    git: Mapping[str, object] = field(default_factory=dict)
    command: str = ""
    created: str = ""


@dataclass(frozen=True)
class Run:
    """A run folder as read back: its manifest and the records of its sequences, in its order.

    Sequences that have no record yet are missing from `records` but named in the manifest.
    `sessions` are those that passes in `records` belong to, the earliest first.
    """

    manifest: Manifest
    records: tuple[SequenceRecord, ...] = field(default=())
    sessions: tuple[SessionRecord, ...] = field(default=())
