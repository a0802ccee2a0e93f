"""What a dataset's own list says of its objects: categories, and from where to where they are.

The lists of YouTube-VOS and LVOS have one form:

    {"videos": {VIDEO: {"objects": {ID: {"category": …, "frame_range": {…}}}}}}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vosbench.counting import Span
from vosbench.errors import DataError
from vosbench.metrics.protocols import Protocol


@dataclass(frozen=True)
class FrameRange:
    """Frames of an object by the numbers in their names.

    Attributes:
        start: number of the first.
        end: one past the number of the last.
        frames: how many there are.
    """

    start: int
    end: int
    frames: int


@dataclass(frozen=True)
class ObjectMeta:
    """What a list says of objects, by (sequence, id).

    Attributes:
        path: of the list.
        categories: what each object is, as far as the list says.
        ranges: where each begins and ends, as far as the list says.
    """

    path: Path
    categories: Mapping[tuple[str, int], str]
    ranges: Mapping[tuple[str, int], FrameRange]

    def spans(
        self, protocol: Protocol, sequence: str, frames: Sequence[str]
    ) -> Mapping[int, Span] | None:
        """The objects of a sequence by id.

        None under a protocol that does not ask for them, or where the list gives no ranges at all.

        Args:
            protocol: under which masks are scored.
            sequence: its name.
            frames: names of its annotated frames in order, which are numbers.

        Raises:
            DataError: the list lacks the sequence, or its numbers and the frames do not meet.
        """
        if protocol.counts_from != "own-start" or not self.ranges:
            return None
        own = {key[1]: span for key, span in self.ranges.items() if key[0] == sequence}
        if not own:
            raise DataError(
                f"{self.path} has no frame_range of an object of sequence {sequence}; give the "
                "list that belongs to these annotations"
            )
        return {
            object_id: self._span(sequence, object_id, found, frames)
            for object_id, found in own.items()
        }

    def _span(
        self, sequence: str, object_id: int, found: FrameRange, frames: Sequence[str]
    ) -> Span:
        within = [
            index
            for index, name in enumerate(frames)
            if name.isdecimal() and found.start <= int(name) < found.end
        ]
        if not within:
            raise DataError(
                f"{self.path} says that object {object_id} of sequence {sequence} is in frames "
                f"{found.start} to {found.end}, but the annotations are of frames {frames[0]} to "
                f"{frames[-1]}; give the list that belongs to them"
            )
        return Span(start=within[0], frames=found.frames, end=within[-1] + 1)


def read_object_meta(path: Path) -> ObjectMeta:
    """The list in a file.

    Raises:
        DataError: it is missing, no JSON, or not of the form above.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"the list of objects {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"the list of objects {path} is no JSON: {error}") from error
    categories: dict[tuple[str, int], str] = {}
    ranges: dict[tuple[str, int], FrameRange] = {}
    try:
        for video, about in content["videos"].items():
            for name, said in about["objects"].items():
                key = video, int(name)
                if "category" in said:
                    categories[key] = str(said["category"])
                if "frame_range" in said:
                    ranges[key] = _frame_range(said["frame_range"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{path} is no list of objects ({type(error).__name__}: {error}); expected "
            '{"videos": {VIDEO: {"objects": {ID: …}}}}'
        ) from error
    return ObjectMeta(path, categories, ranges)


def _frame_range(said: Mapping[str, Any]) -> FrameRange:
    """Numbers may be written as text."""
    return FrameRange(int(said["start"]), int(said["end"]), int(said["frame_nums"]))
