"""Any two folders: images by sequence and annotations by sequence.

    IMAGES[/<resolution>]/<sequence>/*.jpg           IMAGES may be ROOT/JPEGImages
    ANNOTATIONS[/<resolution>]/<sequence>/*.png      ANNOTATIONS may be ROOT/Annotations

The folders in ANNOTATIONS are the sequences. The first frame of each must be annotated, others may
be. Values are object ids and 255 is void, with one exception: where the first annotation of
a sequence is a grey file of 0 and 255 only, it is one object painted white, and 255 means object 1
throughout that sequence.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from vosbench.arrays import VOID, Mask
from vosbench.datasets._frame_files import find_frames, folder_of_sequences
from vosbench.datasets._stored_sequence import open_each, stored_sequence
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.mask_folders import folders_in
from vosbench.masks import IMAGE_SUFFIXES, is_white_on_black, read_mask
from vosbench.sequence import Dataset, Sequence

DATASETS: dict[str, str] = {
    "folders": "any two folders: images and annotations, each with one folder a sequence",
}


def open_dataset(name: str, options: DatasetOptions) -> Dataset:
    """Sequences of two folders, sorted by name, scored as DAVIS 2017. Nothing is decoded.

    `options.images` and `options.annotations` go before what lies under `options.root`. Where a
    folder holds resolutions, `options.resolution` is taken; where it is not asked for in
    particular, whichever there is.

    A sequence that lacks something says so when it is read.

    Raises:
        UsageError: `name` is not of this module, or it is not said where the folders are.
        DataError: a folder is missing, it is not clear which resolution is meant, or every sequence
            lacks something.
    """
    if name not in DATASETS:
        raise UsageError(f"there is no dataset {name!r} here; it is {', '.join(DATASETS)}")
    images = _place("images", options.images, "JPEGImages", options)
    annotations = _place("annotations", options.annotations, "Annotations", options)
    images = _inner(images, IMAGE_SUFFIXES, options)
    around, annotations = annotations, _inner(annotations, (".png",), options)
    names = folders_in(annotations)
    if not names:
        raise DataError(
            f"{annotations} holds no folder of a sequence, expected "
            f"{annotations}/SEQUENCE/*.png even for a single sequence"
        )
    openers = {each: partial(_sequence, each, images / each, annotations / each) for each in names}
    usual = annotations in (around, around / DatasetOptions.resolution)
    return Dataset(
        name=name,
        protocol="davis2017",
        sequences=open_each(openers, options.only),
        variant="" if usual else annotations.name,
    )


@dataclass(frozen=True)
class _Labels:
    """Reads the annotations of one sequence; its first file says what 255 means."""

    first: Path

    def __call__(self, path: Path) -> Mask:
        mask = read_mask(path)
        if self._white_is_object:
            mask[mask == VOID] = 1
        return mask

    @cached_property
    def _white_is_object(self) -> bool:
        return is_white_on_black(self.first)


def _sequence(name: str, images: Path, annotations: Path) -> Sequence:
    files = find_frames(images, annotations)
    return stored_sequence(
        name,
        files,
        labels=_Labels(files.first_annotation),
        meaning="values are ids, or white is object 1",
    )


def _place(what: str, given: Path | None, under_root: str, options: DatasetOptions) -> Path:
    """The folder of images or annotations, which exists."""
    if given is not None:
        folder = given
    elif options.root is not None:
        folder = options.root / under_root
    else:
        raise UsageError(
            f"dataset folders needs --{what}, or a --root that holds JPEGImages and Annotations"
        )
    if not folder.is_dir():
        raise DataError(
            f"the folder of {what} {folder} is missing, expected {folder}/SEQUENCE/FRAME files"
        )
    return folder


def _inner(folder: Path, suffixes: tuple[str, ...], options: DatasetOptions) -> Path:
    """The folder of sequences: `folder`, or the resolution in it."""
    in_particular = options.resolution != DatasetOptions.resolution
    return folder_of_sequences(
        folder, suffixes, resolution=options.resolution, any_resolution=not in_particular
    )
