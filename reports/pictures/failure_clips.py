"""Figure `clips`: the frames around the dearest failures, moving; a file, or a folder of several.

A file shows the dearest event of the runs, a folder the dearest few; a table beside the file, or in
the folder, says which they are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosbench.atomic import write_text, writing
from vosbench.errors import UsageError
from vosbench.failures.events import FailureEvent
from vosbench.figure_kind import is_folder
from vosbench.kept_frames import KeptSequence
from vosbench.records import Run
from vosbench.reports.failures.table import mined
from vosbench.reports.formats.flat import render_csv
from vosbench.reports.options import ReportOptions
from vosbench.reports.pictures.clips import clip_of_event, write_clip
from vosbench.reports.pictures.pictured import Pictured, pictured
from vosbench.reports.table import Table, Value

IN_A_FOLDER = 6
"""Clips, unless there are fewer events."""

FRAMES_PER_SECOND = 8.0
"""A third of the usual rate, so that one sees what happens."""


@dataclass(frozen=True)
class Found:
    """An event of a run.

    Attributes:
        title: of the entry of the run.
        event: what goes wrong.
        file: that its clip is written to.
    """

    title: str
    event: FailureEvent
    file: Path


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """Write the clips, and a CSV file that says what they show.

    With `options.against`, that run is shown beside the one that goes wrong.

    Raises:
        UsageError: as `pictured`; nothing goes wrong; or PyAV is not installed, for MP4.
        DataError: masks or frames are not those of the runs.
        CannotWriteError: the file system refuses.
    """
    shown = pictured(runs, options)
    chosen = _chosen(shown, runs, out)
    kept = shown.kept(dict.fromkeys(each.event.sequence for each in chosen))
    other = shown.comparison.against.title if shown.comparison.against else ""
    for each in chosen:
        of = kept[each.event.sequence]
        frames = clip_of_event(
            of[each.title],
            each.event,
            title=each.title,
            beside=of.get(other) if other != each.title else None,
            beside_title=other,
        )
        write_clip(each.file, frames, frames_per_second=FRAMES_PER_SECOND)
    table = out / "clips.csv" if is_folder(out) else out.with_suffix(".csv")
    with writing(table):
        table.parent.mkdir(parents=True, exist_ok=True)
    write_text(table, render_csv([Table("", (), (), tidy=tuple(_rows(shown, chosen, kept)))]))


def _chosen(shown: Pictured, runs: tuple[Run, ...], out: Path) -> tuple[Found, ...]:
    """The dearest events of all runs, and where their clips go."""
    events = [
        (event.price, title, event)
        for title, (_, run) in mined(shown.comparison, runs, shown.options).items()
        for event in run.events
        if event.price > 0
    ]
    if not events:
        raise UsageError("there is no clip to make: no failure was found in these runs")
    events.sort(key=lambda found: -found[0])
    if not is_folder(out):
        return tuple(Found(title, event, out) for _, title, event in events[:1])
    return tuple(
        Found(title, event, out / _file_name(number, title, event))
        for number, (_, title, event) in enumerate(events[:IN_A_FOLDER], 1)
    )


def _file_name(number: int, title: str, event: FailureEvent) -> str:
    words = f"{number:02} {event.sequence} {event.kind} {title}"
    return re.sub("[^A-Za-z0-9.]+", "-", words).strip("-")[:120] + ".webp"


def _rows(
    shown: Pictured, chosen: Sequence[Found], kept: Mapping[str, Mapping[str, KeptSequence]]
) -> Iterator[Mapping[str, Value]]:
    for each in chosen:
        event, run = each.event, kept[each.event.sequence][each.title]
        yield {
            "file": each.file.name,
            "dataset": shown.comparison.dataset,
            "title": each.title,
            "run": run.run.run,
            "kind": event.kind,
            "sequence": event.sequence,
            "object": event.object_id,
            "first": event.first,
            "last": event.last,
            "worst": event.worst,
            "price": event.price,
        }
