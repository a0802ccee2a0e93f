"""Masks, boxes and mistakes painted over frames: arrays in, arrays out, nothing kept.

Whoever shrinks a picture afterwards asks for lines as much thicker, so that they come out smooth
and thin (`vosbench.reports.pictures.resizing.line_for`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vosbench.arrays import BinaryMask, Image, Mask, check_image, check_mask
from vosbench.masks import davis_palette

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""

Part = tuple[int, int, int, int]
"""(left, top, right, bottom) of a frame in pixels, right and bottom exclusive."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

CORRECT: Colour = (0, 114, 178)
MISSED: Colour = (240, 228, 66)
FALSE: Colour = (213, 94, 0)
WRONG: Colour = (204, 121, 167)
"""Kinds of pixels, in colours of Okabe and Ito that differ in brightness too; `CORRECT` is dimmed
by what shines through it."""

FILL = 0.55
"""Share of the colour of an object in the pixels inside its outline."""

_CORRECT_FILL = 0.75
_DIM = 0.4  # brightest grey behind differences, as a share of white


@dataclass(frozen=True)
class Shares:
    """Parts of the pixels that the annotation or the mask give to an object; together 1.

    Attributes:
        correct: both give them to the same object; J, where there is one object.
        missed: the annotation gives them to an object, the mask to none.
        false: the mask gives them to an object, the annotation to none.
        wrong: each gives them to another object.
    """

    correct: float
    missed: float
    false: float
    wrong: float = 0.0


def object_colour(object_id: int) -> Colour:
    """Of an object, in the palette of DAVIS.

    >>> object_colour(1)
    (128, 0, 0)
    """
    red, green, blue = davis_palette()[object_id].tolist()
    return red, green, blue


def contrast(colour: Colour) -> Colour:
    """White or black, whichever stands out beside a colour.

    >>> contrast((128, 0, 0)), contrast((224, 224, 192))
    ((255, 255, 255), (0, 0, 0))
    """
    return WHITE if brightness(colour) < 0.55 else BLACK


def brightness(colour: Colour) -> float:
    """Luma, 0..1 (ITU-R BT.601)."""
    red, green, blue = colour
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def paint_labels(image: Image, mask: Mask, *, fill: float = FILL, line: int = 1) -> Image:
    """Objects in translucent colours with an outline that stands out from any background.

    The outline is the full colour of the object inside, and white (black for bright colours)
    outside, so that it is seen on whatever is behind it.

    Args:
        image: `uint8 h×w×3`.
        mask: `uint8 h×w`.
        fill: share of the colour inside the outline, 0..1.
        line: thickness of the inner and of the outer part of the outline in pixels; 0 for none.

    Raises:
        ValueError: the arrays do not fit.
    """
    _check(image, mask)
    shown = mask > 0  # h×w
    colours = davis_palette()
    painted = image.copy()
    painted[shown] = _mixed(image[shown], colours[mask[shown]], fill)
    if line:
        inside = shown & edges(mask, line)
        painted[inside] = colours[mask[inside]]
        nearest = _grown_labels(mask, line)
        outside = ~shown & (nearest > 0)
        ids = nearest[outside]
        for each in np.unique(ids).tolist():
            colours[each] = contrast(object_colour(each))
        painted[outside] = colours[ids]
    return painted


def paint_outline(
    image: Image, mask: Mask, *, colour: Colour | None = WHITE, line: int = 1
) -> Image:
    """Only the outlines of the objects, between two thin lines that make them stand out.

    Args:
        image: `uint8 h×w×3`.
        mask: `uint8 h×w`.
        colour: of the lines; None for that of each object.
        line: thickness in pixels.

    Raises:
        ValueError: the arrays do not fit.
    """
    _check(image, mask)
    painted = image.copy()
    drawn = (mask > 0) & edges(mask, line)
    beside = edges(mask, 2 * line) & (grown(drawn, line) & ~drawn)
    if colour is None:
        painted[drawn] = davis_palette()[mask[drawn]]
        painted[beside] = WHITE
    else:
        painted[drawn] = colour
        painted[beside] = contrast(colour)
    return painted


def paint_difference(image: Image, truth: Mask, mask: Mask) -> Image:
    """Correct, missed, false and wrongly named pixels over the frame in dim grey, `uint8 h×w×3`.

    Args:
        image: `uint8 h×w×3`.
        truth: `uint8 h×w`.
        mask: `uint8 h×w`, what was answered.

    Raises:
        ValueError: the arrays do not fit.
    """
    _check(image, truth)
    _check(image, mask)
    painted = dimmed(image)
    correct, missed, false, wrong = _kinds(truth, mask)
    blue = np.broadcast_to(np.array(CORRECT, np.uint8), (int(correct.sum()), 3))
    painted[correct] = _mixed(painted[correct], blue, _CORRECT_FILL)
    painted[missed], painted[false], painted[wrong] = MISSED, FALSE, WRONG
    return painted


