"""Where the sequences lie in a folder of masks, and findings about the folder as a whole."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosbench.doctor.finding import FOLDER, Finding, Subject
from vosbench.doctor.sequence_files import content_of, inner_folder
from vosbench.doctor.words import be
from vosbench.mask_folders import folders_in
from vosbench.wording import counted, first_few, suggestion


@dataclass(frozen=True)
class Place:
    """Where the masks of every sequence lie.

    Attributes:
        root: folder of the sequences.
        folders: sequence → folder of its masks.
        surplus: names of folders that are no annotated sequence.
        strays: other files beside the sequences.
        findings: about the levels of folders.
    """

    root: Path
    folders: Mapping[str, Path]
    surplus: tuple[str, ...]
    strays: tuple[str, ...]
    findings: tuple[Finding, ...]


def locate(predictions: Path, sequences: Sequence[str], of_objects: Collection[str] = ()) -> Place:
    """Where the masks of these sequences lie in `predictions`, one level up or two down as well.

    Args:
        predictions: folder of masks.
        sequences: names.
        of_objects: names of those in which each object has a folder of its own.
    """
    root, findings = _root(predictions, sequences)
    if root is None:
        name = predictions.resolve().name
        name = name if name in sequences else sequences[0]
        return Place(predictions, {name: predictions}, (), (), tuple(findings))
    content = content_of(root)
    folders = {}
    for name in content.folders:
        if name in sequences:
            folders[name] = root / name if name in of_objects else inner_folder(root / name)
            if folders[name] != root / name:
                findings.append(_inside(name, folders[name]))
    surplus = tuple(name for name in content.folders if name not in sequences)
    strays = (*content.strays, *content.masks, *content.pictures)
    return Place(root, folders, surplus, strays, tuple(findings))


def sequence_findings(
    place: Place, sequences: Sequence[str], *, chosen: bool, annotated: Collection[str]
) -> list[Finding]:
    """Sequences without masks, masks without sequence, and what else lies beside them.

    Args:
        place: where masks lie.
        sequences: names of those that are examined.
        chosen: whether the user named them.
        annotated: names of all that are annotated.
    """
    findings = []
    missing = tuple(name for name in sequences if name not in place.folders)
    surplus = tuple(name for name in place.surplus if name not in annotated)
    if missing:
        near = [f"{name}{suggestion(name, surplus)}" for name in missing]
        findings.append(
            _about(
                "missing-sequences",
                "masks",
                f"{counted(len(missing), 'sequence')} of {len(sequences)} "
                f"{'has' if len(missing) == 1 else 'have'} no folder of masks in {place.root}: "
                f"{first_few(near)}",
                "add them, or score what is there (--partial)",
                missing,
            )
        )
    if surplus and not chosen:
        findings.append(
            _about(
                "surplus-sequences",
                "masks",
                f"{counted(len(surplus), 'folder')} in {place.root} {be(len(surplus))} of no "
                f"annotated sequence: {first_few(surplus)}",
                "nothing scores them; check that these are the annotations you mean",
                surplus,
                warning=True,
            )
        )
    if place.strays:
        findings.append(
            _about(
                "stray-files",
                "masks",
                f"beside its sequences, {place.root} holds {first_few(place.strays)}",
                "nothing reads them here, but other evaluators may trip over them, or take an old "
                "table of results for new; move them",
                (),
                warning=True,
            )
        )
    return findings


def same_folder(place: Place, annotations: Path) -> list[Finding]:
    """A finding if the masks, or those of some sequences, are the annotations themselves."""
    same = tuple(
        name
        for name, folder in place.folders.items()
        if (annotations / name).is_dir() and folder.samefile(annotations / name)
    )
    if not same:
        return []
    whole = len(same) == len(place.folders)
    which = f"{place.root} is the folder" if whole else f"{place.root / same[0]} is a folder"
    return [
        _about(
            "same-folder",
            "masks",
            f"{which} of the annotations itself: every score is perfect and says nothing",
            "give the folder of the predicted masks",
            same,
        )
    ]


def _root(predictions: Path, sequences: Sequence[str]) -> tuple[Path | None, list[Finding]]:
    """The folder of the sequences; None where `predictions` is the folder of a single one."""
    content = content_of(predictions)
    if _holds(predictions, sequences):
        return predictions, []
    if content.masks:
        around = predictions.resolve()
        known = around.name in sequences
        if not known and len(sequences) > 1:
            return predictions, [_single(predictions, f"{predictions}/SEQUENCE")]
        return None, [_single(predictions, str(around.parent), fixable=True)]
    deeper = [predictions / name for name in content.folders]
    for _ in range(2):
        found = [folder for folder in deeper if _holds(folder, sequences)]
        if len(found) == 1:
            return found[0], [_deeper(predictions, found[0])]
        if found:
            return predictions, [_several(predictions, found)]
        deeper = [folder / name for folder in deeper for name in folders_in(folder)]
    return predictions, []


def _holds(folder: Path, sequences: Sequence[str]) -> bool:
    return not set(folders_in(folder)).isdisjoint(sequences)


def _deeper(predictions: Path, inner: Path) -> Finding:
    return _about(
        "folder-level",
        "masks",
        f"the sequences do not lie in {predictions} but deeper, in {inner}",
        f"give {inner}; --fix NEW_FOLDER writes them one level below it",
        (),
        fixable=True,
    )


def _several(predictions: Path, found: list[Path]) -> Finding:
    return _about(
        "folder-level",
        "masks",
        f"{predictions} holds several folders of sequences: "
        f"{first_few([folder.name for folder in found])}",
        f"give one of them, as in {found[0]}",
        (),
    )


def _single(predictions: Path, around: str, *, fixable: bool = False) -> Finding:
    return _about(
        "folder-level",
        "masks",
        f"{predictions} is the folder of a single sequence, expected the folder around it",
        f"give {around}" + ("; --fix NEW_FOLDER makes such a folder" if fixable else ""),
        (),
        fixable=fixable,
    )


def _inside(sequence: str, inner: Path) -> Finding:
    return Finding(
        code="folder-level",
        severity="error",
        sequence=sequence,
        subject="masks",
        sentence=f"the masks of {sequence} lie one level too deep, in {inner}",
        mend="--fix NEW_FOLDER moves them up, in a copy",
        fixable=True,
    )


def _about(
    code: str,
    subject: Subject,
    sentence: str,
    mend: str,
    sequences: tuple[str, ...],
    *,
    warning: bool = False,
    fixable: bool = False,
) -> Finding:
    return Finding(
        code=code,
        severity="warning" if warning else "error",
        sequence=FOLDER,
        subject=subject,
        sentence=sentence,
        mend=mend,
        sequences=sequences,
        fixable=fixable,
    )
