"""Frames of kept runs beside what is known of them: image, annotation, mask, boxes, scores.

Whatever looks at pictures after a run looks through this: failures, figures, pages, live video.
Nothing is shown that is not what the run was made on and made.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Some
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.detection_files import read_detections
from vosbench.errors import DataError, UsageError
from vosbench.evaluate import FrameScore
from vosbench.made_on import dataset_of
from vosbench.mask_folders import mask_file
from vosbench.masks import read_mask
from vosbench.method import Detection
from vosbench.metrics import protocols
from vosbench.metrics.protocols import Protocol
from vosbench.records import Manifest, Run, SequenceRecord
from vosbench.score_files import read_scores
from vosbench.sequence import Sequence
from vosbench.staged_masks import masks_sha256
from vosbench.store import RunFolder
from vosbench.wording import first_few


@dataclass(frozen=True)
class KeptSequence:
    """One sequence as a run left it; frames are read when asked for, never kept.

    Label maps are as the protocol of the run compares them: ids merged to 1 where it merges them,
    void read as background where it has void.

    Attributes:
        run: the manifest of the run.
        record: of the run on this sequence; done and scored.
        video: the sequence, from the dataset.
        folder: of the run.
    """

    run: Manifest
    record: SequenceRecord
    video: Sequence
    folder: RunFolder
    _protocol: Protocol = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_protocol", protocols.get(self.record.protocol))

    @property
    def name(self) -> str:
        """Of the sequence."""
        return self.video.name

    @property
    def protocol(self) -> Protocol:
        """Under which the run was scored."""
        return self._protocol

    def image(self, index: int) -> Image:
        """The frame, `uint8 h×w×3`."""
        return self.video.read_image(index)

    def annotation(self, index: int) -> Mask | None:
        """What is true, `uint8 h×w`; None where the frame is not annotated."""
        found = self.video.read_annotation(index)
        return None if found is None else self._compared(found, void=self._protocol.void)

    def mask(self, index: int) -> Mask:
        """What the run answered, `uint8 h×w`; the first frame has the annotation that was given.

        Raises:
            DataError: the file is missing or no mask.
        """
        path = mask_file(self.folder.masks(self.name), self.video.frames[index])
        return self._compared(read_mask(path), void=None)

    def detections(self) -> Mapping[int, tuple[Detection, ...]]:
        """Boxes by frame index, those of merged objects as they were; empty for most methods.

        Raises:
            DataError: the file cannot be read.
        """
        places = {frame: index for index, frame in enumerate(self.video.frames)}
        noted = read_detections(self.folder.detections(self.name))
        return {places[frame]: seen for frame, seen in noted.items() if frame in places}

    def scores(self) -> tuple[FrameScore, ...]:
        """J and F of each object in each frame that counts.

        Raises:
            DataError: they are not there or cannot be read.
        """
        path = self.folder.scores(self.name)
        rows = read_scores(path)
        if rows is None:
            raise DataError(f"{path} is missing; `vosbench evaluate` writes it again")
        return tuple(score for _, score in rows)

    def _compared(self, mask: Mask, *, void: int | None) -> Mask:
        if self._protocol.objects == "merged":
            return np.not_equal(mask, 0).view(np.uint8)
        if void is None or not (mask == void).any():
            return mask
        return np.where(mask == void, 0, mask).astype(np.uint8)


def kept_sequences(
    runs: Some[Run],
    *,
    folder: Path,
    places: DatasetOptions,
    only: Iterable[str] | None = None,
) -> Mapping[str, Mapping[str, KeptSequence]]:
    """By sequence, by name of the run, all that these runs finished and scored.

    Sequences are in the dataset's order. The runs are on one dataset and variant.

    Args:
        runs: what is stored of them.
        folder: that their folders lie in.
        places: where the dataset lies.
        only: sequences that matter; None for all.

    Raises:
        UsageError: the dataset does not open, or lacks a sequence of a run.
        DataError: a sequence or the masks of one are not those that the run was made on or made.
    """
    done = {
        run.manifest.run: {
            record.sequence: record
            for record in run.records
            if record.state == "done" and record.scores
        }
        for run in runs
    }
    wanted = dict.fromkeys(name for records in done.values() for name in records)
    if only is not None:
        chosen = set(only)
        wanted = {name: None for name in wanted if name in chosen}
    found: dict[str, dict[str, KeptSequence]] = {}
    for video in videos_of(runs[0].manifest, tuple(wanted), places) if wanted else ():
        found[video.name] = {}
        for run in runs:
            record = done[run.manifest.run].get(video.name)
            if record is not None:
                kept = RunFolder(folder / run.manifest.run)
                check_kept(record, video, kept)
                found[video.name][run.manifest.run] = KeptSequence(
                    run.manifest, record, video, kept
                )
    return found


def videos_of(manifest: Manifest, names: Some[str], places: DatasetOptions) -> tuple[Sequence, ...]:
    """The sequences of these names of the dataset that a run was made on, in its order.

    Raises:
        UsageError: the dataset does not open, or lacks one.
    """
    opened = dataset_of(manifest, replace(places, only=tuple(names)))
    known = {video.name: video for video in opened.sequences}
    missing = [name for name in names if name not in known]
    if missing:
        raise UsageError(
            f"dataset {manifest.dataset} lacks {first_few(missing)} here; give the place of the "
            f"one that the run {manifest.run} was made on"
        )
    wanted = set(names)
    return tuple(video for name, video in known.items() if name in wanted)


def check_kept(record: SequenceRecord, video: Sequence, run: RunFolder) -> None:
    """Raise `DataError` unless masks and frames are those that a run made and was made on."""
    place = run.masks(video.name)
    if masks_sha256(place, video.frames) != record.masks_sha256:
        raise DataError(
            f"the masks in {place} are not those that the run made and scored; run it again"
        )
    made_on = record.key_parts.get("sequence_sha256")
    if made_on is not None and made_on != video.fingerprint():
        raise DataError(
            f"sequence {video.name} is not what it was when the run {run.path.name} was made; give "
            "the place of the dataset as it was, or run again"
        )