def shares(truth: Mask, mask: Mask) -> Shares | None:
    """How much of two label maps agrees; None where neither shows an object.

    >>> shares(np.array([[1, 1, 0, 0]], np.uint8), np.array([[0, 1, 0, 0]], np.uint8))
    Shares(correct=0.5, missed=0.5, false=0.0, wrong=0.0)
    """
    counts = [int(found.sum()) for found in _kinds(truth, mask)]
    union = sum(counts)
    return Shares(*(count / union for count in counts)) if union else None


def dimmed(image: Image) -> Image:
    """The frame in dark grey, for colours to stand out from, `uint8 h×w×3`."""
    check_image(image)
    grey = image @ np.array([0.299, 0.587, 0.114], np.float32)  # h×w
    return np.repeat((_DIM * grey).astype(np.uint8)[..., None], 3, axis=2)


def edges(mask: Mask, reach: int = 1) -> BinaryMask:
    """Pixels within `reach` of one of another label, `bool h×w`; the border of a frame is none."""
    check_mask(mask)
    near = np.zeros(mask.shape, np.bool_)
    across, down = mask[:, 1:] != mask[:, :-1], mask[1:] != mask[:-1]
    near[:, 1:] |= across
    near[:, :-1] |= across
    near[1:] |= down
    near[:-1] |= down
    return grown(near, reach - 1)


def grown(shown: BinaryMask, reach: int) -> BinaryMask:
    """Pixels within `reach` of those shown, `bool h×w`, in steps along rows and columns."""
    for _ in range(reach):
        wider = shown.copy()
        wider[:, 1:] |= shown[:, :-1]
        wider[:, :-1] |= shown[:, 1:]
        wider[1:] |= shown[:-1]
        wider[:-1] |= shown[1:]
        shown = wider
    return shown


def around(masks: Sequence[Mask], *, margin: float = 0.25, least: float = 0.3) -> Part:
    """(left, top, right, bottom) of the part of a frame that shows all objects, right exclusive.

    It has the shape of the frame, room around the objects, and never less than a part of the frame;
    the whole frame where nothing is shown.

    Args:
        masks: `uint8 h×w` each, of one size; at least one.
        margin: room on each side, as a share of the extent of the objects.
        least: of the width and height of the frame.
    """
    height, width = masks[0].shape
    rows, columns = np.nonzero(np.any([mask > 0 for mask in masks], axis=0))
    if not rows.size:
        return 0, 0, width, height
    extent = max((np.ptp(columns) + 1) / width, (np.ptp(rows) + 1) / height)
    part = min(1.0, max(least, (1 + 2 * margin) * extent))
    wide, high = math.ceil(part * width), math.ceil(part * height)
    left = int(np.clip((columns.min() + columns.max() + 1 - wide) // 2, 0, width - wide))
    top = int(np.clip((rows.min() + rows.max() + 1 - high) // 2, 0, height - high))
    return left, top, left + wide, top + high


Kind = Literal["correct", "missed", "false", "wrong"]

KIND_COLOURS: dict[Kind, Colour] = {
    "correct": CORRECT,
    "missed": MISSED,
    "false": FALSE,
    "wrong": WRONG,
}
"""Parts of `Shares` and how `paint_difference` shows them."""


def _kinds(truth: Mask, mask: Mask) -> tuple[BinaryMask, BinaryMask, BinaryMask, BinaryMask]:
    """Where each part of `Shares` is."""
    there, answered, same = truth > 0, mask > 0, truth == mask
    return there & same, there & ~answered, answered & ~there, there & answered & ~same


def _grown_labels(mask: Mask, reach: int) -> Mask:
    """The mask with each object grown into the background; the higher id where two meet."""
    for _ in range(reach):
        wider = mask.copy()
        np.maximum(wider[:, 1:], mask[:, :-1], out=wider[:, 1:])
        np.maximum(wider[:, :-1], mask[:, 1:], out=wider[:, :-1])
        np.maximum(wider[1:], mask[:-1], out=wider[1:])
        np.maximum(wider[:-1], mask[1:], out=wider[:-1])
        mask = np.where(mask > 0, mask, wider)
    return mask


def _mixed(below: NDArray[np.uint8], above: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Colours laid over others."""
    return np.rint((1 - share) * below + share * above.astype(np.float32)).astype(np.uint8)


def _check(image: Image, mask: Mask) -> None:
    check_image(image)
    check_mask(mask, (image.shape[0], image.shape[1]))
