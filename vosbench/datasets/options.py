"""What a user may say about a dataset; every dataset module takes the same options."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DatasetOptions:
    """Where a dataset lies and which part of it is wanted; a dataset ignores what it does not need.

    Attributes:
        root: folder that the dataset was unzipped into.
        images: folder of images, one sub-folder a sequence (dataset `folders`).
        annotations: folder of annotations, one sub-folder a sequence (dataset `folders`).
        resolution: sub-folder of images and annotations (`480p`, `Full-Resolution`).
        split: name of the list of sequences (`val`).
        seed: of generated sequences.
        count: number of generated sequences; None leaves it to the dataset.
        only: names of the sequences that matter; a dataset may leave out others. None for all.
    """

    root: Path | None = None
    images: Path | None = None
    annotations: Path | None = None
    resolution: str = "480p"
    split: str = "val"
    seed: int = 0
    count: int | None = None
    only: tuple[str, ...] | None = None
