"""Mask and image files, and merging of soft maps."""

import struct
import warnings
import zlib
from pathlib import Path
from typing import Literal

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from numpy.typing import NDArray

from vosbench.errors import DataError
from vosbench.masks import (
    MAX_PIXELS,
    davis_palette,
    image_size,
    is_white_on_black,
    merge_soft_maps,
    read_image,
    read_mask,
    write_mask,
)

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=20)
GREY, PALETTE = 0, 3  # colour types of PNG
BELOW_HALF = float(np.nextafter(np.float32(0.5), np.float32(0)))


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG file."""
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kinds and contents of the chunks of a PNG file."""
    found, at = [], 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += size + 12
    return found


def png(width: int, rows: list[bytes], bits: int, colour_type: int) -> bytes:
    """PNG file of packed rows, made by the book (PNG specification, 3rd edition, section 11)."""
    head = struct.pack(">IIBBBBB", width, len(rows), bits, colour_type, 0, 0, 0)
    palette = chunk(b"PLTE", bytes(3 << bits)) if colour_type == PALETTE else b""
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + palette
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


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
    per_byte = 8 // bits
    values = np.arange(2 * per_byte).reshape(2, per_byte) % (1 << bits)
    rows = [
        int("".join(f"{value:0{bits}b}" for value in row), 2).to_bytes(1, "big") for row in values
    ]
    path.write_bytes(png(per_byte, rows, bits, colour_type))
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


@given(data=st.binary(max_size=200))
def test_noise_is_refused_by_name(folder: Path, data: bytes) -> None:
    path = folder / "noise.png"
    path.write_bytes(data)
    for read in (read_mask, read_image, image_size):
        with pytest.raises(DataError, match=r"noise\.png"):
            read(path)


@pytest.mark.parametrize("read", [read_mask, read_image, image_size])
def test_missing_file(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(DataError, match=r"none\.png is missing"):
        read(tmp_path / "none.png")
    with pytest.raises(DataError, match=r"cannot be read: Is a directory"):
        read(tmp_path)


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


# Images.


@pytest.mark.parametrize("name", ["image.jpg", "image.png", "image.bmp"])
def test_images_are_rgb(tmp_path: Path, name: str) -> None:
    PIL.Image.new("RGB", (16, 8), (200, 100, 50)).save(tmp_path / name)
    image = read_image(tmp_path / name)
    assert image.dtype == np.uint8
    assert image.shape == (8, 16, 3)
    assert np.abs(image.astype(int) - (200, 100, 50)).max() <= 2  # JPEG is lossy
    assert image_size(tmp_path / name) == (8, 16)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA"])
def test_other_kinds_become_rgb(tmp_path: Path, mode: str) -> None:
    PIL.Image.new("RGBA", (3, 2), (255, 255, 255, 255)).convert(mode).save(tmp_path / "image.png")
    assert read_image(tmp_path / "image.png").tolist() == [[[255] * 3] * 3] * 2


def test_transparent_palette(tmp_path: Path) -> None:
    image = PIL.Image.new("P", (3, 2), 1)
    image.putpalette([0, 0, 0, 9, 8, 7])
    image.save(tmp_path / "image.png", transparency=b"\x80\x10")
    assert read_image(tmp_path / "image.png").tolist() == [[[9, 8, 7]] * 3] * 2


def test_grey_jpeg(tmp_path: Path) -> None:
    PIL.Image.new("L", (16, 8), 77).save(tmp_path / "image.jpg")
    assert (read_image(tmp_path / "image.jpg") == 77).all()


def test_images_of_16_bits(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(png(1, [b"\x01\x00"], 16, GREY))
    with pytest.raises(DataError, match="expected 8-bit RGB or grey"):
        read_image(path)


def test_cut_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    PIL.Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataError, match=r"image\.jpg is corrupt or cut off"):
        read_image(path)


@pytest.mark.parametrize("side", [int(MAX_PIXELS**0.5) + 1, 10_000, 60_000])
@pytest.mark.parametrize("warnings_are", ["error", "ignore"])
def test_pictures_of_absurd_size_are_not_decoded(
    tmp_path: Path, side: int, warnings_are: Literal["error", "ignore"]
) -> None:
    path = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", side, side, 8, GREY, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
    for read in (read_mask, read_image):
        with (
            warnings.catch_warnings(),
            pytest.raises(DataError, match=r"bomb\.png claims to be larger"),
        ):
            warnings.simplefilter(warnings_are)
            read(path)


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
