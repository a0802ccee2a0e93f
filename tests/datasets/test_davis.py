"""DAVIS as it unzips, and every way in which it can be broken."""

import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from vosbench.datasets import select
from vosbench.datasets.davis import DATASETS, open_dataset
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.masks import write_mask
from vosbench.sequence import Dataset

SaveGrey = Callable[[Path, NDArray[np.uint8]], None]
SIZE = (6, 8)  # of the frames of `davis_root`


def opened(root: Path, name: str = "davis2017", **options: str) -> Dataset:
    return open_dataset(name, DatasetOptions(root=root, **options))  # type: ignore[arg-type]


def error_of(root: Path, name: str = "davis2017", **options: str) -> str:
    with pytest.raises(DataError) as caught:
        opened(root, name, **options)
    return str(caught.value)


def reading_error_of(root: Path, name: str = "davis2017", frame: int = 0) -> str:
    bear = select(opened(root, name), ["bear"]).sequences[0]
    with pytest.raises(DataError) as caught:
        bear.read_annotation(frame)
    return str(caught.value)


def annotation(root: Path, frame: int = 0, sequence: str = "bear") -> Path:
    return root / "Annotations" / "480p" / sequence / f"{frame:05d}.png"


def image(root: Path, frame: int = 0, sequence: str = "bear") -> Path:
    return root / "JPEGImages" / "480p" / sequence / f"{frame:05d}.jpg"


def write_list(root: Path, text: str, year: str = "2017", split: str = "val") -> Path:
    path = root / "ImageSets" / year / f"{split}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


# What is there.


@pytest.mark.parametrize("name", DATASETS)
def test_sequences_follow_the_list(davis_root: Path, name: str) -> None:
    dataset = opened(davis_root, name)
    assert [s.name for s in dataset.sequences] == ["cows", "bear"]
    assert dataset.name == dataset.protocol == name
    assert dataset.variant == ""
    assert all(s.frames == ("00000", "00001", "00002") for s in dataset.sequences)
    assert dataset.sequences[0].read_image(2).shape == (*SIZE, 3)


def test_2017_keeps_ids(davis_root: Path) -> None:
    cows = opened(davis_root).sequences[0]
    assert cows.object_ids() == (1, 3)


def test_2017_keeps_void(davis_root: Path, save_grey: SaveGrey) -> None:
    values = np.zeros(SIZE, np.uint8)
    values[0, :3] = 1, 2, 255
    save_grey(annotation(davis_root), values)
    bear = opened(davis_root).sequences[1]
    mask = bear.read_annotation(0)
    assert mask is not None
    assert mask[0, :3].tolist() == [1, 2, 255]
    assert bear.object_ids() == (1, 2)


@pytest.mark.parametrize("values", [(0, 255), (0, 1), (0, 1, 3), (0, 2, 255)])
@pytest.mark.parametrize("palette", [False, True])
def test_2016_makes_everything_one_object(
    davis_root: Path, save_grey: SaveGrey, values: tuple[int, ...], palette: bool
) -> None:
    stored = np.resize(np.array(values, np.uint8), SIZE)
    (write_mask if palette else save_grey)(annotation(davis_root), stored)
    bear = opened(davis_root, "davis2016").sequences[1]
    mask = bear.read_annotation(0)
    assert mask is not None
    assert mask.dtype == np.uint8
    assert np.array_equal(mask, stored != 0)


def test_path_pairs_of_2016(davis_root: Path) -> None:
    pair = "/JPEGImages/480p/{0}/{1}.jpg /Annotations/480p/{0}/{1}.png\n"
    lines = [pair.format(n, f"{f:05d}") for n in ("cows", "bear") for f in range(3)]
    write_list(davis_root, "\n".join(lines[:5]), year="2016")
    dataset = opened(davis_root, "davis2016")
    assert [(s.name, len(s)) for s in dataset.sequences] == [("cows", 3), ("bear", 2)]


def test_first_release_keeps_lists_by_resolution(davis_root: Path) -> None:
    shutil.rmtree(davis_root / "ImageSets")
    (davis_root / "ImageSets").mkdir()
    pair = "/JPEGImages/480p/bear/0000{0}.jpg /Annotations/480p/bear/0000{0}.png"
    write_list(davis_root, "\r\n".join(pair.format(i) for i in range(3)), year="480p")
    assert [s.name for s in opened(davis_root, "davis2016").sequences] == ["bear"]


