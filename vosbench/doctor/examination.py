"""A folder of masks against a folder of annotations, or annotations alone: all that is found."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vosbench.doctor.annotation_set import EXPLAINED, set_findings
from vosbench.doctor.finding import Diagnosis, Examined, Finding, in_order
from vosbench.doctor.folder_checks import Place, locate, same_folder, sequence_findings
from vosbench.doctor.rules import rules_of
from vosbench.doctor.sequence_examination import ExaminedSequence, Mending, examine_sequence
from vosbench.doctor.sequence_files import Content, content_of
from vosbench.errors import DataError, UsageError
from vosbench.mask_folders import annotation_folder, folders_in
from vosbench.metrics.protocols import Protocol
from vosbench.progress import Progress
from vosbench.wording import suggestion


@dataclass(frozen=True)
class Examination:
    """What was found, and how to mend it.

    Attributes:
        diagnosis: what was found.
        place: where masks lie; None where annotations alone were examined.
        mendings: one a folder of masks, in the order of the sequences.
        surplus: folders that were not held against annotations, which a copy keeps as they are.
    """

    diagnosis: Diagnosis
    place: Place | None = None
    mendings: tuple[Mending, ...] = ()
    surplus: tuple[str, ...] = ()


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
    contents = {name: content_of(root / name) for name in names}
    place = None if predictions is None else _located(predictions, contents)
    progress = Progress(quiet=True) if progress is None else progress
    progress.start("doctor", len(names), sum(map(_frames, contents.values())))
    told: list[ExaminedSequence] = []
    for name in names:
        progress.sequence(name, _frames(contents[name]))
        folder = None if place is None else place.folders.get(name)
        told.append(examine_sequence(contents[name], folder, rules, progress))
    progress.finish()
    findings = set_findings(
        [one.objects for one in told if one.objects is not None],
        rules,
        str(root),
        predicted=place is not None,
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
    diagnosis = Diagnosis(examined=examined, findings=in_order(findings, names))
    if place is None:
        return Examination(diagnosis)
    mendings = tuple(mending for one in told for mending in one.mendings)
    surplus = [folder for one in told for folder in one.surplus]
    surplus += _not_compared(place, mendings, chosen=wanted is not None)
    return Examination(diagnosis, place, mendings, tuple(surplus))


def chosen(names: tuple[str, ...] | None, known: Collection[str], where: str) -> tuple[str, ...]:
    """The sequences that a user asks for, all where none are, once each is known and named once.

    Args:
        names: as asked for.
        known: names of those there are, in order.
        where: what has them, for the message.

    Raises:
        UsageError: a name that is not known, or named twice.
    """
    if names is None:
        return tuple(known)
    for name, times in Counter(names).items():
        if name not in known:
            raise UsageError(f"{where} has no sequence {name!r}{suggestion(name, known)}")
        if times > 1:
            raise UsageError(f"sequence {name} is named {times} times; name it once")
    return names


def _not_compared(place: Place, mendings: Iterable[Mending], *, chosen: bool) -> list[str]:
    """Folders of no annotated sequence, and of sequences whose annotations are no label maps."""
    compared = {mending.sequence.partition("/")[0] for mending in mendings}
    without = [name for name in place.folders if name not in compared]
    return [*without, *(() if chosen else place.surplus)]


def _located(predictions: Path, contents: Mapping[str, Content]) -> Place:
    if not predictions.is_dir():
        raise DataError(f"the folder of masks {predictions} does not exist; check the path")
    objects = [name for name, content in contents.items() if content.of_objects]
    return locate(predictions, tuple(contents), objects)


def _frames(content: Content) -> int:
    """Number of annotations of a sequence."""
    if not content.of_objects:
        return len(content.masks)
    return sum(len(content_of(content.folder / name).masks) for name in content.folders)


def _not_explained(about_set: list[Finding], findings: list[Finding]) -> list[Finding]:
    """Findings but for those that a wrong set of annotations explains."""
    concerned = {name for finding in about_set for name in finding.sequences}
    return [
        finding
        for finding in findings
        if not (finding.code in EXPLAINED and finding.sequence in concerned)
    ]
