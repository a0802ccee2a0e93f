"""A dataset: its list, images and annotations."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.doctor.clips_on_disk import write_clip
from vosbench.cli import main
from vosbench.masks import write_mask


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["doctor", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.fixture
def davis(truth: Path) -> Path:
    """Images and a list beside the annotations."""
    root = truth.parents[1]
    for sequence in ("cows", "dogs"):
        folder = root / "JPEGImages" / "480p" / sequence
        folder.mkdir(parents=True)
        for path in (truth / sequence).iterdir():
            image = np.full((40, 60, 3), 90, np.uint8)
            PIL.Image.fromarray(image).save(folder / f"{path.stem}.jpg")
    (root / "ImageSets" / "2017").mkdir(parents=True)
    (root / "ImageSets" / "2017" / "val.txt").write_text("cows\ndogs\n")
    return root


def dataset_findings(
    davis: Path, capsys: pytest.CaptureFixture[str], *arguments: object
) -> list[tuple[str, str, str]]:
    capsys.readouterr()
    where = ("--dataset", "davis2017", "--root", davis, *arguments)
    code = run(*where, "--format", "json")
    record = json.loads(capsys.readouterr().out)
    assert code == (5 if record["errors"] else 0)
    return [(f["code"], f["subject"], f["sentence"]) for f in record["findings"]]


def test_a_sound_dataset(davis: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--dataset", "davis2017", "--root", davis) == 0
    assert capsys.readouterr().out == (
        "Nothing found in 2 sequences, 12 frames, 3 objects under davis2017.\n"
    )
    assert dataset_findings(davis, capsys, "--sequences", "dogs") == []


def test_predictions_against_a_dataset(
    davis: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_clip(davis / "Annotations" / "480p" / "not-listed", lambda index: np.eye(9, dtype="u1"))
    assert run(masks, "--dataset", "davis2017", "--root", davis) == 0
    assert "2 sequences, 12 frames, 3 objects" in capsys.readouterr().out


def test_everything_is_found_in_a_broken_dataset(
    davis: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images, annotations = davis / "JPEGImages" / "480p", davis / "Annotations" / "480p"
    listing = davis / "ImageSets" / "2017" / "val.txt"
    listing.write_text("cows\ndogs\n\ncows\nbirds\n..\n")
    (images / "cows" / "00001.jpg").write_bytes(b"no image")
    (images / "cows" / "00002.jpg").unlink()
    (annotations / "cows" / "00003.png").unlink()
    PIL.Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(images / "dogs" / "00004.jpg")
    PIL.Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(images / "dogs" / "00005.bmp")
    (annotations / "dogs" / "00001.png").write_bytes(b"")
    assert dataset_findings(davis, capsys) == [
        ("bad-list", "list", f"{listing} is no list of sequences: line 6 is '..'"),
        (
            "listed-twice",
            "list",
            f"{listing} names cows more than once (cows in lines 1, 4), and would have it counted "
            "as often",
        ),
        ("missing-sequences", "annotations", f"{annotations} lacks 1 sequence of 3: birds"),
        ("missing-sequences", "images", f"{images} lacks 1 sequence of 3: birds"),
        (
            "missing-annotations",
            "annotations",
            f"frame 00003 of cows has no annotation in {annotations / 'cows'}",
        ),
        (
            "missing-images",
            "images",
            f"{images / 'cows'} lacks the image of 1 frame that is annotated: 00002",
        ),
        (
            "unreadable-image",
            "images",
            "image 00001 of cows cannot be used: "
            f"{images / 'cows' / '00001.jpg'} is no JPEG or PNG or BMP or WEBP file, or its first "
            "bytes are corrupt",
        ),
        ("empty-file", "annotations", "annotation 00001 of dogs is empty (0 bytes)"),
        (
            "image-size",
            "images",
            "image 00004 of dogs is 30×20 pixels (width×height), the annotations 60×40",
        ),
        (
            "twin-files",
            "images",
            "1 frame of dogs has more than one file: 00005.bmp and 00005.jpg for frame 00005",
        ),
    ]


def test_the_older_list_of_pairs(davis: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        f"/JPEGImages/480p/dogs/{i:05d}.jpg /Annotations/480p/dogs/{i:05d}.png" for i in range(4)
    ]
    (davis / "ImageSets" / "480p").mkdir()
    (davis / "ImageSets" / "480p" / "val.txt").write_text("\n".join(lines))
    assert run("--dataset", "davis2016", "--root", davis) == 0
    assert capsys.readouterr().out == (
        "Nothing found in 1 sequence, 4 frames, 1 object under davis2016.\n"
    )


def test_two_folders_need_the_first_annotation_only(
    davis: Path, truth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for frame in ("00002", "00003"):
        (truth / "dogs" / f"{frame}.png").unlink()
    where = ("--dataset", "folders", "--root", davis)
    assert run(*where) == 0
    (truth / "dogs" / "00000.png").unlink()
    capsys.readouterr()
    assert run(*where) == 5
    assert "Frame 00000 of dogs has no annotation in" in capsys.readouterr().out


def test_generated_sequences_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--dataset", "sample", "--sequences", "sample-1-crouch")
    assert run(*where) == 0
    assert capsys.readouterr().out == (
        "Nothing found in 1 sequence, 20 frames, 1 object under davis2017.\n"
    )


def test_a_root_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_mask(tmp_path / "a.png", np.zeros((2, 2), np.uint8))
    assert run("--dataset", "davis2017", "--root", tmp_path) == 5
    assert "has no folder JPEGImages" in capsys.readouterr().err
