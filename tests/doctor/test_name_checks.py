"""Masks under wrong names, missing ones and surplus ones."""

import shutil
from pathlib import Path

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.clips_on_disk import found, only_one, rename
from vosbench.doctor.frame_names import pair
from vosbench.masks import read_mask


def test_names_that_are_off_by_one(truth: Path, masks: Path) -> None:
    rename(masks / "cows", lambda number: f"{number + 1:05d}.png")
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("shifted-names", "error", True)
    assert finding.sentence == (
        "the masks of cows are as many as its frames, but the numbers in their names are off by "
        "one: 00001.png is the mask of 00000"
    )
    assert finding.mend == "--fix NEW_FOLDER renames them in the order of their numbers, in a copy"


@pytest.mark.parametrize("name", ["{}.png", "{:08d}.png", "mask_{:05d}.png", "v2_{}_out.png"])
def test_names_of_another_build(truth: Path, masks: Path, name: str) -> None:
    rename(masks / "cows", lambda number: name.format(number))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("frame-names", "error", True)
    assert finding.sentence == (
        f"all 6 masks of cows are named otherwise than the annotations: {name.format(0)} for "
        "00000.png"
    )
    assert finding.mend == "--fix NEW_FOLDER renames them by their numbers, in a copy"


def test_capitals_of_a_suffix(truth: Path, masks: Path) -> None:
    rename(masks / "cows", lambda number: f"{number:05d}.PNG")
    assert only_one(truth, masks).code == "frame-names"


def test_missing_frames(truth: Path, masks: Path) -> None:
    (masks / "cows" / "00002.png").unlink()
    (masks / "cows" / "00003.png").unlink()
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("missing-frames", "error")
    assert finding.sentence == "2 of 6 frames of cows (00002, 00003) have no mask"
    assert finding.mend == "write a mask of every frame, an empty one too"


@pytest.mark.parametrize("frame", ["00000", "00005"])
def test_first_and_last_mask_may_be_missing(truth: Path, masks: Path, frame: str) -> None:
    (masks / "cows" / f"{frame}.png").unlink()
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("missing-frames", "warning")
    assert finding.sentence == f"frame {frame} of cows has no mask, but none of them is scored"


def test_no_mask_at_all(truth: Path, masks: Path) -> None:
    for number, path in enumerate(sorted((masks / "cows").iterdir())):
        path.rename(path.with_name(f"{'abcdef'[number]}.png"))
    finding = only_one(truth, masks)
    assert finding.code == "missing-frames"
    assert finding.sentence == (
        f"{masks / 'cows'} holds no mask named after a frame: it holds a.png, b.png, c.png and "
        "3 more"
    )


def test_surplus_frames(truth: Path, masks: Path) -> None:
    shutil.copy(masks / "cows" / "00005.png", masks / "cows" / "00006.png")
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.frames) == (
        "surplus-frames",
        "warning",
        ("00006",),
    )
    assert finding.sentence == "1 mask of cows has no annotation: 00006.png"


def test_masks_of_all_frames_are_wanted_where_some_are_annotated(truth: Path, masks: Path) -> None:
    (truth / "cows" / "00002.png").unlink()
    assert only_one(truth, masks).code == "surplus-frames"
    assert found(truth, masks, "youtube-vos") == ()


def test_two_files_for_one_frame(truth: Path, masks: Path) -> None:
    shutil.copy(masks / "cows" / "00003.png", masks / "cows" / "3.png")
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("twin-files", "warning")
    assert finding.sentence == (
        "1 frame of cows has more than one file: 00003.png and 3.png for frame 00003"
    )


def test_two_files_of_which_neither_has_the_name(truth: Path, masks: Path) -> None:
    shutil.copy(masks / "cows" / "00003.png", masks / "cows" / "3.png")
    (masks / "cows" / "00003.png").rename(masks / "cows" / "003.png")
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("twin-files", "error", False)


def test_masks_saved_as_jpeg(truth: Path, masks: Path) -> None:
    for path in (masks / "cows").iterdir():
        PIL.Image.fromarray(read_mask(path)).save(path.with_suffix(".jpg"))
        path.unlink()
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("not-png", "error")
    assert finding.sentence == (
        "the masks of cows are no PNG: 00000.jpg, 00001.jpg, 00002.jpg and 3 more"
    )


@given(st.integers(1, 40), st.integers(1, 6), st.sampled_from(["", "f_", "clip7_"]))
def test_numbers_pair_whatever_the_padding(count: int, width: int, prefix: str) -> None:
    frames = [f"{index:05d}" for index in range(count)]
    files = [f"{prefix}{index:0{width}d}.png" for index in range(count)]
    pairing = pair(frames, files)
    assert pairing.files == dict(zip(frames, files, strict=True))
    assert (pairing.surplus, pairing.twins, pairing.shift) == ((), {}, 0)


@given(st.integers(2, 40), st.integers(1, 100))
def test_every_shift_is_undone(count: int, shift: int) -> None:
    frames = [f"{index:05d}" for index in range(count)]
    files = [f"{index + shift}.png" for index in range(count)]
    pairing = pair(frames, files)
    assert pairing.files == dict(zip(frames, files, strict=True))
    assert pairing.shift == shift


def test_frames_annotated_now_and_then_are_no_shift() -> None:
    pairing = pair(["00000", "00005", "00010"], ["00005.png", "00010.png", "00015.png"])
    assert (pairing.shift, pairing.surplus) == (0, ("00015.png",))
    assert pairing.files == {"00005": "00005.png", "00010": "00010.png"}
