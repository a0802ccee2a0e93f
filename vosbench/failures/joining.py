"""Frames that went wrong in one way, joined to events with a price."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import fsum

from vosbench.failures.events import FailureEvent

BRIDGED = 2
"""Frames that may lie between two of one event; at 24 frames a second less than an eighth."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One object in one frame that counts.

    Attributes:
        object_id: of the object.
        index: of the frame.
        kind: of the failure; None where there is none.
        loss: 1 - (J + F) / 2.
        gain: what is to be won: the loss, or what another run has more (below 0 if it has less).
        weight: share that the frame has in the J&F of its object.
    """

    object_id: int
    index: int
    kind: str | None
    loss: float
    gain: float
    weight: float


def events_of(sequence: str, frames: Iterable[Judged], *, objects: int) -> tuple[FailureEvent, ...]:
    """Events of one sequence, objects ascending, then by first frame.

    Frames of one kind belong together if at most `BRIDGED` frames that count lie between them;
    those between do not belong.

    Args:
        sequence: its name.
        frames: every object in every frame that counts, frames ascending.
        objects: over which the mean J&F is taken.
    """
    by_object = sorted(frames, key=lambda each: each.object_id)
    found = [
        _event(sequence, stretch, objects)
        for _, own in groupby(by_object, key=lambda each: each.object_id)
        for stretch in _stretches(tuple(own))
    ]
    return tuple(sorted(found, key=lambda event: (event.object_id, event.first, event.kind)))


def _stretches(frames: Sequence[Judged]) -> Iterator[list[Judged]]:
    """Frames of one object that make up an event each."""
    kinds = dict.fromkeys(each.kind for each in frames if each.kind is not None)
    for kind in kinds:
        places = [place for place, each in enumerate(frames) if each.kind == kind]
        stretch = [frames[places[0]]]
        for before, place in pairwise(places):
            if place - before - 1 > BRIDGED:
                yield stretch
                stretch = []
            stretch.append(frames[place])
        yield stretch


def _event(sequence: str, frames: Sequence[Judged], objects: int) -> FailureEvent:
    return FailureEvent(
        kind=frames[0].kind or "",
        sequence=sequence,
        object_id=frames[0].object_id,
        first=frames[0].index,
        last=frames[-1].index,
        worst=max(frames, key=lambda each: (each.gain, -each.index)).index,
        frames=len(frames),
        price=fsum(each.gain * each.weight for each in frames) / objects,
    )
