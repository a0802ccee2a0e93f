"""Which files are the frames of a sequence: images in one folder, annotations in another."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from vosbench.errors import DataError
from vosbench.mask_folders import folders_in, natural_key, visible
from vosbench.masks import IMAGE_SUFFIXES
from vosbench.wording import first_few


@dataclass(frozen=True)
class FrameFiles:
    """Files of one sequence; as many entries on both sides, at least one.

    Attributes:
        images: file of every frame, in order.
        annotations: file of every frame, None where it is not annotated; the first always is.
    """

    images: tuple[Path, ...]
    annotations: tuple[Path | None, ...]

    @property
    def frames(self) -> tuple[str, ...]:
        """Names of the frames."""
        return tuple(path.stem for path in self.images)

    @property
    def first_annotation(self) -> Path:
        """File of the first annotation."""
        first = self.annotations[0]
        assert first is not None, "a sequence without first annotation was let through"
        return first


def find_frames(images: Path, annotations: Path, only: Set[str] | None = None) -> FrameFiles:
    """Files of the sequence in these two folders, in natural order of their names.

    Hidden files and those of other kinds are left alone.

    Args:
        images: folder of frames, `IMAGE_SUFFIXES`.
        annotations: folder of PNG files named as the frames; frames may lack one.
        only: names of the frames to take; all by default.

    Raises:
        DataError: a folder is missing or empty, an annotation or a frame of `only` has no image,
            two images have one name, or the first frame has no annotation.
    """
    frames = _files_by_stem(images, IMAGE_SUFFIXES, "images")
    masks = _files_by_stem(annotations, (".png",), "annotations")
    if only is not None:
        frames = {stem: path for stem, path in frames.items() if stem in only}
        masks = {stem: path for stem, path in masks.items() if stem in only}
    missing = sorted((masks.keys() | (only or set())) - frames.keys(), key=natural_key)
    if missing:
        counted = "frame" if len(missing) == 1 else "frames"
        raise DataError(
            f"{images} lacks the image of {counted} {first_few(missing)}, which "
            f"{'the list of frames' if only else annotations} names; copy or unpack it again"
        )
    order = sorted(frames, key=natural_key)
    if order[0] not in masks:
        raise DataError(
            f"the first frame {frames[order[0]]} has no annotation, expected "
            f"{annotations / order[0]}.png; every sequence starts from an annotated frame"
        )
    return FrameFiles(
        images=tuple(frames[stem] for stem in order),
        annotations=tuple(masks.get(stem) for stem in order),
    )


def folder_of_sequences(
    folder: Path, suffixes: tuple[str, ...], *, resolution: str, any_resolution: bool
) -> Path:
    """`folder` if it holds sequences, else the resolution in it that does.

    Args:
        folder: exists.
        suffixes: of the files of a sequence.
        resolution: sub-folder to take where there are several.
        any_resolution: whether another may be taken where it is the only one.

    Raises:
        DataError: `folder` holds resolutions, but none that may be taken.
    """
    if _holds_sequences(folder, suffixes):
        return folder
    found = [name for name in folders_in(folder) if _holds_sequences(folder / name, suffixes)]
    if not found:
        return folder  # what it lacks is found out sequence by sequence
    if resolution in found:
        return folder / resolution
    if len(found) == 1 and any_resolution:
        return folder / found[0]
    raise DataError(
        f"{folder} has no resolution {resolution!r}; it holds {', '.join(found)}: "
        "choose with --resolution"
    )


def _holds_sequences(folder: Path, suffixes: tuple[str, ...]) -> bool:
    """Whether a folder in `folder` holds such files."""
    return any(
        path.suffix.lower() in suffixes
        for name in folders_in(folder)
        for path in visible(folder / name)
    )


def _files_by_stem(folder: Path, suffixes: tuple[str, ...], what: str) -> dict[str, Path]:
    """Files of a folder by their name without extension."""
    if not folder.is_dir():
        raise DataError(f"the folder of {what} {folder} is missing; copy or unpack it again")
    found: dict[str, Path] = {}
    for path in visible(folder):
        if path.suffix.lower() not in suffixes:
            continue
        if path.stem in found:
            raise DataError(
                f"{folder} holds both {found[path.stem].name} and {path.name}, expected one file a "
                "frame; remove one of them"
            )
        found[path.stem] = path
    if not found:
        deeper = folders_in(folder)
        hint = f"; it holds folders such as {deeper[0]}: go one level deeper" if deeper else ""
        raise DataError(
            f"{folder} holds no {what}, expected files named *{', *'.join(suffixes)}{hint}"
        )
    return found
