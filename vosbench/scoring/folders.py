"""Folders of masks against a folder of annotations: what `vosbench score` does.

All of them hold one folder a sequence, with one PNG a frame; a frame has the same file name in all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from vosbench.comparing import Comparing
from vosbench.errors import DataError, UsageError
from vosbench.evaluate import Rules, SequenceScores, evaluate, nothing_counts
from vosbench.mask_folders import annotation_folder, folders_in
from vosbench.metrics.protocols import Protocol
from vosbench.processes import each_in_processes
from vosbench.records import ObjectScore
from vosbench.scoring.object_meta import ObjectMeta
from vosbench.scoring.sequence_folders import (
    MaskPart,
    MaskSequence,
    files_of,
    has_object_folders,
    parts_of,
)
from vosbench.wording import counted, first_few, suggestion


@dataclass(frozen=True)
class FolderScores:
    """Scores of a folder of masks.

    Attributes:
        folder: the folder.
        objects: one score an object, in the order of the sequences.
        notes: what the user should know about the folder, one sentence each: surplus files,
            sequences and objects that were left out.
    """

    folder: Path
    objects: tuple[ObjectScore, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """Which sequences are scored.

    Attributes:
        sequences: what there is to score, each with the folders that have it.
        members: for each sequence, which of the folders have it, by number.
        notes: for each folder, what was left out.
    """

    sequences: tuple[MaskSequence, ...]
    members: tuple[tuple[int, ...], ...]
    notes: tuple[tuple[str, ...], ...]


def score_folders(
    predictions: Sequence[Path],
    annotations: Path,
    rules: Rules,
    *,
    sequences: Iterable[str] | None = None,
    partial_results: bool = False,
    workers: int = 1,
    meta: ObjectMeta | None = None,
) -> tuple[FolderScores, ...]:
    """Scores of all masks below each of some folders; annotations are read once for all of them.

    Args:
        predictions: folders of the sequences' folders of masks.
        annotations: the same of annotations; or a DAVIS root or its `Annotations`, of which
            the 480p masks are taken.
        rules: the protocol and its options.
        sequences: their names, in the order wanted; all that are annotated unless given.
        partial_results: score the sequences that have masks, and note the others, instead of
            failing.
        workers: number of processes.
        meta: the dataset's list of objects, for protocols whose objects have a range of frames.

    Raises:
        UsageError: a sequence that is named does not exist, or is named twice.
        DataError: a folder, a sequence or a mask is missing or cannot be scored.
        MethodError: a process was ended from outside.
    """
    chosen = choose(predictions, annotations, sequences=sequences, partial_results=partial_results)
    work = partial(score_sequence, rules=rules, meta=meta)
    objects: list[list[ObjectScore]] = [[] for _ in predictions]
    notes = [list(said) for said in chosen.notes]
    results = each_in_processes(work, chosen.sequences, workers, size=files_of)
    for members, result in zip(chosen.members, results, strict=True):
        for member, scores in zip(members, result, strict=True):
            objects[member] += scores.objects
            notes[member] += scores.notes
    return tuple(
        FolderScores(folder, tuple(scored), tuple(said))
        for folder, scored, said in zip(predictions, objects, notes, strict=True)
    )


def choose(
    predictions: Sequence[Path],
    annotations: Path,
    *,
    sequences: Iterable[str] | None,
    partial_results: bool,
) -> Choice:
    """Which sequences are to be scored; arguments as in `score_folders`."""
    root = annotation_folder(annotations)
    names = tuple(folders_in(root)) if sequences is None else _checked(tuple(sequences), root)
    absent = [_absent(folder, names, partial_results) for folder in predictions]
    members = {
        name: tuple(index for index, without in enumerate(absent) if name not in without)
        for name in names
    }
    notes = []
    for folder, without in zip(predictions, absent, strict=True):
        said = [f"{folder} has no masks of sequence {name}: left out" for name in without]
        if sequences is None:
            said += _surplus_sequences(folder, names)
        notes.append(tuple(said))
    there = [name for name in names if members[name]]
    return Choice(
        sequences=tuple(
            MaskSequence(
                name, root / name, tuple(predictions[index] / name for index in members[name])
            )
            for name in there
        ),
        members=tuple(members[name] for name in there),
        notes=tuple(notes),
    )


def score_sequence(
    sequence: MaskSequence, *, rules: Rules, meta: ObjectMeta | None
) -> tuple[FolderScores, ...]:
    """Scores of the masks of one sequence, one result a prediction.

    Raises:
        DataError: as `score_folders`.
    """
    if has_object_folders(sequence) and not rules.protocol.object_folders:
        raise layout_error(sequence, rules.protocol)
    parts = parts_of(sequence, Comparing.under([rules.protocol]))
    scored = [_score_part(part, rules, meta) for part in parts]
    if not any(result.objects for part in scored for result in part):
        raise nothing_counts(sequence.name, rules.protocol)
    return tuple(
        FolderScores(
            folder=folder,
            objects=tuple(score for part in scored for score in part[number].objects),
            notes=tuple(note for part in scored for note in part[number].notes),
        )
        for number, folder in enumerate(sequence.predictions)
    )


def layout_error(sequence: MaskSequence, protocol: Protocol) -> DataError:
    """The error of a protocol that cannot read folders of objects."""
    return DataError(
        f"{sequence.annotations} holds a folder for each object, but protocol {protocol.name} "
        "reads label maps; score it under sa-v"
    )


def rules_for(rules: Rules, object_id: int | None) -> Rules:
    """The rules for one part: no id is extra in the masks of a single object."""
    return rules if object_id is None else replace(rules, extra_ids="ignore")


def renumbered(scores: SequenceScores, object_id: int | None) -> SequenceScores:
    """The scores of a part's only object under its own id."""
    if object_id is None:
        return scores
    return replace(
        scores,
        frames=tuple(replace(score, object_id=object_id) for score in scores.frames),
        objects=tuple(replace(score, object_id=object_id) for score in scores.objects),
        left_out=() if scores.objects else (object_id,),
    )


def _score_part(part: MaskPart, rules: Rules, meta: ObjectMeta | None) -> tuple[FolderScores, ...]:
    truth = part.truth
    spans = None if meta is None else meta.spans(rules.protocol, truth.sequence, truth.frames)
    found = evaluate(truth, part.predictions, rules_for(rules, part.object_id), spans=spans)
    own = [renumbered(scores, part.object_id) for scores in found]
    return tuple(
        FolderScores(folder=Path(), objects=scores.objects, notes=(*notes, *_left_out(scores)))
        for scores, notes in zip(own, part.notes, strict=True)
    )


def _left_out(scores: SequenceScores) -> list[str]:
    if not scores.left_out:
        return []
    ids = first_few([str(object_id) for object_id in scores.left_out])
    them = "it" if len(scores.left_out) == 1 else "them"
    return [
        f"sequence {scores.sequence}: {counted(len(scores.left_out), 'object')} ({ids}) left out, "
        f"since no frame of {them} counts under protocol {scores.protocol}"
    ]


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


def _absent(predictions: Path, names: tuple[str, ...], partial_results: bool) -> list[str]:
    """Sequences that a folder has no masks of, once it is clear that this will do."""
    if not predictions.is_dir():
        raise DataError(f"the folder of masks {predictions} does not exist; check the path")
    absent = [name for name in names if not (predictions / name).is_dir()]
    if absent and (not partial_results or len(absent) == len(names)):
        raise DataError(_absent_sentence(absent, names, predictions))
    return absent


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
