"""Run folders: what a run leaves on disk, written so that a kill at any moment loses one sequence.

    RUNS/<run>/manifest.json             what the run is
    RUNS/<run>/records/<sequence>.json   outcome of one sequence; .log beside it if it failed
    RUNS/<run>/sessions/<id>.json        what the passes of one call were timed on
    RUNS/<run>/scores/<sequence>.csv     one row a frame and object
    RUNS/<run>/scores.csv                the same of all sequences, written at the end of a run
    RUNS/<run>/masks/<sequence>/*.png    label maps, named as the frames are
    RUNS/<run>/detections/<sequence>.csv where the method saw its objects, if it says so

A sequence counts once its record stands, and the record is written last. Every file is written
under another name and renamed. Records are forced to the disk before that; masks are not, because
their digest in the record tells after a power failure whether they arrived.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from vosbench.atomic import OLD, PART, check_name, hidden, remove, write_text, writing
from vosbench.detection_files import detections_text
from vosbench.errors import DataError, UsageError
from vosbench.evaluate import FrameScore
from vosbench.record_json import from_json, to_json
from vosbench.records import Manifest, Run, SequenceRecord, SessionRecord
from vosbench.score_files import header, rows_text
from vosbench.staged_masks import StagedMasks

MANIFEST = "manifest.json"
MERGED = "scores.csv"

_FOLDERS = ("records", "sessions", "scores", "masks", "detections")

T = TypeVar("T")


class RunFolder:
    """One folder below `--runs`; made when it is first locked.

    Attributes:
        path: of the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other runner out, and clear away what a killed one left.

        Raises:
            UsageError: another runner is at work in the folder.
            CannotWriteError: the folder cannot be written.
        """
        with writing(self.path):
            for part in _FOLDERS:
                (self.path / part).mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / ".lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise UsageError(
                    f"another run is writing to {self.path}; wait for it, or give --runs another "
                    "folder"
                ) from None
        try:
            self._clear_leftovers()
            yield
        finally:
            lock.release()

    def manifest(self) -> Manifest | None:
        """What the run is; None in a folder that has no manifest yet.

        It goes by the name that its folder has now, so that a folder may be renamed or copied.

        Raises:
            DataError: the manifest cannot be read.
        """
        text = _text_of(self.path / MANIFEST)
        if text is None:
            return None
        return replace(_parsed(text, Manifest, self.path / MANIFEST), run=self.path.name)

    def required_manifest(self) -> Manifest:
        """What the run is.

        Raises:
            DataError: there is no manifest, or it cannot be read.
        """
        manifest = self.manifest()
        if manifest is None:
            raise DataError(f"{self.path} is no run folder: it has no {MANIFEST}")
        return manifest

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest."""
        write_text(self.path / MANIFEST, to_json(manifest), durable=True)

    def write_session(self, session: SessionRecord) -> None:
        """Write down what passes of a session are about to be timed on."""
        write_text(self._session_file(session.session), to_json(session), durable=True)

    def sessions(self, records: Iterable[SequenceRecord]) -> tuple[SessionRecord, ...]:
        """What the passes of these records were timed on, the earliest first, where it is known.

        Raises:
            DataError: the record of a session cannot be read.
        """
        timings = (record.timing for record in records if record.timing is not None)
        names = dict.fromkeys(made.session for timing in timings for made in timing.passes)
        paths = [self._session_file(name) for name in names if name]
        texts = [(path, _text_of(path)) for path in paths]
        found = [_parsed(text, SessionRecord, path) for path, text in texts if text is not None]
        return tuple(sorted(found, key=lambda session: session.created))

    def record(self, sequence: str) -> SequenceRecord | None:
        """The record of a sequence; None when it has none.

        Raises:
            DataError: the record cannot be read.
        """
        path = self._record_file(sequence)
        text = _text_of(path)
        if text is None:
            return None
        record = _parsed(text, SequenceRecord, path)
        if record.sequence != sequence:
            raise DataError(
                f"{path} is the record of {record.sequence!r:.80}; delete it and run again"
            )
        return record

    def has_record(self, sequence: str) -> bool:
        """Whether there is a record of a sequence, readable or not."""
        return self._record_file(sequence).exists()

    def masks(self, sequence: str) -> Path:
        """Folder with the masks of a sequence."""
        return self.path / "masks" / check_name(sequence, "sequence")

    def scores(self, sequence: str) -> Path:
        """File with the scores of every frame of a sequence."""
        return self.path / "scores" / f"{check_name(sequence, 'sequence')}.csv"

    def detections(self, sequence: str) -> Path:
        """File with the boxes of every frame of a sequence; absent where the method has none."""
        return self.path / "detections" / f"{check_name(sequence, 'sequence')}.csv"

    def merged_scores(self) -> Path:
        """File with the scores of every frame of all sequences."""
        return self.path / MERGED

    def log(self, sequence: str) -> Path:
        """File with the traceback of a sequence that failed."""
        return self.path / "records" / f"{check_name(sequence, 'sequence')}.log"

    @contextmanager
    def staging(self, sequence: str, frames: Sequence[str]) -> Iterator[StagedMasks]:
        """A place for new masks, outside `masks/<sequence>`; gone afterwards unless they were put.

        Raises:
            DataError: the name of the sequence or of a frame cannot be a file name, or two frames
                have one name.
        """
        for frame in frames:
            check_name(frame, "frame")
        if len(set(frames)) != len(frames):
            raise DataError(f"sequence {sequence} has two frames of one name")
        folder = hidden(self.masks(sequence), PART)
        with writing(folder):
            remove(folder)
            folder.mkdir()
        try:
            yield StagedMasks(folder, frames)
        finally:
            shutil.rmtree(folder, ignore_errors=True)  # the next run clears what this cannot

    def put(
        self,
        record: SequenceRecord,
        staged: StagedMasks | None,
        rows: Iterable[FrameScore] = (),
        log: str = "",
    ) -> None:
        """Replace all that the folder knows about a sequence.

        Args:
            record: written last: from then on the sequence counts.
            staged: its new masks; None removes the old ones.
            rows: scores of its frames.
            log: traceback, if it failed.
        """
        masks = self.masks(record.sequence)
        old = hidden(masks, OLD)
        with writing(masks):
            self._record_file(record.sequence).unlink(missing_ok=True)
            if masks.exists():
                masks.replace(old)
            if staged is not None:
                staged.folder.replace(masks)
            remove(old)
        noted = staged.detections() if staged is not None else ()
        _replace(self.detections(record.sequence), detections_text(record.sequence, noted))
        self.put_scores(record, rows, log)

    def put_scores(self, record: SequenceRecord, rows: Iterable[FrameScore], log: str = "") -> None:
        """Replace the record and scores of a sequence; its masks stay as they are."""
        scored = rows_text(record.sequence, rows)
        _replace(self.scores(record.sequence), header() + scored if scored else "")
        _replace(self.log(record.sequence), log)
        self.put_record(record)

    def put_record(self, record: SequenceRecord) -> None:
        """Replace the record of a sequence and nothing else."""
        write_text(self._record_file(record.sequence), to_json(record), durable=True)

    def merge_scores(self, sequences: Iterable[str]) -> None:
        """Write `scores.csv` from the scores of these sequences, those without any left out."""
        kept = (
            (_text_of(self.scores(sequence)) or "").partition("\n")[2] for sequence in sequences
        )
        write_text(self.merged_scores(), header() + "".join(kept))

    def load(self) -> Run:
        """The run as it stands: records that were made with something else are left out.

        Raises:
            DataError: there is no manifest, or it or a record cannot be read.
        """
        manifest = self.required_manifest()
        there = (self.record(sequence) for sequence in manifest.sequences)
        records = tuple(r for r in there if r is not None and belongs(r, manifest))
        return Run(manifest, records, self.sessions(records))

    def _record_file(self, sequence: str) -> Path:
        return self.path / "records" / f"{check_name(sequence, 'sequence')}.json"

    def _session_file(self, name: str) -> Path:
        return self.path / "sessions" / f"{check_name(name, 'session')}.json"

    def _clear_leftovers(self) -> None:
        """Remove what a killed run left; a name that begins with a dot is never a result."""
        with writing(self.path):
            for folder in (self.path, *(self.path / part for part in _FOLDERS)):
                for path in folder.glob(".*"):
                    if path.suffix in (PART, OLD):
                        remove(path)


def load_runs(runs: Path) -> tuple[Run, ...]:
    """Every run below `runs`, by name; none where there is no such folder.

    Raises:
        DataError: a manifest or record cannot be read; names the file.
    """
    folders = sorted(path.parent for path in runs.glob(f"*/{MANIFEST}"))
    return tuple(RunFolder(folder).load() for folder in folders if folder.name[0] != ".")


def belongs(record: SequenceRecord, manifest: Manifest) -> bool:
    """Whether a record was made with what the manifest says the run is made with."""
    return all(record.key_parts.get(name) == is_ for name, is_ in manifest.key_parts.items())


def _replace(path: Path, text: str) -> None:
    """Write a file anew, or remove it where there is nothing to write."""
    if text:
        write_text(path, text)
    else:
        with writing(path):
            path.unlink(missing_ok=True)


def _text_of(path: Path) -> str | None:
    """Content of a text file; None when it does not exist."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; delete it and run again") from error


def _parsed(text: str, kind: type[T], path: Path) -> T:
    try:
        return from_json(text, kind)
    except ValueError as error:
        raise DataError(f"{path} is corrupt: {error}; delete it and run again") from error
