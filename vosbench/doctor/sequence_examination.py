"""One sequence examined: its findings, what it says of the set it is from, and how to mend it."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from vosbench.doctor import object_folders
from vosbench.doctor.annotation_checks import annotation_findings, nothing_counts
from vosbench.doctor.annotation_set import Objects, objects_of
from vosbench.doctor.evidence import Evidence
from vosbench.doctor.file_checks import strays
from vosbench.doctor.finding import Finding
from vosbench.doctor.frame_names import Pairing, pair
from vosbench.doctor.id_checks import id_findings
from vosbench.doctor.mask_checks import mask_findings
from vosbench.doctor.mask_reading import Known, Reading, read
from vosbench.doctor.name_checks import annotation_names, mask_names
from vosbench.doctor.passing import gather
from vosbench.doctor.relabelling import Relabelling, relabelling
from vosbench.doctor.rules import Rules
from vosbench.doctor.sequence_files import Content, content_of
from vosbench.mask_folders import natural_key
from vosbench.progress import Progress

AS_IT_IS = tuple(range(256))
"""A table that changes no id."""


@dataclass(frozen=True)
class Mending:
    """What a mended copy of the masks of one sequence differs in.

    Attributes:
        sequence: its name; SEQUENCE/OBJECT for one folder of an object.
        folder: where its masks lie.
        files: name in the copy → name in `folder`.
        coloured: names in the copy of masks whose colours are turned back into ids.
        known: ids whose colours these are; None for all.
        table: id to store in place of each of 256 values.
    """

    sequence: str
    folder: Path
    files: dict[str, str]
    coloured: frozenset[str]
    known: frozenset[int] | None
    table: tuple[int, ...]


@dataclass(frozen=True)
class ExaminedSequence:
    """What was found in one sequence.

    Attributes:
        findings: all of them.
        frames: number of annotated frames; of all objects, where each has a folder.
        scored: number of objects that the protocol scores.
        objects: what it says of the set it is from; None where objects have folders.
        mendings: of its masks.
        surplus: folders in that of its masks which were not compared, SEQUENCE/FOLDER.
    """

    findings: list[Finding]
    frames: int = 0
    scored: int = 0
    objects: Objects | None = None
    mendings: tuple[Mending, ...] = ()
    surplus: tuple[str, ...] = ()


def examine_sequence(
    content: Content, folder: Path | None, rules: Rules, progress: Progress
) -> ExaminedSequence:
    """One sequence examined; every file is read once.

    Args:
        content: the folder of its annotations.
        folder: where its masks lie; None where there are none.
        rules: of the protocol.
        progress: told of every frame.
    """
    name = content.folder.name
    if not content.of_objects:
        return _label_maps(name, content, folder, rules, progress)
    if not rules.reads_object_folders:
        return ExaminedSequence([object_folders.refused(content, rules)])
    return _objects(content, folder, rules, progress)


def _objects(
    content: Content, folder: Path | None, rules: Rules, progress: Progress
) -> ExaminedSequence:
    """A sequence in which each object has a folder of its own, as SA-V has them."""
    name = content.folder.name
    masks = None if folder is None else content_of(folder)
    shown = () if masks is None else masks.folders
    parts = {}
    for each in content.folders:
        place = folder / each if folder is not None and each in shown else None
        annotations = content_of(content.folder / each)
        parts[each] = _label_maps(
            f"{name}/{each}", annotations, place, rules.of_one_object(), progress
        )
    findings = [*strays(content, name, "annotations"), *object_folders.unpaired(content, masks)]
    for each, part in parts.items():
        ids = (int(each),) if each.isdecimal() else ()
        findings += [replace(found, sequence=name, objects=ids) for found in part.findings]
    scored = sum(part.scored for part in parts.values())
    if not scored and not any(found.severity == "error" for found in findings):
        findings.append(nothing_counts(name, rules))
    mendings = [mending for part in parts.values() for mending in part.mendings]
    if masks is not None:
        surplus = tuple(each for each in shown if each not in parts)
        findings += strays(replace(masks, folders=surplus), name, "masks")
    if masks is not None and not masks.refused:
        beside = {file: file for file in (*masks.masks, *masks.pictures, *masks.strays)}
        mendings.append(Mending(name, masks.folder, beside, frozenset(), None, AS_IT_IS))
    return ExaminedSequence(
        findings,
        frames=sum(part.frames for part in parts.values()),
        scored=scored,
        mendings=tuple(mendings),
        surplus=tuple(
            f"{name}/{each}" for each in shown if each not in parts or not parts[each].mendings
        ),
    )


def _label_maps(
    name: str, content: Content, folder: Path | None, rules: Rules, progress: Progress
) -> ExaminedSequence:
    """A folder of annotations and one of masks, frame by frame."""
    files = tuple(file for file in content.masks if file.endswith(".png"))
    frames = tuple(Path(file).stem for file in files)
    findings = strays(content, name, "annotations")
    if not frames:
        findings += _no_annotations(content, name)
    findings += annotation_names(name, frames, sorted(frames, key=natural_key))
    folder = folder if frames else None  # there is nothing to hold masks against
    masks = None if folder is None else content_of(folder)
    names = None if masks is None else pair(frames, masks.masks)
    predicted = None
    if folder is not None and names is not None:
        predicted = partial(_mask, folder, frames, names)
    evidence = gather(
        name,
        frames,
        rules,
        truth=lambda index: read(content.folder / files[index]),
        predicted=predicted,
        each=progress.frame,
    )
    findings += annotation_findings(evidence, rules) if frames else []
    mending = None
    if folder is not None and masks is not None and names is not None:
        labels = relabelling(evidence, rules)
        findings += [
            *strays(masks, name, "masks"),
            *mask_names(name, frames, masks, names, rules),
            *mask_findings(evidence, rules, labels),
            *id_findings(evidence, rules, labels),
        ]
        if not masks.refused:
            mending = _mending(evidence, folder, masks, names, rules, labels)
    return ExaminedSequence(
        findings,
        frames=len(frames),
        scored=len(evidence.counted_ids),
        objects=objects_of(evidence),
        mendings=() if mending is None else (mending,),
    )


def _mask(
    folder: Path, frames: tuple[str, ...], names: Pairing, index: int, known: Known
) -> Reading | None:
    """What the mask of a frame holds; None where there is no file."""
    file = names.files.get(frames[index])
    return None if file is None else read(folder / file, known)


def _mending(
    evidence: Evidence,
    folder: Path,
    masks: Content,
    names: Pairing,
    rules: Rules,
    labels: Relabelling,
) -> Mending:
    renamed = {file: f"{frame}.png" for frame, file in names.files.items()}
    others = [file for file in masks.masks if file not in renamed]
    files = {renamed[file]: file for file in masks.masks if file in renamed}
    files |= {file: file for file in (*others, *masks.pictures, *masks.strays) if file not in files}
    ids = {*evidence.scored_ids, *evidence.truth.all_ids}
    coloured = [index for index, strange in evidence.predicted.coloured.items() if not strange]
    return Mending(
        sequence=evidence.sequence,
        folder=folder,
        files=files,
        coloured=frozenset(f"{frame}.png" for frame in evidence.names(coloured)),
        known=None if rules.merged else frozenset(ids),
        table=labels.table(),
    )


def _no_annotations(content: Content, name: str) -> list[Finding]:
    if content.refused:
        return []
    return [
        Finding(
            code="missing-frames",
            severity="error",
            sequence=name,
            subject="annotations",
            sentence=f"{content.folder} holds no annotation"
            + (f", but {content.pictures[0]}" if content.pictures else ""),
            mend="expected one PNG a frame; remove the folder if it is no sequence",
        )
    ]
