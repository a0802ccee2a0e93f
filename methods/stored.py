"""Masks on disk, of OSVOS, PReMVOS or any other program: scored as they are, never timed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from vosbench.arrays import Mask
from vosbench.errors import DataError
from vosbench.masks import is_white_on_black, read_mask
from vosbench.method import MaskSource
from vosbench.sequence import Sequence

VARIANTS: dict[str, dict[str, object]] = {"stored": {}}


class StoredMasks(MaskSource):
    """Label maps that lie in one folder a sequence, one PNG a frame, named as the frames are.

    The first frame may be missing, as its masks are given. Grey 0/255 files stand for the object
    of a sequence that has one.

    Args:
        masks: folder of the folders.
        label: how tables call the method that made them.
    """

    def __init__(self, *, masks: Path, label: str = "stored") -> None:
        self._folder = masks
        del label  # the registry reads it, the masks do not depend on it

    def masks(self, sequence: Sequence) -> Iterator[Mask]:
        """Yield the stored label map of every frame; the annotation where the first is missing."""
        annotation = sequence.read_annotation(0)
        if annotation is None:
            raise DataError(f"the first frame of {sequence.name} has no annotation")
        self._check_folder(sequence)
        for index, path in enumerate(self._files(sequence)):
            if index == 0 and not path.is_file():
                yield annotation
                continue
            mask = self._read(path, sequence)
            if mask.shape != annotation.shape:
                raise DataError(
                    f"{path} is {_size(mask)} pixels, but {sequence.name} is {_size(annotation)}; "
                    "store masks in the size of the frames"
                )
            yield mask

    def fingerprint(self, sequence: Sequence) -> str:
        """Hex sha256 over names and bytes of the files of `sequence`, missing ones included."""
        digest = hashlib.sha256()
        for path in self._files(sequence):
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
            digest.update(f"{path.name} {content}\n".encode())
        return digest.hexdigest()

    def _files(self, sequence: Sequence) -> Iterator[Path]:
        for frame in sequence.frames:
            yield self._folder / sequence.name / f"{frame}.png"

    def _check_folder(self, sequence: Sequence) -> None:
        if not (self._folder / sequence.name).is_dir():
            raise DataError(
                f"{self._folder} has no folder {sequence.name}; give the folder that holds one "
                "folder of masks a sequence (--set stored.masks=DIR)"
            )

    def _read(self, path: Path, sequence: Sequence) -> Mask:
        mask = read_mask(path)
        if 255 not in mask or not is_white_on_black(path):
            return mask
        ids = sequence.object_ids()
        if len(ids) != 1:
            raise DataError(
                f"{path} is a 0/255 picture, but {sequence.name} has {len(ids)} objects; store a "
                "label map with the ids of its annotations"
            )
        return (mask == 255).astype(mask.dtype) * mask.dtype.type(ids[0])


def _size(mask: Mask) -> str:
    height, width = mask.shape
    return f"{width}×{height}"
