"""Pictures of few colours written small: PNG without filters, PNG with a palette within SVG.

Filters help photographs; what has a palette of its own in every part of it (see
`vosbench.reports.pictures.picture_sheet`) they make half as large again.
"""

import base64
import io
import re
import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INCH = 0.0254  # metres
_MOST = 256  # colours of a palette
_PIXELATED = "image-rendering:crisp-edges;image-rendering:pixelated"  # ugly where it is shrunk
_EMBEDDED = re.compile(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)")


def compact(kind: str, data: bytes, *, dpi: int) -> bytes:
    """The same picture, smaller where this knows how.

    Args:
        kind: `png`, `svg`, or another one, which stays as it is.
        data: content of the file.
        dpi: pixels an inch of a PNG.
    """
    if kind == "png":
        return _without_filters(data, dpi)
    if kind == "svg":
        return _EMBEDDED.sub(_with_palette, data.decode()).replace(_PIXELATED, "").encode()
    return data


def _without_filters(data: bytes, dpi: int) -> bytes:
    """A PNG as 8-bit RGB whose rows are stored as they are (PNG specification, section 9)."""
    import PIL.Image

    with PIL.Image.open(io.BytesIO(data)) as picture:
        pixels = np.array(picture.convert("RGB"))  # h×w×3
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with its filter, 0 for none
    rows[:, 1:] = pixels.reshape(height, -1)
    density = round(dpi / _INCH)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", density, density, 1)),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _with_palette(found: "re.Match[str]") -> str:
    """A picture within SVG, with a palette where it has few colours and nothing shines through."""
    import PIL.Image

    with PIL.Image.open(io.BytesIO(base64.b64decode(found[1]))) as opened:
        alpha = opened.getchannel("A") if "A" in opened.getbands() else None
        picture = opened.convert("RGB")
    if (alpha is not None and alpha.getextrema() != (255, 255)) or not picture.getcolors(_MOST):
        return found[0]
    colours, places = np.unique(np.array(picture).reshape(-1, 3), axis=0, return_inverse=True)
    indexed = PIL.Image.fromarray(places.reshape(picture.height, picture.width).astype(np.uint8))
    indexed.putpalette(colours.tobytes())
    smaller = io.BytesIO()
    indexed.save(smaller, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(smaller.getvalue()).decode()
