"""Windows: the square view of a frame that the compact network sees, and the way back.

A window is a rectangle around an object's box, wider than the box, whatever its size and shape
resampled to the network's square input. Boxes and windows are in pixels of the frame, (left, top,
right, bottom) with right and bottom exclusive.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vosbench.arrays import BinaryMask

WINDOW_SCALE = 1.8
"""Side of the window over side of the box, in use; training varies it."""

LARGEST_ASPECT = 2.0
"""A window is never more than this much longer than wide, or the reverse."""

SMALLEST_SIDE = 16.0
"""Pixels; a box of a few pixels still gets surroundings to tell it from."""


@dataclass(frozen=True)
class Box:
    """A rectangle, (left, top) inclusive to (right, bottom) exclusive, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @staticmethod
    def around(x: float, y: float, width: float, height: float) -> "Box":
        """The box of this size whose centre is (x, y)."""
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


@dataclass(frozen=True)
class Window:
    """A view of a frame: a rectangle, turned by `angle` about its centre and perhaps mirrored.

    Attributes:
        box: the rectangle before turning.
        angle: radians, clockwise on the screen.
        mirrored: left and right exchanged.
    """

    box: Box
    angle: float = 0.0
    mirrored: bool = False


def tight_box(mask: BinaryMask) -> Box | None:
    """The smallest box that holds all pixels of `mask` (`bool h×w`); None when there are none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def window_around(box: Box) -> Window:
    """The window that shows `box` with its surroundings."""
    width, height = max(box.width, SMALLEST_SIDE), max(box.height, SMALLEST_SIDE)
    width, height = max(width, height / LARGEST_ASPECT), max(height, width / LARGEST_ASPECT)
    return Window(Box.around(*box.centre, WINDOW_SCALE * width, WINDOW_SCALE * height))


def jittered(
    window: Window,
    generator: np.random.Generator,
    *,
    shift: float = 0.12,
    stretch: tuple[float, float] = (0.83, 1.28),
    turn: float = 0.0,
    mirror: bool = True,
) -> Window:
    """`window` moved, resized, turned and mirrored at random.

    Args:
        window: as in use.
        generator: source of all draws.
        shift: largest move, as a share of the side of the box inside (side / `WINDOW_SCALE`).
        stretch: range of the factor of both sides, log-uniform; then one side grows by up to a
            tenth and the other shrinks as much.
        turn: largest angle, radians.
        mirror: mirror every other time.
    """
    low, high = np.log(stretch)
    factor = np.exp(generator.uniform(low, high))
    aspect = np.exp(generator.uniform(-0.1, 0.1))
    width, height = window.box.width * factor * aspect, window.box.height * factor / aspect
    x, y = window.box.centre
    x += generator.uniform(-shift, shift) * window.box.width / WINDOW_SCALE
    y += generator.uniform(-shift, shift) * window.box.height / WINDOW_SCALE
    angle = generator.uniform(-turn, turn)
    return Window(Box.around(x, y, width, height), angle, mirror and generator.random() < 0.5)


class Planes:
    """Planes of a frame, kept ready to be seen through windows again and again.

    Args:
        planes: `h×w` or `h×w×c`, any dtype.
        outside: value that the world outside of the frame is taken to have.
        within: part of the frame that is kept; all of it by default.
    """

    def __init__(
        self, planes: NDArray[np.generic], *, outside: float = 0.0, within: Box | None = None
    ) -> None:
        self._height, self._width = planes.shape[:2]
        self._kept = _part(within, self._height, self._width)
        self._outside = outside
        part = torch.from_numpy(np.ascontiguousarray(planes[self._kept]))
        part = part.unsqueeze(0) if part.dim() == 2 else part.permute(2, 0, 1)  # c×h×w
        self._whole = part.to(torch.float32, memory_format=torch.contiguous_format)
        self._averaged: dict[int, Tensor] = {}

    def seen(self, windows: list[Window], size: int) -> Tensor:
        """The planes as seen through `windows`, resampled to squares, relative to `outside`.

        Args:
            windows: n of them, of similar size: the frame is averaged down by the largest whole
                factor that none of them would miss, so that fine texture does not alias.
            size: side of the squares, pixels.

        Returns:
            `float32 n×c×size×size`, in the units of the planes.

        Raises:
            ValueError: a window shows a part of the frame that was not kept.
        """
        if not self._holds(_part(surrounding(windows), self._height, self._width)):
            raise ValueError("a window shows a part of the frame that was not kept")
        factor = max(1, int(min(min(w.box.width, w.box.height) for w in windows) / size))
        part = self._averaged_by(factor)
        rows, columns = self._kept
        maps = [_map(w, columns.start, rows.start, factor, part.shape) for w in windows]
        grid = F.affine_grid(
            torch.tensor(maps, dtype=torch.float32),
            [len(windows), 1, size, size],
            align_corners=False,
        )
        return F.grid_sample(
            part.expand(len(windows), -1, -1, -1), grid, padding_mode="zeros", align_corners=False
        )

    def _averaged_by(self, factor: int) -> Tensor:
        """The kept part with squares of `factor` pixels averaged, relative to the outside."""
        if factor not in self._averaged:
            part = self._whole
            if factor > 1:
                part = F.avg_pool2d(part, factor, ceil_mode=True, count_include_pad=False)
            self._averaged[factor] = part - self._outside
        return self._averaged[factor]

    def _holds(self, part: tuple[slice, slice]) -> bool:
        return all(
            kept.start <= asked.start and asked.stop <= kept.stop
            for kept, asked in zip(self._kept, part, strict=True)
        )


def view(
    planes: NDArray[np.generic], windows: list[Window], size: int, *, outside: float = 0.0
) -> Tensor:
    """What `Planes.seen` gives, for planes that are seen through these windows only."""
    return Planes(planes, outside=outside, within=surrounding(windows)).seen(windows, size)


def surrounding(windows: list[Window]) -> Box:
    """A box that holds all of the windows however they are turned."""
    boxes = [_upright(window) for window in windows]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _upright(window: Window) -> Box:
    if not window.angle:
        return window.box
    diagonal = math.hypot(window.box.width, window.box.height)
    return Box.around(*window.box.centre, diagonal, diagonal)


def _part(box: Box | None, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns of the frame within `box` and a pixel around it, never empty."""
    if box is None:
        return slice(0, height), slice(0, width)
    rows = _clipped(box.top - 1, box.bottom + 1, height)
    return rows, _clipped(box.left - 1, box.right + 1, width)


