"""Where the masks of two runs differ: frame by frame, pixel by pixel, two frames at a time.

Files with the same bytes are the same masks and are not decoded.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vosbench.arrays import Mask
from vosbench.errors import DataError
from vosbench.mask_folders import frames_in, mask_file, natural_key
from vosbench.masks import read_mask


@dataclass(frozen=True, kw_only=True)
class IdChange:
    """Pixels that have one id in the first run and another in the second; 0 is background."""

    first: int
    second: int
    pixels: int


@dataclass(frozen=True, kw_only=True)
class FrameDifference:
    """How two masks of one frame differ.

    Attributes:
        frame: its name.
        changes: most pixels first; empty where pixels cannot be compared.
        remark: why they cannot: a mask is missing in one run, or has another size.
    """

    frame: str
    changes: tuple[IdChange, ...] = ()
    remark: str = ""

    @property
    def pixels(self) -> int:
        """Number of pixels that differ."""
        return sum(change.pixels for change in self.changes)

    @property
    def object_id(self) -> int | None:
        """The lowest id of an object that differs; None where pixels cannot be compared."""
        ids = {change.first for change in self.changes} | {c.second for c in self.changes}
        return min(ids - {0}, default=None)

    @property
    def object_pixels(self) -> int:
        """Number of pixels in which that object differs."""
        return sum(c.pixels for c in self.changes if self.object_id in (c.first, c.second))


@dataclass(frozen=True, kw_only=True)
class MaskDifference:
    """How the masks of one sequence differ.

    Attributes:
        frames: number of frames that either run has.
        differing: number of those that differ.
        first: the first that differs; None when none does.
        largest: the one with most differing pixels, the first of them on a tie; None when none
            can be compared.
        changes: added up over all frames, most pixels first.
    """

    frames: int
    differing: int = 0
    first: FrameDifference | None = None
    largest: FrameDifference | None = None
    changes: tuple[IdChange, ...] = ()

    @property
    def pixels(self) -> int:
        """Number of pixels that differ, over all frames."""
        return sum(change.pixels for change in self.changes)


def mask_difference(first: Path, second: Path) -> MaskDifference:
    """How the masks in two folders differ.

    Raises:
        DataError: a mask cannot be read; names the file.
    """
    frames = sorted({*_frames(first), *_frames(second)}, key=natural_key)
    differing = 0
    earliest: FrameDifference | None = None
    largest: FrameDifference | None = None
    total: Counter[tuple[int, int]] = Counter()
    for difference in _differences(first, second, frames):
        differing += 1
        earliest = earliest or difference
        if difference.pixels > (largest.pixels if largest else 0):
            largest = difference
        for change in difference.changes:
            total[change.first, change.second] += change.pixels
    return MaskDifference(
        frames=len(frames),
        differing=differing,
        first=earliest,
        largest=largest,
        changes=_ordered(total),
    )


def _differences(first: Path, second: Path, frames: list[str]) -> Iterator[FrameDifference]:
    """One for each frame whose masks are not the same."""
    for frame in frames:
        files = mask_file(first, frame), mask_file(second, frame)
        lacking = [name for name, file in zip("AB", files, strict=True) if not file.is_file()]
        if lacking:
            yield FrameDifference(frame=frame, remark=f"{lacking[0]} has no mask")
        elif not _same_bytes(*files):
            masks = read_mask(files[0]), read_mask(files[1])
            if masks[0].shape != masks[1].shape:
                sizes = " and ".join(f"{mask.shape[1]}×{mask.shape[0]}" for mask in masks)
                yield FrameDifference(frame=frame, remark=f"of {sizes} pixels")
            elif changes := _changes(*masks):
                yield FrameDifference(frame=frame, changes=changes)


def _same_bytes(first: Path, second: Path) -> bool:
    """Whether two files have one content."""
    try:
        return first.read_bytes() == second.read_bytes()
    except OSError as error:
        raise DataError(f"{error.filename} cannot be read: {error.strerror}") from error


def _changes(first: Mask, second: Mask) -> tuple[IdChange, ...]:
    """Number of pixels of every pair of ids that differ."""
    at = first != second  # h×w
    pairs = first[at].astype(np.int64) << 8 | second[at]
    values, counts = np.unique(pairs, return_counts=True)
    found = zip(values.tolist(), counts.tolist(), strict=True)
    return _ordered(Counter({divmod(value, 256): count for value, count in found}))


def _ordered(pixels: Counter[tuple[int, int]]) -> tuple[IdChange, ...]:
    """Most pixels first, then by ids."""
    ordered = sorted(pixels.items(), key=lambda item: (-item[1], item[0]))
    return tuple(IdChange(first=ids[0], second=ids[1], pixels=count) for ids, count in ordered)


def _frames(folder: Path) -> tuple[str, ...]:
    """Frames that have a mask; none in an empty folder."""
    return frames_in(folder) if any(folder.glob("*.png")) else ()
