"""Where the masks of two runs differ, to the pixel."""

import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.difference.changed_runs import another, paint
from vosbench.difference.masks import IdChange, mask_difference
from vosbench.difference.runs import run_difference
from vosbench.difference.text import difference_text
from vosbench.errors import DataError
from vosbench.masks import read_mask, write_mask


class TestMasks:
    def test_one_flipped_pixel_is_named_exactly(self, made: Path, copy: Path) -> None:
        paint(copy / "masks/cat/00003.png", 5, 1)
        found = run_difference(made, copy)
        assert not found.equal
        (one,) = found.differing
        assert (one.sequence, one.masks.frames, one.masks.differing) == ("cat", 5, 1)
        first = one.masks.first
        assert first is not None
        assert (first.frame, first.object_id, first.object_pixels) == ("00003", 5, 1)
        assert first.changes == (IdChange(first=0, second=5, pixels=1),)
        assert first == one.masks.largest
        assert (
            "Masks differ in 1 of 3 sequences, first in sequence cat, frame 00003, object 5: "
            "1 pixel.\n" in difference_text(found)
        )

    def test_equal_masks_are_said_to_be(self, made: Path, copy: Path) -> None:
        found = run_difference(made, copy)
        assert found.equal
        assert found.fields == found.suspects == ()
        assert difference_text(found).splitlines()[2:] == [
            "The masks of all 3 sequences are equal.",
            "The manifests are the same.",
        ]

    def test_first_and_largest_and_all(self, made: Path, copy: Path) -> None:
        paint(copy / "masks/bear/00002.png", 1, 2)
        paint(copy / "masks/bear/00003.png", 1, 7)
        paint(copy / "masks/bear/00004.png", 1, 7)
        mask = read_mask(copy / "masks/bear/00004.png").copy()
        mask[mask == 1] = 0
        write_mask(copy / "masks/bear/00004.png", mask)
        masks = run_difference(made, copy).sequences[0].masks
        assert masks.first is not None
        assert masks.largest is not None
        assert (masks.differing, masks.first.frame, masks.largest.frame) == (3, "00002", "00004")
        assert masks.changes == (
            IdChange(first=1, second=0, pixels=12),
            IdChange(first=0, second=1, pixels=9),
        )
        assert masks.pixels == 21

    def test_another_encoding_is_no_difference(self, made: Path, copy: Path) -> None:
        path = copy / "masks/bear/00002.png"
        with PIL.Image.open(path) as picture:
            picture.load()
        picture.save(path, compress_level=0)
        assert run_difference(made, copy).equal

    def test_files_that_are_the_same_are_not_decoded(self, made: Path, copy: Path) -> None:
        for folder in (made, copy):
            shutil.copytree(folder, folder.parent / "broken" / folder.name)
        broken = [folder.parent / "broken" / folder.name for folder in (made, copy)]
        for folder in broken:
            (folder / "masks/bear/00002.png").write_bytes(b"no picture")
        assert run_difference(*broken).equal
        (broken[0] / "masks/bear/00002.png").write_bytes(b"nor this")
        with pytest.raises(DataError, match=r"00002.png is no PNG file"):
            run_difference(*broken)
        shutil.rmtree(made.parent / "broken")

    def test_another_size_and_a_missing_frame(self, made: Path, copy: Path) -> None:
        write_mask(copy / "masks/bear/00001.png", np.zeros((3, 4), np.uint8))
        (copy / "masks/bear/00003.png").unlink()
        masks = run_difference(made, copy).sequences[0].masks
        assert masks.first is not None
        assert (masks.differing, masks.pixels, masks.largest) == (2, 0, None)
        assert (masks.first.object_id, masks.first.remark) == (None, "of 20×16 and 4×3 pixels")
        text = difference_text(run_difference(made, copy))
        assert "first in sequence bear, frame 00001 (of 20×16 and 4×3 pixels)." in text
        (copy / "masks/bear/00001.png").unlink()
        first = run_difference(made, copy).sequences[0].masks.first
        assert first is not None
        assert first.remark == "B has no mask"

    def test_frames_come_in_natural_order(self, tmp_path: Path) -> None:
        for name, value in (("a", 1), ("b", 2)):
            (tmp_path / name).mkdir()
            for frame in ("10", "9"):
                write_mask(tmp_path / name / f"{frame}.png", np.full((2, 2), value, np.uint8))
        found = mask_difference(tmp_path / "a", tmp_path / "b")
        assert found.first is not None
        assert found.first.frame == "9"
        assert found.changes == (IdChange(first=1, second=2, pixels=8),)

    @given(
        arrays.arrays(np.uint8, (2, 5, 7), elements=st.sampled_from([0, 1, 3, 255])),
    )
    def test_every_pixel_is_counted_once(
        self, tmp_path_factory: pytest.TempPathFactory, pair: np.ndarray
    ) -> None:
        folder = tmp_path_factory.mktemp("pair")
        for name, mask in zip("ab", pair, strict=True):
            (folder / name).mkdir()
            write_mask(folder / name / "0.png", mask)
        changes = mask_difference(folder / "a", folder / "b").changes
        slow: dict[tuple[int, int], int] = {}
        for first, second in zip(pair[0].flat, pair[1].flat, strict=True):
            if first != second:
                ids = int(first), int(second)
                slow[ids] = slow.get(ids, 0) + 1
        assert {(c.first, c.second): c.pixels for c in changes} == slow
        assert [c.pixels for c in changes] == sorted(slow.values(), reverse=True)


def test_frames_that_differ_are_those_with_a_pixel_that_does(made: Path, tmp_path: Path) -> None:
    other = another(tmp_path, seed=3)
    found = run_difference(made, other)
    assert [one.sequence for one in found.sequences] == ["bear", "cat", "dog"]
    for one in found.sequences:
        frames = sorted(path.name for path in (made / "masks" / one.sequence).iterdir())
        masks = [
            [read_mask(folder / "masks" / one.sequence / frame) for folder in (made, other)]
            for frame in frames
        ]
        assert one.masks.pixels == sum(int((a != b).sum()) for a, b in masks) > 0
        assert one.masks.differing == sum(bool((a != b).any()) for a, b in masks)
