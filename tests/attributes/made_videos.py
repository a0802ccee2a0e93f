"""Annotations drawn for tests: squares that move, grow, hide and vanish on 120×200 pixels."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.attributes import attributes_of
from vosbench.metrics import protocols
from vosbench.sequence import Sequence as Video

SIZE = (120, 200)
FRAMES = 24

Rectangle = tuple[float, float, float, float]
"""Middle row, middle column, height and width."""


def video(labels: Sequence[Mask | None]) -> Video:
    """A sequence with these annotations and no images."""
    return Video(
        name="made",
        frames=tuple(f"{index:05d}" for index in range(len(labels))),
        read_image=_no_image,
        read_annotation=labels.__getitem__,
        fingerprint=lambda: "made",
    )


def _no_image(index: int) -> Image:
    raise AssertionError("attributes need no images")


def draw(*rectangles: Rectangle | None, size: tuple[int, int] = SIZE) -> Mask:
    """Rectangles as objects 1, 2, …; those beyond the border are cut off."""
    labels = np.zeros(size, np.uint8)
    for object_id, rectangle in enumerate(rectangles, 1):
        if rectangle is not None:
            row, column, height, width = rectangle
            top, left = (max(0, round(edge)) for edge in (row - height / 2, column - width / 2))
            bottom, right = round(row + height / 2), round(column + width / 2)
            labels[top : max(0, bottom), left : max(0, right)] = object_id
    return labels


def clip(*objects: Callable[[int], Rectangle | None], frames: int = FRAMES) -> Video:
    """A sequence of rectangles, each from its frame index."""
    return video([draw(*(place(index) for place in objects)) for index in range(frames)])


def held(made: Video, protocol: str = "davis2017", object_id: int = 1) -> set[str]:
    """Names of the attributes of one object."""
    found = {each.object_id: each for each in attributes_of(made, protocols.get(protocol))}
    return {each.attribute for each in found[object_id].held}


def changed(made: Video, frames: Iterable[int], change: Callable[[Mask], None]) -> Video:
    """The sequence with some annotations changed in place."""
    labels = [made.read_annotation(index) for index in range(len(made))]
    for index in frames:
        mask = labels[index]
        assert mask is not None
        change(mask)
    return video(labels)
