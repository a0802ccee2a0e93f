"""A run computed again from its masks and the annotations, and compared with what it stored.

Nothing is written and no lock is taken, so a runner may be at work in the folder: a sequence that
is replaced while it is looked at is looked at again.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from vosbench.errors import DataError, UsageError
from vosbench.evaluate import FrameScore
from vosbench.mask_folders import folders_in
from vosbench.records import Manifest
from vosbench.rescore import Scorer
from vosbench.score_files import read_scores
from vosbench.sequence import Dataset
from vosbench.store import MERGED, RunFolder
from vosbench.verification.causes import MEND
from vosbench.verification.findings import (
    FILE_UNREADABLE,
    ROWS_MISSING,
    ROWS_REORDERED,
    ROWS_SURPLUS,
    Drift,
    RunCheck,
    SequenceCheck,
)
from vosbench.verification.verify_sequence import Work, verify_sequence
from vosbench.wording import counted, first_few

Rows = Mapping[str, tuple[FrameScore, ...]]


def verify_run(path: Path, dataset: Dataset) -> RunCheck:
    """Every number of the run in folder `path`, compared with what its masks give today.

    Args:
        dataset: that the run was made on; under which protocol it is scored is the run's matter.

    Raises:
        UsageError: the dataset lacks a sequence of the run, or its protocol does not exist.
        DataError: `path` is no run folder, or its manifest or a session cannot be read.
    """
    folder = RunFolder(path)
    manifest = folder.required_manifest()
    known = {sequence.name: sequence for sequence in dataset.sequences}
    missing = [name for name in manifest.sequences if name not in known]
    if missing:
        raise UsageError(
            f"dataset {dataset.name} lacks {first_few(missing)} of the run {manifest.run}; "
            "name the dataset that it was made on"
        )
    waiting = [name for name in manifest.sequences if not folder.has_record(name)]
    merged, unreadable = _merged(folder, manifest)
    scorers = cache(Scorer.under)
    scorers(manifest.protocol)  # a protocol that does not exist is found out before the work
    work = Work(
        folder=folder, manifest=manifest, merged=merged, joined=not waiting, scorers=scorers
    )
    checks = tuple(verify_sequence(work, known[name]) for name in manifest.sequences)
    own = [*unreadable, *_merged_drifts(manifest, merged)]
    if merged is None and not unreadable and not waiting:
        own.append(_merged_drift(manifest, ROWS_MISSING, "is missing", None, len(checks)))
    return RunCheck(
        manifest=manifest,
        sequences=checks,
        own_drifts=tuple(own),
        notes=tuple(_notes(folder, manifest, checks)),
        sessions=folder.sessions(one.record for one in checks if one.record),
    )


def _merged(folder: RunFolder, manifest: Manifest) -> tuple[Rows | None, list[Drift]]:
    """Scores of all sequences by sequence; None, and why, where they cannot be read."""
    try:
        rows = read_scores(folder.merged_scores())
    except DataError as error:
        unreadable = Drift(
            run=manifest.run,
            sequence="",
            file=MERGED,
            figure="file",
            stored=None,
            recomputed=None,
            cause=FILE_UNREADABLE,
            why=str(error),
        )
        return None, [unreadable]
    if rows is None:
        return None, []
    found: dict[str, list[FrameScore]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    return {name: tuple(scores) for name, scores in found.items()}, []


def _merged_drifts(manifest: Manifest, merged: Rows | None) -> Iterator[Drift]:
    """What is wrong with the scores of all sequences as a whole."""
    there = tuple(merged or ())
    surplus = [name for name in there if name not in manifest.sequences]
    if surplus:
        what = f"has rows of {first_few(surplus)}, which the run was not asked for"
        yield _merged_drift(manifest, ROWS_SURPLUS, what, len(surplus), None)
    ordered = [name for name in manifest.sequences if name in there]
    kept = [name for name in there if name in manifest.sequences]
    if kept != ordered:
        moved = next(pair for pair in zip(kept, ordered, strict=True) if pair[0] != pair[1])
        what = f"has its sequences in another order: {moved[0]} where {moved[1]} should be"
        yield _merged_drift(manifest, ROWS_REORDERED, what, *moved)


def _merged_drift(
    manifest: Manifest,
    cause: str,
    what: str,
    stored: str | int | None,
    recomputed: str | int | None,
) -> Drift:
    return Drift(
        run=manifest.run,
        sequence="",
        file=MERGED,
        figure="sequences",
        stored=stored,
        recomputed=recomputed,
        cause=cause,
        why=f"{MERGED} {what}; {MEND}",
    )


def _notes(
    folder: RunFolder, manifest: Manifest, checks: tuple[SequenceCheck, ...]
) -> Iterator[str]:
    """What should be known about a run besides."""
    waiting = [one.sequence for one in checks if one.record is None and not one.drifts]
    if waiting:
        yield (
            f"{len(waiting)} of {counted(len(checks), 'sequence')} without a result yet "
            f"({first_few(waiting)}); run it again to finish it"
        )
    alike = [one.sequence for one in checks if one.other_scoring]
    if alike:
        yield (
            f"{len(alike)} of {counted(len(checks), 'sequence')} scored by another version of "
            f"protocol {manifest.protocol} or of the metrics than today's, which gives the same "
            f"numbers ({first_few(alike)})"
        )
    kept = [name for name in folders_in(folder.path / "masks") if name not in manifest.sequences]
    if kept:
        yield (
            f"{folder.path} keeps masks of sequences that the run was not last asked for, which "
            f"are not verified: {first_few(kept)}"
        )
