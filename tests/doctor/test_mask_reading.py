"""Files that are no label map, and those that are one after all."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.clips_on_disk import only_one
from vosbench.doctor.mask_reading import read
from vosbench.masks import MAX_PIXELS


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
