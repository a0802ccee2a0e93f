"""J and F of all objects of a frame in one go: exact, and as fast as numpy allows.

Each object of each label map becomes strips of bits (`vosbench.metrics.strips`), cropped to the
object and laid one after another in one row of words. Then a handful of operations on that row
finds all outlines, and a few dozen widen all of them by the tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vosbench.arrays import Mask, check_mask
from vosbench.metrics import disk
from vosbench.metrics.strips import COLUMNS, MARGIN, OWN, Box, StripPacker, Words, occupied_rows
from vosbench.metrics.tolerance import TOLERANCE, tolerance_radius

_ONE = np.uint64(1)


@dataclass(frozen=True)
class FrameScores:
    """Scores of objects in one frame, all in the order of the ids asked for.

    Attributes:
        J: region similarity, 0..1.
        F: contour accuracy, 0..1.
        annotated: whether the annotation shows the object.
        predicted: whether the prediction does.
    """

    J: tuple[float, ...]
    F: tuple[float, ...]
    annotated: tuple[bool, ...]
    predicted: tuple[bool, ...]


@dataclass(frozen=True)
class _Plane:
    """One object of one label map.

    Attributes:
        words: its bits, cropped to it and all that lies within the tolerance, `uint64 strips×rows`.
        strips: first strip of the image in `words` and one past the last.
        rows: the same of rows.
    """

    words: Words
    strips: tuple[int, int]
    rows: tuple[int, int]


@dataclass(frozen=True)
class PackedFrame:
    """The objects of one frame, ready to be scored; many times smaller than its label maps.

    Attributes:
        objects: number of objects.
        predictions: number of predictions.
        planes: every object of the truth, then of each prediction; None where it is empty.
    """

    objects: int
    predictions: int
    planes: tuple[_Plane | None, ...]


@dataclass(frozen=True)
class _Counted:
    """All planes with their pixels and outlines counted.

    Attributes:
        boxes: one a plane, None where it is empty.
        area: pixels of each plane.
        length: outline pixels of each plane.
        words: of all planes in a row, `uint64 3×n`: own bits of their pixels, own bits of their
            outlines, and what lies within the tolerance of an outline.
    """

    boxes: Sequence[Box | None]
    area: Sequence[int]
    length: Sequence[int]
    words: Words


class FrameScorer:
    """Scores frames of one size, and keeps its working memory from one to the next.

    A frame is packed first, while its label maps are at hand. Scoring takes packed frames, best
    several of them at once, since most of what it does takes as long for a few as for one.

    Attributes:
        size: height and width of the frames.
        radius: tolerance in pixels.

    Raises:
        ValueError: a tolerance that is not above 0.
    """

    def __init__(self, size: tuple[int, int], *, tolerance: float = TOLERANCE) -> None:
        self.size = size
        self.radius = tolerance_radius(size, tolerance)
        self._packer = StripPacker(*size)
        self._room = np.empty((4 + disk.ROOM, 0), np.uint64)

    def pack(
        self,
        truth: Mask,
        predictions: Sequence[Mask],
        ids: Sequence[int],
        *,
        binary: bool = False,
    ) -> PackedFrame:
        """What scoring needs of a frame.

        Args:
            truth: `uint8 h×w` of the scorer's size.
            predictions: any number of them, the same.
            ids: objects to score, 1..255.
            binary: whether the label maps hold 0 and 1 only, which saves a look at every pixel.

        Raises:
            ValueError: a label map of another dtype or size.
        """
        maps = [np.ascontiguousarray(each) for each in (truth, *predictions)]
        for each in maps:
            check_mask(each, self.size)
        planes = self._planes(maps, ids, binary and tuple(ids) == (1,))
        return PackedFrame(len(ids), len(predictions), planes)

    def score(self, frames: Sequence[PackedFrame]) -> list[tuple[FrameScores, ...]]:
        """For each frame, the scores of each prediction; a truth is worked on once for all of them.

        J = |A ∩ B| / |A ∪ B|, 1 when both are empty. F = 2pr / (p + r), where p is the share of
        predicted outline pixels within the tolerance of a true one and r the reverse; 1 when
        neither object has an outline, 0 when one of them has none. An object that fills the image
        has none.
        """
        counted = self._count([plane for frame in frames for plane in frame.planes])
        scored, start = [], 0
        for frame in frames:
            groups = [
                range(start + number * frame.objects, start + (number + 1) * frame.objects)
                for number in range(1 + frame.predictions)
            ]
            true, *predicted = groups
            scored.append(tuple(_scores(counted, true, each, self.radius) for each in predicted))
            start += len(frame.planes)
        return scored

    def _planes(
        self, maps: Sequence[Mask], ids: Sequence[int], alone: bool
    ) -> tuple[_Plane | None, ...]:
        """Every object of every map, None where it is empty."""
        occupied = [rows for rows in map(occupied_rows, maps) if rows is not None]
        if not occupied:
            return (None,) * (len(maps) * len(ids))
        # An outline reaches one row above its object.
        top = max(min(rows[0] for rows in occupied) - 1, 0)
        rows = slice(top, max(rows[1] for rows in occupied))
        planes = []
        for mask in maps:
            at_edge = bool(mask[rows, -1].any())
            for object_id in ids:
                words = self._packer.pack(mask, object_id, rows, alone=alone, at_edge=at_edge)
                planes.append(self._plane(words, top))
        return tuple(planes)

    def _plane(self, words: Words, top: int) -> _Plane | None:
        """The plane of an object whose words begin at row `top` of the image."""
        rows = np.bitwise_or.reduce(words, axis=0).nonzero()[0]
        if not rows.size:
            return None
        strips = np.bitwise_or.reduce(words, axis=1).nonzero()[0]
        # Margins make a strip that lies within 8 columns of the object a strip of the object.
        further = max(0, -(-(self.radius - MARGIN) // COLUMNS))
        first_strip = max(int(strips[0]) - further, 0)
        end_strip = min(int(strips[-1]) + 1 + further, self._packer.strips)
        first_row, end_row = max(int(rows[0]) - 1, 0), int(rows[-1]) + 1
        return _Plane(
            words[first_strip:end_strip, first_row:end_row].copy(),
            strips=(first_strip, end_strip),
            rows=(top + first_row, top + end_row),
        )

    def _count(self, planes: Sequence[_Plane | None]) -> _Counted:
        """Pixels and outlines of all planes."""
        boxes = self._boxes(planes)
        found = [box for box in boxes if box is not None]
        if not found:
            nothing = (0,) * len(boxes)
            return _Counted(boxes, nothing, nothing, self._room[:3, :0])
        room = self._rooms(found[-1].end + self.radius)
        pixels, outline, near, inside, *others = room
        self._lay_out(planes, boxes, pixels, inside)
        _outline(pixels, inside, outline, *others[:2])
        disk.grow(outline, self.radius, found, near, others)
        inside &= OWN
        room[:2] &= inside
        area, length = _totals(room[:2], boxes)
        return _Counted(boxes, area, length, room[:3])

    def _boxes(self, planes: Sequence[_Plane | None]) -> list[Box | None]:
        """Places for all planes, one after another."""
        boxes: list[Box | None] = []
        offset = self.radius
        for plane in planes:
            box = None if plane is None else Box(offset, plane.strips, plane.rows, self.radius)
            offset = offset if box is None else box.end
            boxes.append(box)
        return boxes

    def _rooms(self, count: int) -> Words:
        """Working memory for that many words a row, made larger when it does not suffice."""
        if count > self._room.shape[1]:
            self._room = np.empty((len(self._room), count + count // 2), np.uint64)
        return self._room[:, :count]

    def _lay_out(
        self,
        planes: Sequence[_Plane | None],
        boxes: Sequence[Box | None],
        pixels: Words,
        inside: Words,
    ) -> None:
        """Write the planes into their boxes, and which bits of them are in the image."""
        pixels[:] = 0
        inside[:] = 0
        spare = self.radius
        for plane, box in zip(planes, boxes, strict=True):
            if plane is None or box is None:
                continue
            own, image = box.view(pixels), box.view(inside)
            own[:, spare:-spare] = plane.words
            image[:, spare:-spare] = self._packer.inside[slice(*box.strips), None]
            if box.rows[1] == self.size[0]:
                # The last row has no southern neighbour to differ from.
                own[:, -spare] = own[:, -spare - 1]


def _outline(pixels: Words, inside: Words, outline: Words, east: Words, differs: Words) -> None:
    """Write to `outline` the pixels that differ from their east, south or south-east neighbour.

    Args:
        pixels: last row and last column of the image repeated once beyond its edge.
        inside: bits that are in the image.
        outline: overwritten.
        east: overwritten.
        differs: overwritten.
    """
    np.right_shift(pixels, _ONE, out=east)
    np.bitwise_xor(pixels, east, out=outline)
    for neighbour in (pixels, east):
        np.bitwise_xor(pixels[:-1], neighbour[1:], out=differs[:-1])
        outline[:-1] |= differs[:-1]
    outline &= inside


def _totals(words: Words, boxes: Sequence[Box | None]) -> list[list[int]]:
    """Number of bits in each box, one list a row of `words`; 0 where there is no box."""
    starts = [box.offset for box in boxes if box is not None]
    sums = np.add.reduceat(np.bitwise_count(words), starts, axis=1, dtype=np.int64).tolist()
    return [
        [0 if box is None else next(sums_of_row) for box in boxes]
        for sums_of_row in map(iter, sums)
    ]


def _scores(
    counted: _Counted, true: Sequence[int], predicted: Sequence[int], radius: int
) -> FrameScores:
    """Scores of the planes `predicted` against the planes `true`."""
    pairs = [_pair(counted, *pair, radius) for pair in zip(true, predicted, strict=True)]
    return FrameScores(
        J=tuple(J for J, _ in pairs),
        F=tuple(F for _, F in pairs),
        annotated=tuple(counted.area[plane] > 0 for plane in true),
        predicted=tuple(counted.area[plane] > 0 for plane in predicted),
    )


def _pair(counted: _Counted, true: int, predicted: int, radius: int) -> tuple[float, float]:
    """J and F of one object; the order of operations is the official one, to the last bit."""
    common, precise, recalled = _shared(counted, true, predicted, radius)
    union = counted.area[true] + counted.area[predicted] - common
    J = common / union if union else 1.0
    true_length, predicted_length = counted.length[true], counted.length[predicted]
    if not true_length or not predicted_length:
        return J, 1.0 if true_length == predicted_length else 0.0
    precision, recall = precise / predicted_length, recalled / true_length
    return J, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _shared(counted: _Counted, true: int, predicted: int, radius: int) -> tuple[int, int, int]:
    """Common pixels, predicted outline pixels near the true one, true ones near the predicted."""
    first, second = counted.boxes[true], counted.boxes[predicted]
    if first is None or second is None:
        return 0, 0, 0
    strips = max(first.strips[0], second.strips[0]), min(first.strips[1], second.strips[1])
    rows = (
        max(first.rows[0], second.rows[0]) - radius,
        min(first.rows[1], second.rows[1]) + radius,
    )
    if strips[0] >= strips[1] or rows[0] >= rows[1]:
        return 0, 0, 0
    here = first.view(counted.words)[:, *first.part(strips, rows)]
    there = second.view(counted.words)[:, *second.part(strips, rows)]
    # pixels with pixels, outline with what is near the other, and the reverse
    shared = np.bitwise_count(here & there[[0, 2, 1]])
    common, recalled, precise = shared.sum(axis=(1, 2), dtype=np.int64).tolist()
    return common, precise, recalled
