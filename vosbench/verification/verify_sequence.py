"""One sequence of a run, computed again from its masks and compared with all that is stored."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from vosbench import provenance
from vosbench.errors import DataError, UsageError
from vosbench.evaluate import FrameScore
from vosbench.mask_folders import frames_in
from vosbench.record_json import to_json
from vosbench.records import Manifest, SequenceRecord
from vosbench.rescore import Scored, Scorer
from vosbench.score_files import read_scores
from vosbench.sequence import Sequence
from vosbench.store import MERGED, RunFolder
from vosbench.verification.causes import MEND, Stored, drifts_of, first_changed_frame
from vosbench.verification.findings import (
    EDITED,
    FILE_UNREADABLE,
    MASKS_CHANGED,
    ROWS_MISSING,
    ROWS_SURPLUS,
    Drift,
    SequenceCheck,
    Value,
)
from vosbench.verification.identity import identity_drifts
from vosbench.verification.inputs import LOST, Inputs, inputs_of, with_detail
from vosbench.verification.numbers import frame_mismatches, object_mismatches
from vosbench.wording import first_few

ATTEMPTS = 3
"""How often a sequence is looked at while a runner keeps replacing it."""

Rows = tuple[FrameScore, ...]


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the sequences of a run share.

    Attributes:
        folder: of the run.
        manifest: of the run.
        merged: rows of `scores.csv` by sequence; None where it cannot be read.
        joined: whether `merged` should hold every sequence that has scores.
        scorers: name of a protocol → its scorer.
    """

    folder: RunFolder
    manifest: Manifest
    merged: Mapping[str, Rows] | None
    joined: bool
    scorers: Callable[[str], Scorer]


def verify_sequence(work: Work, sequence: Sequence) -> SequenceCheck:
    """The check of a sequence, from a record that stayed the same meanwhile."""
    for _ in range(ATTEMPTS):
        before = _stamp(work.folder, sequence.name)
        check = _check(work, sequence)
        if not check.drifts or _stamp(work.folder, sequence.name) == before:
            return check
    note = f"sequence {sequence.name} is being written; verify it when the run has ended"
    return replace(check, notes=(*check.notes, note))


def _stamp(folder: RunFolder, sequence: str) -> str:
    """Something that changes when a runner replaces the record of a sequence."""
    try:
        record = folder.record(sequence)
    except DataError as error:
        return str(error)
    return "" if record is None else to_json(record)


def _check(work: Work, sequence: Sequence) -> SequenceCheck:
    """One look at a sequence."""
    name = sequence.name
    try:
        record = work.folder.record(name)
    except DataError as error:
        return SequenceCheck(
            sequence=name, drifts=(_unreadable(work, name, _record_file(name), error),)
        )
    if record is None:
        return SequenceCheck(
            sequence=name, drifts=tuple(_rows_without(work, name, "has no record"))
        )
    scorer = _scorer(work, record)
    if scorer is None:
        check = SequenceCheck(sequence=name, record=record)
    elif record.state == "done":
        check = _done(work, sequence, record, scorer)
    else:
        check = _failed(work, sequence, record, scorer)
    identity = identity_drifts(work.manifest, record, _record_file(name))
    return replace(check, drifts=(*identity, *check.drifts))


def _scorer(work: Work, record: SequenceRecord) -> Scorer | None:
    """The scorer of a record's protocol; None for one that does not exist."""
    try:
        return work.scorers(record.protocol or work.manifest.protocol)
    except UsageError:
        return None


def _done(work: Work, sequence: Sequence, record: SequenceRecord, scorer: Scorer) -> SequenceCheck:
    """A sequence with a result."""
    place = work.folder.masks(sequence.name)
    inputs = inputs_of(place, work.manifest, sequence, record, scorer)
    scored = scorer.score(record, sequence, place, "")
    notes = tuple(_surplus_masks(work, sequence))
    if scored.record.state != "done":
        drifts = [*_changed(work, sequence, inputs), *_not_scored(work, record, inputs, scored)]
        return SequenceCheck(
            sequence=sequence.name, record=record, drifts=tuple(drifts), notes=notes
        )
    files, trouble = _compared(work, record, scored)
    if inputs.masks is not None and inputs.masks.cause == MASKS_CHANGED:
        first = first_changed_frame(files, sequence.frames)
        inputs = replace(inputs, masks=with_detail(inputs.masks, place, sequence, first))
    remark = _numpy_remark(work.manifest)
    found = list(drifts_of(work.manifest.run, sequence.name, files, inputs, remark))
    blamed = {change.cause for change in inputs.all}
    drifts = [*_changed(work, sequence, inputs), *trouble, *found]
    return SequenceCheck(
        sequence=sequence.name,
        record=record,
        scores=scored.record.scores,
        frame_scores=len(scored.rows),
        drifts=tuple(drifts),
        notes=notes,
        other_scoring=inputs.scoring is not None
        and not any(drift.cause in blamed for drift in found),
    )


