"""A folder of masks against a folder of annotations, or annotations alone: all that is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vosbench.doctor.annotation_checks import annotation_findings, object_folders
from vosbench.doctor.annotation_set import EXPLAINED, Objects, objects_of, set_findings
from vosbench.doctor.choice import chosen
from vosbench.doctor.evidence import Evidence
from vosbench.doctor.file_checks import strays
from vosbench.doctor.finding import Diagnosis, Examined, Finding, in_order
from vosbench.doctor.folder_checks import Place, locate, same_folder, sequence_findings
from vosbench.doctor.frame_names import Pairing, natural, pair
from vosbench.doctor.id_checks import id_findings
from vosbench.doctor.mask_checks import mask_findings
from vosbench.doctor.mask_reading import Known, Reading, read
from vosbench.doctor.name_checks import annotation_names, mask_names
from vosbench.doctor.passing import gather
from vosbench.doctor.relabelling import Relabelling, relabelling
from vosbench.doctor.rules import Rules, rules_of
from vosbench.doctor.sequence_files import Content, content_of
from vosbench.errors import DataError
from vosbench.mask_folders import annotation_folder, folders_in
from vosbench.metrics.protocols import Protocol
from vosbench.progress import Progress


@dataclass(frozen=True)
class Mending:
    """What a mended copy of the masks of one sequence differs in.

    Attributes:
        sequence: its name.
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
class Examination:
    """What was found, and how to mend it.

    Attributes:
        diagnosis: what was found.
        place: where masks lie; None where annotations alone were examined.
        mendings: one a sequence that has masks, in the order of the sequences.
        surplus: folders that were not held against annotations, which a copy keeps as they are.
    """

    diagnosis: Diagnosis
    place: Place | None = None
    mendings: tuple[Mending, ...] = ()
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sequence:
    """What was found in one sequence."""

    findings: list[Finding]
    objects: Objects
    frames: int
    scored: int
    mending: Mending | None = None


def examine(
    annotations: Path,
    protocol: Protocol,
    *,
    predictions: Path | None = None,
    sequences: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Examination:
    """All findings about a folder of masks, or about annotations where there are none.

    Every file is read once, one frame at a time; a fault in one does not keep the others from being
    looked at.

    Args:
        annotations: folder of the sequences' annotations; or a DAVIS root or its `Annotations`.
        protocol: whose rules say what would be wrong.
        predictions: folder of masks, `PREDICTIONS/SEQUENCE/FRAME.png`.
        sequences: names of those to examine, in the order wanted; all that are annotated unless
            given.
        progress: told of every frame.

    Raises:
        UsageError: a sequence that is named is not annotated, or is named twice.
        DataError: one of the folders does not exist, or there are no annotations at all.
    """
    root = annotation_folder(annotations)
    annotated = tuple(folders_in(root))
    wanted = None if sequences is None else tuple(sequences)
    names = chosen(wanted, annotated, str(root))
    rules = rules_of(protocol)
    place = None if predictions is None else _located(predictions, names)
    contents = {name: content_of(root / name) for name in names}
    progress = Progress(quiet=True) if progress is None else progress
    progress.start("doctor", len(names), sum(len(found.masks) for found in contents.values()))
    told = []
    for name in names:
        progress.sequence(name, len(contents[name].masks))
        folder = None if place is None else place.folders.get(name)
        told.append(_sequence(contents[name], folder, rules, progress))
    progress.finish()
    findings = set_findings(
        [one.objects for one in told], rules, str(root), predicted=place is not None
    )
    findings += _not_explained(findings, [finding for one in told for finding in one.findings])
    if place is not None:
        findings += place.findings
        findings += same_folder(place, root)
        findings += sequence_findings(
            place, names, chosen=sequences is not None, annotated=annotated
        )
    examined = Examined(
        predictions="" if predictions is None else str(predictions),
        annotations=str(annotations),
        protocol=protocol.name,
        sequences=len(names),
        frames=sum(one.frames for one in told),
        objects=sum(one.scored for one in told),
    )
    mendings = tuple(one.mending for one in told if one.mending is not None)
    diagnosis = Diagnosis(examined=examined, findings=in_order(findings, names))
    surplus = () if place is None else _not_compared(place, mendings, chosen=wanted is not None)
    return Examination(diagnosis, place, mendings, surplus)


def _not_compared(place: Place, mendings: tuple[Mending, ...], *, chosen: bool) -> tuple[str, ...]:
    """Folders of no annotated sequence, and of sequences whose annotations are no label maps."""
    compared = {mending.sequence for mending in mendings}
    without = [name for name in place.folders if name not in compared]
    return (*without, *(() if chosen else place.surplus))


def _located(predictions: Path, names: tuple[str, ...]) -> Place:
    if not predictions.is_dir():
        raise DataError(f"the folder of masks {predictions} does not exist; check the path")
    return locate(predictions, names)


def _sequence(content: Content, folder: Path | None, rules: Rules, progress: Progress) -> _Sequence:
    """All findings about one sequence, and how to mend its masks."""
    name = content.folder.name
    files = tuple(file for file in content.masks if file.endswith(".png"))
    frames = tuple(Path(file).stem for file in files)
    findings = [*strays(content, name, "annotations"), *object_folders(content, rules)]
    if not frames and not content.folders:
        findings += _no_annotations(content)
    findings += annotation_names(name, frames, sorted(frames, key=natural))
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
        scored = rules.protocol.scored_frames(len(frames))
        labels = relabelling(evidence, rules)
        findings += [
            *strays(masks, name, "masks"),
            *mask_names(name, frames, masks, names, scored),
            *mask_findings(evidence, rules, labels),
            *id_findings(evidence, rules, labels),
        ]
        mending = _mending(evidence, folder, masks, names, rules, labels)
    return _Sequence(findings, objects_of(evidence), len(frames), len(evidence.scored_ids), mending)


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


def _not_explained(about_set: list[Finding], findings: list[Finding]) -> list[Finding]:
    """Findings but for those that a wrong set of annotations explains."""
    concerned = {name for finding in about_set for name in finding.sequences}
    return [
        finding
        for finding in findings
        if not (finding.code in EXPLAINED and finding.sequence in concerned)
    ]


def _no_annotations(content: Content) -> list[Finding]:
    if content.refused:
        return []
    return [
        Finding(
            code="missing-frames",
            severity="error",
            sequence=content.folder.name,
            subject="annotations",
            sentence=f"{content.folder} holds no annotation"
            + (f", but {content.pictures[0]}" if content.pictures else ""),
            mend="expected one PNG a frame; remove the folder if it is no sequence",
        )
    ]
