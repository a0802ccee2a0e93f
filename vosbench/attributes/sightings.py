"""What the annotation of one frame shows of each object; frames are read one at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from vosbench.arrays import BinaryMask, Mask, object_ids
from vosbench.attributes.shapes import aligned, centroid, unlikeness
from vosbench.metrics.protocols import Protocol
from vosbench.sequence import Sequence

CLIPPED = 0.1
"""Contact with the border from which an object counts as clipped by it; see `Sighting.contact`.

An object that merely stands on the border has less; a square with one whole side on it has 0.25.
"""

LIKE_SIZE = 0.5
"""Least ratio of areas of two objects of similar size."""

LIKE_SHAPE = 1 / 3
"""Largest unlikeness of two similar shapes (see `vosbench.attributes.shapes.unlikeness`)."""

NEAR = 1.0
"""Largest gap between the boxes of two objects near each other, in square roots of their area."""

Box = tuple[int, int, int, int]
"""Top, left, bottom and right of an object in pixels, the last two one past it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One object in one annotated frame that shows it.

    Attributes:
        index: of the frame.
        area: number of pixels.
        box: around all of them.
        centre: row and column of their centroid; see `vosbench.attributes.shapes.centroid`.
        contact: pixels on the border of the image, those in a corner twice, over the outline of a
            square of the object's area, 4·√area.
        apart: share of the pixels outside of the largest connected part (8 neighbours), 0..1.
        changed: unlikeness of the shape to that of the whole sighting before; None where the
            object is clipped by the border or there is none before.
        from_first: the same to the first whole sighting.
        twin: id of another object near by of similar size and shape; None where there is none.
    """

    index: int
    area: int
    box: Box
    centre: tuple[float, float]
    contact: float
    apart: float
    changed: float | None = None
    from_first: float | None = None
    twin: int | None = None

    @property
    def whole(self) -> bool:
        """Whether the border of the image does not clip the object."""
        return self.contact < CLIPPED

    @property
    def box_area(self) -> int:
        """Pixels of the box."""
        top, left, bottom, right = self.box
        return (bottom - top) * (right - left)


@dataclass(frozen=True)
class Track:
    """One object through a sequence.

    Attributes:
        object_id: as the protocol counts objects.
        size: height and width of the frames.
        annotated: indices of the annotated frames from the first that shows the object on.
        sightings: one a frame that shows it, at least one.
    """

    object_id: int
    size: tuple[int, int]
    annotated: tuple[int, ...]
    sightings: tuple[Sighting, ...]


def tracks(video: Sequence, protocol: Protocol) -> tuple[Track, ...]:
    """The objects of a sequence as a protocol counts them, ids ascending.

    Gaps in the ids of a first annotation, which some protocols count, are never seen: no track.

    Raises:
        DataError: an annotation cannot be read.
    """
    following: dict[int, _Following] = {}
    annotated: list[int] = []
    size = (0, 0)
    for index in range(len(video)):
        found = video.read_annotation(index)
        if found is None:
            continue
        labels = _labels(found, protocol)
        annotated.append(index)
        size = labels.shape
        views = dict(_views(labels))
        twins = _twins(views)
        for object_id, view in views.items():
            if object_id not in following:
                following[object_id] = _Following()
            following[object_id].take(index, view, twins.get(object_id))
    return tuple(
        Track(object_id, size, _since(annotated, seen.first_index), tuple(seen.sightings))
        for object_id, seen in sorted(following.items())
        if _counts(object_id, following, annotated, protocol)
    )


def _labels(found: Mask, protocol: Protocol) -> Mask:
    """The label map as a protocol reads it."""
    if protocol.objects == "merged":
        return np.not_equal(found, 0).view(np.uint8)
    if protocol.void is None or not (found == protocol.void).any():
        return found
    return np.where(found == protocol.void, 0, found).astype(np.uint8)


def _since(annotated: list[int], first: int) -> tuple[int, ...]:
    return tuple(index for index in annotated if index >= first)


def _counts(
    object_id: int,
    following: Mapping[int, "_Following"],
    annotated: list[int],
    protocol: Protocol,
) -> bool:
    """Whether a protocol counts an object; as `vosbench.counting` does."""
    if protocol.objects in ("first-annotation", "merged"):
        first = (id_ for id_, seen in following.items() if seen.first_index == annotated[0])
        return object_id <= max(first, default=0)
    if protocol.objects == "annotated":
        return True
    counted = {annotated[place] for place in protocol.scored_frames(len(annotated))}
    return any(sighting.index in counted for sighting in following[object_id].sightings)


@dataclass(frozen=True, slots=True)
class _View:
    """One object in the frame that is looked at."""

    area: int
    box: Box
    centre: tuple[float, float]
    contact: float
    apart: float
    shape: BinaryMask


def _views(labels: Mask) -> Iterator[tuple[int, _View]]:
    """Every object of a label map, ids ascending."""
    places = ndimage.find_objects(labels)  # none of an id that is not there
    for object_id in object_ids(labels):
        rows, columns = places[object_id - 1]
        mask = labels[rows, columns] == object_id
        area = int(np.count_nonzero(mask))
        row, column = centroid(mask)
        yield (
            object_id,
            _View(
                area=area,
                box=(rows.start, columns.start, rows.stop, columns.stop),
                centre=(rows.start + row, columns.start + column),
                contact=_contact(labels, object_id) / (4 * area**0.5),
                apart=_apart(mask, area),
                shape=aligned(mask, (row, column), area),
            ),
        )


def _contact(labels: Mask, object_id: int) -> int:
    """Pixels of an object on the border of the image, those in a corner twice."""
    edges = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    return sum(int(np.count_nonzero(edge == object_id)) for edge in edges)


def _apart(mask: BinaryMask, area: int) -> float:
    parts, count = ndimage.label(mask, np.ones((3, 3), np.bool_))
    if count == 1:
        return 0.0
    return 1 - int(np.bincount(parts.ravel())[1:].max()) / area


def _twins(views: Mapping[int, _View]) -> dict[int, int]:
    """For each object that has a similar one near by, the most similar of these."""
    best: dict[int, tuple[float, int]] = {}
    ids = list(views)
    for place, one in enumerate(ids):
        for other in ids[place + 1 :]:
            difference = _difference(views[one], views[other])
            if difference is not None:
                for object_id, twin in ((one, other), (other, one)):
                    best[object_id] = min((difference, twin), best.get(object_id, (2.0, 0)))
    return {object_id: twin for object_id, (_, twin) in best.items()}


def _difference(one: _View, other: _View) -> float | None:
    """Unlikeness of the shapes of two similar objects near each other; None for any others."""
    small, large = sorted((one.area, other.area))
    if small < LIKE_SIZE * large or _gap(one.box, other.box) > NEAR * large**0.5:
        return None
    difference = unlikeness(one.shape, other.shape)
    return difference if difference <= LIKE_SHAPE else None


def _gap(one: Box, other: Box) -> float:
    """Distance between two boxes in pixels; 0 where they touch or overlap."""
    down = max(one[0], other[0]) - min(one[2], other[2])
    across = max(one[1], other[1]) - min(one[3], other[3])
    return float(np.hypot(max(down, 0), max(across, 0)))


@dataclass(slots=True)
class _Following:
    """Sightings of one object while frames come in; two shapes are kept."""

    sightings: list[Sighting] = field(default_factory=list)
    first: BinaryMask | None = None
    last: BinaryMask | None = None

    @property
    def first_index(self) -> int:
        """Frame of the first sighting."""
        return self.sightings[0].index

    def take(self, index: int, view: _View, twin: int | None) -> None:
        """Add the sighting of a frame."""
        changed = from_first = None
        if view.contact < CLIPPED:
            if self.first is not None and self.last is not None:
                changed = unlikeness(view.shape, self.last)
                from_first = unlikeness(view.shape, self.first)
            else:
                self.first = view.shape
            self.last = view.shape
        self.sightings.append(
            Sighting(
                index=index,
                area=view.area,
                box=view.box,
                centre=view.centre,
                contact=view.contact,
                apart=view.apart,
                changed=changed,
                from_first=from_first,
                twin=twin,
            )
        )
