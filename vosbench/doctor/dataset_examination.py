"""A dataset: its list, images and annotations on disk; or any other, through its frames."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vosbench.datasets import select
from vosbench.datasets.options import DatasetOptions
from vosbench.doctor.annotation_checks import annotation_findings
from vosbench.doctor.annotation_set import objects_of, set_findings
from vosbench.doctor.dataset_folders import DatasetFolders, dataset_folders
from vosbench.doctor.evidence import Evidence
from vosbench.doctor.examination import chosen
from vosbench.doctor.file_checks import strays
from vosbench.doctor.finding import FOLDER, Diagnosis, Examined, Finding, Subject, in_order
from vosbench.doctor.image_checks import Images, OpenedFrames, dataset_error, twin_images
from vosbench.doctor.mask_reading import Reading, read
from vosbench.doctor.passing import gather
from vosbench.doctor.rules import Rules, rules_of
from vosbench.doctor.sequence_files import content_of
from vosbench.doctor.words import be, some
from vosbench.errors import DataError
from vosbench.mask_folders import natural_key
from vosbench.metrics import protocols
from vosbench.metrics.protocols import Protocol
from vosbench.progress import Progress
from vosbench.registry import open_dataset
from vosbench.sequence import Dataset, Sequence
from vosbench.wording import counted, first_few


def examine_dataset(
    name: str,
    options: DatasetOptions,
    *,
    protocol: Protocol | None = None,
    sequences: tuple[str, ...] | None = None,
    progress: Progress,
) -> Diagnosis:
    """All findings about a dataset.

    Args:
        name: as `--dataset`.
        options: what the user said about it.
        protocol: whose rules say what would be wrong; that of the dataset unless given.
        sequences: names of those to examine; all unless given.
        progress: told of every frame.

    Raises:
        UsageError: there is no such dataset or sequence, or an option does not fit.
        DataError: the dataset is not where it should be, so that there is nothing to examine.
    """
    opened, problem = None, None
    try:
        opened = open_dataset(name, options)
    except DataError as error:
        problem = error  # of the list, or of every sequence: what it is, is found below
    folders = dataset_folders(name, options)
    if folders is not None:
        if sequences is not None:
            folders = replace(folders, sequences=chosen(sequences, folders.sequences, name))
        rules = protocol or protocols.get(protocol_of(name))
        return examine_folders(name, folders, rules, progress=progress)
    if opened is None:
        assert problem is not None, "a dataset is opened, or says why it is not"
        raise problem
    opened = opened if sequences is None else select(opened, sequences)
    return examine_opened(opened, protocol or protocols.get(opened.protocol), progress=progress)


def protocol_of(dataset: str) -> str:
    """Name of the protocol of a dataset whose folders are known; its own name if there is one."""
    return dataset if dataset in protocols.names() else "davis2017"


def examine_folders(
    name: str, folders: DatasetFolders, protocol: Protocol, *, progress: Progress
) -> Diagnosis:
    """All findings about a dataset on disk; every image and annotation is decoded once.

    Args:
        name: of the dataset.
        folders: where it lies; its sequences are examined, in their order.
        protocol: whose rules say what would be wrong.
        progress: told of every frame.
    """
    rules = rules_of(protocol)
    there = [s for s in folders.sequences if (folders.annotations / s).is_dir()]
    told = []
    progress.start("doctor", len(there), 0)
    findings = [*folders.findings, *_absent(folders)]
    for sequence in there:
        found, evidence = _stored(sequence, folders, rules, progress)
        findings += found
        told.append(evidence)
    progress.finish()
    return _diagnosis(name, told, findings, rules, str(folders.annotations), folders.sequences)


def examine_opened(dataset: Dataset, protocol: Protocol, *, progress: Progress) -> Diagnosis:
    """All findings about a dataset of any kind, as far as its frames tell.

    Args:
        dataset: its sequences are examined, in their order.
        protocol: whose rules say what would be wrong.
        progress: told of every frame.
    """
    rules = rules_of(protocol)
    told, findings = [], []
    progress.start("doctor", len(dataset.sequences), sum(map(len, dataset.sequences)))
    for sequence in dataset.sequences:
        progress.sequence(sequence.name, len(sequence))
        reader = OpenedFrames(sequence)
        evidence = gather(
            sequence.name, sequence.frames, rules, truth=reader.read, each=progress.frame
        )
        findings += reader.findings() if sequence.frames else _unusable(sequence)
        findings += annotation_findings(evidence, rules) if sequence.frames else []
        told.append(evidence)
    progress.finish()
    names = tuple(sequence.name for sequence in dataset.sequences)
    return _diagnosis(dataset.name, told, findings, rules, dataset.name, names)


def _stored(
    sequence: str, folders: DatasetFolders, rules: Rules, progress: Progress
) -> tuple[list[Finding], Evidence]:
    """Findings about one sequence on disk, and what was read of its annotations."""
    drawn = content_of(folders.annotations / sequence)
    filmed = content_of(folders.images / sequence)
    only = folders.frames.get(sequence)
    annotations = {stem: name for stem, name in _by_stem(drawn.masks).items() if _in(stem, only)}
    images = {
        stem: name
        for stem, name in _by_stem((*filmed.pictures, *filmed.masks)).items()
        if _in(stem, only)
    }
    frames = tuple(sorted(images or annotations, key=natural_key))
    looked = Images()

    def truth(index: int) -> Reading | None:
        stem = frames[index]
        reading = read(drawn.folder / annotations[stem]) if stem in annotations else None
        if stem in images:
            looked.look(index, filmed.folder / images[stem], reading)
        return reading

    progress.sequence(sequence, len(frames))
    evidence = gather(sequence, frames, rules, truth=truth, each=progress.frame)
    findings = [
        *strays(drawn, sequence, "annotations"),
        *twin_images((*filmed.pictures, *filmed.masks), sequence),
        *_unpaired(sequence, frames, images, annotations, folders),
        *looked.findings(sequence, frames),
    ]
    if frames:
        findings += annotation_findings(evidence, rules)
    return findings, evidence


def _unpaired(
    sequence: str,
    frames: tuple[str, ...],
    images: dict[str, str],
    annotations: dict[str, str],
    folders: DatasetFolders,
) -> list[Finding]:
    """Annotations without image, and the reverse where that matters."""
    findings = []
    alone = tuple(sorted(annotations.keys() - images.keys(), key=natural_key)) if images else ()
    if alone:
        findings.append(
            dataset_error(
                "missing-images",
                sequence,
                "images",
                f"{folders.images / sequence} lacks the image of {counted(len(alone), 'frame')} "
                f"that {be(len(alone))} annotated: {first_few(alone)}",
                "copy or unpack the dataset again",
                alone,
            )
        )
    bare = tuple(frame for frame in frames if frame not in annotations)
    if not folders.all_annotated:
        bare = bare[:1] if bare[:1] == frames[:1] else ()
    if bare or not frames:
        which = some(bare, len(frames), "frame", sequence) if frames else f"all of {sequence}"
        findings.append(
            dataset_error(
                "missing-annotations",
                sequence,
                "annotations",
                f"{which} {'has' if len(bare) == 1 else 'have'} no annotation in "
                f"{folders.annotations / sequence}",
                "copy or unpack the dataset again",
                bare,
            )
        )
    return findings


def _absent(folders: DatasetFolders) -> list[Finding]:
    """Sequences of which images or annotations are missing altogether."""
    findings = []
    sides: tuple[tuple[Subject, Path], ...] = (
        ("annotations", folders.annotations),
        ("images", folders.images),
    )
    for subject, folder in sides:
        lacking = tuple(name for name in folders.sequences if not (folder / name).is_dir())
        if lacking:
            findings.append(
                Finding(
                    code="missing-sequences",
                    severity="error",
                    sequence=FOLDER,
                    subject=subject,
                    sentence=f"{folder} lacks {counted(len(lacking), 'sequence')} of "
                    f"{len(folders.sequences)}: {first_few(lacking)}",
                    mend="copy or unpack the dataset again, or leave them out (--sequences)",
                    sequences=lacking,
                )
            )
    return findings


def _unusable(sequence: Sequence) -> list[Finding]:
    """Why a sequence has no frames."""
    try:
        sequence.read_image(0)
    except DataError as error:
        return [
            dataset_error("unreadable-sequence", sequence.name, "images", str(error), "mend it", ())
        ]
    return []


def _diagnosis(
    name: str,
    told: list[Evidence],
    findings: list[Finding],
    rules: Rules,
    where: str,
    sequences: tuple[str, ...],
) -> Diagnosis:
    objects = [objects_of(evidence) for evidence in told]
    findings = [*set_findings(objects, rules, where, predicted=False), *findings]
    examined = Examined(
        predictions="",
        annotations=name,
        protocol=rules.name,
        sequences=len(told),
        frames=sum(len(evidence.frames) for evidence in told),
        objects=sum(len(evidence.counted_ids) for evidence in told),
    )
    return Diagnosis(examined=examined, findings=in_order(findings, sequences))


def _by_stem(names: Iterable[str]) -> dict[str, str]:
    return {Path(name).stem: name for name in names}


def _in(stem: str, only: frozenset[str] | None) -> bool:
    return only is None or stem in only