def _failed(
    work: Work, sequence: Sequence, record: SequenceRecord, scorer: Scorer
) -> SequenceCheck:
    """A sequence without result: its masks, where it has some, and that it has no scores."""
    name, file = sequence.name, _record_file(sequence.name)
    drifts = list(_rows_without(work, name, "has a record that failed"))
    if record.scores:
        why = f"{file} has scores although it failed; run it again"
        drifts.append(
            _drift(work, name, file, "scores", len(record.scores), None, ROWS_SURPLUS, why)
        )
    notes: list[str] = []
    if record.masks_sha256:
        place = work.folder.masks(name)
        inputs = inputs_of(place, work.manifest, sequence, record, scorer)
        drifts += _changed(work, sequence, inputs)
        if scorer.score(record, sequence, place, "").record.state == "done":
            notes.append(f"sequence {name} failed, but its masks can be scored today; {MEND}")
    return SequenceCheck(sequence=name, record=record, drifts=tuple(drifts), notes=tuple(notes))


def _compared(
    work: Work, record: SequenceRecord, scored: Scored
) -> tuple[list[Stored], list[Drift]]:
    """Every file with numbers of a sequence beside what came out, and what is no use in them."""
    name, count = record.sequence, len(scored.rows)
    copies, trouble = _copies(work, name)
    files: list[Stored] = []
    for file, rows in copies.items():
        if rows:
            mismatches = tuple(frame_mismatches(rows, scored.rows))
            files.append(Stored(file=file, mismatches=mismatches))
        else:
            why = f"{file} has no scores of sequence {name}; {MEND}"
            trouble.append(_drift(work, name, file, "rows", 0, count, ROWS_MISSING, why))
    statistics = tuple(object_mismatches(record.scores, scored.record.scores))
    files.append(Stored(file=_record_file(name), mismatches=statistics, statistics=True))
    return files, trouble


def _copies(work: Work, name: str) -> tuple[dict[str, Rows], list[Drift]]:
    """Scores of the frames of a sequence in each file that should have them."""
    copies: dict[str, Rows] = {}
    trouble: list[Drift] = []
    file = _scores_file(name)
    try:
        own = read_scores(work.folder.scores(name)) or ()
    except DataError as error:
        trouble.append(_unreadable(work, name, file, error))
    else:
        copies[file] = tuple(row for sequence, row in own if sequence == name)
        if len(copies[file]) < len(own):
            why = f"{file} has rows of another sequence; {MEND}"
            surplus = len(own) - len(copies[file])
            trouble.append(_drift(work, name, file, "rows", surplus, None, ROWS_SURPLUS, why))
    if work.merged is not None and (work.joined or name in work.merged):
        copies[MERGED] = work.merged.get(name, ())
    return copies, trouble


def _rows_without(work: Work, name: str, what: str) -> Iterator[Drift]:
    """Scores of a sequence that should have none."""
    copies, trouble = _copies(work, name)
    yield from trouble
    for file, rows in copies.items():
        if rows:
            why = f"{file} has scores of sequence {name}, which {what}; run it again"
            yield _drift(work, name, file, "rows", len(rows), None, ROWS_SURPLUS, why)


def _not_scored(work: Work, record: SequenceRecord, inputs: Inputs, scored: Scored) -> list[Drift]:
    """That a sequence with a result has none today, unless what is lost says so already."""
    if any(change.cause in LOST for change in inputs.all):
        return []
    cause, why = EDITED, f"{_record_file(record.sequence)} was altered, or vosbench changed"
    if inputs.all:
        cause, why = inputs.all[0].cause, inputs.all[0].why
    name, reason = record.sequence, scored.record.reason
    why = f"{why} (its masks cannot be scored today: {reason})"
    return [_drift(work, name, _record_file(name), "state", "done", "failed", cause, why)]


def _changed(work: Work, sequence: Sequence, inputs: Inputs) -> Iterator[Drift]:
    """Masks and annotations that are not what the record says; rules may change freely."""
    for change in (inputs.masks, inputs.annotations):
        if change is not None:
            yield Drift(
                run=work.manifest.run,
                sequence=sequence.name,
                file=_record_file(sequence.name),
                figure=change.figure,
                stored=change.stored,
                recomputed=change.recomputed,
                cause=change.cause,
                why=change.why,
                frame=change.frame,
            )


def _surplus_masks(work: Work, sequence: Sequence) -> Iterator[str]:
    """A note on masks of frames that there are not."""
    place = work.folder.masks(sequence.name)
    try:
        surplus = [frame for frame in frames_in(place) if frame not in set(sequence.frames)]
    except DataError:
        return
    if surplus:
        yield f"{place} has masks of frames that the sequence has not: {first_few(surplus)}"


def _numpy_remark(manifest: Manifest) -> str:
    """What else may round differently, where it is not what it was."""
    then, now = manifest.versions.get("numpy"), provenance.versions(["numpy"]).get("numpy")
    return "" if then == now else f" (but numpy was {then} and is {now})"


def _drift(
    work: Work,
    name: str,
    file: str,
    figure: str,
    stored: Value,
    recomputed: Value,
    cause: str,
    why: str,
) -> Drift:
    return Drift(
        run=work.manifest.run,
        sequence=name,
        file=file,
        figure=figure,
        stored=stored,
        recomputed=recomputed,
        cause=cause,
        why=why,
    )


def _unreadable(work: Work, name: str, file: str, error: DataError) -> Drift:
    return _drift(work, name, file, "file", None, None, FILE_UNREADABLE, str(error))


def _record_file(name: str) -> str:
    return f"records/{name}.json"


def _scores_file(name: str) -> str:
    return f"scores/{name}.csv"
