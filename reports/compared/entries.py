"""What stands beside each other in a table: a run's or a publication's figures, read alike."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vosbench.records import Manifest, ObjectScore, Run, SequenceRecord, SessionRecord
from vosbench.timing_records import Timing

MEASURED = "measured"
"""Masks made and scored here."""

RESCORED = "re-scored"
"""Masks that existed already, scored here; never timed."""

ORACLE = "oracle"
"""Masks made and scored here by a method that saw annotations: a bound, no result."""

QUOTED = "quoted"
"""Figures published by others; nothing was run or scored here."""

FIGURES = ("J&F", "J_mean", "J_recall", "J_decay", "F_mean", "F_recall", "F_decay")
"""What is known about an object; all are fractions."""

METRICS: Mapping[str, str] = {"J": "J_mean", "F": "F_mean", "J&F": "J&F"}
"""Metric of a table → the figure it shows."""


@dataclass(frozen=True)
class Outcome:
    """What is known of one sequence.

    Attributes:
        objects: figures by name, one mapping an object; empty when there are none.
        state: `"done"`, `"failed"` or `"missing"`.
        reason: why there are no figures, one sentence.
        timing: None unless vosbench timed it; a time without scores is no result.
        frames_scored: frames that counted for J and F; None when unknown.
        ids: of the objects, in their order; empty where these are not known. The one object of a
            sequence of DAVIS 2016 is 1.

    Raises:
        ValueError: there are ids, but not one for each object.
    """

    objects: tuple[Mapping[str, float], ...] = ()
    state: str = "done"
    reason: str = ""
    timing: Timing | None = None
    frames_scored: int | None = None
    ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.ids and len(self.ids) != len(self.objects):
            raise ValueError(f"{len(self.ids)} ids for {len(self.objects)} objects")

    def values(self, figure: str) -> tuple[float, ...]:
        """One of `FIGURES` of each object, in order; nan for one that lacks it."""
        return tuple(_figure(scores, figure) for scores in self.objects)

    def mean(self, figure: str) -> float | None:
        """Mean of one of `FIGURES` over the objects; None where no object has it."""
        return mean(self.objects, figure)

    @property
    def scored(self) -> int:
        """Number of objects with a finite J and F."""
        return sum(math.isfinite(_figure(scores, "J&F")) for scores in self.objects)


@dataclass(frozen=True)
class Entry:
    """One run, or one published method: a column or a row of a table.

    Attributes:
        title: how the table calls it; unique in its table.
        method: registered or published name.
        trust: `MEASURED`, `RESCORED`, `ORACLE` or `QUOTED`.
        outcomes: by sequence; only sequences that were asked for.
        manifest: of the run; None when quoted.
        source: where quoted figures come from; empty for a run.
        sessions: on what its passes were timed.
        published: number of sequences that quoted figures are published of; 0 for a run.
    """

    title: str
    method: str
    trust: str
    outcomes: Mapping[str, Outcome]
    manifest: Manifest | None = None
    source: str = ""
    sessions: tuple[SessionRecord, ...] = ()
    published: int = 0

    @property
    def quoted(self) -> bool:
        """Whether nothing of this was measured here."""
        return self.trust == QUOTED

    @property
    def oracle(self) -> bool:
        """Whether the method saw what it was to find."""
        return self.trust == ORACLE

    def mean(self, figure: str, sequences: Iterable[str]) -> float | None:
        """Mean of one of `FIGURES` over the objects of `sequences`; None where none has it."""
        return mean(
            (scores for name in sequences for scores in self._outcome(name).objects), figure
        )

    def scored(self, sequences: Iterable[str]) -> int:
        """Number of objects of `sequences` with a finite J and F."""
        return sum(self._outcome(name).scored for name in sequences)

    def done(self, sequences: Iterable[str]) -> tuple[str, ...]:
        """Those of `sequences` that have figures."""
        return tuple(name for name in sequences if self._outcome(name).objects)

    def timings(self, sequences: Iterable[str]) -> tuple[Timing, ...]:
        """Timings of those of `sequences` that have figures; see `timings_by_name`."""
        return tuple(self.timings_by_name(sequences).values())

    def timings_by_name(self, sequences: Iterable[str]) -> Mapping[str, Timing]:
        """The same by the names of the sequences; none where some were not timed.

        A speed over some of the sequences that scores are over would pass for that of all.
        """
        found = {name: self._outcome(name).timing for name in self.done(sequences)}
        timings = {name: timing for name, timing in found.items() if timing is not None}
        return timings if len(timings) == len(found) else {}

    def untimed(self, sequences: Iterable[str]) -> tuple[str, ...]:
        """Those of `sequences` that have figures but were not timed."""
        return tuple(name for name in self.done(sequences) if self._outcome(name).timing is None)

    def _outcome(self, sequence: str) -> Outcome:
        return self.outcomes.get(sequence, _UNKNOWN)


_UNKNOWN = Outcome(state="missing")


def mean(objects: Iterable[Mapping[str, float]], figure: str) -> float | None:
    """Mean of one of `FIGURES` over those objects that have it; None if none has.

    >>> mean([{"J_mean": 0.5}, {"J_mean": 1.0}, {"J_mean": math.nan}, {}], "J_mean")
    0.75
    """
    values = [_figure(scores, figure) for scores in objects]
    finite = [value for value in values if math.isfinite(value)]
    return math.fsum(finite) / len(finite) if finite else None


def entry(run: Run, title: str) -> Entry:
    """The entry of a run."""
    manifest = run.manifest
    records = {record.sequence: record for record in run.records}
    names = dict.fromkeys((*manifest.sequences, *records))
    return Entry(
        title=title,
        method=manifest.method,
        trust=_trust(manifest),
        outcomes={name: _outcome(records.get(name)) for name in names},
        manifest=manifest,
        sessions=run.sessions,
    )


def _trust(manifest: Manifest) -> str:
    if manifest.imported:
        return RESCORED
    return ORACLE if manifest.sees_annotations else MEASURED


def _outcome(record: SequenceRecord | None) -> Outcome:
    if record is None:
        return Outcome(state="missing", reason="not run yet")
    if record.state == "failed":
        return Outcome(state="failed", reason=f"failed: {record.reason or 'no reason recorded'}")
    if not record.scores:
        return Outcome(state="missing", reason="not scored")
    return Outcome(
        objects=tuple(_figures(score) for score in record.scores),
        timing=record.timing,
        frames_scored=max(score.frames for score in record.scores),
        ids=tuple(score.object_id for score in record.scores),
    )


def _figures(score: ObjectScore) -> dict[str, float]:
    return {
        f"{metric}_{name}": getattr(statistic, name)
        for metric, statistic in (("J", score.J), ("F", score.F))
        for name in ("mean", "recall", "decay")
    }


def _figure(scores: Mapping[str, float], figure: str) -> float:
    if figure == "J&F":
        return (_figure(scores, "J_mean") + _figure(scores, "F_mean")) / 2
    return scores.get(figure, math.nan)
