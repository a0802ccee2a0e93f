"""Stored numbers beside those that come out today, compared bit by bit; why is another matter."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from vosbench.evaluate import FrameScore
from vosbench.records import ObjectScore
from vosbench.verification.findings import Value

ORDER = "order"
"""Figure of a mismatch that is about the order of rows only."""

_MEASURES = ("J", "F")


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """A stored number that is not what comes out.

    Attributes:
        figure: its name.
        stored: None where nothing is stored.
        recomputed: None where nothing comes out.
        object_id: of which object.
        frame: of which frame; None for a statistic.
    """

    figure: str
    stored: Value
    recomputed: Value
    object_id: int | None = None
    frame: str | None = None


def same(first: Value, second: Value) -> bool:
    """Whether two values are one: floats bit by bit, all NaN alike.

    >>> same(0.1 + 0.2, 0.3), same(float("nan"), float("nan")), same(0.0, -0.0), same(1, 1.0)
    (False, True, False, False)
    """
    if isinstance(first, float) and isinstance(second, float):
        return struct.pack("<d", first) == struct.pack("<d", second) or (
            first != first and second != second
        )
    return type(first) is type(second) and first == second


def frame_mismatches(
    stored: Sequence[FrameScore], computed: Sequence[FrameScore]
) -> Iterator[Mismatch]:
    """Frame by frame: numbers that differ, are missing or surplus, and rows that moved."""
    there: dict[tuple[int, str], FrameScore] = {}
    for row in stored:
        if _place(row) in there:
            yield from _unequal(row, None)  # a row that stands twice
        there.setdefault(_place(row), row)
    expected = {_place(row): row for row in computed}
    for place, row in expected.items():
        yield from _unequal(there.get(place), row)
    for place, row in there.items():
        if place not in expected:
            yield from _unequal(row, None)
    moved = _first_moved(list(there), list(expected))
    if moved is not None:
        found, wanted = moved
        yield Mismatch(
            figure=ORDER,
            stored=_row_name(found),
            recomputed=_row_name(wanted),
            object_id=wanted[0],
            frame=wanted[1],
        )


def object_mismatches(
    stored: Sequence[ObjectScore], computed: Sequence[ObjectScore]
) -> Iterator[Mismatch]:
    """Object by object: every statistic that differs, is missing or surplus."""
    there = {score.object_id: figures_of(score) for score in stored}
    expected = {score.object_id: figures_of(score) for score in computed}
    for object_id in dict.fromkeys((*expected, *there)):
        yield from _unequal_figures(
            object_id, None, there.get(object_id, {}), expected.get(object_id, {})
        )
    if sorted(there) == sorted(expected) and list(there) != list(expected):
        yield Mismatch(
            figure=ORDER,
            stored=", ".join(map(str, there)),
            recomputed=", ".join(map(str, expected)),
        )


def figures_of(score: ObjectScore) -> dict[str, Value]:
    """All numbers about an object by name, in order.

    >>> from vosbench.records import Statistic
    >>> one = Statistic(mean=0.5, recall=1.0, decay=0.0)
    >>> list(figures_of(ObjectScore("dog", 1, 8, one, one)))[:4]
    ['frames', 'J_mean', 'J_recall', 'J_decay']
    """
    found: dict[str, Value] = {}
    for field in fields(score):
        value: Any = getattr(score, field.name)
        if is_dataclass(value):
            found |= {f"{field.name}_{f.name}": getattr(value, f.name) for f in fields(value)}
        elif field.name not in ("sequence", "object_id"):
            found[field.name] = value
    return found


def _unequal(stored: FrameScore | None, computed: FrameScore | None) -> Iterator[Mismatch]:
    """J and F of one row, where they differ."""
    row = computed or stored
    assert row is not None, "there is nothing to compare"
    yield from _unequal_figures(row.object_id, row.frame, _measures(stored), _measures(computed))


def _measures(row: FrameScore | None) -> dict[str, Value]:
    return {} if row is None else {name: float(getattr(row, name)) for name in _MEASURES}


def _unequal_figures(
    object_id: int, frame: str | None, stored: Mapping[str, Value], computed: Mapping[str, Value]
) -> Iterator[Mismatch]:
    for figure in dict.fromkeys((*computed, *stored)):
        was, is_ = stored.get(figure), computed.get(figure)
        if not same(was, is_):
            yield Mismatch(
                figure=figure, stored=was, recomputed=is_, object_id=object_id, frame=frame
            )


def _place(row: FrameScore) -> tuple[int, str]:
    return row.object_id, row.frame


def _first_moved(
    stored: list[tuple[int, str]], computed: list[tuple[int, str]]
) -> tuple[tuple[int, str], tuple[int, str]] | None:
    """The first place where rows that both have stand in another order: what is, what should be."""
    known, kept = set(computed), set(stored)
    pairs = zip((p for p in stored if p in known), (p for p in computed if p in kept), strict=True)
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def _row_name(place: tuple[int, str]) -> str:
    return f"object {place[0]}, frame {place[1]}"
