"""What scores depend on, then and now: the masks, the annotations, the rules and the code."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from vosbench.errors import DataError
from vosbench.mask_folders import frames_in, mask_file
from vosbench.masks import read_mask, write_mask
from vosbench.records import Manifest, SequenceRecord
from vosbench.rescore import Scorer
from vosbench.sequence import Sequence
from vosbench.staged_masks import masks_sha256
from vosbench.verification.findings import (
    ANNOTATIONS_CHANGED,
    ANNOTATIONS_UNREADABLE,
    MASKS_CHANGED,
    MASKS_MISSING,
    MASKS_UNREADABLE,
    SCORING_CHANGED,
)
from vosbench.wording import counted, shortened

LOST = (MASKS_MISSING, MASKS_UNREADABLE, ANNOTATIONS_UNREADABLE)
"""Changes that may leave nothing to score."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that scores depend on and that is not what it was.

    Attributes:
        cause: code of `vosbench.verification.findings`.
        what: what changed.
        mend: what to do about it.
        figure: name of the digest that tells.
        stored: the digest then.
        recomputed: the digest today; None where there is none.
        detail: what is known of the files that changed; empty if nothing is.
        frame: the first frame that is known to have changed; None if it is not known.
    """

    cause: str
    what: str
    mend: str
    figure: str
    stored: str
    recomputed: str | None
    detail: str = ""
    frame: str | None = None

    @property
    def why(self) -> str:
        """The whole sentence."""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.what}{detail}; {self.mend}"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What changed; None where it is what it was.

    Attributes:
        masks: of the run.
        annotations: and frames, which have one fingerprint.
        scoring: rules of the protocol and code of the metrics.
    """

    masks: Change | None
    annotations: Change | None
    scoring: Change | None

    @property
    def all(self) -> tuple[Change, ...]:
        """What changed, in the order in which it is blamed."""
        found = (self.masks, self.annotations, self.scoring)
        return tuple(change for change in found if change is not None)


def inputs_of(
    place: Path, manifest: Manifest, sequence: Sequence, record: SequenceRecord, scorer: Scorer
) -> Inputs:
    """What changed since the masks in folder `place` were made and scored."""
    return Inputs(
        masks=_masks(place, sequence, record) if record.masks_sha256 else None,
        annotations=_annotations(manifest, sequence, record),
        scoring=_scoring(record, scorer),
    )


def with_detail(change: Change, place: Path, sequence: Sequence, first: str | None) -> Change:
    """Changed masks with what scores and files tell about them.

    Args:
        change: of masks that can all be read.
        place: folder of the masks.
        first: the first frame whose scores differ; None when none does.
    """
    if first is not None:
        detail = f"frame {first} is the first whose scores differ"
    elif _re_encoded(place, sequence.frames) == change.stored:
        detail = "the label maps in them are the same, only their encoding differs"
    else:
        detail = "no score differs, so which of them changed is not known"
    return replace(change, detail=detail, frame=first)


def _masks(place: Path, sequence: Sequence, record: SequenceRecord) -> Change | None:
    today = masks_sha256(place, sequence.frames)
    if today == record.masks_sha256 or _digest_of_files(place) == record.masks_sha256:
        return None
    lost = next(_lost(place, sequence.frames), None)
    if lost is not None:
        cause, what, frame = lost
        return Change(
            cause=cause,
            what=what,
            mend="put back the file of the run, or run it again",
            figure="masks_sha256",
            stored=record.masks_sha256,
            recomputed=today or None,
            frame=frame,
        )
    return Change(
        cause=MASKS_CHANGED,
        what=(
            f"the masks in {place} are not those that the run made (digest "
            f"{shortened(record.masks_sha256)} in the record, {shortened(today)} of the files)"
        ),
        mend="put back the files of the run, run it again, or score them as a folder of masks",
        figure="masks_sha256",
        stored=record.masks_sha256,
        recomputed=today,
    )


def _digest_of_files(place: Path) -> str:
    """Digest over the masks that are there, whatever frames the dataset has today."""
    try:
        return masks_sha256(place, frames_in(place))
    except DataError:
        return ""


def _lost(place: Path, frames: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Cause, sentence and frame of masks that are of no use, missing ones first."""
    missing = [frame for frame in frames if not mask_file(place, frame).is_file()]
    if missing:
        lacking = counted(len(missing), "mask")
        file = mask_file(place, missing[0])
        yield MASKS_MISSING, f"{file} is missing ({lacking} of {len(frames)})", missing[0]
    for frame in frames:
        try:
            read_mask(mask_file(place, frame))
        except DataError as error:
            yield MASKS_UNREADABLE, str(error), frame


def _re_encoded(place: Path, frames: tuple[str, ...]) -> str:
    """Digest of the same label maps, encoded as the runner does."""
    with tempfile.TemporaryDirectory() as scratch:
        for frame in frames:
            write_mask(mask_file(Path(scratch), frame), read_mask(mask_file(place, frame)))
        return masks_sha256(Path(scratch), frames)


def _annotations(manifest: Manifest, sequence: Sequence, record: SequenceRecord) -> Change | None:
    made_on = record.key_parts.get("sequence_sha256", "")
    if not made_on:  # a sequence that could not be read when it was to be run
        return None
    try:
        today = sequence.fingerprint()
    except DataError as error:
        return Change(
            cause=ANNOTATIONS_UNREADABLE,
            what=f"sequence {sequence.name} of dataset {manifest.dataset} cannot be read today",
            mend=str(error),
            figure="sequence_sha256",
            stored=made_on,
            recomputed=None,
        )
    if today == made_on:
        return None
    return Change(
        cause=ANNOTATIONS_CHANGED,
        what=(
            f"the frames or annotations of sequence {sequence.name} of dataset {manifest.dataset} "
            f"are not those that the run was made on (fingerprint {shortened(made_on)} in the "
            f"record, {shortened(today)} today)"
        ),
        mend="name the folders that it was made on, or run it again",
        figure="sequence_sha256",
        stored=made_on,
        recomputed=today,
    )


def _scoring(record: SequenceRecord, scorer: Scorer) -> Change | None:
    made_on = record.key_parts.get("sequence_sha256", "")
    today = scorer.key(made_on)
    if not record.scores_key or record.scores_key == today:
        return None
    return Change(
        cause=SCORING_CHANGED,
        what=(
            f"the rules of protocol {record.protocol} or the code of the metrics changed since "
            f"sequence {record.sequence} was scored (scores_key {shortened(record.scores_key)} in "
            f"the record, {shortened(today)} today)"
        ),
        mend="score the masks again with `vosbench evaluate`",
        figure="scores_key",
        stored=record.scores_key,
        recomputed=today,
    )
