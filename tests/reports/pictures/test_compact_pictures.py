"""Pictures written small show what they showed."""

import base64
import io
import re

import numpy as np
import PIL.Image
import pytest

from vosbench.reports.pictures.compact_pictures import compact


def png(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    PIL.Image.fromarray(pixels).save(content, format="PNG")
    return content.getvalue()


def pixels_of(data: bytes) -> np.ndarray:
    return np.array(PIL.Image.open(io.BytesIO(data)).convert("RGBA"))


def noise(colours: int, *, alpha: int | None = None) -> np.ndarray:
    generator = np.random.default_rng(0)
    palette = generator.integers(0, 256, (colours, 3)).astype(np.uint8)
    found = palette[generator.integers(0, colours, (30, 41))]
    return found if alpha is None else np.dstack([found, np.full((30, 41), alpha, np.uint8)])


def test_a_png_keeps_its_pixels_and_tells_its_resolution() -> None:
    before = png(noise(999))
    after = compact("png", before, dpi=240)
    np.testing.assert_array_equal(pixels_of(after), pixels_of(before))
    opened = PIL.Image.open(io.BytesIO(after))
    opened.verify()
    assert opened.info["dpi"] == pytest.approx((240, 240), abs=0.1)


def embedded(svg: bytes) -> list[bytes]:
    return [base64.b64decode(each) for each in re.findall(b"base64,([A-Za-z0-9+/=]+)", svg)]


def svg(data: bytes) -> bytes:
    return b'<svg><image xlink:href="data:image/png;base64,\n%s"/></svg>' % base64.b64encode(data)


@pytest.mark.parametrize("alpha", [None, 255])
def test_pictures_of_few_colours_within_svg_get_a_palette(alpha: int | None) -> None:
    before = png(noise(40, alpha=alpha))
    after = compact("svg", svg(before), dpi=200)
    (data,) = embedded(after)
    np.testing.assert_array_equal(pixels_of(data), pixels_of(before))
    assert PIL.Image.open(io.BytesIO(data)).mode == "P"
    assert len(data) < len(before)
    assert after.startswith(b"<svg><image") and after.endswith(b'"/></svg>')


@pytest.mark.parametrize("pixels", [noise(999), noise(40, alpha=100)], ids=["many", "see-through"])
def test_other_pictures_within_svg_stay(pixels: np.ndarray) -> None:
    assert compact("svg", svg(png(pixels)), dpi=200) == svg(png(pixels))


def test_other_files_stay() -> None:
    assert compact("pdf", b"%PDF", dpi=200) == b"%PDF"
