"""What stands on a sheet of pictures and where: blocks of rows, names, headings, words below."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vosbench.arrays import Image
from vosbench.method import Detection
from vosbench.reports.pictures.overlays import Colour
from vosbench.reports.plots import figure_looks
from vosbench.reports.plots.figure_looks import text_width

WIDTH = 7.2
"""Inches of a sheet: both columns of a page."""

FONT, SMALL, TINY = 7.5, 6.5, 5.5
"""Points of titles, of other words, and of words in and under pictures."""

_LEAST = 4.8  # points of the names of rows
_PIXELS = 2_200_000  # of all pictures of a sheet; 2 MB as PNG
_FINEST, _COARSEST = 300, 100  # dots per inch
_LINE = 1.25  # height of a line, as a multiple of its font
_EDGE, _GAP, _BLOCK_GAP, _UNDER = 0.03, 0.035, 0.13, 0.015  # inches


@dataclass(frozen=True)
class Panel:
    """One picture.

    Attributes:
        paint: the picture, so many pixels wide.
        size: height and width of what it shows, in pixels of the frame.
        corner: a few words inside, at the lower left.
        below: lines under it.
        boxes: drawn over it, in the same pixels as `size`.
    """

    paint: Callable[[int], Image]
    size: tuple[int, int]
    corner: str = ""
    below: tuple[str, ...] = ()
    boxes: tuple[Detection, ...] = ()


@dataclass(frozen=True)
class Strip:
    """A row of pictures.

    Attributes:
        label: at its left.
        panels: one a column, at least one; None leaves a place empty.
    """

    label: str
    panels: tuple[Panel | None, ...]

    @property
    def shape(self) -> float:
        """Height of the highest picture as a multiple of its width."""
        sizes = [panel.size for panel in self.panels if panel is not None]
        return max(height / width for height, width in sizes)


@dataclass(frozen=True)
class Block:
    """Rows of pictures under one title.

    Attributes:
        title: above it; empty for none.
        headings: one a column, all empty for none.
        strips: its rows; at least one.
    """

    title: str
    headings: tuple[str, ...]
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Key:
    """A colour of the legend."""

    colour: Colour
    text: str


class Plan:
    """Where everything lies, in whole pixels from the upper left corner.

    Attributes:
        dpi: pixels an inch.
        width, height: of the sheet.
        edge, gap, block_gap, under: around, between pictures, between blocks, over words below.
        label_font: points of the names of rows.
        left: where the first column begins.
        column: width of the pictures.
        caption: its lines.
    """

    def __init__(self, blocks: Sequence[Block], caption: str, keys: Sequence[Key]) -> None:
        strips = [strip for block in blocks for strip in block.strips]
        columns = len(blocks[0].headings)
        inches = (WIDTH - 0.4) / columns
        self.dpi = _dots(strips, inches)
        self.edge, self.gap = self.pixels(_EDGE), self.pixels(_GAP)
        self.block_gap, self.under = self.pixels(_BLOCK_GAP), self.pixels(_UNDER)
        self.width = self.pixels(WIDTH)
        narrow = 0.93 * 72 * inches  # names take from the width of columns, thus from their height
        self.label_font = min(_label_font(each, narrow * each.shape) for each in strips)
        lines = max(len(_label(each, narrow * each.shape, self.label_font)) for each in strips)
        self.left = self.edge + lines * self.line(self.label_font) + self.gap
        room = self.width - self.left - self.edge - (columns - 1) * self.gap
        self.column = room // columns
        self.caption = wrapped(caption, 72 * (WIDTH - 2 * _EDGE), SMALL)
        words = (len(self.caption) + bool(keys)) * self.line(SMALL)
        between = (len(blocks) - 1) * self.block_gap
        self.height = 2 * self.edge + self.gap + sum(map(self._high, blocks)) + between + words

    def pixels(self, inches: float) -> int:
        """Whole pixels of a length."""
        return round(inches * self.dpi)

    def line(self, font: float) -> int:
        """Height of a line of text."""
        return self.pixels(_LINE * font / 72)

    def across(self, column: int) -> int:
        """Where a column begins."""
        return self.left + column * (self.column + self.gap)

    def tall(self, shape: float) -> int:
        """Height of a picture of this shape."""
        return round(self.column * shape)

    def label(self, strip: Strip) -> tuple[str, ...]:
        """Lines of the name of a row, as long as its pictures are high."""
        return _label(strip, 72 * self.tall(strip.shape) / self.dpi, self.label_font)

    def words_below(self, panel: Panel) -> tuple[str, ...]:
        """Lines under a picture, as long as it is wide."""
        points = 72 * self.column / self.dpi
        lines = (line for text in panel.below for line in wrapped(text, points, TINY))
        return tuple(fitting(line, points, TINY) for line in lines)

    def below(self, strip: Strip) -> int:
        """Height of the words under a row."""
        lines = max(len(self.words_below(panel)) for panel in strip.panels if panel is not None)
        return lines * self.line(TINY) + self.under * bool(lines)

    def _high(self, block: Block) -> int:
        head = self.line(FONT) * bool(block.title) + self.line(SMALL) * any(block.headings)
        rows = sum(self.tall(strip.shape) + self.below(strip) for strip in block.strips)
        return head + rows + (len(block.strips) - 1) * self.gap


def _label(strip: Strip, points: float, font: float) -> tuple[str, ...]:
    """Lines of the name of a row that is so many points high."""
    return tuple(fitting(line, points, font) for line in wrapped(strip.label, points, font))


def _label_font(strip: Strip, points: float) -> float:
    """Points at which the longest word of the name of a row fits beside it, within limits."""
    widest = max((width_of(word, SMALL) for word in strip.label.split()), default=0.0)
    return SMALL if widest <= points else max(_LEAST, SMALL * points / widest)


def wrapped(text: str, points: float, font: float) -> tuple[str, ...]:
    """Lines of at most so many points, broken between words and where the text is.

    A long word has a line of its own.

    >>> wrapped("eosvos-100-OnA (steps=20)", 60.0, 6.5)
    ('eosvos-100-OnA', '(steps=20)')
    """
    parts = (figure_looks.wrapped(part, points / 72, font) for part in text.splitlines())
    return tuple(line for lines in parts for line in lines) or ("",)


def fitting(text: str, points: float, font: float) -> str:
    """A line that so many points have room for, with an ellipsis for its middle if it is cut."""
    return figure_looks.cut(text, points / 72, font)


def width_of(text: str, font: float) -> float:
    """Points that a line of text takes."""
    return 72 * text_width(text, font)


def _dots(strips: Sequence[Strip], inches: float) -> int:
    """Pixels an inch that keep all pictures together small."""
    area = sum(
        inches**2 * strip.shape * sum(panel is not None for panel in strip.panels)
        for strip in strips
    )
    return int(np.clip(math.sqrt(_PIXELS / area), _COARSEST, _FINEST))
