"""A folder of masks against a folder of annotations: what `vosbench score` does.

Both folders hold one folder a sequence, with one PNG a frame; a frame has the same file name in
both.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vosbench.errors import DataError, UsageError
from vosbench.evaluate import Rules, evaluate, summarise
from vosbench.mask_folders import annotation_folder, folders_in, frames_in, mask_file
from vosbench.masks import read_mask
from vosbench.metrics.protocols import ExtraIds, Protocol
from vosbench.records import ObjectScore, Statistic
from vosbench.score_sheet import Truth
from vosbench.wording import first_few, suggestion

COLUMNS = (
    "sequence",
    "object",
    "J_mean",
    "J_recall",
    "J_decay",
    "F_mean",
    "F_recall",
    "F_decay",
)
"""Columns of the table of scores; scripts outside vosbench rely on them."""

GLOBAL = "GLOBAL"
"""Sequence column of the last row, the means over objects."""


@dataclass(frozen=True)
class FolderScores:
    """Scores of a folder of masks.

    Attributes:
        objects: one score an object, in the order of the sequences.
        notes: what the user should know about the folder, one sentence each: surplus files, and
            sequences that were left out.
    """

    objects: tuple[ObjectScore, ...]
    notes: tuple[str, ...] = ()


def score_folders(
    predictions: Path,
    annotations: Path,
    protocol: Protocol,
    *,
    sequences: Iterable[str] | None = None,
    extra_ids: ExtraIds = "error",
    partial: bool = False,
) -> FolderScores:
    """Scores of all masks below `predictions`.

    Args:
        predictions: folder of the sequences' folders of masks.
        annotations: the same of annotations; or a DAVIS root or its `Annotations`, of which
            the 480p masks are taken.
        protocol: from `vosbench.metrics.protocols`.
        sequences: their names, in the order wanted; all that are annotated unless given.
        extra_ids: as in `vosbench.evaluate.Rules`.
        partial: score the sequences that have masks, and note the others, instead of failing.

    Raises:
        UsageError: a sequence that is named does not exist, or is named twice.
        DataError: a folder, a sequence or a mask is missing or cannot be scored.
    """
    root = annotation_folder(annotations)
    if not predictions.is_dir():
        raise DataError(f"the folder of masks {predictions} does not exist; check the path")
    names = tuple(folders_in(root)) if sequences is None else _checked(tuple(sequences), root)
    absent = [name for name in names if not (predictions / name).is_dir()]
    if absent and (not partial or len(absent) == len(names)):
        raise DataError(_absent_sentence(absent, names, predictions))
    objects: list[ObjectScore] = []
    notes = [f"{predictions} has no masks of sequence {name}: left out" for name in absent]
    if sequences is None:
        notes += _surplus_sequences(predictions, names)
    for name in names:
        if name not in absent:
            scored = _score_sequence(root / name, predictions / name, protocol, extra_ids)
            objects += scored.objects
            notes += scored.notes
    return FolderScores(tuple(objects), tuple(notes))


def score_rows(scores: Iterable[ObjectScore]) -> list[dict[str, object]]:
    """Rows of the table of scores under `COLUMNS`: one an object, then `GLOBAL`, the means.

    Raises:
        ValueError: there is no object.
    """
    objects = tuple(scores)
    summary = summarise(objects)
    rows = [_row(score.sequence, score.object_id, score.J, score.F) for score in objects]
    return [*rows, _row(GLOBAL, "", summary.J, summary.F)]


def _row(sequence: str, object_id: int | str, J: Statistic, F: Statistic) -> dict[str, object]:
    figures = (J.mean, J.recall, J.decay, F.mean, F.recall, F.decay)
    return dict(zip(COLUMNS, (sequence, object_id, *figures), strict=True))


def _score_sequence(
    annotations: Path, predictions: Path, protocol: Protocol, extra_ids: ExtraIds
) -> FolderScores:
    """Scores of one folder of masks against one of annotations."""
    frames, found = frames_in(annotations), frames_in(predictions)
    _check_frames(frames, found, predictions, protocol)
    (scores,) = evaluate(
        Truth(
            annotations.name, frames, lambda index: read_mask(mask_file(annotations, frames[index]))
        ),
        [lambda index: read_mask(mask_file(predictions, frames[index]))],
        Rules(protocol, extra_ids),
    )
    surplus = sorted(set(found) - set(frames))
    notes: tuple[str, ...] = ()
    if surplus:
        notes = (f"{predictions} holds masks without annotation, ignored: {first_few(surplus)}",)
    return FolderScores(scores.objects, notes)


def _check_frames(
    frames: tuple[str, ...], found: tuple[str, ...], predictions: Path, protocol: Protocol
) -> None:
    """Raise `DataError` unless there is a mask of every frame that counts."""
    if not set(frames) & set(found):
        raise DataError(
            f"the masks in {predictions} are named otherwise than the annotations: the first is "
            f"{found[0]}.png, expected {frames[0]}.png; rename them"
        )
    missing = [frames[i] for i in protocol.scored_frames(len(frames)) if frames[i] not in found]
    if missing:
        raise DataError(
            f"{mask_file(predictions, missing[0])} is missing ({len(missing)} of {len(frames)} "
            "frames lack a mask that counts); an empty mask must be a file too"
        )


def _checked(sequences: tuple[str, ...], root: Path) -> tuple[str, ...]:
    """The sequences asked for, once it is clear that each exists and is named once."""
    known = folders_in(root)
    for name, times in Counter(sequences).items():
        if name not in known:
            raise UsageError(f"{root} has no sequence {name!r}{suggestion(name, known)}")
        if times > 1:
            raise UsageError(f"sequence {name} is named {times} times; name it once")
    if not sequences:
        raise UsageError("no sequence is named; name at least one, or leave the choice out")
    return sequences


def _absent_sentence(absent: list[str], names: tuple[str, ...], predictions: Path) -> str:
    count = f"{len(absent)} of {len(names)} sequences"
    sentence = f"{predictions} has no masks of {count}: {first_few(absent)}"
    if len(absent) == len(names):
        return f"{sentence}; expected {predictions / absent[0]} and so on, one folder a sequence"
    return f"{sentence}; add them, name the sequences to score, or score what is there (--partial)"


def _surplus_sequences(predictions: Path, names: tuple[str, ...]) -> list[str]:
    surplus = [name for name in folders_in(predictions) if name not in names]
    if not surplus:
        return []
    return [f"{predictions} holds sequences without annotations, ignored: {first_few(surplus)}"]
