"""What stands in a run folder and may be kept: by its key, its masks and its manifest."""

from dataclasses import replace

from vosbench.errors import DataError
from vosbench.progress import Progress
from vosbench.records import Manifest, SequenceRecord
from vosbench.sequence import Sequence
from vosbench.staged_masks import masks_sha256
from vosbench.store import RunFolder


class KeptResults:
    """Results of earlier calls; what is corrupt is as good as none, but not in silence.

    Args:
        folder: of the run.
        progress: told what is not used.
    """

    def __init__(self, folder: RunFolder, progress: Progress) -> None:
        self._folder = folder
        self._progress = progress

    def record(self, sequence: Sequence, key: str) -> SequenceRecord | None:
        """The record of a sequence, if its masks stand and were made with what `key` says."""
        record = self._readable(sequence)
        if record is None or record.key != key or not record.masks_sha256:
            return None
        there = masks_sha256(self._folder.masks(sequence.name), sequence.frames)
        return record if there == record.masks_sha256 else None

    def stands(self, sequence: Sequence) -> bool:
        """Whether there is a result that a sequence unreadable today must not take away."""
        record = self._readable(sequence)
        return record is not None and record.state == "done"

    def manifest(self, made: Manifest, *, new: bool) -> Manifest:
        """The manifest to write: where nothing new is made, the run stays what it was when made.

        Args:
            made: what the run is now.
            new: whether masks or times are about to be made.
        """
        old = self._earlier(made)
        if old is None:
            return made
        self._tell_what_is_left_out(set(old.sequences) - set(made.sequences))
        if new:
            return made
        return replace(old, label=made.label, sequences=made.sequences, protocol=made.protocol)

    def _earlier(self, made: Manifest) -> Manifest | None:
        """That of the folder, if it was made with the same."""
        try:
            old = self._folder.manifest()
        except DataError as error:
            self._progress.note(f"{error} (it is made anew)")
            return None
        return old if old is not None and old.key_parts == made.key_parts else None

    def _tell_what_is_left_out(self, names: set[str]) -> None:
        """Tables show what a run was last asked for; nobody should take the rest for lost."""
        if names:
            self._progress.note(
                f"sequences kept in {self._folder.path} but not asked for this time, so left out "
                f"of tables until they are: {len(names)}"
            )

    def _readable(self, sequence: Sequence) -> SequenceRecord | None:
        try:
            return self._folder.record(sequence.name)
        except DataError as error:
            self._progress.note(f"{error} (it is not used)")
            return None
