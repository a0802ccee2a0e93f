"""Masks that exist already."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from vosbench.errors import DataError
from vosbench.masks import write_mask
from vosbench.methods.stored import StoredMasks
from vosbench.sequence import Sequence

FRAMES = ("00000", "00001", "00002")


def label_map(*ids: int) -> np.ndarray:
    """One row an id, on background."""
    mask = np.zeros((4, 6), np.uint8)
    for row, object_id in enumerate(ids):
        mask[row, 1:4] = object_id
    return mask


def sequence(*ids: int) -> Sequence:
    return Sequence(
        name="walk",
        frames=FRAMES,
        read_image=lambda index: np.zeros((4, 6, 3), np.uint8),
        read_annotation=lambda index: label_map(*ids) if index == 0 else None,
        fingerprint=lambda: "",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "walk").mkdir()
    for index, frame in enumerate(FRAMES):
        write_mask(tmp_path / "walk" / f"{frame}.png", label_map(1, index))
    return tmp_path


def test_masks_come_in_the_order_of_the_frames(folder: Path) -> None:
    masks = list(StoredMasks(masks=folder).masks(sequence(1, 2)))
    assert [mask.tolist() for mask in masks] == [label_map(1, i).tolist() for i in range(3)]


def test_a_missing_first_frame_is_the_annotation(folder: Path) -> None:
    (folder / "walk" / "00000.png").unlink()
    first, *others = StoredMasks(masks=folder).masks(sequence(7, 9))
    assert first.tolist() == label_map(7, 9).tolist()
    assert len(others) == 2


def test_any_other_missing_frame_is_an_error(folder: Path) -> None:
    (folder / "walk" / "00002.png").unlink()
    with pytest.raises(DataError, match=r"00002.png is missing"):
        list(StoredMasks(masks=folder).masks(sequence(1)))


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no folder walk"):
        list(StoredMasks(masks=tmp_path).masks(sequence(1)))


def test_another_size_is_an_error(folder: Path) -> None:
    write_mask(folder / "walk" / "00001.png", np.zeros((6, 4), np.uint8))
    with pytest.raises(DataError, match="4×6 pixels, but walk is 6×4"):
        list(StoredMasks(masks=folder).masks(sequence(1)))


def test_white_is_the_only_object(folder: Path) -> None:
    white = label_map(255)
    PIL.Image.fromarray(white).save(folder / "walk" / "00001.png")
    masks = list(StoredMasks(masks=folder).masks(sequence(3)))
    assert masks[1].tolist() == label_map(3).tolist()
    with pytest.raises(DataError, match="0/255 picture, but walk has 2 objects"):
        list(StoredMasks(masks=folder).masks(sequence(1, 2)))


def test_the_fingerprint_follows_the_files(folder: Path) -> None:
    stored = StoredMasks(masks=folder)
    seen = {stored.fingerprint(sequence(1))}
    assert seen == {StoredMasks(masks=folder, label="other").fingerprint(sequence(1))}
    write_mask(folder / "walk" / "00001.png", label_map(2))
    seen.add(stored.fingerprint(sequence(1)))
    (folder / "walk" / "00001.png").unlink()
    seen.add(stored.fingerprint(sequence(1)))
    assert len(seen) == 3
