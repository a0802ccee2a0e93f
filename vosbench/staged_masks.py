"""Masks of one sequence as files that a record can speak of: written aside, told by a digest."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from vosbench.arrays import Mask
from vosbench.atomic import writing
from vosbench.mask_folders import mask_file
from vosbench.masks import write_mask
from vosbench.method import Detection


class StagedMasks:
    """Masks of one sequence on their way into a run folder, and what was noted with them.

    Attributes:
        folder: where they are until `RunFolder.put` moves them to their place.
    """

    def __init__(self, folder: Path, frames: Sequence[str]) -> None:
        self.folder = folder
        self._frames = tuple(frames)
        self._noted: list[tuple[str, Detection]] = []

    def write(self, index: int, mask: Mask) -> None:
        """Write the label map of frame `index`."""
        path = mask_file(self.folder, self._frames[index])
        with writing(path):
            write_mask(path, mask)

    def note(self, index: int, seen: Iterable[Detection]) -> None:
        """Keep in memory where the method saw its objects in frame `index`."""
        self._noted += [(self._frames[index], each) for each in seen]

    def detections(self) -> tuple[tuple[str, Detection], ...]:
        """Name of the frame, and what was seen in it, in the order in which it was noted."""
        return tuple(self._noted)

    def sha256(self) -> str:
        """Digest over all of them; empty unless every frame has one."""
        return masks_sha256(self.folder, self._frames)


def masks_sha256(folder: Path, frames: Iterable[str]) -> str:
    """Hex sha256 over the mask files of these frames; empty when one is missing or unreadable."""
    digest = hashlib.sha256()
    for frame in frames:
        try:
            content = mask_file(folder, frame).read_bytes()
        except OSError:
            return ""
        digest.update(f"{frame} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()
