"""Broken and malicious PNG files are judged as by Pillow, whatever is wrong with them."""

import tracemalloc
import zlib
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tests.png_files import (
    GREY,
    NONE,
    PALETTE,
    SIGNATURE,
    SUB,
    chunk,
    chunks,
    filtered,
    joined,
    packed,
    png_parts,
)
from tests.png_reading import HARMLESS, OTHERS, by_pillow, decoded, outcome
from vosbench.plain_png import plain_mask


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken") / "mask.png"


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


def against_the_rules() -> dict[str, bytes]:
    """Files of right checksums that differ from a plain one in a single point."""
    rows = filtered(packed(np.eye(4, dtype=np.uint8), 8), [SUB] * 4)
    head, (pixels, deflated), end = png_parts(4, rows, 8, GREY)
    palette = (b"PLTE", bytes(6))

    def with_header(at: int, value: int) -> list[tuple[bytes, bytes]]:
        fields = bytearray(head[1])
        fields[at] = value
        return [(b"IHDR", bytes(fields)), (pixels, deflated), end]

    def with_pixels(content: bytes) -> list[tuple[bytes, bytes]]:
        return [head, (pixels, content), end]

    def with_palette(*palettes: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        return [with_header(9, PALETTE)[0], *palettes, (pixels, deflated), end]

    raw = b"".join(rows)
    assert decoded(joined([head, (pixels, deflated), end])) is not None
    assert decoded(joined(with_palette(palette))) is not None
    files = {
        "bits": with_header(8, 3),
        "colour type": with_header(9, 2),
        "compression": with_header(10, 1),
        "filters": with_header(11, 1),
        "interlace": with_header(12, 1),
        "header too long": [(b"IHDR", head[1] + b"\0"), (pixels, deflated), end],
        "header twice": [head, head, (pixels, deflated), end],
        "header not first": [HARMLESS[0], head, (pixels, deflated), end],
        "no header": [(pixels, deflated), end],
        "no header, but its size": [(b"tEXt", head[1]), (pixels, deflated), end],
        "no pixels": [head, end],
        "pixels cut": with_pixels(deflated[:-5]),
        "checksum of pixels cut": with_pixels(deflated[:-1]),
        "checksum of pixels wrong": with_pixels(deflated[:-1] + b"\0"),
        "something after pixels": with_pixels(deflated + b"\0"),
        "too few pixels": with_pixels(zlib.compress(raw[:-1])),
        "too many pixels": with_pixels(zlib.compress(raw + b"\0")),
        "no filter": with_pixels(zlib.compress(b"\5" + raw[1:])),
        "pixels in two places": [
            head,
            (pixels, deflated[:9]),
            HARMLESS[0],
            (pixels, deflated[9:]),
            end,
        ],
        "something between pixels": [head, (pixels, deflated), HARMLESS[0], (pixels, b""), end],
        "palette of grey": [head, palette, (pixels, deflated), end],
        "no palette": with_palette(),
        "two palettes": with_palette(palette, palette),
        "palette empty": with_palette((b"PLTE", b"")),
        "palette too long": with_palette((b"PLTE", bytes(771))),
        "palette cut": with_palette((b"PLTE", bytes(5))),
        "palette late": [*with_palette()[:-1], palette, end],
        "two ends": [head, (pixels, deflated), end, end],
    }
    for chunk_ in OTHERS[:2]:
        kind = f"{chunk_[0].decode()} of a wrong size"
        files[kind] = [head, chunk_, (pixels, deflated), end]
        files[f"{kind} at the end"] = [head, (pixels, deflated), chunk_, end]
    return {name: joined(parts) for name, parts in files.items()}


@pytest.mark.parametrize("point", against_the_rules())
def test_files_against_the_rules_are_judged_as_by_pillow(path: Path, point: str) -> None:
    data = against_the_rules()[point]
    assert decoded(data) is None
    assert outcome(path, data) == by_pillow(path, data)


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
