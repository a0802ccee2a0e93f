"""Files that cannot be read, files under wrong names, and folders at wrong levels."""

import os
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.clips_on_disk import (
    FRAMES,
    change,
    cows,
    dogs,
    found,
    only_one,
    rename,
    write_clip,
)
from vosbench.doctor.frame_names import pair
from vosbench.doctor.mask_reading import read
from vosbench.errors import DataError
from vosbench.masks import MAX_PIXELS, read_mask


def png_that_claims(width: int, height: int) -> bytes:
    """The head of a PNG with nothing behind it."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + head
        + struct.pack(">I", zlib.crc32(head))
        + end
    )


def wide(path: Path, highest: int) -> None:
    values = np.full((40, 60), highest, np.uint16)
    PIL.Image.fromarray(values).save(path)


@pytest.mark.parametrize("side", ["masks", "annotations"])
@pytest.mark.parametrize(
    ("code", "content", "tail"),
    [
        ("empty-file", b"", "is empty (0 bytes)"),
        ("not-png", b"\xff\xd8\xff\xe0 and so on", "is no PNG but JPEG under its name"),
        ("not-png", b"hello", "is no PNG"),
        ("corrupt-file", b"\x89PNG\r\n\x1a\n", "is corrupt or cut off (cut off within its head)"),
        (
            "too-large",
            png_that_claims(100_000, 100_000),
            f"is not decoded: 100000×100000 pixels, more than {MAX_PIXELS}",
        ),
    ],
)
def test_files_that_hold_no_mask(
    truth: Path, masks: Path, side: str, code: str, content: bytes, tail: str
) -> None:
    folder = masks if side == "masks" else truth
    (folder / "dogs" / "00002.png").write_bytes(content)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.subject) == (code, "error", side)
    assert finding.sentence == f"{side[:-1]} 00002 of dogs {tail}"
    assert (finding.frames, finding.fixable) == (("00002",), False)


def test_a_file_that_is_cut_off(truth: Path, masks: Path) -> None:
    path = masks / "dogs" / "00002.png"
    path.write_bytes(path.read_bytes()[:-30])
    finding = only_one(truth, masks)
    assert finding.code == "corrupt-file"
    assert finding.sentence.startswith("mask 00002 of dogs is corrupt or cut off (")
    assert finding.mend == "copy or unpack it again"


def test_a_flipped_bit(truth: Path, masks: Path) -> None:
    path = masks / "dogs" / "00002.png"
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(bytes(content))
    assert only_one(truth, masks).code == "corrupt-file"


def test_sixteen_bits_above_255(truth: Path, masks: Path) -> None:
    wide(masks / "cows" / "00001.png", 300)
    wide(masks / "cows" / "00002.png", 65535)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("id-above-255", "error")
    assert finding.sentence == (
        "2 of 6 masks of cows (00001, 00002) hold values above 255, up to 65535: 16 bits are no "
        "label map"
    )


def test_sixteen_bits_up_to_255_are_read(tmp_path: Path) -> None:
    wide(tmp_path / "a.png", 3)
    mask = read(tmp_path / "a.png").mask
    assert mask is not None and (mask == 3).all() and mask.dtype == np.uint8


def test_a_link_to_nothing(truth: Path, masks: Path) -> None:
    (masks / "cows" / "00003.png").unlink()
    (masks / "cows" / "00003.png").symlink_to("nowhere.png")
    finding = only_one(truth, masks)
    assert finding.code == "unreadable-file"
    assert finding.sentence == "mask 00003 of cows cannot be read (No such file or directory)"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(truth: Path, masks: Path) -> None:
    (masks / "cows" / "00003.png").unlink()
    os.mkfifo(masks / "cows" / "00003.png")
    finding = only_one(truth, masks)
    assert finding.sentence == "mask 00003 of cows cannot be read (it is no plain file)"


@given(st.binary(max_size=200), st.booleans())
def test_no_file_brings_the_reader_down(content: bytes, begins_well: bool) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"vosbench-fuzz-{os.getpid()}.png"
    try:
        path.write_bytes((b"\x89PNG\r\n\x1a\n" if begins_well else b"") + content)
        reading = read(path)
        assert reading.mask is None and reading.fault is not None
    finally:
        path.unlink(missing_ok=True)


# Names.


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


def test_what_file_managers_leave_is_no_finding(truth: Path, masks: Path) -> None:
    for folder in (masks, masks / "cows", truth, truth / "cows"):
        for name in (".DS_Store", "._00000.png", "Thumbs.db", "desktop.ini"):
            (folder / name).write_bytes(b"x")
    for folder in (masks, masks / "cows", truth / "cows"):
        (folder / "__MACOSX").mkdir()
    assert found(truth, masks) == ()


def test_stray_files(truth: Path, masks: Path) -> None:
    (masks / "cows" / "scores.txt").write_text("0.7")
    (masks / "global_results-val.csv").write_text("0.7")
    beside, inside = found(truth, masks)
    assert {beside.code, inside.code} == {"stray-files"}
    assert {beside.severity, inside.severity} == {"warning"}
    assert inside.sentence == f"beside masks, {masks / 'cows'} holds scores.txt"
    assert beside.sentence == f"beside its sequences, {masks} holds global_results-val.csv"


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


# Folders.


def test_missing_and_surplus_sequences(truth: Path, masks: Path) -> None:
    (masks / "dogs").rename(masks / "Dogs")
    missing, surplus = found(truth, masks)
    assert (missing.code, missing.severity) == ("missing-sequences", "error")
    assert missing.sentence == (
        f"1 sequence of 2 has no folder of masks in {masks}: dogs (did you mean Dogs?)"
    )
    assert (surplus.code, surplus.severity) == ("surplus-sequences", "warning")
    assert surplus.sentence == f"1 folder in {masks} is of no annotated sequence: Dogs"


@pytest.mark.parametrize("levels", ["480p", "osvos/480p"])
def test_sequences_that_lie_deeper(truth: Path, masks: Path, levels: str) -> None:
    outer = masks.parent / "outer"
    (outer / levels).parent.mkdir(parents=True)
    masks.rename(outer / levels)
    finding = only_one(truth, outer)
    assert (finding.code, finding.severity, finding.fixable) == ("folder-level", "error", True)
    assert finding.sentence == (
        f"the sequences do not lie in {outer} but deeper, in {outer / levels}"
    )


def test_results_of_several_methods(truth: Path, masks: Path) -> None:
    outer = masks.parent / "outer"
    shutil.copytree(masks, outer / "a")
    shutil.copytree(masks, outer / "b")
    finding = found(truth, outer)[0]
    assert finding.sentence == f"{outer} holds several folders of sequences: a, b"
    assert (finding.mend, finding.fixable) == (f"give one of them, as in {outer / 'a'}", False)


def test_the_folder_of_one_sequence(truth: Path, masks: Path) -> None:
    level, missing = found(truth, masks / "cows")
    assert (level.code, level.fixable, missing.code) == ("folder-level", True, "missing-sequences")
    assert level.sentence == (
        f"{masks / 'cows'} is the folder of a single sequence, expected the folder around it"
    )
    assert level.mend == f"give {masks}; --fix NEW_FOLDER makes such a folder"


def test_masks_one_level_too_deep(truth: Path, masks: Path) -> None:
    (masks / "inner").mkdir()
    (masks / "cows").rename(masks / "inner" / "png")
    (masks / "inner").rename(masks / "cows")
    finding = only_one(truth, masks)
    assert (finding.code, finding.sequence, finding.fixable) == ("folder-level", "cows", True)
    assert finding.sentence == (
        f"the masks of cows lie one level too deep, in {masks / 'cows' / 'png'}"
    )


@pytest.mark.parametrize("linked", [False, True])
def test_the_annotations_themselves(truth: Path, tmp_path: Path, linked: bool) -> None:
    given_folder = truth
    if linked:
        given_folder = tmp_path / "link"
        given_folder.symlink_to(truth)
    finding = only_one(truth, given_folder)
    assert (finding.code, finding.severity) == ("same-folder", "error")
    assert finding.sentence == (
        f"{given_folder} is the folder of the annotations itself: every score is perfect and says "
        "nothing"
    )


def test_one_sequence_that_is_its_annotation(truth: Path, masks: Path) -> None:
    shutil.rmtree(masks / "dogs")
    (masks / "dogs").symlink_to(truth / "dogs")
    finding = only_one(truth, masks)
    assert (finding.code, finding.sequences) == ("same-folder", ("dogs",))
    assert finding.sentence == (
        f"{masks / 'dogs'} is a folder of the annotations itself: every score is perfect and says "
        "nothing"
    )


def test_a_folder_that_is_not_there(truth: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the folder of masks .* does not exist; check the path"):
        found(truth, tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"the folder of annotations .* does not exist"):
        found(tmp_path / "nowhere", truth)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read(truth: Path, masks: Path) -> None:
    (masks / "cows").chmod(0)
    try:
        assert "unreadable-folder" in {finding.code for finding in found(truth, masks)}
    finally:
        (masks / "cows").chmod(0o755)


def test_all_faults_are_found_at_once_in_a_fixed_order(truth: Path, masks: Path) -> None:
    (masks / "dogs" / "00001.png").write_bytes(b"")
    (masks / "dogs" / "00004.png").unlink()
    change(masks / "cows", lambda mask: np.where(mask == 1, 5, mask).astype(np.uint8), ("00003",))
    (masks / "notes.txt").write_text("x")
    write_clip(masks / "birds", cows)
    write_clip(truth / "fish", dogs, FRAMES - 4)
    codes = [(finding.severity, finding.sequence, finding.code) for finding in found(truth, masks)]
    assert codes == [
        ("error", "", "missing-sequences"),
        ("error", "cows", "extra-ids"),
        ("error", "dogs", "empty-file"),
        ("error", "dogs", "missing-frames"),
        ("error", "fish", "short-sequence"),
        ("warning", "", "stray-files"),
        ("warning", "", "surplus-sequences"),
    ]
    assert found(truth, masks) == found(truth, masks)
