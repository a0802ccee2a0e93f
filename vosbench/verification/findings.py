"""What a verification finds: numbers that do not come out again, each with the reason.

Causes, the codes in `Drift.cause`:

masks-changed           the mask files are not those that the record speaks of
masks-missing           a mask of the run is gone
masks-unreadable        a mask cannot be decoded
annotations-changed     the frames or annotations are not those that the run was made on
annotations-unreadable  they cannot be read today
scoring-changed         same masks and annotations, other rules or code
number-edited           all that the number depends on is the same, only the number is not
rows-missing            a number that should be there is not
rows-surplus            a number stands there that nothing gives
rows-reordered          the right numbers in another order
other-key               a record that was made with something else than the manifest says
other-protocol          a record under another protocol than the manifest says
file-unreadable         a record or a file of scores cannot be read
run-missing             a report quotes a run that is not there
report-outdated         the run's own numbers are right, but the report says something else
"""

from dataclasses import dataclass, replace

from vosbench.records import Manifest, ObjectScore, Run, SequenceRecord, SessionRecord
from vosbench.store import belongs

Value = str | float | int | None

MASKS_CHANGED = "masks-changed"
MASKS_MISSING = "masks-missing"
MASKS_UNREADABLE = "masks-unreadable"
ANNOTATIONS_CHANGED = "annotations-changed"
ANNOTATIONS_UNREADABLE = "annotations-unreadable"
SCORING_CHANGED = "scoring-changed"
EDITED = "number-edited"
ROWS_MISSING = "rows-missing"
ROWS_SURPLUS = "rows-surplus"
ROWS_REORDERED = "rows-reordered"
OTHER_KEY = "other-key"
OTHER_PROTOCOL = "other-protocol"
FILE_UNREADABLE = "file-unreadable"
RUN_MISSING = "run-missing"
REPORT_OUTDATED = "report-outdated"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One stored value that does not come out again.

    Attributes:
        run: name of the run.
        sequence: name; empty where it is about the whole run.
        file: where the value is stored, below the run's folder, or the report.
        figure: which value: `J`, `F_recall`, `masks_sha256`, …
        stored: what the file says; None where it says nothing.
        recomputed: what comes out today; None where nothing does.
        cause: one of the codes above.
        why: the cause in one sentence, with how to mend it.
        object_id: None where it is not about one object.
        frame: its name; None where it is not about one frame.
    """

    run: str
    sequence: str
    file: str
    figure: str
    stored: Value
    recomputed: Value
    cause: str
    why: str
    object_id: int | None = None
    frame: str | None = None


@dataclass(frozen=True, kw_only=True)
class SequenceCheck:
    """One sequence of a run, computed again from its masks.

    Attributes:
        sequence: its name.
        record: as stored; None when there is none or it cannot be read.
        scores: what the masks give today; None where they give none.
        frame_scores: number of rows, one a frame and object, that came out.
        drifts: what differs.
        notes: what is no drift but should be known, one sentence each.
        other_scoring: whether rules or code of the metrics changed since, with the same numbers.
    """

    sequence: str
    record: SequenceRecord | None = None
    scores: tuple[ObjectScore, ...] | None = None
    frame_scores: int = 0
    drifts: tuple[Drift, ...] = ()
    notes: tuple[str, ...] = ()
    other_scoring: bool = False

    @property
    def failed(self) -> str:
        """Why the run has no result of this sequence; empty when it has one or none yet."""
        if self.record is None or self.record.state == "done":
            return ""
        return self.record.reason or "no reason recorded"


@dataclass(frozen=True, kw_only=True)
class RunCheck:
    """A run, computed again from its masks.

    Attributes:
        manifest: of the run.
        sequences: one check each, in the order of the manifest.
        own_drifts: those that belong to no sequence of the manifest.
        notes: what is no drift but should be known, one sentence each.
        sessions: on what its passes were timed, as in `vosbench.records.Run`.
    """

    manifest: Manifest
    sequences: tuple[SequenceCheck, ...]
    own_drifts: tuple[Drift, ...] = ()
    notes: tuple[str, ...] = ()
    sessions: tuple[SessionRecord, ...] = ()

    @property
    def run(self) -> str:
        """Name of the run."""
        return self.manifest.run

    @property
    def drifts(self) -> tuple[Drift, ...]:
        """Everything that differs."""
        return (*(drift for one in self.sequences for drift in one.drifts), *self.own_drifts)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """Notes on the run and on its sequences."""
        return (*self.notes, *(note for one in self.sequences for note in one.notes))

    @property
    def failures(self) -> tuple[tuple[str, str], ...]:
        """Sequences that the run has no result of, and why."""
        return tuple((one.sequence, one.failed) for one in self.sequences if one.failed)

    def stored(self) -> Run:
        """The run as stored: without records that were made with something else, as tables do."""
        found = (one.record for one in self.sequences)
        kept = (record for record in found if record and belongs(record, self.manifest))
        return Run(self.manifest, tuple(kept), self.sessions)

    def recomputed(self) -> Run:
        """The run as its masks would have it today: no scores where masks give none."""
        scores = {one.sequence: one.scores or () for one in self.sequences}
        stored = self.stored()
        records = (
            replace(record, scores=scores[record.sequence] if record.state == "done" else ())
            for record in stored.records
        )
        return replace(stored, records=tuple(records))


@dataclass(frozen=True, kw_only=True)
class ReportCheck:
    """A report, computed again from the runs that it is about.

    Attributes:
        report: its file.
        runs: names of the runs.
        from_masks: number of cells that were computed from masks.
        from_timings: number of cells that follow from timings, which masks cannot give: compared
            with the timings that the records hold.
        quoted: methods whose published figures it quotes, which nothing here can verify.
        drifts: what differs.
        notes: what is no drift but should be known, one sentence each.
    """

    report: str
    runs: tuple[str, ...]
    from_masks: int
    from_timings: int
    quoted: tuple[str, ...] = ()
    drifts: tuple[Drift, ...] = ()
    notes: tuple[str, ...] = ()
