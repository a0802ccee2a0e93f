"""What figures share: their width, their letters, and where title, key and notes stand.

A figure is five thirds as wide as a column of 8 cm, so a letter of 10 points is one of 6 in print.
Places are counted in inches from the top left corner of a sheet, in which nothing moves: what a
figure needs is measured before it is drawn, and its height follows from its data.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

WIDTH = 5.25
"""Inches; those of a column of 8 cm are 3.15."""

TITLE, TEXT, NOTE = 12.0, 10.0, 9.0
"""Points of the title, of names and scales, and of what stands small; in a column 0.6 of it."""

GREY, GRID, SHADE = "#555555", "#E4E4E4", "#EDEDED"
"""Colours of notes, of grids, and of areas to which something does not apply."""

MARGIN = 0.06
"""Inches that stay free around everything."""

_LEADING = 1.25
"""Distance of two lines of text, as a multiple of the size of its letters."""

_ROUNDED = 1.04
"""How much wider text may be in pixels than its letters are drawn."""

_LACKING = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Sheet:
    """A figure with its title and notes written; what is between them is for its panels.

    Attributes:
        figure: to be saved.
        top: inches above the first panel.
        height: inches of all.
    """

    figure: "Figure"
    top: float
    height: float

    def panel(self, *, left: float, top: float, width: float, height: float) -> "Axes":
        """Axes at a place in inches, `top` counted from below the title; with a faint grid."""
        low = self.height - self.top - top - height
        axes = self.figure.add_axes(
            (left / WIDTH, low / self.height, width / WIDTH, height / self.height)
        )
        axes.grid(visible=True, color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=TEXT)
        return axes

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        """Text at a place in inches, `y` counted from below the title."""
        write(self.figure, x / WIDTH, 1 - (self.top + y) / self.height, text, **style)


def sheet(title: str, *, height: float, notes: Iterable[str]) -> Sheet:
    """A figure with a title, `height` inches for its panels, and notes below them."""
    from matplotlib.figure import Figure

    room = WIDTH - 2 * MARGIN
    above = wrapped(title, room, TITLE)
    below = wrapped(" ".join(notes), room, NOTE)
    top = MARGIN + len(above) * line_height(TITLE) + 0.08
    total = top + height + 0.06 + len(below) * line_height(NOTE) + MARGIN
    made = Figure(figsize=(WIDTH, total))
    for number, line in enumerate(above):
        place = MARGIN + number * line_height(TITLE)
        write(made, MARGIN / WIDTH, 1 - place / total, line, size=TITLE, va="top")
    for number, line in enumerate(below):
        place = MARGIN + (len(below) - number) * line_height(NOTE)
        write(made, MARGIN / WIDTH, place / total, line, size=NOTE, color=GREY, va="top")
    return Sheet(made, top, total)


def write(where: "Figure | Axes", x: float, y: float, text: str, **style: Any) -> None:
    """Write `text` as it is: a dollar sign begins no formula, and no character is missing."""
    where.text(x, y, drawable(text), **{"parse_math": False, "size": TEXT, **style})


def line_height(size: float) -> float:
    """Inches from a line of letters of `size` points to the next."""
    return size * _LEADING / 72


def text_width(text: str, size: float) -> float:
    """Inches that `text` takes at most in letters of `size` points.

    Pictures of pixels round the widths of letters, upwards by a few hundredths at most.

    >>> round(text_width("goat", 9.0) / text_width("goat", 18.0), 2)
    0.5
    """
    from matplotlib.textpath import text_to_path

    font = _font(size)
    width, _, _ = text_to_path.get_text_width_height_descent(drawable(text), font, ismath=False)
    return _ROUNDED * float(width) / 72


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of `text` in letters of `size` points, each `width` inches at most.

    A word that is wider has a line of its own.
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else ""
        if longer and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def cut(text: str, width: float, size: float) -> str:
    """`text`, with an ellipsis for its middle where it is wider than `width` inches.

    >>> cut("goat", 2.0, 9.0), cut("motocross-jump", 0.5, 9.0)
    ('goat', 'mo…p')
    """
    if text_width(text, size) <= width:
        return text
    kept = len(text) - 1
    while kept > 2 and text_width(_without_middle(text, kept), size) > width:
        kept -= 1
    return _without_middle(text, kept)


def _without_middle(text: str, kept: int) -> str:
    return f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"


def drawable(text: str) -> str:
    """`text` with a sign for each character that the font of figures lacks.

    >>> drawable("goat \N{CJK UNIFIED IDEOGRAPH-5C71}")
    'goat \N{REPLACEMENT CHARACTER}'
    """
    known = _characters()
    return "".join(each if each == "\n" or ord(each) in known else _LACKING for each in text)


@cache
def _characters() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(_font(TEXT))).get_charmap())


def _font(size: float) -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(size=size)


def flowed(widths: Sequence[float], room: float, gap: float) -> list[tuple[int, float]]:
    """Line and place in it of things of these widths, one after the other, `gap` apart.

    >>> flowed([1.0, 1.0, 1.5], 2.5, 0.25)
    [(0, 0.0), (0, 1.25), (1, 0.0)]
    """
    found: list[tuple[int, float]] = []
    line, place = 0, 0.0
    for width in widths:
        if place > 0 and place + width > room:
            line, place = line + 1, 0.0
        found.append((line, place))
        place += width + gap
    return found


Style = Mapping[str, Any]
"""What `Axes.plot` takes: colour, marker, stroke."""


@dataclass(frozen=True)
class Key:
    """Signs and what they mean, in lines above the panels.

    Attributes:
        signs: name → how it is drawn.
        indent: inches left of it.
    """

    signs: Mapping[str, Style]
    indent: float = MARGIN

    _SIGN, _GAP = 0.36, 0.18  # inches of a sign, and between a name and the next sign

    @property
    def height(self) -> float:
        """Inches that it takes, with a gap below."""
        return (1 + self._places()[-1][0]) * line_height(TEXT) + 0.08

    def draw(self, on: Sheet, top: float = 0.0) -> None:
        """Draw it `top` inches below the title."""
        axes = on.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, on.height), zorder=5)
        axes.set_axis_off()
        for (name, style), (line, place) in zip(self.signs.items(), self._places(), strict=True):
            x = self.indent + place
            y = on.height - on.top - top - (line + 0.5) * line_height(TEXT)
            across = (x + 0.03, x + self._SIGN / 2, x + self._SIGN - 0.03)
            axes.plot(across, [y] * 3, **{"markevery": [1], **style})
            write(axes, x + self._SIGN + 0.05, y, self._cut(name), va="center_baseline")

    def _places(self) -> list[tuple[int, float]]:
        widths = [self._SIGN + 0.05 + text_width(self._cut(name), TEXT) for name in self.signs]
        return flowed(widths, self._room, self._GAP)

    @property
    def _room(self) -> float:
        return WIDTH - MARGIN - self.indent

    def _cut(self, name: str) -> str:
        return cut(name, self._room - self._SIGN - 0.05, TEXT)
