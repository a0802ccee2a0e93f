"""Boxes of detections and where the scores beside them stand: inside the picture, on no other."""

import math
from collections.abc import Sequence

import numpy as np

from vosbench.arrays import Image, check_image
from vosbench.method import Detection
from vosbench.reports.pictures.overlays import contrast, object_colour

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels of a frame, right and bottom exclusive."""

_LINE = 2  # pixels of a painted box, half of them its rim
_PADDING = 2
_LETTERS = 11  # points of painted scores


def visible(box: Box, size: tuple[int, int]) -> Box | None:
    """The part of a box that lies in a frame of size (h, w); None where there is none.

    >>> visible((-5.0, 2.0, 8.0, 99.0), (10, 20)), visible((20.0, 0.0, 30.0, 5.0), (10, 20))
    ((0.0, 2.0, 8.0, 10.0), None)
    """
    height, width = size
    left, top, right, bottom = box
    left, right = max(0.0, left), min(float(width), right)
    top, bottom = max(0.0, top), min(float(height), bottom)
    return (left, top, right, bottom) if left < right and top < bottom else None


def score_text(score: float) -> str:
    """A confidence as pictures show it, never rounded up to 1.

    >>> score_text(0.984), score_text(0.9999), score_text(1.0)
    ('0.98', '0.99', '1.00')
    """
    return f"{math.floor(100 * score + 1e-9) / 100 if score > 0.99 else score:.2f}"


def label_places(
    boxes: Sequence[Box],
    labels: Sequence[tuple[float, float]],
    size: tuple[int, int],
    taken: Sequence[Box] = (),
) -> tuple[tuple[float, float], ...]:
    """Left and top of the label of each box: all of it in the frame, on no label where it can be.

    Above the box if there is room, else below, else inside.

    Args:
        boxes: in the frame.
        labels: width and height of each.
        size: of the frame, (h, w).
        taken: places that other words have.
    """
    occupied = list(taken)
    found = []
    for box, (wide, high) in zip(boxes, labels, strict=True):
        places = [_within(place, wide, high, size) for place in _candidates(box, wide, high, size)]
        rims = [(left, top, left + wide, top + high) for left, top in places]
        free = [rim for rim in rims if not any(_overlap(rim, other) for other in occupied)]
        chosen = (free or rims)[0]
        occupied.append(chosen)
        found.append(chosen[:2])
    return tuple(found)


def paint_boxes(image: Image, seen: Sequence[Detection], *, scale: float = 1.0) -> Image:
    """Boxes with their scores in the colours of their objects, `uint8 h×w×3`.

    A box is clipped to the picture, and left out where none of it is inside.

    Args:
        image: `uint8 h×w×3`.
        seen: boxes in pixels of the frame.
        scale: pixels of the image that one of the frame has become.
    """
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    check_image(image)
    size = (image.shape[0], image.shape[1])
    picture = PIL.Image.fromarray(np.ascontiguousarray(image))
    drawing = PIL.ImageDraw.Draw(picture)
    font = PIL.ImageFont.load_default(_LETTERS)
    shown = [(each, box) for each in seen if (box := visible(_scaled(each.box, scale), size))]
    texts = [score_text(each.score) for each, _ in shown]
    sizes = [_room(drawing.textbbox((0, 0), text, font=font)) for text in texts]
    places = label_places([box for _, box in shown], sizes, size)
    for each, (left, top, right, bottom) in shown:
        colour = object_colour(each.object_id)
        rim = (round(left), round(top), math.ceil(right) - 1, math.ceil(bottom) - 1)
        rim = (rim[0], rim[1], max(rim[0], rim[2]), max(rim[1], rim[3]))
        drawing.rectangle(rim, outline=contrast(colour), width=_LINE)
        drawing.rectangle(rim, outline=colour, width=_LINE // 2)
    for (each, _), text, (wide, high), place in zip(shown, texts, sizes, places, strict=True):
        left, top = map(round, place)
        colour = object_colour(each.object_id)
        drawing.rectangle((left, top, left + wide - 1, top + high - 1), fill=colour)
        middle = (left + wide / 2, top + high / 2)
        drawing.text(middle, text, fill=contrast(colour), font=font, anchor="mm")
    return np.array(picture)


def _candidates(
    box: Box, wide: float, high: float, size: tuple[int, int]
) -> tuple[tuple[float, float], ...]:
    """Places beside and in a box, the best first; those above and below only where they fit."""
    left, top, right, bottom = box
    above = ((left, top - high), (right - wide, top - high)) if top >= high else ()
    below = ((left, bottom), (right - wide, bottom)) if bottom + high <= size[0] else ()
    inside = (
        (left, top),
        (right - wide, top),
        (left, bottom - high),
        (right - wide, bottom - high),
    )
    return (*above, *below, *inside)


def _within(
    place: tuple[float, float], wide: float, high: float, size: tuple[int, int]
) -> tuple[float, float]:
    """The place, moved so that the label is in the frame."""
    height, width = size
    left, top = place
    return max(0.0, min(left, width - wide)), max(0.0, min(top, height - high))


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scaled(box: Box, scale: float) -> Box:
    left, top, right, bottom = box
    return left * scale, top * scale, right * scale, bottom * scale


def _room(extent: tuple[float, float, float, float]) -> tuple[int, int]:
    """Width and height of a label around a text."""
    left, top, right, bottom = extent
    return math.ceil(right - left) + 2 * _PADDING, math.ceil(bottom - top) + 2 * _PADDING
