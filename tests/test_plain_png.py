"""Plain PNG files decode to what was stored in them, and to what Pillow makes of them."""

import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from numpy.typing import NDArray

from tests.png_files import (
    AVERAGE,
    FILTERS,
    GREY,
    NONE,
    PAETH,
    PALETTE,
    SUB,
    UP,
    filtered,
    joined,
    packed,
    png_parts,
)
from tests.png_reading import HARMLESS, by_pillow, decoded, outcome
from vosbench.masks import read_mask, write_mask

ROOT = Path(__file__).resolve().parents[1]
SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=24)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain") / "mask.png"


def check(path: Path, data: bytes, values: NDArray[np.uint8]) -> None:
    """A plain file is decoded, to these values, and Pillow agrees."""
    mask = decoded(data)
    assert mask is not None
    assert mask.dtype == np.uint8
    assert mask.tolist() == values.tolist()
    assert mask.flags.writeable
    assert mask.flags.c_contiguous
    assert outcome(path, data) == by_pillow(path, data)


@st.composite
def label_maps(draw: st.DrawFn, bits: int = 8) -> NDArray[np.uint8]:
    """Noise, or boxes of ids on a background, as masks are."""
    height, width = draw(SHAPES)
    values = st.integers(0, (1 << bits) - 1)
    if draw(st.booleans()):
        return draw(arrays.arrays(np.uint8, (height, width), elements=values))
    mask = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(0, 3))):
        rows = sorted(draw(st.tuples(*[st.integers(0, height)] * 2)))
        columns = sorted(draw(st.tuples(*[st.integers(0, width)] * 2)))
        mask[slice(*rows), slice(*columns)] = draw(values)
    return mask


# What is plain.


@given(mask=label_maps())
def test_masks_as_vosbench_writes_them(path: Path, mask: NDArray[np.uint8]) -> None:
    write_mask(path, mask)
    check(path, path.read_bytes(), mask)


@given(
    data=st.data(),
    mode=st.sampled_from("LP1"),
    bits=st.sampled_from([1, 2, 4, 8]),
    compress_level=st.integers(0, 9),
    optimize=st.booleans(),
)
def test_masks_as_pillow_writes_them(
    path: Path, data: st.DataObject, mode: str, bits: int, compress_level: int, optimize: bool
) -> None:
    bits = {"L": 8, "1": 1, "P": bits}[mode]
    mask = data.draw(label_maps(bits))
    picture = PIL.Image.fromarray(mask * 255 if mode == "1" else mask).convert(
        mode if mode != "P" else "L", dither=PIL.Image.Dither.NONE
    )
    if mode == "P":
        picture.putpalette(bytes(range(256)) * 3)
    written = BytesIO()
    options = {"bits": bits} if mode == "P" else {}
    picture.save(written, format="PNG", compress_level=compress_level, optimize=optimize, **options)
    check(path, written.getvalue(), mask)


@given(
    data=st.data(),
    colour_type=st.sampled_from([GREY, PALETTE]),
    bits=st.sampled_from([1, 2, 4, 8]),
    choice=st.sampled_from([FILTERS, (NONE, SUB, UP, PAETH), (AVERAGE, NONE)]),
)
def test_filters_of_any_row(
    path: Path, data: st.DataObject, colour_type: int, bits: int, choice: tuple[int, ...]
) -> None:
    mask = data.draw(label_maps(bits))
    height, width = mask.shape
    types = data.draw(st.lists(st.sampled_from(choice), min_size=height, max_size=height))
    rows = filtered(packed(mask, bits), types)
    check(path, joined(png_parts(width, rows, bits, colour_type)), mask)


@pytest.mark.parametrize("kind", FILTERS)
def test_flat_areas_go_on_to_the_edges(path: Path, kind: int) -> None:
    mask = np.zeros((9, 12), np.uint8)
    mask[3:, 4:] = 7
    mask[5:, 6:] = 200
    rows = filtered(packed(mask, 8), [kind] * 9)
    check(path, joined(png_parts(12, rows, 8, GREY)), mask)


def test_averages_fade_out_to_the_right(path: Path) -> None:
    mask = np.array([[0, 200, 100, 50, 25, 12, 6, 3, 1, 0], [0] * 10], np.uint8)
    rows = filtered(packed(mask, 8), [AVERAGE, NONE])
    assert rows[0] == bytes([AVERAGE, 0, 200] + [0] * 8)
    check(path, joined(png_parts(10, rows, 8, GREY)), mask)


@given(
    data=st.data(),
    before=st.lists(st.sampled_from(HARMLESS), max_size=3),
    after=st.lists(st.sampled_from(HARMLESS), max_size=3),
)
def test_chunks_that_say_nothing_of_values(
    path: Path,
    data: st.DataObject,
    before: list[tuple[bytes, bytes]],
    after: list[tuple[bytes, bytes]],
) -> None:
    mask = data.draw(label_maps())
    rows = filtered(packed(mask, 8), [0] * len(mask))
    head, (kind, pixels), end = png_parts(mask.shape[1], rows, 8, GREY)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(pixels)), max_size=3)))
    pieces = [
        (kind, pixels[start:stop])
        for start, stop in zip([0, *cuts], [*cuts, len(pixels)], strict=True)
    ]
    written = joined([head, *before, *pieces, *after, end])
    check(path, written, mask)


def test_real_masks(shared_data: Path) -> None:
    files = sorted((shared_data / "data").glob("*/*/**/*.png"))
    assert len(files) > 3000
    for file in random.Random(0).sample(files, 200):
        mask = decoded(file.read_bytes())
        with PIL.Image.open(file) as picture:
            assert mask is not None
            assert np.array_equal(mask, np.asarray(picture))


# What is left to Pillow.


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "I;16"])
def test_other_kinds_of_pixels_are_not_plain(path: Path, mode: str) -> None:
    written = BytesIO()
    PIL.Image.new(mode, (3, 2)).save(written, format="PNG")
    assert decoded(written.getvalue()) is None
    assert outcome(path, written.getvalue()) == by_pillow(path, written.getvalue())


def test_interlaced_files_are_not_plain(path: Path) -> None:
    # The passes of a 2×2 picture: its first pixel, the second of its row, the second row.
    rows = [b"\0\1", b"\0\2", b"\0\3\4"]
    (kind, head), pixels, end = png_parts(2, rows, 8, GREY, interlaced=True)
    data = joined([(kind, head[:4] + (2).to_bytes(4) + head[8:]), pixels, end])
    assert decoded(data) is None
    path.write_bytes(data)
    assert read_mask(path).tolist() == [[1, 2], [3, 4]]


def test_transparent_palettes_are_not_plain(path: Path) -> None:
    picture = PIL.Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    picture.putpalette(bytes(768))
    picture.save(path, transparency=b"\x80\x10")
    assert decoded(path.read_bytes()) is None
    assert read_mask(path).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_plain_masks_are_read_without_pillow(tmp_path: Path) -> None:
    write_mask(tmp_path / "mask.png", np.eye(5, dtype=np.uint8))
    code = (
        "import sys; from pathlib import Path; from vosbench.masks import read_mask\n"
        "assert read_mask(Path(sys.argv[1])).trace() == 5\n"
        "assert not [name for name in sys.modules if name.startswith('PIL')]"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "mask.png"], cwd=ROOT, check=True)
