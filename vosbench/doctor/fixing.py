"""A mended copy of a folder of masks, written whole or not at all; the original is never touched.

The copy is built beside its place, under a hidden name, and renamed when it is complete.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vosbench.atomic import PART, check_name, hidden, remove, writing
from vosbench.doctor.examination import Examination
from vosbench.doctor.mask_reading import read
from vosbench.doctor.sequence_examination import AS_IT_IS, Mending
from vosbench.doctor.sequence_files import content_of
from vosbench.errors import DataError, UsageError
from vosbench.masks import write_mask


def check_target(target: Path, predictions: Path, annotations: Path | None) -> None:
    """Raise `UsageError` unless a copy may be written to `target`."""
    if target.is_symlink():
        raise UsageError(f"--fix {target} is a link; name a new folder")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        what = "is not empty" if target.is_dir() else "is a file"
        raise UsageError(f"--fix {target} {what}; name a new folder, nothing is ever overwritten")
    new = _real(target)
    for folder in filter(None, (predictions, annotations)):
        old = _real(folder)
        if new.is_relative_to(old):  # the reverse is a folder that is not empty
            raise UsageError(f"--fix {target} lies in {folder}; name a folder outside of it")


def write_mended(examination: Examination, target: Path) -> None:
    """Write the masks of all sequences that were examined to `target/SEQUENCE/FRAME.png`.

    A mask that needs no mending is copied byte for byte, and so is whatever else lies beside it.

    Args:
        examination: of the folder of masks.
        target: has passed `check_target`.

    Raises:
        DataError: a link leads out of the folder of masks, a folder cannot be read, a name cannot
            be that of a file, or the file system refuses; nothing is left at `target`.
    """
    if examination.place is None:
        raise ValueError("annotations alone were examined, there are no masks to mend")
    root = _real(examination.place.root)
    sources = list(examination.mendings)
    place = examination.place
    sources += [
        _as_they_are(name, place.folders.get(name, place.root / name))
        for name in examination.surplus
    ]
    for mending in sources:
        _check_inside(mending, root)
    part = hidden(target, PART)
    with writing(target):
        remove(part)
        part.mkdir(parents=True)
        try:
            for mending in sources:
                _write_sequence(mending, part / mending.sequence)
            if target.is_dir():
                target.rmdir()
            part.replace(target)
        except BaseException:
            remove(part)
            raise


def _real(path: Path) -> Path:
    """Where a path leads; unlike `Path.resolve` it takes links in a circle for what they are."""
    return Path(os.path.realpath(path))


def _as_they_are(sequence: str, folder: Path) -> Mending:
    """A folder that was not held against annotations, copied as it is."""
    files = {name: name for name in _all_files(folder)}
    return Mending(sequence, folder, files, frozenset(), None, AS_IT_IS)


def _all_files(folder: Path, levels: int = 3) -> Iterator[str]:
    """Files of a folder and those in it, relative to it; hidden ones are left out."""
    content = content_of(folder)
    if content.refused:
        raise DataError(
            f"the folder {folder} cannot be read, so it cannot be copied: {content.refused}; make "
            "it readable, or choose the other sequences (--sequences)"
        )
    yield from (*content.masks, *content.pictures, *content.strays)
    for name in content.folders if levels else ():
        yield from (f"{name}/{file}" for file in _all_files(folder / name, levels - 1))


def _write_sequence(mending: Mending, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in mending.files.items():
        old = mending.folder / source
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        coloured = name in mending.coloured
        new = None
        if coloured or (mending.table != AS_IT_IS and source.lower().endswith(".png")):
            found = read(old, lambda: mending.known)
            if found.mask is not None and (coloured or not found.colours):
                mended = np.array(mending.table, np.uint8)[found.mask]
                new = mended if coloured or not np.array_equal(mended, found.mask) else None
        if new is None:
            shutil.copyfile(old, folder / name)
        else:
            write_mask(folder / name, new)


def _check_inside(mending: Mending, root: Path) -> None:
    """Raise `DataError` for a name that could lead out of the copy, or a link out of the masks."""
    for part in mending.sequence.split("/"):
        check_name(part, "sequence")
    for name, source in mending.files.items():
        for part in name.split("/"):
            check_name(part, "mask")
        path = mending.folder / source
        if not _real(path).is_relative_to(root):
            raise DataError(
                f"{path} leads out of {root}, so it is not copied; put the file itself in its place"
            )
        if not path.is_file():
            raise DataError(f"{path} is no plain file, so it cannot be copied; remove it")
