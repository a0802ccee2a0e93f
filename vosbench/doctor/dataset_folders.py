"""Where the images and annotations of a dataset lie, and its list, read without stopping at faults.

Layouts are those of `vosbench.datasets.davis` and `vosbench.datasets.folders`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vosbench.datasets._frame_files import folder_of_sequences
from vosbench.datasets.options import DatasetOptions
from vosbench.doctor.finding import FOLDER, Finding
from vosbench.mask_folders import folders_in
from vosbench.masks import IMAGE_SUFFIXES
from vosbench.wording import counted, first_few


@dataclass(frozen=True)
class DatasetFolders:
    """A dataset on disk.

    Attributes:
        images: folder of the sequences' folders of images.
        annotations: the same of annotations.
        sequences: names, in the order of the list.
        frames: sequence → names of the frames that the list admits; all where it is absent.
        all_annotated: whether every frame should be.
        findings: about the list.
    """

    images: Path
    annotations: Path
    sequences: tuple[str, ...]
    frames: dict[str, frozenset[str]]
    all_annotated: bool
    findings: tuple[Finding, ...] = ()


def dataset_folders(name: str, options: DatasetOptions) -> DatasetFolders | None:
    """Where this dataset lies; None for a dataset of another layout, or none that can be found.

    Args:
        name: of the dataset.
        options: what the user said about it.
    """
    if name in ("davis2016", "davis2017") and options.root is not None:
        return _davis(options.root, name.removeprefix("davis"), options)
    if name == "folders":
        return _two_folders(options)
    return None


def _davis(root: Path, year: str, options: DatasetOptions) -> DatasetFolders | None:
    images = root / "JPEGImages" / options.resolution
    annotations = root / "Annotations" / options.resolution
    places = [root / "ImageSets" / year, root / "ImageSets" / options.resolution]
    lists = [place / f"{options.split}.txt" for place in places[: 2 if year == "2016" else 1]]
    listing = next((path for path in lists if path.is_file()), None)
    if listing is None or not images.is_dir() or not annotations.is_dir():
        return None
    lines = list(_lines(listing))
    named = [_listed(line) for _, line in lines]
    known = [entry for entry in named if entry is not None]
    frames: dict[str, set[str]] = {}
    for sequence, frame in known:
        if frame:
            frames.setdefault(sequence, set()).add(frame)
    return DatasetFolders(
        images=images,
        annotations=annotations,
        sequences=tuple(dict.fromkeys(sequence for sequence, _ in known)),
        frames={sequence: frozenset(names) for sequence, names in frames.items()},
        all_annotated=not (year == "2017" and options.split.startswith("test")),
        findings=tuple(_about_list(listing, lines, named)),
    )


def _two_folders(options: DatasetOptions) -> DatasetFolders | None:
    root = options.root
    images = options.images or (root and root / "JPEGImages")
    annotations = options.annotations or (root and root / "Annotations")
    if images is None or annotations is None or not images.is_dir() or not annotations.is_dir():
        return None
    usual = options.resolution == DatasetOptions.resolution
    annotations = folder_of_sequences(
        annotations, (".png",), resolution=options.resolution, any_resolution=usual
    )
    images = folder_of_sequences(
        images, IMAGE_SUFFIXES, resolution=options.resolution, any_resolution=usual
    )
    return DatasetFolders(images, annotations, tuple(folders_in(annotations)), {}, False)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold anything; bytes that are no text become question marks."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _listed(line: str) -> tuple[str, str] | None:
    """Sequence and frame of a line, the frame empty where it names a sequence; None for neither."""
    if "/" not in line:
        plain = line not in (".", "..") and line.isprintable() and "\\" not in line
        return (line, "") if plain else None
    parts = line.split()[0].strip("/").split("/")
    if len(parts) != 4 or ".." in parts:
        return None
    return parts[2], Path(parts[3]).stem


def _about_list(
    listing: Path, lines: list[tuple[int, str]], named: list[tuple[str, str] | None]
) -> Iterator[Finding]:
    seen: dict[tuple[str, str], list[int]] = {}
    bad = []
    for (number, line), entry in zip(lines, named, strict=True):
        if entry is None:
            bad.append((number, line))
        else:
            seen.setdefault(entry, []).append(number)
    twice = {entry: numbers for entry, numbers in seen.items() if len(numbers) > 1}
    if twice:
        names = [" ".join(filter(None, entry)) for entry in twice]
        entry, numbers = next(iter(twice.items()))
        yield Finding(
            code="listed-twice",
            severity="error",
            sequence=FOLDER,
            subject="list",
            sentence=f"{listing} names {first_few(names)} more than once ({names[0]} in lines "
            f"{', '.join(map(str, numbers))}), and would have it counted as often",
            mend="remove all lines but one",
            sequences=tuple(dict.fromkeys(sequence for sequence, _ in twice)),
        )
    if bad or not lines:
        found = f"line {bad[0][0]} is {bad[0][1]!r:.60}" if bad else "it is empty"
        more = f" ({counted(len(bad), 'line')} like it)" if len(bad) > 1 else ""
        yield Finding(
            code="bad-list",
            severity="error",
            sequence=FOLDER,
            subject="list",
            sentence=f"{listing} is no list of sequences: {found}{more}",
            mend="write one name of a sequence a line",
        )
