"""Short clips of the worst failures: which, and their files."""

import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vosbench.failures.events import FailureEvent
from vosbench.kept_frames import KeptSequence
from vosbench.reports.html_report.event_tables import RunEvent, dearest_first, stretch
from vosbench.reports.html_report.frame_files import picture_file
from vosbench.reports.html_report.site import Site
from vosbench.reports.pictures.clips import clip_of_event, write_clip
from vosbench.reports.table import written

OF_A_RUN = 2
"""Clips of one run, unless fewer things go wrong in it."""

FRAMES_PER_SECOND = 8.0
"""A third of the usual rate, so that one sees what happens."""


AROUND = 10
"""Frames before and after the worst one of a long event; the page has all of them."""

WIDTH = 360
"""Pixels of a clip."""


@dataclass(frozen=True)
class Clip:
    """A clip as pages show it; addresses are from the folder of the report.

    Attributes:
        address: of the worst frame of the event.
        caption: what goes wrong, and in what.
        figures: frames and price.
        moving: the animated picture.
        still: a picture for readers who do not want motion.
        film: the same as MP4; empty without PyAV.
        height, width: in pixels.
    """

    address: str
    caption: str
    figures: str
    moving: str
    still: str
    film: str
    height: int
    width: int


def worth_a_clip(events: Iterable[RunEvent], number: int = OF_A_RUN) -> tuple[RunEvent, ...]:
    """The dearest events of each run, at most one of a sequence."""
    chosen: dict[str, dict[str, RunEvent]] = defaultdict(dict)
    for each in dearest_first(events):
        of_run = chosen[each.run]
        if len(of_run) < number and each.event.price > 0:
            of_run.setdefault(each.event.sequence, each)
    return dearest_first(each for of_run in chosen.values() for each in of_run.values())


def write_clips(
    folder: Path, site: Site, events: Iterable[RunEvent], kept: Mapping[str, KeptSequence]
) -> tuple[Clip, ...]:
    """Write clips of events of one sequence into the folder of a report.

    Args:
        kept: the sequence by name of the run.

    Raises:
        DataError: frames or masks cannot be read.
        CannotWriteError: the file system refuses.
    """
    return tuple(_written(folder, site, each, kept[each.run]) for each in events)


def _written(folder: Path, site: Site, each: RunEvent, kept: KeptSequence) -> Clip:
    event = each.event
    place = site.sequences[event.sequence]
    name = f"clips/{place}/{site.runs[each.run]}-{event.object_id}-{event.first}"
    frames = list(clip_of_event(kept, _shortened(event), title=each.title, width=WIDTH))
    film = ""
    write_clip(folder / f"{name}.webp", frames, frames_per_second=FRAMES_PER_SECOND)
    if importlib.util.find_spec("av") is not None:
        film = f"{name}.mp4"
        write_clip(folder / film, frames, frames_per_second=FRAMES_PER_SECOND)
    height, width = frames[0].shape[:2]
    return Clip(
        address=site.sequence(event.sequence, run=each.run, frame=event.worst),
        caption=f"{event.sequence}, {each.title}: {event.kind}",
        figures=f"{stretch(event)}, {written(event.price, 'points')} points",
        moving=f"{name}.webp",
        still=f"frames/{place}/{picture_file(event.worst)}",
        film=film,
        height=height,
        width=width,
    )


def _shortened(event: FailureEvent) -> FailureEvent:
    """The part of an event around its worst frame."""
    first, last = max(event.first, event.worst - AROUND), min(event.last, event.worst + AROUND)
    return replace(event, first=first, last=last)
