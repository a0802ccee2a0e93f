"""Runs whose masks are drawn by hand, so that what goes wrong in them is known to the frame."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.tiny_runs import request, run
from vosbench.arrays import Mask
from vosbench.evaluate import FrameScore, evaluate_sequence
from vosbench.kept_frames import KeptSequence
from vosbench.method import MaskSource
from vosbench.records import Manifest, Run, SequenceRecord
from vosbench.sequence import Dataset
from vosbench.sequence import Sequence as Video
from vosbench.store import RunFolder

SIZE = (120, 160)
"""Of all frames; outlines may differ by ceil(0.008 · 200) = 2 pixels."""

FRAMES = 12
"""Of all sequences; under davis2017 the frames 1 to 10 count."""

COUNT = 10
"""How many these are."""

Box = tuple[int, int, int, int]
"""Top, left, height and width of a rectangle."""

Boxes = Mapping[int, Box]
"""Rectangles by id."""

Truth = Sequence[Mask | None]
"""Annotations, one a frame; None where there is none."""


def label_map(boxes: Boxes) -> Mask:
    """Rectangles on background, by id."""
    mask = np.zeros(SIZE, np.uint8)
    for object_id, (top, left, height, width) in boxes.items():
        mask[top : top + height, left : left + width] = object_id
    return mask


def film(boxes: Boxes, changes: Mapping[int, Boxes] | None = None) -> list[Mask]:
    """A label map a frame: the same rectangles, but for frames that have others."""
    others = changes or {}
    return [label_map(others.get(index, boxes)) for index in range(FRAMES)]


def during(first: int, last: int, boxes: Boxes) -> dict[int, Boxes]:
    """The frames from `first` to `last` with these rectangles."""
    return dict.fromkeys(range(first, last + 1), boxes)


def video(name: str, truth: Truth) -> Video:
    return Video(
        name=name,
        frames=tuple(f"{index:05}" for index in range(len(truth))),
        read_image=lambda index: np.zeros((*SIZE, 3), np.uint8),
        read_annotation=lambda index: truth[index],
        fingerprint=lambda: digest(truth),
    )


def digest(masks: Truth) -> str:
    return hashlib.sha256(b"".join(b"-" if m is None else m.tobytes() for m in masks)).hexdigest()


class Drawn(MaskSource):
    """Masks that exist: by sequence, one a frame."""

    def __init__(self, answers: Mapping[str, Sequence[Mask]]) -> None:
        self._answers = answers

    def masks(self, sequence: Video) -> Iterator[Mask]:
        yield from self._answers[sequence.name]

    def fingerprint(self, sequence: Video) -> str:
        return digest(self._answers[sequence.name])


def zoo(truths: Mapping[str, Truth], protocol: str = "davis2017") -> Dataset:
    """A dataset of these sequences."""
    return Dataset("drawn", protocol, tuple(video(name, truth) for name, truth in truths.items()))


def kept_run(runs: Path, data: Dataset, label: str, answers: Mapping[str, Sequence[Mask]]) -> Run:
    """A run folder with these masks, scored."""
    asked = request(lambda: Drawn(answers), method=label, label=label)
    return run(replace(asked, settings={"label": label}), data, runs)


@dataclass(frozen=True)
class InMemory(KeptSequence):
    """What a run would have left of one sequence, without a folder."""

    answers: Sequence[Mask] = ()
    frame_scores: tuple[FrameScore, ...] = ()

    def mask(self, index: int) -> Mask:
        return self._compared(self.answers[index], void=None)

    def scores(self) -> tuple[FrameScore, ...]:
        return self.frame_scores


def in_memory(truth: Truth, answers: Sequence[Mask], protocol: str = "davis2017") -> InMemory:
    """Masks of one sequence, scored."""
    shown = video("made", truth)
    record = SequenceRecord("made", "done", "key", {}, protocol=protocol)
    manifest = Manifest(
        run="made", method="stored", label="made", dataset="made", sequences=("made",),
        protocol=protocol, seed=0, device="cpu", settings={}, overrides={}, provenance={},
        imported=True, machine={}, versions={}, git={}, command="", created="",
    )  # fmt: skip
    made = InMemory(manifest, record, shown, RunFolder(Path("made")), answers=answers)
    scores = evaluate_sequence(shown, made.mask, made.protocol).frames
    return replace(made, frame_scores=scores)


def indices(kept: InMemory) -> dict[int, set[int]]:
    """By object, the frames that count."""
    places = {frame: index for index, frame in enumerate(kept.video.frames)}
    found: dict[int, set[int]] = {}
    for score in kept.scores():
        found.setdefault(score.object_id, set()).add(places[score.frame])
    return found
