"""Image files, and the sentences for files that cannot be read."""

import struct
import warnings
import zlib
from pathlib import Path
from typing import Literal

import hypothesis.strategies as st
import numpy as np
import PIL.Image
import pytest
from hypothesis import given

from tests.png_files import GREY, joined, png
from vosbench.errors import DataError
from vosbench.masks import MAX_PIXELS, image_size, read_image, read_mask


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


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
    pixels = zlib.compress(bytes(1000))
    path.write_bytes(joined([(b"IHDR", head), (b"IDAT", pixels), (b"IEND", b"")]))
    for read in (read_mask, read_image):
        with (
            warnings.catch_warnings(),
            pytest.raises(DataError, match=r"bomb\.png claims to be larger"),
        ):
            warnings.simplefilter(warnings_are)
            read(path)


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