def test_other_resolution_and_split(davis_root: Path) -> None:
    for part in ("JPEGImages", "Annotations"):
        (davis_root / part / "480p").rename(davis_root / part / "1080p")
    write_list(davis_root, "bear", split="train")
    dataset = opened(davis_root, resolution="1080p", split="train")
    assert dataset.sequences[0].object_ids() == (1, 3)
    assert dataset.variant == "train-1080p"
    assert opened(davis_root, "davis2016", resolution="1080p").variant == "1080p"


def test_test_splits_are_annotated_in_the_first_frame_only(davis_root: Path) -> None:
    annotation(davis_root, 1).unlink()
    annotation(davis_root, 2).unlink()
    write_list(davis_root, "bear", split="test-dev")
    bear = opened(davis_root, split="test-dev").sequences[0]
    assert bear.object_ids() == (1, 3)
    assert bear.read_annotation(1) is None
    assert "lacks the annotation of 2 of 3 frames" in lack_of_bear(davis_root)


def test_opening_decodes_nothing(davis_root: Path) -> None:
    for path in (davis_root / "JPEGImages").rglob("*.jpg"):
        path.write_bytes(b"not decoded")
    assert len(opened(davis_root).sequences) == 2


def test_hidden_files_are_no_frames(davis_root: Path) -> None:
    image(davis_root).with_name("._00000.jpg").write_bytes(b"left by macOS")
    annotation(davis_root).with_name(".DS_Store").write_bytes(b"")
    assert len(opened(davis_root).sequences[1]) == 3


def test_sequences_can_be_sent_to_other_processes(davis_root: Path) -> None:
    bear = opened(davis_root, "davis2016").sequences[1]
    copy = pickle.loads(pickle.dumps(bear))  # noqa: S301 - our own bytes
    assert copy.object_ids() == (1,)
    assert copy.fingerprint() == bear.fingerprint()


# Fingerprints.


def fingerprint(root: Path, name: str = "davis2017") -> str:
    return opened(root, name).sequences[1].fingerprint()


def test_fingerprint_is_that_of_the_files(davis_root: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(davis_root, tmp_path / "elsewhere"))
    assert fingerprint(copy) == fingerprint(davis_root)
    assert len(bytes.fromhex(fingerprint(davis_root))) == 32


@pytest.mark.parametrize("file", [annotation, image])
def test_fingerprint_follows_every_file(
    davis_root: Path, file: Callable[[Path, int], Path]
) -> None:
    before = fingerprint(davis_root)
    path = file(davis_root, 2)
    path.write_bytes(path.read_bytes() + b"\0")
    assert fingerprint(davis_root) != before


def test_fingerprint_tells_one_object_from_several(davis_root: Path) -> None:
    assert fingerprint(davis_root, "davis2016") != fingerprint(davis_root, "davis2017")


# What can be wrong with the layout.


def test_no_root() -> None:
    with pytest.raises(UsageError, match="needs --root"):
        open_dataset("davis2016", DatasetOptions())


def test_unknown_name(davis_root: Path) -> None:
    with pytest.raises(UsageError, match="davis2016, davis2017"):
        opened(davis_root, "davis2018")


def test_missing_root(tmp_path: Path) -> None:
    message = error_of(tmp_path / "nowhere")
    assert "nowhere is missing" in message
    assert "JPEGImages, Annotations, ImageSets" in message


@pytest.mark.parametrize("wrong", ["JPEGImages", "JPEGImages/480p", "JPEGImages/480p/bear", ".."])
def test_root_too_deep_or_too_high(davis_root: Path, wrong: str) -> None:
    message = error_of((davis_root / wrong).resolve())
    assert f"did you mean --root {davis_root.resolve()}?" in message


def test_missing_part(davis_root: Path) -> None:
    shutil.rmtree(davis_root / "JPEGImages")
    message = error_of(davis_root)
    assert "has no folder JPEGImages" in message
    assert "did you mean" not in message


def test_missing_resolution(davis_root: Path) -> None:
    assert "it holds 480p: choose with --resolution" in error_of(
        davis_root, resolution="Full-Resolution"
    )


def test_missing_list_names_the_splits(davis_root: Path) -> None:
    write_list(davis_root, "bear", split="train")
    message = error_of(davis_root, split="test-dev")
    assert "test-dev.txt is missing" in message
    assert "the splits there are train, val" in message


def test_missing_lists_of_the_year(davis_root: Path) -> None:
    shutil.rmtree(davis_root / "ImageSets" / "2017")
    assert "no lists of DAVIS 2017, only 2016" in error_of(davis_root)


@pytest.mark.parametrize("option", ["split", "resolution"])
def test_options_are_plain_names(davis_root: Path, option: str) -> None:
    with pytest.raises(UsageError, match="is a path"):
        opened(davis_root, **{option: "../2016/val"})