def _clipped(low: float, high: float, length: int) -> slice:
    begin = min(max(math.floor(low), 0), length - 1)
    return slice(begin, max(min(math.ceil(high), length), begin + 1))


def _map(window: Window, left: int, top: int, factor: int, shape: torch.Size) -> list[list[float]]:
    """From −1..1 in the window to −1..1 in a part of the frame, as `affine_grid` takes it.

    Args:
        window: what is seen.
        left: where the part begins, pixels.
        top: the same.
        factor: by which the part was averaged down.
        shape: of the part, `c×h×w`.
    """
    cosine, sine = math.cos(window.angle), math.sin(window.angle)
    width, height = shape[2] * factor, shape[1] * factor
    across = -window.box.width if window.mirrored else window.box.width
    down, (x, y) = window.box.height, window.box.centre
    return [
        [across * cosine / width, -down * sine / width, 2 * (x - left) / width - 1],
        [across * sine / height, down * cosine / height, 2 * (y - top) / height - 1],
    ]


def paste(probability: Tensor, window: Window, height: int, width: int) -> NDArray[np.float32]:
    """A window's map put back into the frame, `float32 h×w`; 0 outside of the window.

    Bilinear, as the product of the map with weights of its rows and of its columns; a pixel beyond
    the outermost centres is as they are.

    Args:
        probability: `float s×s`.
        window: neither turned nor mirrored.
        height: of the frame, pixels.
        width: of the frame, pixels.
    """
    if window.angle or window.mirrored:
        raise ValueError("only an upright window can be put back")
    frame = np.zeros((height, width), np.float32)
    box, (tall, wide) = window.box, probability.shape
    rows, columns = _centres(box.top, box.bottom, height), _centres(box.left, box.right, width)
    down = _between(rows, box.top, box.height, tall)
    across = _between(columns, box.left, box.width, wide)
    frame[rows.start : rows.stop, columns.start : columns.stop] = down @ probability @ across.T
    return frame


def _centres(low: float, high: float, length: int) -> range:
    """Pixels of a line of `length` whose centres lie from `low` to below `high`."""
    begin = max(math.ceil(low - 0.5), 0)
    return range(begin, max(begin, min(math.ceil(high - 0.5), length)))


def _between(pixels: range, begin: float, side: float, size: int) -> Tensor:
    """Share of each of `size` cells, which fill a `side` from `begin` on, in each of the pixels.

    Returns:
        `float32 n×size`, two neighbours in each row at most.
    """
    places = (torch.arange(pixels.start, pixels.stop) + 0.5 - begin) / side * size - 0.5
    places = places.clamp(0, size - 1).unsqueeze(1)
    lower = places.floor().clamp(max=size - 2)
    shares = torch.zeros(len(pixels), size)
    shares.scatter_(1, lower.long(), 1 - (places - lower))
    return shares.scatter_(1, lower.long() + 1, places - lower)
