"""Folders of masks and annotations on disk: `FOLDER/SEQUENCE/FRAME.png`."""

import re
from pathlib import Path

from vosbench.errors import DataError

RESOLUTION = "480p"
"""Sub-folder of annotations that is meant where a DAVIS root is given."""

_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx", "icon\r", "@eadir"})


def left_behind(name: str) -> bool:
    """Whether a file manager or archiver leaves files or folders of this name, or it is hidden.

    >>> left_behind("__MACOSX"), left_behind(".DS_Store"), left_behind("cows")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def visible(folder: Path) -> list[Path]:
    """Sorted content of a folder without what file managers and archivers leave behind.

    Raises:
        DataError: the folder cannot be read.
    """
    return [folder / name for name in _names(folder)]


def folders_in(folder: Path) -> list[str]:
    """Sorted names of the folders in `folder`, as `visible`; empty if it is no folder."""
    if not folder.is_dir():
        return []
    return [path.name for path in visible(folder) if path.is_dir()]


def frames_in(folder: Path) -> tuple[str, ...]:
    """Names of the frames in a folder of masks, sorted; anything but a PNG is passed over.

    Raises:
        DataError: the folder cannot be read or holds no PNG.
    """
    names = [name for name in _names(folder) if name.endswith(".png")]
    if not names:
        raise DataError(f"{folder} holds no mask; expected one PNG a frame")
    return tuple(name.removesuffix(".png") for name in names)


def natural_key(frame: str) -> tuple[list[str | int], str]:
    """Key that puts `frame_2` before `frame_10`: text and numbers alternate, text comes first.

    >>> sorted(["frame_10", "frame_2"], key=natural_key)
    ['frame_2', 'frame_10']
    """
    parts = re.split(r"([0-9]+)", frame)
    return [int(part) if at % 2 else part for at, part in enumerate(parts)], frame


def mask_file(folder: Path, frame: str) -> Path:
    """The file of a frame's mask."""
    return folder / f"{frame}.png"


def annotation_folder(folder: Path) -> Path:
    """The folder of sequences in `folder`: of a DAVIS root, or its `Annotations`, the 480p one.

    Raises:
        DataError: there is none, or it holds no folder.
    """
    if not folder.is_dir():
        raise DataError(f"the folder of annotations {folder} does not exist; check the path")
    inner = folder
    for name in ("Annotations", RESOLUTION):
        inner = inner / name if (inner / name).is_dir() else inner
    if not folders_in(inner):
        raise DataError(
            f"{inner} holds no folder of a sequence; expected DIR/SEQUENCE/FRAME.png "
            "(a folder of one sequence only: give the folder around it)"
        )
    return inner


def _names(folder: Path) -> list[str]:
    """Sorted names of what a folder holds, but for what is left behind."""
    try:
        return sorted(path.name for path in folder.iterdir() if not left_behind(path.name))
    except OSError as error:
        raise DataError(f"the folder {folder} cannot be read: {error.strerror}") from error
