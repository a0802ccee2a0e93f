"""Plain PNG files decode to what Pillow makes of them, and broken ones to what it says of them."""

import random
import subprocess
import sys
import tracemalloc
import zlib
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
    SIGNATURE,
    SUB,
    UP,
    chunk,
    chunks,
    filtered,
    joined,
    packed,
    png_parts,
)
from vosbench.errors import DataError
from vosbench.masks import MAX_PIXELS, is_white_on_black, read_mask, write_mask
from vosbench.plain_png import plain_mask

ROOT = Path(__file__).resolve().parents[1]
SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=24)
HARMLESS = [
    (b"tIME", bytes(7)),
    (b"gAMA", bytes(4)),
    (b"pHYs", bytes(9)),
    (b"sRGB", b"\0"),
    (b"cHRM", bytes(32)),
    (b"bKGD", b"\0\0"),
    (b"sBIT", b"\1"),
    (b"tEXt", b"Software\0a painter"),
    (b"tEXt", b""),
]
OTHERS = [
    (b"gAMA", bytes(3)),
    (b"cHRM", bytes(33)),
    (b"tRNS", b"\0\0"),
    (b"PLTE", bytes(6)),
    (b"PLTE", bytes(5)),
    (b"PLTE", bytes(771)),
    (b"IDAT", b""),
    (b"IEND", b""),
    (b"zTXt", b"Comment\0\0" + zlib.compress(b"a painter")),
    (b"zTXt", b"Comment\0\1"),
    (b"iCCP", b""),
    (b"abCd", b"private"),
    (b"ABCD", b"unknown"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain") / "mask.png"


def decoded(data: bytes) -> NDArray[np.uint8] | None:
    return plain_mask(data, max_pixels=MAX_PIXELS)


def outcome(path: Path, data: bytes) -> object:
    """All that can be told of a file that is read as a mask: its values, or the error."""
    path.write_bytes(data)
    try:
        mask = read_mask(path)
        return mask.shape, mask.dtype, mask.tobytes(), is_white_on_black(path)
    except DataError as error:
        return str(error)


def by_pillow(path: Path, data: bytes) -> object:
    """The outcome where nothing counts as plain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vosbench.masks.plain_mask", lambda data, *, max_pixels: None)
        return outcome(path, data)


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


# What is broken. A file of each kind that takes a way of its own through the decoder.


def small_files() -> dict[str, bytes]:
    mask = np.zeros((6, 8), np.uint8)
    mask[2:5, 3:6] = 1
    return {
        "plain": joined(png_parts(8, filtered(packed(mask, 8), [NONE] * 6), 8, GREY)),
        "palette": joined(png_parts(8, filtered(packed(mask, 2), [NONE] * 6), 2, PALETTE)),
        "filtered": joined(png_parts(8, filtered(packed(mask, 8), [0, 1, 2, 3, 4, 2]), 8, GREY)),
    }


@pytest.mark.parametrize("kind", small_files())
def test_every_truncation_is_judged_as_by_pillow(path: Path, kind: str) -> None:
    whole = small_files()[kind]
    for size in range(len(whole)):
        assert decoded(whole[:size]) is None
        assert outcome(path, whole[:size]) == by_pillow(path, whole[:size])


@pytest.mark.parametrize("kind", small_files())
@pytest.mark.parametrize("flipped", [0x01, 0x20, 0x80, 0xFF])
def test_every_flipped_byte_is_judged_as_by_pillow(path: Path, kind: str, flipped: int) -> None:
    whole = small_files()[kind]
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= flipped
        assert decoded(bytes(spoilt)) is None
        assert outcome(path, spoilt) == by_pillow(path, spoilt)


@given(data=st.data())
def test_nonsense_with_right_checksums_is_judged_as_by_pillow(
    path: Path, data: st.DataObject
) -> None:
    parts = chunks(small_files()[data.draw(st.sampled_from(sorted(small_files())))])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(parts) - 1))
        kind, content = parts[at]
        match data.draw(st.sampled_from(["byte", "cut", "grow", "drop", "double", "insert"])):
            case "byte" if content:
                spoilt = bytearray(content)
                spoilt[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
                parts[at] = kind, bytes(spoilt)
            case "cut":
                parts[at] = kind, content[: data.draw(st.integers(0, len(content)))]
            case "grow":
                parts[at] = kind, content + data.draw(st.binary(max_size=5))
            case "drop" if len(parts) > 1:
                del parts[at]
            case "double":
                parts.insert(data.draw(st.integers(0, len(parts))), parts[at])
            case "insert":
                parts.insert(at, data.draw(st.sampled_from(HARMLESS + OTHERS)))
    written = joined(parts)
    assert outcome(path, written) == by_pillow(path, written)


@given(
    data=st.data(),
    colour_type=st.sampled_from([GREY, PALETTE]),
    bits=st.sampled_from([1, 2, 4, 8]),
)
def test_nonsense_in_pixels_is_judged_as_by_pillow(
    path: Path, data: st.DataObject, colour_type: int, bits: int
) -> None:
    raw = data.draw(st.binary(max_size=40))
    head, *palette, (kind, _), end = png_parts(8, [b""] * 4, bits, colour_type)
    written = joined([head, *palette, (kind, zlib.compress(raw)), end])
    assert outcome(path, written) == by_pillow(path, written)
    tail = data.draw(st.binary(min_size=1, max_size=5))
    longer = joined([head, *palette, (kind, zlib.compress(raw) + tail), end])
    assert decoded(longer) is None
    assert outcome(path, longer) == by_pillow(path, longer)


@given(data=st.binary(max_size=100))
def test_noise_is_not_plain(data: bytes) -> None:
    for start in (b"", SIGNATURE):
        assert decoded(start + data) is None
        assert decoded(start + data + chunk(b"IEND", b"")) is None


@pytest.mark.parametrize("size", [(0, 3), (3, 0), (60_000, 60_000), (1 << 31, 1 << 31)])
def test_sizes_are_bounded(path: Path, size: tuple[int, int]) -> None:
    (kind, head), pixels, end = png_parts(1, [b"\0\1"], 8, GREY)
    sides = b"".join(side.to_bytes(4) for side in size)
    data = joined([(kind, sides + head[8:]), pixels, end])
    assert decoded(data) is None
    assert outcome(path, data) == by_pillow(path, data)


@pytest.mark.parametrize("side", [1, 60_000])
def test_bombs_cost_no_memory(side: int) -> None:
    press = zlib.compressobj(1)
    bomb = b"".join(press.compress(bytes(1 << 20)) for _ in range(256)) + press.flush()
    (kind, head), (pixels, _), end = png_parts(1, [b"\0\1"], 8, GREY)
    data = joined([(kind, side.to_bytes(4) * 2 + head[8:]), (pixels, bomb), end])
    assert len(data) < 2 << 20  # of 256 MiB
    tracemalloc.start()
    assert decoded(data) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_sound_files_of_the_largest_size_are_decoded() -> None:
    rows = [bytes(7) for _ in range(5)]
    data = joined(png_parts(6, rows, 8, GREY))
    assert plain_mask(data, max_pixels=30) is not None
    assert plain_mask(data, max_pixels=29) is None


def test_plain_masks_are_read_without_pillow(tmp_path: Path) -> None:
    write_mask(tmp_path / "mask.png", np.eye(5, dtype=np.uint8))
    code = (
        "import sys; from pathlib import Path; from vosbench.masks import read_mask\n"
        "assert read_mask(Path(sys.argv[1])).trace() == 5\n"
        "assert not [name for name in sys.modules if name.startswith('PIL')]"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "mask.png"], cwd=ROOT, check=True)
