"""How curves look in every figure, and the files that a figure leaves.

Colours are those of Okabe and Ito, which colour-blind readers tell apart; markers and strokes
differ too, for print without colour.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vosbench.atomic import write_bytes, write_text, writing
from vosbench.figure_kind import figure_kind
from vosbench.reports.formats.flat import render_csv
from vosbench.reports.table import Table, Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8A8A00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # of another length: pairs repeat after 56 curves
Stroke = Literal["-"] | tuple[float, tuple[float, ...]]

STROKES: tuple[Stroke, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1.5, 1)),
    (0, (6, 1.5, 1, 1.5)),
)


_MOST_PIXELS = 2.0**16 - 1
"""Of a side of a picture, for matplotlib."""


def look(place: int) -> tuple[str, str]:
    """Colour and marker of the curve in a place."""
    return COLOURS[place % len(COLOURS)], _MARKERS[place % len(_MARKERS)]


def stroke(place: int) -> Stroke:
    """One of the strokes, for what colours do not tell."""
    return STROKES[place % len(STROKES)]


def save(
    path: Path,
    figure: "Figure",
    rows: Iterable[Mapping[str, Value]],
    *,
    dpi: int = 160,
    finish: Callable[[str, bytes], bytes] = lambda kind, content: content,
) -> tuple[Path, Path]:
    """Write a figure, and its data as CSV beside it; the two files. Equal data give equal bytes.

    Args:
        path: its end says what is written.
        figure: as it stands.
        rows: what it shows.
        dpi: pixels an inch, where it becomes pixels; fewer where a figure is very tall.
        finish: makes of the kind and the content of the file what is written.

    Raises:
        UsageError: the name ends in nothing that a figure can be.
        CannotWriteError: the file system refuses.
    """
    import matplotlib as mpl

    kind = figure_kind(path)
    image = io.BytesIO()
    dates: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    # fonts of type 42 are those that publishers take
    with mpl.rc_context({"svg.hashsalt": "vosbench", "pdf.fonttype": 42}):
        tallest = int(_MOST_PIXELS // max(figure.get_size_inches()))
        figure.savefig(image, format=kind, dpi=min(dpi, tallest), metadata=dates.get(kind))
    data = path.with_suffix(".csv")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, finish(kind, image.getvalue()))
    write_text(data, render_csv([Table("", (), (), tidy=tuple(rows))]))
    return path, data
