"""A `Sequence` that reads its frames from files, when asked, and checks them as it reads."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from vosbench.arrays import VOID, Image, Mask
from vosbench.datasets._frame_files import FrameFiles
from vosbench.errors import DataError
from vosbench.masks import image_size, read_image
from vosbench.sequence import Sequence


def stored_sequence(
    name: str, files: FrameFiles, *, labels: Callable[[Path], Mask], meaning: str
) -> Sequence:
    """The sequence in these files; it can be pickled if `labels` can, and decodes nothing yet.

    Args:
        name: of the sequence.
        files: of its frames.
        labels: annotation file → label map, as the dataset understands its files.
        meaning: what `labels` does, in words. Part of the fingerprint, because the same files can
            mean one object to one dataset and several to another.
    """
    frames = _StoredFrames(files, labels, meaning)
    return Sequence(
        name=name,
        frames=files.frames,
        read_image=frames.read_image,
        read_annotation=frames.read_annotation,
        fingerprint=frames.fingerprint,
    )


def open_each(
    openers: Mapping[str, Callable[[], Sequence]], only: Collection[str] | None = None
) -> tuple[Sequence, ...]:
    """One sequence a name; one that cannot be opened has no frames, and says why when it is read.

    So what is wrong with one sequence stands in nobody's way who does not ask for it.

    Args:
        openers: name → what opens it, or raises `DataError`.
        only: names that matter, the others are left out; None for all.

    Raises:
        DataError: none can be opened; that of the first.
    """
    opened: list[Sequence] = []
    failures: list[DataError] = []
    for name, opener in openers.items():
        if only is not None and name not in only:
            continue
        try:
            opened.append(opener())
        except DataError as error:
            failures.append(error)
            opened.append(_unreadable(name, str(error)))
    if len(failures) == len(opened) > 0:
        raise failures[0]
    return tuple(opened)


def _unreadable(name: str, reason: str) -> Sequence:
    """A sequence of which nothing can be had but the reason."""
    lacking = _Lacking(reason)
    return Sequence(
        name=name,
        frames=(),
        read_image=lacking.frame,
        read_annotation=lacking.frame,
        fingerprint=lacking.fingerprint,
    )


@dataclass(frozen=True)
class _Lacking:
    """What an unreadable `Sequence` calls."""

    reason: str

    def frame(self, index: int) -> NoReturn:
        raise DataError(self.reason)

    def fingerprint(self) -> NoReturn:
        raise DataError(self.reason)


@dataclass(frozen=True)
class _StoredFrames:
    """What a `Sequence` calls; methods of an object, since closures cannot be pickled."""

    files: FrameFiles
    labels: Callable[[Path], Mask]
    meaning: str

    def read_image(self, index: int) -> Image:
        return read_image(self.files.images[index])

    def read_annotation(self, index: int) -> Mask | None:
        path = self.files.annotations[index]
        if path is None:
            return None
        mask = self.labels(path)
        _check_size(path, mask, self.files.images[index])
        if path == self.files.first_annotation:
            _check_has_object(path, mask)
        return mask

    def fingerprint(self) -> str:
        return self._digest

    @cached_property
    def _digest(self) -> str:
        """Hex sha256 over names and contents of all files, and how annotations are understood."""
        digest = sha256(f"{self.meaning}\n".encode())
        for kind, paths in (("image", self.files.images), ("annotation", self.files.annotations)):
            for path in filter(None, paths):
                digest.update(f"{kind} {_content_digest(path)} {path.name}\n".encode())
        return digest.hexdigest()


def _check_size(path: Path, mask: Mask, image: Path) -> None:
    """Raise `DataError` unless the annotation is as large as its image."""
    height, width = image_size(image)
    if mask.shape != (height, width):
        raise DataError(
            f"{path} is {mask.shape[1]}×{mask.shape[0]} pixels, expected {width}×{height} as its "
            f"image {image}; take both from the same resolution of the dataset"
        )


def _check_has_object(path: Path, mask: Mask) -> None:
    """Raise `DataError` if the first annotation gives nothing to follow."""
    if ((mask != 0) & (mask != VOID)).any():
        return
    if mask.any():
        raise DataError(
            f"{path} holds no object but only the value {VOID}, which is void; if it means the "
            "object, open the sequence as davis2016, or store it as grey for dataset folders"
        )
    raise DataError(
        f"{path} is all background, expected at least one object in the first frame; "
        "annotate it or leave the sequence out"
    )


def _content_digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