# What can be wrong with a list.


@pytest.mark.parametrize("name", ["..", "../bear", "/etc", "a/b", "a\\b", "be\0ar", "."])
@pytest.mark.parametrize("first", ["", "cows\n"])
def test_names_cannot_lead_elsewhere(davis_root: Path, first: str, name: str) -> None:
    path = write_list(davis_root, first + name)
    assert f"line {1 + len(first.split())} of {path}" in error_of(davis_root)


def test_pairs_cannot_lead_elsewhere(davis_root: Path) -> None:
    write_list(davis_root, "/JPEGImages/480p/../0.jpg /Annotations/480p/../0.png", year="2016")
    assert "plain name of a sequence's folder" in error_of(davis_root, "davis2016")


@pytest.mark.parametrize(
    "line",
    [
        "/JPEGImages/480p/bear/00000.jpg",
        "/JPEGImages/480p/bear/00000.jpg /Annotations/480p/cows/00000.png",
        "/JPEGImages/480p/bear/00000.jpg /Annotations/480p/bear/00001.png",
    ],
)
def test_malformed_pair(davis_root: Path, line: str) -> None:
    write_list(davis_root, line, year="2016")
    assert "expected image and annotation of a frame" in error_of(davis_root, "davis2016")


def test_sequence_listed_twice(davis_root: Path) -> None:
    write_list(davis_root, "bear\ncows\n\nbear\n")
    assert "lists 'bear' in line 1 and again in line 4" in error_of(davis_root)


def test_frame_listed_twice(davis_root: Path) -> None:
    pair = "/JPEGImages/480p/bear/00000.jpg /Annotations/480p/bear/00000.png\n"
    write_list(davis_root, pair * 2, year="2016")
    assert "lists frame 00000 of 'bear' again" in error_of(davis_root, "davis2016")


def test_listed_frame_missing(davis_root: Path) -> None:
    pair = "/JPEGImages/480p/bear/0000{0}.jpg /Annotations/480p/bear/0000{0}.png\n"
    write_list(davis_root, pair.format(0) + pair.format(7), year="2016")
    assert "lacks the image of frame 00007" in error_of(davis_root, "davis2016")


def test_empty_list(davis_root: Path) -> None:
    write_list(davis_root, "\n \n")
    assert "names no sequence" in error_of(davis_root)


def test_list_that_is_no_text(davis_root: Path) -> None:
    write_list(davis_root, "").write_bytes(b"\xff\xfe\x00")
    assert "no UTF-8 text" in error_of(davis_root)


# What can be wrong with a sequence.


def lack_of_bear(root: Path) -> str:
    """What every way of reading `bear` says, while `cows` can be read."""
    cows, bear = opened(root).sequences
    assert cows.object_ids() == (1, 3)
    assert (bear.name, len(bear)) == ("bear", 0)
    said = set()
    for read in (bear.fingerprint, bear.object_ids, lambda: bear.read_image(0)):
        with pytest.raises(DataError) as caught:
            read()
        said.add(str(caught.value))
    (sentence,) = said
    return sentence


def test_every_sequence_broken_is_a_broken_dataset(davis_root: Path) -> None:
    annotation(davis_root, 1).unlink()
    image(davis_root, 1, "cows").unlink()
    assert "cows lacks the image of frame 00001" in error_of(davis_root)


def test_a_broken_sequence_can_be_sent_to_other_processes(davis_root: Path) -> None:
    image(davis_root, 1).unlink()
    bear = pickle.loads(pickle.dumps(opened(davis_root).sequences[1]))  # noqa: S301 - our own bytes
    with pytest.raises(DataError, match="lacks the image of frame 00001"):
        bear.fingerprint()


@pytest.mark.parametrize("part", ["JPEGImages", "Annotations"])
def test_missing_sequence_folder(davis_root: Path, part: str) -> None:
    folder = davis_root / part / "480p" / "bear"
    shutil.rmtree(folder)
    assert f"{folder} is missing" in lack_of_bear(davis_root)


@pytest.mark.parametrize("part", ["JPEGImages", "Annotations"])
def test_empty_sequence_folder(davis_root: Path, part: str) -> None:
    folder = davis_root / part / "480p" / "bear"
    for path in folder.iterdir():
        path.unlink()
    assert f"{folder} holds no" in lack_of_bear(davis_root)


def test_missing_image(davis_root: Path) -> None:
    image(davis_root, 1).unlink()
    message = lack_of_bear(davis_root)
    assert f"{image(davis_root).parent} lacks the image of frame 00001" in message


