"""What one pass over a sequence leaves to judge: counts, and which frames show what."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from vosbench.arrays import Mask
from vosbench.doctor.finding import Finding, Severity, Subject
from vosbench.doctor.mask_reading import Fault, Reading
from vosbench.doctor.rules import Counts, ids_of
from vosbench.doctor.words import some

Size = tuple[int, int]
"""Height and width in pixels."""


@dataclass
class Side:
    """Evidence about the label maps of one sequence, annotated or predicted.

    Attributes:
        frames: indices of frames that were read.
        ids: set of ids → frames that show exactly these.
        sizes: size → frames.
        pixels: of every id, over all frames.
        latest: ids of the frame that was counted last.
        faults: what keeps a file from being read → frame → detail.
        coloured: frames whose ids were stored as colours → number of colours of no object.
        blurred: frames with ids that are only seams and noise.
        thin_ids: these ids.
        thin_pixels: their pixels.
    """

    frames: list[int] = field(default_factory=list)
    ids: dict[tuple[int, ...], list[int]] = field(default_factory=dict)
    sizes: dict[Size, list[int]] = field(default_factory=dict)
    pixels: Counts = field(default_factory=lambda: np.zeros(256, np.int64))
    latest: tuple[int, ...] = ()
    faults: dict[Fault, dict[int, str]] = field(default_factory=dict)
    coloured: dict[int, int] = field(default_factory=dict)
    blurred: list[int] = field(default_factory=list)
    thin_ids: set[int] = field(default_factory=set)
    thin_pixels: int = 0

    @property
    def all_ids(self) -> tuple[int, ...]:
        """Ids that occur anywhere, ascending."""
        return tuple(sorted({i for ids in self.ids for i in ids}))

    @property
    def first_ids(self) -> tuple[int, ...] | None:
        """Ids in the first frame; None where it was not read."""
        return next((ids for ids, where in self.ids.items() if where[0] == 0), None)

    def showing(self, wanted: set[int]) -> list[int]:
        """Frames that show any of these ids, ascending."""
        return sorted(i for ids, where in self.ids.items() if wanted & set(ids) for i in where)

    def add(self, index: int, reading: Reading | None) -> Mask | None:
        """Note what a file holds, or that there is none; the label map, where there is one."""
        if reading is None:
            return None
        if reading.fault is not None:
            self.faults.setdefault(reading.fault, {})[index] = reading.detail
        if reading.colours:
            self.coloured[index] = reading.strange
        mask = reading.mask
        if mask is not None:
            self.frames.append(index)
            self.sizes.setdefault((mask.shape[0], mask.shape[1]), []).append(index)
        return mask

    def count(self, index: int, counts: Counts) -> None:
        """Note the pixels of a label map by id."""
        self.latest = ids_of(counts)
        self.ids.setdefault(self.latest, []).append(index)
        self.pixels += counts

    def note_blur(self, index: int, thin: tuple[int, ...], counts: Counts) -> None:
        """Note ids of a label map that are only seams and noise."""
        if thin:
            self.blurred.append(index)
            self.thin_ids.update(thin)
            self.thin_pixels += int(counts[list(thin)].sum())


@dataclass
class Evidence:
    """What one pass over a sequence leaves.

    Attributes:
        sequence: its name.
        frames: names of the annotated frames, in order.
        truth: about the annotations.
        predicted: about the predicted masks.
        scored_ids: ids that the protocol scores, wherever they are annotated.
        counted_ids: those of them of which a frame counts.
        overlap: pixels by annotated and predicted id, over frames where both have one size.
        first_overlap: the same of the first frame; None where it cannot be had.
        misfits: size predicted, size annotated → frames.
        exchanged: pairs of predicted id and object that it fits better → frames where it does.
        like_first: number of predicted masks equal to the first one.
        truth_like_first: number of annotations equal to the first one.
        seams: pixels between a lower and a higher id, of which neither neighbours it.
        jumps: direct edges between ids that are not neighbours.
        seamed: frames with seams.
    """

    sequence: str
    frames: tuple[str, ...]
    truth: Side = field(default_factory=Side)
    predicted: Side = field(default_factory=Side)
    scored_ids: tuple[int, ...] = ()
    counted_ids: tuple[int, ...] = ()
    overlap: Counts = field(default_factory=lambda: np.zeros((256, 256), np.int64))
    first_overlap: Counts | None = None
    misfits: dict[tuple[Size, Size], list[int]] = field(default_factory=dict)
    exchanged: dict[tuple[tuple[int, int], ...], list[int]] = field(default_factory=dict)
    like_first: int = 0
    truth_like_first: int = 0
    seams: int = 0
    jumps: int = 0
    seamed: list[int] = field(default_factory=list)

    def names(self, indices: Iterable[int]) -> tuple[str, ...]:
        """Names of frames."""
        return tuple(self.frames[index] for index in indices)

    def some(self, indices: Iterable[int], thing: str) -> str:
        """Which of the masks (or so) of the sequence, for a sentence."""
        return some(self.names(indices), len(self.frames), thing, self.sequence)

    def finding(
        self,
        subject: Subject,
        code: str,
        severity: Severity,
        sentence: str,
        mend: str,
        *,
        frames: Iterable[int] = (),
        objects: tuple[int, ...] = (),
        fixable: bool = False,
    ) -> Finding:
        """A finding about this sequence; frames by index."""
        return Finding(
            code=code,
            severity=severity,
            sequence=self.sequence,
            subject=subject,
            sentence=sentence,
            mend=mend,
            frames=self.names(frames),
            objects=objects,
            fixable=fixable,
        )
