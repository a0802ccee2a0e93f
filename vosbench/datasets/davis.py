"""DAVIS 2016 and DAVIS 2017 as they unzip.

    ROOT/JPEGImages/<resolution>/<sequence>/*.jpg
    ROOT/Annotations/<resolution>/<sequence>/*.png
    ROOT/ImageSets/2016|2017/<split>.txt

Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation, CVPR
2016. Pont-Tuset et al., The 2017 DAVIS Challenge on Video Object Segmentation, arXiv:1704.00675.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from vosbench.arrays import Mask
from vosbench.datasets._davis_lists import Listed, read_list
from vosbench.datasets._frame_files import find_frames
from vosbench.datasets._stored_sequence import open_each, stored_sequence
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.mask_folders import folders_in
from vosbench.masks import read_mask
from vosbench.sequence import Dataset, Sequence

DATASETS: dict[str, str] = {
    "davis2016": "DAVIS 2016: one object a sequence, every annotated pixel belongs to it",
    "davis2017": "DAVIS 2017: several objects a sequence, ids as annotated",
}

_PARTS = ("JPEGImages", "Annotations", "ImageSets")


def open_dataset(name: str, options: DatasetOptions) -> Dataset:
    """DAVIS 2016 or 2017 from `options.root`, sequences in the order of the split's list.

    Every frame must be annotated, except in the test splits of 2017, which give the first frame
    only. A sequence that lacks something says so when it is read. Nothing is decoded.

    Raises:
        UsageError: `name` is not of this module, or the root, split or resolution is not usable.
        DataError: the root, a list or a folder is missing, a list is malformed, or every sequence
            lacks something.
    """
    edition = _edition(name)
    root = _root(name, options)
    listed = read_list(_list_file(root, edition, options))
    openers = {entry.name: partial(_sequence, entry, edition, root, options) for entry in listed}
    sequences = open_each(openers, options.only)
    return Dataset(name=name, protocol=name, sequences=sequences, variant=_variant(options))


def read_one_object(path: Path) -> Mask:
    """Label map of an annotation in which every non-zero pixel is object 1.

    So 0/255, 0/1 and the ids of DAVIS 2017 all mean the same.
    """
    return np.where(read_mask(path), np.uint8(1), np.uint8(0))


@dataclass(frozen=True)
class _Edition:
    """How one year of DAVIS differs from the other; see `stored_sequence`."""

    year: str
    labels: Callable[[Path], Mask]
    meaning: str


def _edition(name: str) -> _Edition:
    if name == "davis2016":
        return _Edition("2016", read_one_object, "every non-zero value is object 1")
    if name == "davis2017":
        return _Edition("2017", read_mask, "values are ids")
    raise UsageError(f"there is no DAVIS dataset {name!r}; it is one of {', '.join(DATASETS)}")


def _variant(options: DatasetOptions) -> str:
    """Split and resolution, where they are not those that everybody means."""
    pairs = (
        (options.split, DatasetOptions.split),
        (options.resolution, DatasetOptions.resolution),
    )
    return "-".join(chosen for chosen, usual in pairs if chosen != usual)


def _sequence(entry: Listed, edition: _Edition, root: Path, options: DatasetOptions) -> Sequence:
    annotations = root / "Annotations" / options.resolution / entry.name
    files = find_frames(
        root / "JPEGImages" / options.resolution / entry.name, annotations, only=entry.frames
    )
    missing = [
        frame for frame, path in zip(files.frames, files.annotations, strict=True) if path is None
    ]
    first_only = edition.year == "2017" and options.split.startswith("test")
    if missing and not first_only:
        raise DataError(
            f"{annotations} lacks the annotation of {len(missing)} of {len(files.frames)} frames, "
            f"the first of them {missing[0]}.png; copy or unpack it again"
        )
    return stored_sequence(entry.name, files, labels=edition.labels, meaning=edition.meaning)


def _root(name: str, options: DatasetOptions) -> Path:
    """The dataset's root, in which images and annotations of the resolution are there."""
    if options.root is None:
        raise UsageError(f"dataset {name} needs --root, the folder that holds {', '.join(_PARTS)}")
    for option, value in (("split", options.split), ("resolution", options.resolution)):
        if Path(value).name != value:
            raise UsageError(f"--{option} {value!r} is a path, expected a plain name")
    _check_layout(options.root, options.resolution)
    return options.root


def _check_layout(root: Path, resolution: str) -> None:
    """Raise `DataError` unless images and annotations of this resolution are there."""
    if not root.is_dir():
        raise DataError(
            f"the dataset's root {root} is {'no folder' if root.exists() else 'missing'}; "
            f"expected a folder that holds {', '.join(_PARTS)}"
        )
    for part in _PARTS:
        if not (root / part).is_dir():
            raise DataError(
                f"{root} has no folder {part}, expected {root}/{{{','.join(_PARTS)}}} as DAVIS "
                f"unzips{_better_root(root)}"
            )
    for part in _PARTS[:2]:
        if not (root / part / resolution).is_dir():
            there = ", ".join(folders_in(root / part)) or "nothing"
            raise DataError(
                f"{root / part} has no resolution {resolution!r}; it holds {there}: "
                "choose with --resolution"
            )


def _better_root(root: Path) -> str:
    """A hint when the root points a level or two too deep, or one too high; else empty."""
    near = [*root.resolve().parents[:3], *(root / name for name in folders_in(root))]
    for folder in near:
        if all((folder / part).is_dir() for part in _PARTS):
            return f"; did you mean --root {folder}?"
    return ""


def _list_file(root: Path, edition: _Edition, options: DatasetOptions) -> Path:
    """The split's list of sequences; the first release of 2016 keeps it by resolution."""
    folders = [root / "ImageSets" / edition.year]
    if edition.year == "2016":
        folders.append(root / "ImageSets" / options.resolution)
    for folder in folders:
        if (folder / f"{options.split}.txt").is_file():
            return folder / f"{options.split}.txt"
    splits = sorted({path.stem for folder in folders for path in folder.glob("[!.]*.txt")})
    if splits:
        hint = f"the splits there are {', '.join(splits)}: choose with --split"
    else:
        years = ", ".join(folders_in(root / "ImageSets")) or "nothing"
        hint = f"{root / 'ImageSets'} holds no lists of DAVIS {edition.year}, only {years}"
    raise DataError(f"the list {folders[0] / options.split}.txt is missing; {hint}")
