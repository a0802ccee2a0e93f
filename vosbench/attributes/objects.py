"""The attributes of every object of a sequence."""

from dataclasses import dataclass

from vosbench.attributes.definitions import ATTRIBUTES, Held
from vosbench.attributes.measures import Measures, measure
from vosbench.attributes.sightings import tracks
from vosbench.metrics.protocols import Protocol
from vosbench.sequence import Sequence


@dataclass(frozen=True)
class ObjectAttributes:
    """What makes one object hard, and the numbers behind it.

    Attributes:
        sequence: its name.
        object_id: as the protocol counts objects.
        measures: in numbers.
        held: the attributes that it has, in the order of `ATTRIBUTES`; empty for an easy one.
    """

    sequence: str
    object_id: int
    measures: Measures
    held: tuple[Held, ...]

    def has(self, attribute: str) -> bool:
        """Whether it has the attribute of this name."""
        return any(held.attribute == attribute for held in self.held)


def attributes_of(video: Sequence, protocol: Protocol) -> tuple[ObjectAttributes, ...]:
    """Every object that a protocol counts and some annotation shows, ids ascending.

    All annotated frames matter, those that do not count for scores included. They are read one at a
    time and not kept.

    Args:
        video: the sequence; no image of it is read.
        protocol: says which ids are objects, and whether they are merged.

    Raises:
        DataError: an annotation cannot be read.
    """
    followed = tracks(video, protocol)
    merged = protocol.objects == "merged"
    found = []
    for track in followed:
        measures = measure(track, objects=len(followed), merged=merged)
        held = (attribute.held_by(measures) for attribute in ATTRIBUTES)
        found.append(
            ObjectAttributes(
                video.name, track.object_id, measures, tuple(each for each in held if each)
            )
        )
    return tuple(found)
