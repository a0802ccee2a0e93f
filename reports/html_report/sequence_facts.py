"""What one sequence is looked at for: scores of frames, boxes, failures, attributes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vosbench.attributes import ObjectAttributes, attributes_of
from vosbench.datasets.options import DatasetOptions
from vosbench.failures.events import FailureEvent
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.mask_folders import frames_in, natural_key
from vosbench.method import Detection
from vosbench.records import Run
from vosbench.reports.html_report.curves import FrameValues, by_object
from vosbench.score_files import read_scores
from vosbench.store import RunFolder


@dataclass(frozen=True)
class RunFacts:
    """What one run left of the sequence.

    Attributes:
        values: J and F by frame, by object; see `by_object`.
        boxes: by index of the frame.
        events: failures, by first frame.
    """

    values: Mapping[str, FrameValues]
    boxes: Mapping[int, tuple[Detection, ...]] = field(default_factory=dict)
    events: tuple[FailureEvent, ...] = ()


@dataclass(frozen=True)
class SequenceFacts:
    """A sequence as its page shows it.

    Attributes:
        name: of the sequence.
        frames: names of its frames.
        runs: by name of their folder, those that finished and scored it, in their order.
        attributes: of its objects; empty where annotations were not looked at.
        kept: frames and masks by run; empty where pictures were not asked for.
    """

    name: str
    frames: tuple[str, ...]
    runs: Mapping[str, RunFacts]
    attributes: tuple[ObjectAttributes, ...] = ()
    kept: Mapping[str, KeptSequence] = field(default_factory=dict)

    @property
    def objects(self) -> tuple[str, ...]:
        """What curves are drawn of: the mean over several objects, then each."""
        return tuple(dict.fromkeys(key for run in self.runs.values() for key in run.values))


def with_frames(
    name: str,
    runs: Sequence[Run],
    *,
    folder: Path,
    places: DatasetOptions,
    events: Mapping[str, tuple[FailureEvent, ...]],
) -> SequenceFacts:
    """A sequence of these runs, with its frames at hand.

    Args:
        name: of the sequence.
        runs: what is stored of them.
        folder: that their folders lie in.
        places: where the dataset lies.
        events: failures on the sequence, by name of the run.

    Raises:
        UsageError: the dataset does not open, or lacks the sequence.
        DataError: the sequence or masks are not those that a run was made on or made.
    """
    kept = kept_sequences(runs, folder=folder, places=places, only=[name]).get(name, {})
    if not kept:
        return SequenceFacts(name, (), {})
    video = next(iter(kept.values())).video
    found = {
        run: RunFacts(
            by_object(each.scores(), video.frames), each.detections(), events.get(run, ())
        )
        for run, each in kept.items()
    }
    protocol = next(iter(kept.values())).protocol
    return SequenceFacts(name, video.frames, found, attributes_of(video, protocol), kept)


def without_frames(name: str, runs: Sequence[Run], *, folder: Path) -> SequenceFacts:
    """A sequence as far as the run folders tell of it, without its dataset.

    Raises:
        DataError: scores or masks cannot be read.
    """
    folders = {
        run.manifest.run: RunFolder(folder / run.manifest.run)
        for run in runs
        if any(r.sequence == name and r.state == "done" and r.scores for r in run.records)
    }
    if not folders:
        return SequenceFacts(name, (), {})
    masks = next(iter(folders.values())).masks(name)
    frames = tuple(sorted(frames_in(masks), key=natural_key))
    found = {
        run: RunFacts(by_object((row for _, row in read_scores(each.scores(name)) or ()), frames))
        for run, each in folders.items()
    }
    return SequenceFacts(name, frames, found)
