"""What lies in a folder of one sequence, or in a folder of sequences, whatever it is."""

import os
from dataclasses import dataclass
from pathlib import Path

from vosbench.mask_folders import left_behind
from vosbench.masks import IMAGE_SUFFIXES


@dataclass(frozen=True)
class Content:
    """Names in a folder, each sorted; what file managers leave behind is left out.

    Attributes:
        folder: where they lie.
        masks: files that end in .png, in whatever case.
        pictures: image files of other kinds.
        strays: all other files.
        folders: folders.
        refused: why the folder cannot be read; empty where it can.
    """

    folder: Path
    masks: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    refused: str = ""

    @property
    def of_objects(self) -> bool:
        """Whether it may be a folder of folders of objects, one for each: no PNG lies beside."""
        return bool(self.folders) and not any(name.endswith(".png") for name in self.masks)


def content_of(folder: Path) -> Content:
    """What lies in `folder`; links count as what they point to, broken ones as files."""
    masks, pictures, strays, folders = [], [], [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                suffix = Path(entry.name).suffix.lower()
                if left_behind(entry.name):
                    continue
                if _is_folder(entry):
                    folders.append(entry.name)
                elif suffix == ".png":
                    masks.append(entry.name)
                elif suffix in IMAGE_SUFFIXES:
                    pictures.append(entry.name)
                else:
                    strays.append(entry.name)
    except OSError as error:
        return Content(folder, refused=error.strerror or str(error))
    return Content(
        folder,
        masks=tuple(sorted(masks)),
        pictures=tuple(sorted(pictures)),
        strays=tuple(sorted(strays)),
        folders=tuple(sorted(folders)),
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, or a link to one; links in a circle are none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def inner_folder(folder: Path) -> Path:
    """Where the masks of a sequence lie: `folder`, or the one folder in it that has them all."""
    content = content_of(folder)
    if content.masks or content.pictures or len(content.folders) != 1:
        return folder
    inner = content_of(folder / content.folders[0])
    return inner.folder if inner.masks else folder
