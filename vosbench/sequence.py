"""Sequences and datasets as every part of vosbench sees them, whatever lies on disk."""

from collections.abc import Callable
from dataclasses import dataclass

from vosbench.arrays import VOID, Image, Mask, object_ids


@dataclass(frozen=True)
class Sequence:
    """One video with its annotations; frames are read when asked for, never kept.

    Attributes:
        name: unique in its dataset; the name of the folder its masks are written to.
        frames: names of the frames in order, as the files of the dataset are named, without
            extension (`("00000", "00001", …)`).
        read_image: frame index → `Image`. Raises `DataError` for a missing or corrupt file.
        read_annotation: frame index → `Mask`, or None where the frame is not annotated. Raises
            `DataError` for an unreadable file or one of another size than the image.
        fingerprint: () → hex sha256 over everything that a method or a score could depend on (the
            files' bytes, or the generator's settings), so that a result is never re-used for
            another sequence of the same name.
    """

    name: str
    frames: tuple[str, ...]
    read_image: Callable[[int], Image]
    read_annotation: Callable[[int], Mask | None]
    fingerprint: Callable[[], str]

    def __len__(self) -> int:
        return len(self.frames)

    def object_ids(self) -> tuple[int, ...]:
        """Ids in the first annotation, ascending, void (255) left out."""
        first = self.read_annotation(0)
        return () if first is None else tuple(i for i in object_ids(first) if i != VOID)


@dataclass(frozen=True)
class Dataset:
    """Sequences and the protocol under which they are scored unless the user says otherwise.

    Attributes:
        name: as on the command line (`davis2016`).
        protocol: name of a protocol of `vosbench.metrics.protocols`.
        sequences: in the dataset's own order.
        variant: how it differs from what its name alone stands for (`train`, `1080p`, `seed3`),
            several parts joined by hyphens; empty for the default. Sequences left out make none.
    """

    name: str
    protocol: str
    sequences: tuple[Sequence, ...]
    variant: str = ""
