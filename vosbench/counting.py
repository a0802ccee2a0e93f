"""Which frames of which objects count under a protocol."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosbench.metrics.protocols import Protocol
from vosbench.score_sheet import ScoreSheet


@dataclass(frozen=True)
class Series:
    """The frames of one object that count.

    Attributes:
        object_id: its id; 1 where all ids are merged.
        rows: rows of the sheet, ascending, at least one.
    """

    object_id: int
    rows: NDArray[np.intp]


@dataclass(frozen=True)
class Span:
    """The frames that an object has by the dataset's own word.

    Attributes:
        start: index of the first of them in the sequence.
        frames: how many there are to be.
        end: index one past the last of them that is annotated.
    """

    start: int
    frames: int
    end: int


def series_of(
    sheet: ScoreSheet, protocol: Protocol, spans: Mapping[int, Span] | None = None
) -> tuple[Series, ...]:
    """Every object with the frames of it that count, ids ascending.

    An object without a frame that counts is no object.

    Args:
        sheet: frames that may count, compared as the protocol needs.
        protocol: the rules.
        spans: by object id, where the dataset says where each object begins and ends; objects and
            frames are taken from there. For a protocol that counts from an object's own start.
    """
    chosen = [
        Series(object_id, _rows(sheet, protocol, object_id, spans))
        for object_id in (_objects(sheet, protocol) if spans is None else sorted(spans))
    ]
    return tuple(series for series in chosen if series.rows.size)


def _objects(sheet: ScoreSheet, protocol: Protocol) -> tuple[int, ...]:
    """Ids of the objects."""
    if protocol.objects in ("first-annotation", "merged"):
        return tuple(range(1, max(sheet.first_ids, default=0) + 1))
    shown = sheet.known_ids if protocol.objects == "annotated" else sheet.annotated_ids
    return tuple(sorted(shown - {protocol.void}))


def _rows(
    sheet: ScoreSheet, protocol: Protocol, object_id: int, spans: Mapping[int, Span] | None
) -> NDArray[np.intp]:
    """Rows of the sheet that count for an object."""
    rows = np.arange(len(sheet.frames))
    if spans is not None:
        return rows[_within(sheet, protocol, spans[object_id])]
    if protocol.counts_from == "sequence":
        return rows
    if protocol.counts_from == "first-sight":
        if object_id not in sheet.ids:
            return rows[:0]
        column = sheet.ids.index(object_id)
        seen = sheet.annotated[:, column] | sheet.predicted[:, column]
        return rows[np.argmax(seen) :] if seen.any() else rows[:0]
    start = sheet.starts_at(object_id)
    if start is None:
        return rows[:0]
    # The sheet leaves out the first frames of the sequence already.
    dropped = 0 if start < 0 else protocol.first_frames_dropped
    return rows[max(start, 0) + dropped :]


def _within(sheet: ScoreSheet, protocol: Protocol, span: Span) -> NDArray[np.bool_]:
    """Which rows of a sheet lie in a span, less those dropped at its ends."""
    frames = np.array(sheet.frames)
    first = span.start + protocol.first_frames_dropped
    end = min(span.end, span.start + span.frames - protocol.last_frames_dropped)
    return (frames >= first) & (frames < end)
