"""Findings about the images of a sequence, made while its annotations are read."""

from collections.abc import Sequence as Names
from dataclasses import dataclass, field
from pathlib import Path

from vosbench.doctor.evidence import Size
from vosbench.doctor.finding import Finding, Subject
from vosbench.doctor.mask_reading import Reading
from vosbench.doctor.words import be, pixels, some
from vosbench.errors import DataError
from vosbench.mask_folders import natural_key
from vosbench.masks import read_image
from vosbench.sequence import Sequence
from vosbench.wording import counted


@dataclass
class Images:
    """What is found out about the images of a sequence while its annotations are read.

    Attributes:
        unusable: frame → why its image cannot be used.
        misfits: frame → size of the image, size of the annotation.
    """

    unusable: dict[int, str] = field(default_factory=dict)
    misfits: dict[int, tuple[Size, Size]] = field(default_factory=dict)

    def look(self, index: int, image: Path, reading: Reading | None) -> None:
        """Note what is wrong with an image."""
        try:
            height, width, _ = read_image(image).shape
        except DataError as error:
            self.unusable[index] = str(error)
            return
        if reading is not None and reading.mask is not None:
            size = (reading.mask.shape[0], reading.mask.shape[1])
            if size != (height, width):
                self.misfits[index] = (height, width), size

    def findings(self, sequence: str, frames: tuple[str, ...]) -> list[Finding]:
        """What was found, at most two findings."""
        found = []
        if self.unusable:
            names = tuple(frames[index] for index in self.unusable)
            found.append(
                dataset_error(
                    "unreadable-image",
                    sequence,
                    "images",
                    f"{some(names, len(frames), 'image', sequence)} cannot be used: "
                    f"{next(iter(self.unusable.values()))}",
                    "copy or unpack the dataset again",
                    names,
                )
            )
        if self.misfits:
            names = tuple(frames[index] for index in self.misfits)
            image, annotation = next(iter(self.misfits.values()))
            found.append(
                dataset_error(
                    "image-size",
                    sequence,
                    "images",
                    f"{some(names, len(frames), 'image', sequence)} {be(len(names))} "
                    f"{pixels(image)} pixels (width×height), the annotations {pixels(annotation)}",
                    "take both from one resolution of the dataset",
                    names,
                )
            )
        return found


@dataclass
class OpenedFrames:
    """Reads a `Sequence` for `gather`, and keeps what cannot be read."""

    sequence: Sequence
    unusable: dict[int, str] = field(default_factory=dict)

    def read(self, index: int) -> Reading | None:
        """What the annotation of a frame holds; None where there is none."""
        try:
            self.sequence.read_image(index)
        except DataError as error:
            self.unusable[index] = str(error)
        try:
            mask = self.sequence.read_annotation(index)
        except DataError as error:
            return Reading(None, "unreadable-file", str(error))
        return None if mask is None else Reading(mask)

    def findings(self) -> list[Finding]:
        """What was found about the images."""
        return Images(self.unusable).findings(self.sequence.name, self.sequence.frames)


def twin_images(names: Names[str], sequence: str) -> list[Finding]:
    """Frames that several files claim to be."""
    stems = [Path(name).stem for name in names]
    twins = tuple(sorted({stem for stem in stems if stems.count(stem) > 1}, key=natural_key))
    if not twins:
        return []
    files = [name for name in names if Path(name).stem == twins[0]]
    return [
        dataset_error(
            "twin-files",
            sequence,
            "images",
            f"{counted(len(twins), 'frame')} of {sequence} "
            f"{'has' if len(twins) == 1 else 'have'} more than one file: {' and '.join(files)} "
            f"for frame {twins[0]}",
            "remove all but one a frame",
            twins,
        )
    ]


def dataset_error(
    code: str, sequence: str, subject: Subject, sentence: str, mend: str, frames: tuple[str, ...]
) -> Finding:
    """A finding about a file that the dataset should have, and have whole."""
    return Finding(
        code=code,
        severity="error",
        sequence=sequence,
        subject=subject,
        sentence=sentence,
        mend=mend,
        frames=frames,
    )
