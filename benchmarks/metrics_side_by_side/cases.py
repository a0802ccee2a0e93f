"""The masks that every tool scores, laid out in a scratch folder the way each of them expects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vosbench.arrays import Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.datasets.synthetic import open_dataset
from vosbench.errors import DataError
from vosbench.mask_folders import annotation_folder, folders_in, frames_in, mask_file
from vosbench.masks import read_mask, write_mask

GENERATED = 3
"""Generated sequences of 60 frames, used where no other masks are given."""

SHIFT, LOST = (4, 7), 9
"""Predictions of generated masks are shifted by these pixels, and every so many frames lost."""


@dataclass(frozen=True)
class Case:
    """Masks to score.

    Attributes:
        name: as tables show it.
        davis: root of annotations in the layout of DAVIS 2017, subset `val` at 480p. Its frames
            are empty files: the evaluators want them listed and read none.
        predictions: folder of the sequences' folders of masks. Nothing else in it is kept: some
            evaluators write there, and take what they find there for the result of the next run.
        frames: annotated frames of each sequence.
    """

    name: str
    davis: Path
    predictions: Path
    frames: Mapping[str, int]

    @property
    def annotations(self) -> Path:
        """Folder of the sequences' folders of annotations."""
        return self.davis / "Annotations" / "480p"

    def clean(self) -> None:
        """Remove what a tool has left beside the predictions."""
        for path in self.predictions.iterdir():
            if path.is_file():
                path.unlink()

    def read_ahead(self) -> None:
        """Read every mask once, so that no tool waits for the disk more than another."""
        for folder in (self.annotations, self.predictions):
            for path in folder.glob("*/*.png"):
                path.read_bytes()


def folder_case(name: str, annotations: Path, predictions: Path, scratch: Path) -> Case:
    """The masks of two folders, which stay as they are: the scratch folder links to them.

    Raises:
        DataError: a folder is missing or holds no masks.
    """
    source = annotation_folder(annotations)
    sequences = folders_in(source)
    absent = [each for each in sequences if not (predictions / each).is_dir()]
    if absent:
        raise DataError(
            f"{predictions} has no masks of sequence {absent[0]}, which {source} annotates; "
            "the tools are compared on complete predictions only"
        )
    case = _empty_case(name, scratch, {each: frames_in(source / each) for each in sequences})
    for each in sequences:
        (case.annotations / each).symlink_to((source / each).resolve(), target_is_directory=True)
        (case.predictions / each).symlink_to(
            (predictions / each).resolve(), target_is_directory=True
        )
    return case


def shared_cases(shared: Path, scratch: Path) -> Iterator[Case]:
    """The two cases of the reference figures: 12 sequences of one object each, 15 of up to five.

    Args:
        shared: folder with `data/DAVIS`, `data/results/osvos` and `data/multi-object`.
        scratch: folder to write to.

    Raises:
        DataError: something of it is missing.
    """
    data = shared / "data"
    masks = data / "DAVIS" / "Annotations" / "480p"
    sequences = {name: frames_in(masks / name) for name in folders_in(annotation_folder(masks))}
    single = _empty_case("single object", scratch, sequences)
    for name, frames in sequences.items():
        sources = (masks / name, data / "results" / "osvos" / name)
        for source, folder in zip(sources, (single.annotations, single.predictions), strict=True):
            (folder / name).mkdir()
            for frame in frames:
                foreground = read_mask(mask_file(source, frame)) > 0
                write_mask(mask_file(folder / name, frame), foreground.astype(np.uint8))
    yield single
    several = data / "multi-object"
    yield folder_case("several objects", several, several / "predictions", scratch)


def generated_case(
    scratch: Path, *, dataset_name: str = "synthetic-480p", sequences: int = GENERATED
) -> Case:
    """Generated annotations, and predictions that are shifted and sometimes lost."""
    dataset = open_dataset(dataset_name, DatasetOptions(count=sequences))
    case = _empty_case("generated", scratch, {each.name: each.frames for each in dataset.sequences})
    for sequence in dataset.sequences:
        truth, prediction = case.annotations / sequence.name, case.predictions / sequence.name
        truth.mkdir()
        prediction.mkdir()
        for index, frame in enumerate(sequence.frames):
            mask = sequence.read_annotation(index)
            if mask is None:
                raise DataError(f"generated sequence {sequence.name} has no mask of frame {frame}")
            write_mask(mask_file(truth, frame), mask)
            write_mask(mask_file(prediction, frame), _prediction(mask, index))
    return case


def _prediction(mask: Mask, index: int) -> Mask:
    return np.zeros_like(mask) if index % LOST == LOST - 1 else np.roll(mask, SHIFT, axis=(0, 1))


def _empty_case(name: str, scratch: Path, sequences: Mapping[str, tuple[str, ...]]) -> Case:
    """Folders without masks yet, the list of sequences, and their empty frames."""
    folder = scratch / name.replace(" ", "-")
    frames = {sequence: len(names) for sequence, names in sequences.items()}
    case = Case(name, folder / "DAVIS", folder / "predictions", frames)
    case.annotations.mkdir(parents=True)
    case.predictions.mkdir()
    sets = case.davis / "ImageSets" / "2017"
    sets.mkdir(parents=True)
    listed = "".join(f"{sequence}\n" for sequence in sequences)
    (sets / "val.txt").write_text(listed, encoding="utf-8")
    for sequence, names in sequences.items():
        images = case.davis / "JPEGImages" / "480p" / sequence
        images.mkdir(parents=True)
        for frame in names:
            (images / f"{frame}.jpg").touch()
    return case
