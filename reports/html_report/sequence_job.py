"""One sequence of a report from first to last: its small files and its page, in any process."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vosbench.atomic import writing
from vosbench.datasets.options import DatasetOptions
from vosbench.failures.events import FailureEvent
from vosbench.masks import davis_palette
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.html_report import frame_files
from vosbench.reports.html_report.event_clips import Clip, write_clips
from vosbench.reports.html_report.event_tables import RunEvent
from vosbench.reports.html_report.sequence_facts import (
    SequenceFacts,
    with_frames,
    without_frames,
)
from vosbench.reports.html_report.sequence_page import Pictures, write_sequence_page
from vosbench.reports.html_report.site import Site


@dataclass(frozen=True)
class SequenceJob:
    """A sequence and what its page must know; data that can be sent to another process.

    Attributes:
        name: of the sequence.
        runs: those compared.
        comparison: that they are in.
        runs_folder: where their folders are.
        places: where the dataset lies.
        frames: whether frames are shown.
        events: failures on the sequence, by name of the run.
        filmed: those of them that are shown moving.
        site: addresses of all pages.
        folder: of the report.
    """

    name: str
    runs: tuple[Run, ...]
    comparison: Comparison
    runs_folder: Path
    places: DatasetOptions
    frames: bool
    events: Mapping[str, tuple[FailureEvent, ...]]
    filmed: tuple[RunEvent, ...]
    site: Site
    folder: Path


@dataclass(frozen=True)
class SequenceMade:
    """What the rest of a report takes from a sequence.

    Attributes:
        name: of the sequence.
        small: height and width of its small pictures; None without any.
        clips: of its worst failures.
    """

    name: str
    small: tuple[int, int] | None
    clips: tuple[Clip, ...] = ()


def make_sequence(job: SequenceJob) -> SequenceMade:
    """Write the page of a sequence and its small files.

    Raises:
        UsageError: the dataset does not open, or lacks the sequence.
        DataError: the sequence or masks are not those that a run was made on or made.
        CannotWriteError: the file system refuses.
    """
    if job.frames:
        facts = with_frames(
            job.name, job.runs, folder=job.runs_folder, places=job.places, events=job.events
        )
    else:
        facts = without_frames(job.name, job.runs, folder=job.runs_folder)
    pictures = _write_pictures(job, facts) if facts.kept else None
    clips = write_clips(job.folder, job.site, job.filmed, facts.kept)
    write_sequence_page(job.folder, job.site, job.comparison, facts, pictures, clips)
    return SequenceMade(job.name, pictures.size.small if pictures else None, clips)


def _write_pictures(job: SequenceJob, facts: SequenceFacts) -> Pictures:
    place = job.site.sequences[job.name]
    frames, labels = job.folder / "frames" / place, job.folder / "labels" / place
    with writing(job.folder):
        for folder in (frames, labels):
            folder.mkdir(parents=True)
    shown = next(iter(facts.kept.values()))
    count = len(facts.frames)
    size = frame_files.size_of(shown.image(0))
    for index in range(count):
        path = frames / frame_files.picture_file(index)
        frame_files.write_picture(path, shown.image(index), size)
    readers = {"truth": shown.annotation} | {
        f"run-{job.site.runs[run]}": kept.mask for run, kept in facts.kept.items()
    }
    highest = 0
    for name, read in readers.items():
        texts: list[str | None] = []
        for index in range(count):
            mask = read(index)
            texts.append(None if mask is None else frame_files.label_text(mask, size))
            highest = max(highest, 0 if mask is None else int(mask.max()))
        frame_files.write_labels(labels / f"{name}.js", name, texts)
    return Pictures(size, davis_palette()[: highest + 1].tolist())
