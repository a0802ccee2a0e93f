"""How large, how fast, how changing, how hidden an object is, in numbers."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vosbench.attributes.sightings import Sighting, Track

FAST_PIXELS = 20.0
"""Motion a frame that DAVIS calls fast (Perazzi et al., CVPR 2016, Table 1), in pixels."""

FULL_HD = (1080, 1920)
"""Height and width of the frames whose pixels these are taken for.

The table does not say; this is the size that DAVIS was recorded in, 480p is a smaller copy.
"""

FAST = FAST_PIXELS / math.hypot(*FULL_HD)
"""The same as a share of the diagonal, so that a smaller copy has the same attributes."""

OCCLUSION_FRAMES = 25
"""Frames, about a second, within which what an occluder hides must show before and after.

What takes longer is more often distance or a turn.
"""


@dataclass(frozen=True)
class Measures:
    """One object over the annotated frames of its sequence; None where they do not tell.

    Sizes and shapes are of whole sightings, those that the border of the image does not clip, where
    so stated: what is left of a clipped object says how much is out of view, and nothing else.

    Attributes:
        frames: annotated frames from the first that shows the object on.
        area: median of its pixels over those of the image, where it is seen.
        smallest_area: the smallest of these.
        box: mean area of its box over that of the image, where it is seen.
        scale: area of its smallest box over that of its largest, whole sightings.
        motion: mean way of its centroid a frame, over the diagonal of the image. Between annotated
            frames that lie n frames apart, an n-th of the way.
        own_motion: the same way over √area of the frame that it begins in.
        fast: share of these ways that are longer than `FAST`.
        deformation: median unlikeness to its first shape (1 − intersection over union after
            alignment of centroid and area), whole sightings.
        flicker: mean unlikeness of consecutive shapes, whole sightings.
        hidden: largest dip of its area a, whole sightings: 1 − a(t) / min(b, c), with b and c the
            largest area in the `OCCLUSION_FRAMES` before and after t; 0 without a dip.
        broken: by how much the share of it that is apart from its largest connected part rises at
            most above that in its first frame.
        absent: share of `frames` without a pixel of it.
        returns: how often it comes back after such frames.
        contact: most pixels on the border of the image, over the outline of a square of its area.
        clipped: share of its sightings in which that is at least `CLIPPED`.
        exits: how often it is gone after it touched the border or headed across it.
        objects: number of objects in the sequence.
        twins: share of its sightings with another object near by of similar size and shape; None
            where a protocol merges objects.
        when: name of a measure → index of the frame that shows it best.
    """

    frames: int
    area: float
    smallest_area: float
    box: float
    scale: float | None
    motion: float | None
    own_motion: float | None
    fast: float | None
    deformation: float | None
    flicker: float | None
    hidden: float | None
    broken: float
    absent: float
    returns: int
    contact: float
    clipped: float
    exits: int
    objects: int
    twins: float | None
    when: Mapping[str, int] = field(default_factory=dict)


def measure(track: Track, *, objects: int, merged: bool) -> Measures:
    """The measures of one object.

    Args:
        track: what is seen of it.
        objects: number of objects in its sequence.
        merged: whether all objects were merged to it.
    """
    seen = track.sightings
    whole = [sighting for sighting in seen if sighting.whole]
    pixels = math.prod(track.size)
    ways = _ways(track)
    gone = _gone(track)
    dips = _dips(whole)
    changes = [each.from_first for each in whole if each.from_first is not None]
    return Measures(
        frames=len(track.annotated),
        area=_median([each.area for each in seen]) / pixels,
        smallest_area=min(each.area for each in seen) / pixels,
        box=_mean(each.box_area for each in seen) / pixels,
        scale=_scale(whole),
        motion=_mean(way for _, way, _ in ways) if ways else None,
        own_motion=_mean(own for _, _, own in ways) if ways else None,
        fast=_mean(way > FAST for _, way, _ in ways) if ways else None,
        deformation=_median(changes) if changes else None,
        flicker=_mean(c for e in whole if (c := e.changed) is not None) if changes else None,
        hidden=max(dips.values()) if dips else None,
        broken=max(each.apart for each in seen) - seen[0].apart,
        absent=1 - len(seen) / len(track.annotated),
        returns=sum(last < seen[-1].index for last, _ in gone),
        contact=max(each.contact for each in seen),
        clipped=1 - len(whole) / len(seen),
        exits=sum(_heads_out(track, last) for last, _ in gone),
        objects=objects,
        twins=None if merged else _mean(each.twin is not None for each in seen),
        when=_when(track, whole, ways, dips, gone),
    )


def _when(
    track: Track,
    whole: Sequence[Sighting],
    ways: Sequence[tuple[int, float, float]],
    dips: Mapping[int, float],
    gone: Sequence[tuple[int, int]],
) -> dict[str, int]:
    """Frames that show measures best; the first on a tie."""
    seen = track.sightings
    found = {
        "smallest_area": min(seen, key=lambda each: each.area).index,
        "box": min(seen, key=lambda each: each.box_area).index,
        "broken": max(seen, key=lambda each: each.apart).index,
        "contact": max(seen, key=lambda each: each.contact).index,
    }
    if whole:
        found["scale"] = min(whole, key=lambda each: each.box_area).index
        found["deformation"] = max(whole, key=lambda each: each.from_first or 0.0).index
        found["flicker"] = max(whole, key=lambda each: each.changed or 0.0).index
    if ways:
        found["motion"] = max(ways, key=lambda way: way[1])[0]
    if dips:
        found["hidden"] = max(dips, key=lambda index: dips[index])
    if gone:
        found["absent"] = gone[0][1]
    exits = [index for last, index in gone if _heads_out(track, last)]
    if exits:
        found["exits"] = exits[0]
    with_twin = [each.index for each in seen if each.twin is not None]
    if with_twin:
        found["twins"] = with_twin[0]
    return found


def _scale(whole: Sequence[Sighting]) -> float | None:
    boxes = [each.box_area for each in whole]
    return min(boxes) / max(boxes) if boxes else None


def _ways(track: Track) -> list[tuple[int, float, float]]:
    """For neighbouring annotated frames that show the object: frame, way over diagonal and √area.

    The frame is that at the end of the way.
    """
    diagonal = math.hypot(*track.size)
    after = dict(pairwise(track.annotated))
    found = []
    for one, other in pairwise(track.sightings):
        if after[one.index] == other.index:
            way = math.dist(one.centre, other.centre) / (other.index - one.index)
            found.append((other.index, way / diagonal, way / math.sqrt(one.area)))
    return found


def _dips(whole: Sequence[Sighting]) -> dict[int, float]:
    """For each whole sighting with others before and after it, how far its area dips; 0..1."""
    found = {}
    for sighting in whole:
        before = _areas(whole, lambda way: -OCCLUSION_FRAMES <= way < 0, sighting.index)
        after = _areas(whole, lambda way: 0 < way <= OCCLUSION_FRAMES, sighting.index)
        if before and after:
            found[sighting.index] = max(0.0, 1 - sighting.area / min(max(before), max(after)))
    return found


def _areas(whole: Sequence[Sighting], wanted: Callable[[int], bool], index: int) -> list[int]:
    return [each.area for each in whole if wanted(each.index - index)]


def _gone(track: Track) -> list[tuple[int, int]]:
    """Last frame before each time that the object is gone, and the first of that time."""
    shown = {each.index for each in track.sightings}
    return [
        (before, index)
        for before, index in pairwise(track.annotated)
        if before in shown and index not in shown
    ]


def _heads_out(track: Track, last: int) -> bool:
    """Whether the object touches the border in a frame, or crosses it with its last motion."""
    place = next(n for n, each in enumerate(track.sightings) if each.index == last)
    now = track.sightings[place]
    if now.contact > 0:
        return True
    if place == 0:
        return False
    before = track.sightings[place - 1]
    down, across = (
        (here - there) / (now.index - before.index)
        for here, there in zip(now.centre, before.centre, strict=True)
    )
    height, width = track.size
    top, left, bottom, right = now.box
    return top + down < 0 or bottom + down > height or left + across < 0 or right + across > width


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return math.fsum(known) / len(known)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[~middle]) / 2
