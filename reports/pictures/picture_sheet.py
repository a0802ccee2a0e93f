"""Sheets of pictures for print, as figures.

Every picture is painted at the resolution of the sheet, pixel for pixel, and with a palette of its
own, so that a sheet of many stays a small file; words and boxes are drawn over it as vectors.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vosbench.arrays import Image
from vosbench.reports.pictures.compact_pictures import compact
from vosbench.reports.pictures.drawn_boxes import Box, label_places, score_text, visible
from vosbench.reports.pictures.overlays import BLACK, Colour, contrast, object_colour
from vosbench.reports.pictures.resizing import few_colours
from vosbench.reports.pictures.sheet_plan import (
    FONT,
    SMALL,
    TINY,
    Block,
    Key,
    Panel,
    Plan,
    Strip,
    fitting,
    width_of,
)
from vosbench.reports.plots.curve_looks import save
from vosbench.reports.plots.figure_looks import write
from vosbench.reports.table import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

_GREY = "#444444"
_BOLD = 1.15  # how much wider bold letters are


def sheet(blocks: Sequence[Block], caption: str, keys: Sequence[Key] = ()) -> "Figure":
    """The sheet as a figure, its resolution as its `dpi`.

    Args:
        blocks: all of one number of columns; at least one.
        caption: sentences below, wrapped to the width.
        keys: what colours mean, above the caption.
    """
    from matplotlib.figure import Figure

    plan = Plan(blocks, caption, keys)
    figure = Figure(figsize=(plan.width / plan.dpi, plan.height / plan.dpi), dpi=plan.dpi)
    top = plan.edge
    for place, block in enumerate(blocks):
        top = _draw_block(figure, plan, block, top + (plan.block_gap if place else 0))
    _draw_legend(figure, plan, keys, top + plan.gap)
    return figure


def save_sheet(
    path: Path, figure: "Figure", rows: Iterable[Mapping[str, Value]]
) -> tuple[Path, Path]:
    """Write a sheet at its own resolution, and its data as CSV beside it; the two files.

    Raises:
        UsageError: the name ends in nothing that a figure can be.
        CannotWriteError: the file system refuses.
    """
    dpi = int(figure.dpi)
    return save(path, figure, rows, dpi=dpi, finish=partial(compact, dpi=dpi))


def _draw_block(figure: "Figure", plan: Plan, block: Block, top: int) -> int:
    """Draw from `top` on; where it ends."""
    if block.title:
        room = 72 * (plan.width - plan.left - plan.edge) / plan.dpi
        title = fitting(block.title, room / _BOLD, FONT)
        _write(figure, plan, (plan.left, top), title, FONT, weight="bold")
        top += plan.line(FONT)
    if any(block.headings):
        for column, heading in enumerate(block.headings):
            words = fitting(heading, 72 * plan.column / plan.dpi, SMALL)
            _write(figure, plan, (plan.across(column), top), words, SMALL, color=_GREY)
        top += plan.line(SMALL)
    for place, strip in enumerate(block.strips):
        top += plan.gap if place else 0
        _draw_label(figure, plan, strip, top)
        for column, panel in enumerate(strip.panels):
            if panel is not None:
                _draw_panel(figure, plan, panel, plan.across(column), top)
        top += plan.tall(strip.shape) + plan.below(strip)
    return top


def _draw_label(figure: "Figure", plan: Plan, strip: Strip, top: int) -> None:
    """The name of a row, upright at its left."""
    write(
        figure,
        (plan.left - plan.gap) / plan.width,
        1 - (top + plan.tall(strip.shape) / 2) / plan.height,
        "\n".join(plan.label(strip)),
        rotation=90,
        ha="right",
        va="center",
        multialignment="center",
        size=plan.label_font,
        linespacing=1.05,
    )


def _draw_panel(figure: "Figure", plan: Plan, panel: Panel, left: int, top: int) -> None:
    height, width = panel.size
    high = plan.tall(height / width)
    place = (left, plan.height - top - high, plan.column, high)
    whole = (plan.width, plan.height, plan.width, plan.height)
    axes = figure.add_axes(tuple(np.divide(place, whole).tolist()))
    axes.set_axis_off()
    axes.imshow(
        few_colours(_fitted(panel.paint(plan.column), high)).convert("RGB"),
        extent=(0, width, height, 0),
        interpolation="none",
        aspect="auto",
    )
    point = width / plan.column * plan.dpi / 72  # in pixels of the frame
    _draw_boxes(axes, panel, point, _draw_corner(axes, panel, point))
    for number, words in enumerate(plan.words_below(panel)):
        below = top + high + plan.under + number * plan.line(TINY)
        _write(figure, plan, (left, below), words, TINY, color=_GREY)


def _draw_corner(axes: "Axes", panel: Panel, point: float) -> tuple[Box, ...]:
    """Write the words inside; the place that is taken then."""
    if not panel.corner:
        return ()
    wide, high = _room(panel.corner, point)
    height, _ = panel.size
    rim = (0.0, height - high, wide, float(height))
    axes.add_patch(_rectangle(rim, facecolor="black", alpha=0.6, zorder=3))
    _write_inside(axes, rim, panel.corner, "white")
    return (rim,)


def _draw_boxes(axes: "Axes", panel: Panel, point: float, taken: Sequence[Box]) -> None:
    """Boxes, clipped to the frame, with their scores."""
    seen = [(each, box) for each in panel.boxes if (box := visible(each.box, panel.size))]
    texts = [score_text(each.score) for each, _ in seen]
    sizes = [_room(text, point) for text in texts]
    places = label_places([box for _, box in seen], sizes, panel.size, taken)
    for each, box in seen:
        colour = object_colour(each.object_id)
        for line, thick in ((contrast(colour), 1.7), (colour, 0.8)):
            axes.add_patch(_rectangle(box, fill=False, edgecolor=_hex(line), linewidth=thick))
    for (each, _), text, (wide, high), (left, top) in zip(seen, texts, sizes, places, strict=True):
        colour = object_colour(each.object_id)
        rim = (left, top, left + wide, top + high)
        axes.add_patch(_rectangle(rim, facecolor=_hex(colour), zorder=3))
        _write_inside(axes, rim, text, _hex(contrast(colour)))


def _draw_legend(figure: "Figure", plan: Plan, keys: Sequence[Key], top: int) -> None:
    """Colours and what they mean, then the caption."""
    across, side = plan.edge, round(0.7 * plan.line(SMALL))
    for key in keys:
        box = (across, plan.height - top - side, across + side, plan.height - top)
        left, low, right, high = np.divide(box, (plan.width, plan.height) * 2).tolist()
        edge = {"edgecolor": _hex(BLACK), "linewidth": 0.3}
        patch = _rectangle((left, low, right, high), facecolor=_hex(key.colour), **edge)
        patch.set_transform(figure.transFigure)
        figure.add_artist(patch)
        across += side + plan.gap
        _write(figure, plan, (across, top), key.text, SMALL)
        across += plan.pixels((width_of(key.text, SMALL) + 1.5 * SMALL) / 72)
    top += plan.line(SMALL) if keys else 0
    for number, text in enumerate(plan.caption):
        place = (plan.edge, top + number * plan.line(SMALL))
        _write(figure, plan, place, text, SMALL, color=_GREY)


def _write(
    figure: "Figure", plan: Plan, place: tuple[int, int], text: str, font: float, **looks: Any
) -> None:
    """A line of text under and right of a place."""
    across, down = place[0] / plan.width, 1 - place[1] / plan.height
    write(figure, across, down, text, size=font, va="top", **looks)


def _write_inside(axes: "Axes", rim: Box, text: str, colour: str) -> None:
    left, top, right, bottom = rim
    across, down = (left + right) / 2, (top + bottom) / 2
    looks = {"color": colour, "ha": "center", "va": "center_baseline", "zorder": 4}
    write(axes, across, down, text, size=TINY, **looks)


def _rectangle(box: Box, **looks: Any) -> "Rectangle":
    from matplotlib.patches import Rectangle

    left, top, right, bottom = box
    return Rectangle((left, top), right - left, bottom - top, **{"linewidth": 0, **looks})


def _room(text: str, point: float) -> tuple[float, float]:
    """Width and height of words inside a picture, in units of which a point has so many."""
    return (width_of(text, TINY) + 0.6 * TINY) * point, 1.3 * TINY * point


def _fitted(image: Image, height: int) -> Image:
    """The picture with lines cut or repeated at the bottom, where rounding made it differ."""
    missing = height - image.shape[0]
    if missing <= 0:
        return image[:height]
    return np.concatenate([image, np.repeat(image[-1:], missing, axis=0)])


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
