"""Any two folders as a dataset."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from vosbench.datasets.folders import open_dataset
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.masks import write_mask
from vosbench.sequence import Dataset, Sequence

SaveGrey = Callable[[Path, NDArray[np.uint8]], None]
SIZE = (6, 8)


@pytest.fixture
def two_folders(tmp_path: Path) -> Path:
    """`frames` and `truth` with one sequence `car` of frames 1, 2 and 10; 2 is not annotated."""
    (tmp_path / "frames" / "car").mkdir(parents=True)
    (tmp_path / "truth" / "car").mkdir(parents=True)
    for frame in (1, 2, 10):
        PIL.Image.new("RGB", SIZE[::-1], (frame, 0, 0)).save(
            tmp_path / "frames" / "car" / f"{frame}.PNG"
        )
    write_mask(tmp_path / "truth" / "car" / "1.png", np.full(SIZE, 4, np.uint8))
    write_mask(tmp_path / "truth" / "car" / "10.png", np.full(SIZE, 4, np.uint8))
    return tmp_path


def opened(folder: Path) -> Dataset:
    options = DatasetOptions(images=folder / "frames", annotations=folder / "truth")
    return open_dataset("folders", options)


def car(folder: Path) -> Sequence:
    return opened(folder).sequences[0]


def test_two_folders(two_folders: Path) -> None:
    dataset = opened(two_folders)
    assert (dataset.name, dataset.protocol) == ("folders", "davis2017")
    assert [s.name for s in dataset.sequences] == ["car"]
    assert car(two_folders).object_ids() == (4,)


def test_frames_are_in_the_order_of_their_numbers(two_folders: Path) -> None:
    sequence = car(two_folders)
    assert sequence.frames == ("1", "2", "10")
    assert [int(sequence.read_image(i)[0, 0, 0]) for i in range(3)] == [1, 2, 10]


def test_frames_without_annotation(two_folders: Path) -> None:
    annotated = [car(two_folders).read_annotation(i) is not None for i in range(3)]
    assert annotated == [True, False, True]


def test_first_frame_must_be_annotated(two_folders: Path) -> None:
    (two_folders / "truth" / "car" / "1.png").unlink()
    with pytest.raises(DataError, match=r"expected .*1\.png"):
        opened(two_folders)


def test_annotation_without_image(two_folders: Path) -> None:
    for frame in range(20, 26):
        write_mask(two_folders / "truth" / "car" / f"{frame}.png", np.ones(SIZE, np.uint8))
    with pytest.raises(DataError, match="lacks the image of frames 20, 21, 22 and 3 more"):
        opened(two_folders)


@pytest.mark.parametrize("resolution", [".", "480p"])
def test_root_with_and_without_resolution(davis_root: Path, resolution: str) -> None:
    for part in ("JPEGImages", "Annotations"):
        target = davis_root / "moved" / part / resolution
        target.mkdir(parents=True)
        for folder in (davis_root / part / "480p").iterdir():
            folder.rename(target / folder.name)
    dataset = open_dataset("folders", DatasetOptions(root=davis_root / "moved"))
    assert [s.name for s in dataset.sequences] == ["bear", "cows"]
    assert dataset.sequences[0].object_ids() == (1, 3)


def test_root_in_another_resolution(davis_root: Path) -> None:
    for part in ("JPEGImages", "Annotations"):
        (davis_root / part / "480p").rename(davis_root / part / "1080p")
    for options in (DatasetOptions(), DatasetOptions(resolution="1080p")):
        dataset = open_dataset("folders", replace(options, root=davis_root))
        assert [s.object_ids() for s in dataset.sequences] == [(1, 3), (1, 3)]
        assert dataset.variant == "1080p"
    with pytest.raises(DataError, match=r"no resolution '720p'; it holds 1080p: choose with"):
        open_dataset("folders", DatasetOptions(root=davis_root, resolution="720p"))


@pytest.mark.parametrize("deeper", ["", "480p"])
def test_folders_that_hold_a_resolution(davis_root: Path, deeper: str) -> None:
    options = DatasetOptions(
        images=davis_root / "JPEGImages" / deeper, annotations=davis_root / "Annotations"
    )
    dataset = open_dataset("folders", options)
    assert [s.name for s in dataset.sequences] == ["bear", "cows"]
    assert [s.object_ids() for s in dataset.sequences] == [(1, 3), (1, 3)]
    assert dataset.variant == ""


def test_the_resolution_among_several_is_the_one_asked_for(davis_root: Path) -> None:
    for part in ("JPEGImages", "Annotations"):
        folder = davis_root / part
        (folder / "480p").rename(folder / "1080p")
        shutil.copytree(folder / "1080p", folder / "720p")
    folders = DatasetOptions(
        images=davis_root / "JPEGImages", annotations=davis_root / "Annotations"
    )
    with pytest.raises(DataError, match="no resolution '480p'; it holds 1080p, 720p: choose"):
        open_dataset("folders", folders)
    shutil.rmtree(davis_root / "Annotations" / "1080p" / "cows")
    dataset = open_dataset("folders", replace(folders, resolution="1080p"))
    assert [s.name for s in dataset.sequences] == ["bear"]


def test_a_folder_among_sequences_is_no_resolution(davis_root: Path) -> None:
    for part in ("JPEGImages", "Annotations"):
        folder = davis_root / part / "480p"
        shutil.copytree(folder, folder / "480p")
    dataset = open_dataset(
        "folders",
        DatasetOptions(
            images=davis_root / "JPEGImages" / "480p",
            annotations=davis_root / "Annotations" / "480p",
        ),
    )
    assert [s.name for s in dataset.sequences] == ["480p", "bear", "cows"]
    assert dataset.sequences[1].object_ids() == (1, 3)


# What 255 means.


def painted(*values: int) -> NDArray[np.uint8]:
    return np.resize(np.array(values, np.uint8), SIZE)


def test_white_on_black_is_one_object_throughout(two_folders: Path, save_grey: SaveGrey) -> None:
    save_grey(two_folders / "truth" / "car" / "1.png", painted(0, 255))
    write_mask(two_folders / "truth" / "car" / "10.png", painted(255))
    sequence = car(two_folders)
    assert sequence.object_ids() == (1,)
    for index, expected in ((0, painted(0, 1)), (2, painted(1))):
        mask = sequence.read_annotation(index)
        assert mask is not None
        assert np.array_equal(mask, expected)


def test_white_beside_ids_is_void(two_folders: Path, save_grey: SaveGrey) -> None:
    save_grey(two_folders / "truth" / "car" / "1.png", painted(0, 2, 255))
    save_grey(two_folders / "truth" / "car" / "10.png", painted(0, 255))
    sequence = car(two_folders)
    assert sequence.object_ids() == (2,)
    # The object has left and void stays, though this file alone would look like one object.
    mask = sequence.read_annotation(2)
    assert mask is not None
    assert np.array_equal(mask, painted(0, 255))


def test_white_of_a_palette_is_void(two_folders: Path) -> None:
    write_mask(two_folders / "truth" / "car" / "1.png", painted(0, 255))
    with pytest.raises(DataError, match="only the value 255, which is void"):
        car(two_folders).read_annotation(0)


# What can be wrong.


def test_unknown_name(two_folders: Path) -> None:
    with pytest.raises(UsageError, match="folders"):
        open_dataset("folder", DatasetOptions(root=two_folders))


@pytest.mark.parametrize("given", ["images", "annotations"])
def test_one_folder_is_not_enough(two_folders: Path, given: str) -> None:
    lacking = {"images": "annotations", "annotations": "images"}[given]
    with pytest.raises(UsageError, match=f"needs --{lacking}"):
        open_dataset("folders", DatasetOptions(**{given: two_folders}))  # type: ignore[arg-type]


def test_folder_that_does_not_exist(two_folders: Path) -> None:
    options = DatasetOptions(images=two_folders / "photos", annotations=two_folders / "truth")
    with pytest.raises(DataError, match=r"folder of images .*photos is missing"):
        open_dataset("folders", options)


def test_annotations_without_sequence_folder(two_folders: Path) -> None:
    options = DatasetOptions(
        images=two_folders / "frames", annotations=two_folders / "truth" / "car"
    )
    with pytest.raises(DataError, match="even for a single sequence"):
        open_dataset("folders", options)


def test_sequence_without_images(two_folders: Path) -> None:
    (two_folders / "truth" / "dog").mkdir()
    complete, lacking = opened(two_folders).sequences
    assert complete.object_ids() == (4,)
    with pytest.raises(DataError, match=r"folder of images .*dog is missing"):
        lacking.fingerprint()


def test_real_sequences(shared_data: Path) -> None:
    dataset = open_dataset("folders", DatasetOptions(root=shared_data / "data" / "DAVIS"))
    assert len(dataset.sequences) == 12
    assert all(sequence.object_ids() == (1,) for sequence in dataset.sequences)  # stored as 0/255