def test_missing_annotation(davis_root: Path) -> None:
    annotation(davis_root, 1).unlink()
    message = lack_of_bear(davis_root)
    assert "lacks the annotation of 1 of 3 frames, the first of them 00001.png" in message


def test_missing_first_annotation(davis_root: Path) -> None:
    annotation(davis_root, 0).unlink()
    assert f"expected {annotation(davis_root)}" in lack_of_bear(davis_root)


def test_two_images_of_one_name(davis_root: Path) -> None:
    shutil.copy(annotation(davis_root), image(davis_root).with_suffix(".png"))
    assert "holds both 00000.jpg and 00000.png" in lack_of_bear(davis_root)


def test_annotation_of_another_size(davis_root: Path, save_grey: SaveGrey) -> None:
    save_grey(annotation(davis_root, 1), np.ones((12, 16), np.uint8))
    message = reading_error_of(davis_root, frame=1)
    assert f"{annotation(davis_root, 1)} is 16×12 pixels, expected 8×6" in message


def test_rgb_annotation(davis_root: Path) -> None:
    PIL.Image.new("RGB", (8, 6)).save(annotation(davis_root))
    message = reading_error_of(davis_root, "davis2016")
    assert str(annotation(davis_root)) in message
    assert "RGB" in message


def test_corrupt_files(davis_root: Path) -> None:
    for path in (annotation(davis_root), image(davis_root)):
        path.write_bytes(path.read_bytes()[:-20])
    assert f"{annotation(davis_root)} is corrupt" in reading_error_of(davis_root)
    # Versions of Pillow differ in where they notice.
    with pytest.raises(DataError, match=r"00000\.jpg is (corrupt|no JPEG)"):
        opened(davis_root).sequences[1].read_image(0)


def test_file_lost_after_opening(davis_root: Path) -> None:
    bear = opened(davis_root).sequences[1]
    image(davis_root, 1).unlink()
    for read in (bear.read_image, bear.read_annotation):
        with pytest.raises(DataError, match=r"00001\.jpg is missing"):
            read(1)
    with pytest.raises(DataError, match=r"00001\.jpg cannot be read"):
        bear.fingerprint()


@pytest.mark.parametrize("name", DATASETS)
def test_empty_first_annotation(davis_root: Path, save_grey: SaveGrey, name: str) -> None:
    save_grey(annotation(davis_root), np.zeros(SIZE, np.uint8))
    assert f"{annotation(davis_root)} is all background" in reading_error_of(davis_root, name)


def test_empty_later_annotation_is_fine(davis_root: Path, save_grey: SaveGrey) -> None:
    save_grey(annotation(davis_root, 1), np.zeros(SIZE, np.uint8))
    mask = opened(davis_root).sequences[1].read_annotation(1)
    assert mask is not None
    assert not mask.any()


def test_first_annotation_of_void_only(davis_root: Path, save_grey: SaveGrey) -> None:
    save_grey(annotation(davis_root), np.full(SIZE, 255, np.uint8))
    assert "only the value 255, which is void" in reading_error_of(davis_root)
    assert opened(davis_root, "davis2016").sequences[1].object_ids() == (1,)


# Choosing sequences.


def test_select_keeps_the_order_of_the_names(davis_root: Path) -> None:
    dataset = opened(davis_root)
    chosen = select(dataset, ["bear", "cows"])
    assert [s.name for s in chosen.sequences] == ["bear", "cows"]
    assert replace(chosen, sequences=()) == replace(dataset, sequences=())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["bera"], "did you mean bear"),
        (["zzz"], "it has cows, bear"),
        (["bear", "cows", "bear"], "'bear' was given twice"),
        ([], "empty sequence name"),
        (["bear", ""], "empty sequence name"),
    ],
)
def test_select_refuses(davis_root: Path, names: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        select(opened(davis_root), names)


# Real frames.


def test_real_sequences(shared_data: Path) -> None:
    dataset = opened(shared_data / "data" / "DAVIS", "davis2016")
    # Counted in the folders themselves.
    assert len(dataset.sequences) == 12
    assert sum(len(s) for s in dataset.sequences) == 763
    for sequence in dataset.sequences:
        mask = sequence.read_annotation(len(sequence) - 1)
        assert mask is not None
        assert sequence.read_image(0).shape == (480, 854, 3)
        assert mask.shape == (480, 854)
        assert sequence.object_ids() == (1,)


def test_real_annotations_without_images(shared_data: Path) -> None:
    assert "has no folder JPEGImages" in error_of(shared_data / "data" / "multi-object")
