"""How curves look in every figure, where their names stand, and the files that a figure leaves.

Names stand beside the ends of the curves, never over them. Colours are those of Okabe and Ito,
which colour-blind readers tell apart; markers and strokes differ too, for print without colour.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vosbench.atomic import write_bytes, write_text, writing
from vosbench.figure_kind import figure_kind
from vosbench.reports.apart import apart
from vosbench.reports.flat import render_csv
from vosbench.reports.table import Table, Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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

LABEL_GAP = 0.055
"""Least distance between two names, as a share of the height of a panel."""


@dataclass(frozen=True)
class End:
    """Where a curve ends, and what it is called.

    Attributes:
        x, y: of its last point, in the units of the axes.
    """

    label: str
    colour: str
    marker: str
    x: float
    y: float


def look(place: int) -> tuple[str, str]:
    """Colour and marker of the curve in a place."""
    return COLOURS[place % len(COLOURS)], _MARKERS[place % len(_MARKERS)]


def stroke(place: int) -> Stroke:
    """One of the strokes, for what colours do not tell."""
    return STROKES[place % len(STROKES)]


def room_for(labels: Iterable[str]) -> float:
    """Width of a column for names, as a multiple of that of a panel."""
    return 0.08 + 0.0175 * max(map(len, labels))


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Positions at least `gap` apart, in the order of those wanted and as near to them as can be.

    >>> spread([0.0, 0.1, 3.0], 1.0)
    [-0.45, 0.55, 3.0]
    """
    return apart(wanted, [gap] * len(wanted))


def name_ends(axes: "Axes", room: "Axes", ends: Sequence[End]) -> None:
    """Write the name of each curve in `room`, right of `axes`, on a line from its end."""
    room.set_axis_off()
    low, high = axes.get_ylim()
    heights = spread([end.y for end in ends], LABEL_GAP * (high - low))
    beside = room.get_yaxis_transform()
    for end, height in zip(ends, heights, strict=True):
        room.annotate(
            "",
            xy=(end.x, end.y),
            xycoords=axes.transData,
            xytext=(0.0, height),
            textcoords=beside,
            arrowprops={"arrowstyle": "-", "color": end.colour, "linewidth": 0.7, "shrinkB": 5},
            annotation_clip=False,
        )
        room.plot(
            0.0,
            height,
            end.marker,
            color=end.colour,
            markersize=5,
            transform=beside,
            clip_on=False,
        )
        room.text(
            0.04, height, end.label, color=end.colour, fontsize=8.5, va="center", transform=beside
        )


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
        dpi: pixels an inch, where it becomes pixels.
        finish: makes of the kind and the content of the file what is written.

    Raises:
        UsageError: the name ends in nothing that a figure can be.
        CannotWriteError: the file system refuses.
    """
    import matplotlib as mpl

    kind = figure_kind(path)
    image = io.BytesIO()
    dates: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context({"svg.hashsalt": "vosbench"}):
        figure.savefig(image, format=kind, dpi=dpi, metadata=dates.get(kind))
    data = path.with_suffix(".csv")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, finish(kind, image.getvalue()))
    write_text(data, render_csv([Table("", (), (), tidy=tuple(rows))]))
    return path, data
