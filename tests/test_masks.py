"""Mask files, their colours, and merging of soft maps."""

import struct
import zlib
from pathlib import Path

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from numpy.typing import NDArray

from tests.png_files import GREY, PALETTE, chunks, packed, png
from vosbench.errors import DataError
from vosbench.masks import (
    davis_palette,
    is_white_on_black,
    merge_soft_maps,
    read_mask,
    write_mask,
)

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=20)
BELOW_HALF = float(np.nextafter(np.float32(0.5), np.float32(0)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("masks")


# Masks.


@given(mask=arrays.arrays(np.uint8, SHAPES))
def test_written_masks_read_back(folder: Path, mask: NDArray[np.uint8]) -> None:
    write_mask(folder / "mask.png", mask)
    read = read_mask(folder / "mask.png")
    assert read.dtype == np.uint8
    assert np.array_equal(read, mask)
    assert read.flags.writeable  # torch warns of arrays that are not


@given(mask=arrays.arrays(np.uint8, SHAPES))
def test_written_file_is_as_promised(folder: Path, mask: NDArray[np.uint8]) -> None:
    write_mask(folder / "mask.png", mask)
    parts = chunks((folder / "mask.png").read_bytes())
    content = dict(parts)
    height, width = mask.shape
    assert content[b"IHDR"] == struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    assert content[b"PLTE"] == davis_palette().tobytes()
    pixels = zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT"))
    rows = np.frombuffer(pixels, np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()  # filter type 0 opens every row
    assert np.array_equal(rows[:, 1:], mask)


def test_large_masks_are_not_filtered_either(tmp_path: Path) -> None:
    mask = np.add.outer(np.arange(480), np.arange(854)).astype(np.uint8)
    write_mask(tmp_path / "mask.png", mask)
    parts = chunks((tmp_path / "mask.png").read_bytes())
    pixels = zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT"))
    assert not np.frombuffer(pixels, np.uint8).reshape(480, 855)[:, 0].any()


def test_same_mask_same_bytes(tmp_path: Path) -> None:
    mask = np.arange(48, dtype=np.uint8).reshape(6, 8)
    write_mask(tmp_path / "a.png", mask)
    write_mask(tmp_path / "b.png", np.asfortranarray(mask))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("wrong", [np.zeros((2, 3), np.int64), np.zeros((2, 3, 1), np.uint8)])
def test_only_label_maps_are_written(tmp_path: Path, wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="label map"):
        write_mask(tmp_path / "mask.png", wrong)


@pytest.mark.parametrize("colour_type", [GREY, PALETTE])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_stored_values_of_any_depth(tmp_path: Path, bits: int, colour_type: int) -> None:
    path = tmp_path / "mask.png"
    values = (np.arange(22).reshape(2, 11) % (1 << bits)).astype(np.uint8)
    path.write_bytes(png(11, packed(values, bits), bits, colour_type))
    assert read_mask(path).tolist() == values.tolist()


def test_16_bits_of_small_values(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(png(3, [struct.pack(">3H", 0, 7, 255)], 16, GREY))
    mask = read_mask(path)
    assert mask.dtype == np.uint8
    assert mask.tolist() == [[0, 7, 255]]


def test_16_bits_of_large_values(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(png(2, [struct.pack(">2H", 0, 256)], 16, GREY))
    with pytest.raises(DataError, match=r"mask\.png holds the value 256"):
        read_mask(path)


@pytest.mark.parametrize(
    ("mode", "name"), [("RGB", "an RGB"), ("RGBA", "an RGBA"), ("LA", "a grey-and-alpha")]
)
def test_coloured_mask(tmp_path: Path, mode: str, name: str) -> None:
    path = tmp_path / "mask.png"
    PIL.Image.new(mode, (3, 2)).save(path)
    with pytest.raises(
        DataError, match=rf"mask\.png is {name} picture, expected a palette or grey"
    ):
        read_mask(path)


def test_jpeg_is_no_mask(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    PIL.Image.new("L", (3, 2)).save(path, format="JPEG")
    with pytest.raises(DataError, match=r"mask\.png is no PNG file"):
        read_mask(path)


def test_every_truncation_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    write_mask(path, np.arange(48, dtype=np.uint8).reshape(6, 8))
    whole = path.read_bytes()
    # The last 4 bytes are the checksum of the empty chunk at the end: no pixel depends on it.
    for size in range(len(whole) - 4):
        path.write_bytes(whole[:size])
        with pytest.raises(DataError, match=r"mask\.png"):
            read_mask(path)


def test_flipped_pixels_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    write_mask(path, np.arange(48, dtype=np.uint8).reshape(6, 8))
    whole = path.read_bytes()
    start = whole.index(b"IDAT") + 4
    for at in range(start, whole.index(b"IEND") - 4):
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        path.write_bytes(spoilt)
        with pytest.raises(DataError, match=r"mask\.png is corrupt"):
            read_mask(path)


def test_white_on_black(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    for values, expected in (([0, 255], True), ([255], True), ([0], False), ([0, 1, 255], False)):
        PIL.Image.fromarray(np.array([values], np.uint8)).save(path)
        assert is_white_on_black(path) is expected
    write_mask(path, np.array([[0, 255]], np.uint8))
    assert not is_white_on_black(path)


# Colours.


def test_palette_against_its_rule_bit_by_bit() -> None:
    palette = davis_palette()
    assert palette.shape == (256, 3)
    for index in range(256):
        colour, rest = [0, 0, 0], index
        for shift in range(7, -1, -1):
            for channel in range(3):
                colour[channel] |= (rest & 1) << shift
                rest >>= 1
        assert palette[index].tolist() == colour


def test_palette_of_pascal_voc() -> None:
    # Classes 0, 1, 5, 15, 20 and void of PASCAL VOC 2012 (VOClabelcolormap).
    expected = {
        0: [0, 0, 0],
        1: [128, 0, 0],
        5: [128, 0, 128],
        15: [192, 128, 128],
        20: [0, 64, 128],
        255: [224, 224, 192],
    }
    assert {index: davis_palette()[index].tolist() for index in expected} == expected


def test_palette_of_stored_masks(shared_data: Path) -> None:
    with PIL.Image.open(shared_data / "data/results/osvos/cows/00000.png") as stored:
        palette = stored.getpalette()
    assert palette is not None
    count = min(len(palette) // 3, 21)
    assert palette[: 3 * count] == davis_palette()[:count].ravel().tolist()


# Merging.


def soft_maps(values: st.SearchStrategy[float]) -> st.SearchStrategy[NDArray[np.float32]]:
    shapes = arrays.array_shapes(min_dims=3, max_dims=3, max_side=6)
    return arrays.arrays(np.float32, shapes, elements=values)


# Few distinct values, so that ties and the threshold itself come up often.
COARSE = st.sampled_from([0.0, 0.25, BELOW_HALF, 0.5, 0.75, 1.0, 2.0])
FINE = st.floats(0, 2, width=32)


@given(soft=soft_maps(COARSE | FINE))
def test_merging_is_argmax_above_one_half(soft: NDArray[np.float32]) -> None:
    ids = np.arange(len(soft)) * 3 + 2
    expected = np.where(soft.max(axis=0) < 0.5, 0, ids[soft.argmax(axis=0)])
    assert np.array_equal(merge_soft_maps(soft, ids.tolist()), expected)


@given(soft=soft_maps(st.floats(0, BELOW_HALF, width=32)))
def test_nothing_reaches_one_half(soft: NDArray[np.float32]) -> None:
    assert not merge_soft_maps(soft, range(1, len(soft) + 1)).any()


@given(soft=soft_maps(st.just(0.75)))
def test_ties_go_to_the_first(soft: NDArray[np.float32]) -> None:
    assert (merge_soft_maps(soft, range(7, 7 + len(soft))) == 7).all()


def test_an_object_that_diverged_takes_nothing_from_the_others() -> None:
    soft = np.array([[[np.nan, np.nan]], [[0.9, 0.1]]], np.float32)
    assert merge_soft_maps(soft, (1, 2)).tolist() == [[2, 0]]


def test_no_objects() -> None:
    assert merge_soft_maps(np.zeros((0, 2, 3), np.float32), ()).tolist() == [[0] * 3] * 2


@pytest.mark.parametrize("ids", [(1,), (1, 1), (0, 1), (1, 256)])
def test_ids_must_fit(ids: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="2 distinct ids"):
        merge_soft_maps(np.zeros((2, 2, 3), np.float32), ids)


def test_soft_maps_must_be_float32() -> None:
    with pytest.raises(ValueError, match="float64"):
        merge_soft_maps(np.zeros((1, 2, 3)), (1,))  # type: ignore[arg-type]
