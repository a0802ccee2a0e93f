"""One sequence as folders of masks: what is annotated, and what each prediction has for it.

ANNOTATIONS/SEQUENCE/FRAME.png           label maps, or
ANNOTATIONS/SEQUENCE/OBJECT/FRAME.png    one folder of masks an object, as SA-V has them
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from vosbench.arrays import Mask
from vosbench.comparing import Comparing, Predicted, Truth
from vosbench.errors import DataError
from vosbench.mask_folders import folders_in, frames_in, mask_file, visible
from vosbench.masks import read_mask
from vosbench.wording import first_few


@dataclass(frozen=True)
class MaskSequence:
    """Folders of one sequence.

    Attributes:
        name: of the sequence.
        annotations: folder of its annotations.
        predictions: its folder in each prediction.
    """

    name: str
    annotations: Path
    predictions: tuple[Path, ...]


@dataclass(frozen=True)
class MaskPart:
    """What is compared in one go: a sequence of label maps, or one object of a sequence.

    Attributes:
        truth: its annotations.
        predictions: its masks in each prediction.
        object_id: id of the only object; None where values of the label maps are ids.
        notes: what the user should know, for each prediction.
    """

    truth: Truth
    predictions: tuple[Predicted, ...]
    object_id: int | None
    notes: tuple[tuple[str, ...], ...]


def has_object_folders(sequence: MaskSequence) -> bool:
    """Whether each object has a folder of its own; not where there are label maps beside them."""
    inside = visible(sequence.annotations)
    masks = any(path.name.endswith(".png") for path in inside)
    return not masks and any(path.is_dir() for path in inside)


def files_of(sequence: MaskSequence) -> int:
    """How many files are in the folder of annotations, a measure of the work to do."""
    return len(visible(sequence.annotations))


def parts_of(sequence: MaskSequence, comparing: Comparing) -> tuple[MaskPart, ...]:
    """All that is to be compared; masks are read when asked for.

    Raises:
        DataError: a folder or the mask of a frame that counts is missing, or an object's folder is
            not named by a number.
    """
    if not has_object_folders(sequence):
        return (_part(sequence, comparing, read_mask),)
    objects = _object_folders(sequence.annotations)
    for folder in sequence.predictions:
        if not folder.is_dir():
            continue
        absent = [name for name in objects if not (folder / name).is_dir()]
        if absent:
            raise DataError(
                f"{folder} has no masks of object {first_few(absent)}; expected a folder for each "
                f"of {len(objects)} objects, as in {sequence.annotations}"
            )
    return tuple(_object_part(sequence, name, comparing) for name in objects)


def _object_folders(folder: Path) -> list[str]:
    """Names of the objects, once it is clear that they are numbers, and no two the same."""
    names = folders_in(folder)
    known: dict[int, str] = {}
    for name in names:
        if not name.isdecimal():
            raise DataError(
                f"{folder / name} is not named by a number; folders of objects are named by their "
                "ids, such as 000"
            )
        twin = known.setdefault(int(name), name)
        if twin != name:
            raise DataError(f"{folder} holds object {int(name)} twice, {twin} and {name}; keep one")
    return names


def _object_part(sequence: MaskSequence, name: str, comparing: Comparing) -> MaskPart:
    of_object = MaskSequence(
        name=sequence.name,
        annotations=sequence.annotations / name,
        predictions=tuple(folder / name for folder in sequence.predictions),
    )
    return _part(of_object, comparing, _read_one_object, name)


def _part(
    sequence: MaskSequence,
    comparing: Comparing,
    read: Callable[[Path], Mask],
    object_folder: str = "",
) -> MaskPart:
    frames = frames_in(sequence.annotations)
    notes = tuple(
        _check_frames(frames, frames_in(folder), folder, comparing)
        for folder in sequence.predictions
    )

    def file(folder: Path, index: int) -> Mask:
        return read(mask_file(folder, frames[index]))

    return MaskPart(
        truth=Truth(sequence.name, frames, partial(file, sequence.annotations), object_folder),
        predictions=tuple(partial(file, folder) for folder in sequence.predictions),
        object_id=int(object_folder) if object_folder else None,
        notes=notes,
    )


def _check_frames(
    frames: tuple[str, ...], found: tuple[str, ...], folder: Path, comparing: Comparing
) -> tuple[str, ...]:
    """Notes on the masks in a folder, once it is clear that those that count are there."""
    there = set(found)
    if not there.intersection(frames):
        raise DataError(
            f"the masks in {folder} are named otherwise than the annotations: the first is "
            f"{found[0]}.png, expected {frames[0]}.png; rename them"
        )
    count = range(comparing.first_frames_dropped, len(frames) - comparing.last_frames_dropped)
    missing = [frames[index] for index in count if frames[index] not in there]
    if missing:
        raise DataError(
            f"{mask_file(folder, missing[0])} is missing ({len(missing)} of {len(frames)} "
            "frames lack a mask that counts); an empty mask must be a file too"
        )
    surplus = sorted(there.difference(frames))
    if not surplus or comparing.sparse:  # datasets that annotate some frames want masks of all
        return ()
    return (f"{folder} holds masks without annotation, ignored: {first_few(surplus)}",)


def _read_one_object(path: Path) -> Mask:
    """A mask whose values are 0 and one other; 1 for the other.

    Raises:
        DataError: it has more values, or as `read_mask`.
    """
    mask = read_mask(path)
    highest = mask.max(initial=0)
    if highest <= 1:
        return mask
    shown = np.not_equal(mask, 0)
    if not np.equal(mask[shown], highest).all():
        raise DataError(
            f"{path} shows more than one object, expected 0 and one other value, since the folder "
            "around it stands for one object"
        )
    return shown.view(np.uint8)
