"""What the page of a sequence says, ready for its template."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from vosbench import __version__
from vosbench.attributes import ObjectAttributes
from vosbench.method import Detection
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.html_report.curves import ALL, points
from vosbench.reports.html_report.event_clips import Clip
from vosbench.reports.html_report.event_tables import (
    RunEvent,
    dearest_first,
    events_table,
    stretch,
)
from vosbench.reports.html_report.frame_files import Size, picture_file
from vosbench.reports.html_report.pages import table_markup, write_page
from vosbench.reports.html_report.sequence_facts import SequenceFacts
from vosbench.reports.html_report.sequence_table import sequence_table
from vosbench.reports.html_report.site import UP, Site
from vosbench.reports.pictures import overlays
from vosbench.reports.table import written
from vosbench.wording import counted

COLOURS = 8
"""Colours of curves, which come again after so many runs."""

ROW = 10
"""Height of a row of marks, in pixels and in the units of their drawing."""

THIN = 0.01
"""Least width of the mark of an event, as a share of the whole."""


@dataclass(frozen=True)
class Pictures:
    """The small pictures of a sequence.

    Attributes:
        size: of the frames and of the pictures.
        palette: colours of labels, red, green and blue, from 0 on.
    """

    size: Size
    palette: list[list[int]]


@dataclass(frozen=True)
class ShownRun:
    """A run with something to show.

    Attributes:
        run: name of its folder.
        key: in addresses.
        title: of its entry.
        place: of its colour.
    """

    run: str
    key: str
    title: str
    place: int


@dataclass(frozen=True)
class Mark:
    """An event beside the curves.

    Attributes:
        run: in addresses.
        address: of its worst frame.
        title: what it is, in words.
        place: of the colour of the run.
        x, width: in frames.
    """

    run: str
    address: str
    title: str
    place: int
    x: float
    width: float


def write_sequence_page(
    folder: Path,
    site: Site,
    comparison: Comparison,
    facts: SequenceFacts,
    pictures: Pictures | None,
    clips: Sequence[Clip],
) -> None:
    """Write the page of a sequence into the folder of a report.

    Args:
        pictures: None for a page without frames.

    Raises:
        CannotWriteError: the file system refuses.
    """
    runs = shown_runs(site, comparison, facts)
    place = site.sequences[facts.name]
    frames = f"{UP}frames/{place}/" if pictures else ""
    events = _events(facts, runs)
    size = pictures.size if pictures else Size(0, 0, 1)
    link = site.link(UP)
    write_page(
        folder / "sequences" / f"{place}.html",
        "sequence.html",
        up=UP,
        version=__version__,
        name=facts.name,
        heading=comparison.title("Report"),
        neighbours=_neighbours(site, comparison, facts.name),
        lede=_lede(facts, pictures),
        attributes=list(_attributes(facts.attributes)),
        runs=runs,
        objects=facts.objects,
        frames=len(facts.frames),
        pictures=frames,
        first_picture=frames + picture_file(0),
        size=size,
        has_boxes=any(run.boxes for run in facts.runs.values()),
        curves=[_curves(key, facts, runs, site) for key in facts.objects],
        row=ROW,
        events=table_markup(
            events_table(events, f"Failures on {facts.name}", _opponent(comparison)), link
        )
        if events
        else "",
        clips=clips,
        scores=table_markup(sequence_table(comparison, facts.name), link),
        facts=_for_scripts(place, facts, runs, pictures),
    )


def shown_runs(site: Site, comparison: Comparison, facts: SequenceFacts) -> tuple[ShownRun, ...]:
    """Runs that scored the sequence; each has one colour on all pages."""
    own = [entry for entry in comparison.entries if entry.manifest is not None]
    named = [(entry.manifest.run, entry.title) for entry in own if entry.manifest is not None]
    return tuple(
        ShownRun(run, site.runs[run], title, place % COLOURS)
        for place, (run, title) in enumerate(named)
        if run in facts.runs
    )


def _neighbours(site: Site, comparison: Comparison, name: str) -> dict[str, tuple[str, str] | None]:
    """Name and address of the pages before and after; None at the ends."""
    names = comparison.sequences
    at = names.index(name)

    def page(place: int) -> tuple[str, str] | None:
        inside = 0 <= place < len(names)
        return (names[place], UP + site.sequence(names[place])) if inside else None

    return {"before": page(at - 1), "after": page(at + 1)}


def _lede(facts: SequenceFacts, pictures: Pictures | None) -> str:
    if not facts.runs:
        return "No run has scores of this sequence."
    objects = len([key for key in facts.objects if key != ALL])
    size = f" of {pictures.size.width}×{pictures.size.height}" if pictures else ""
    return f"{counted(len(facts.frames), 'frame')}{size}, {counted(objects, 'object')}."


def _attributes(objects: Sequence[ObjectAttributes]) -> Iterator[dict[str, str]]:
    """Each attribute once, with the reasons of the objects that have it and a frame to see it."""
    reasons: dict[str, list[str]] = {}
    frames: dict[str, int] = {}
    for each in objects:
        for held in each.held:
            said = held.reason if len(objects) == 1 else f"object {each.object_id}: {held.reason}"
            reasons.setdefault(held.attribute, []).append(said)
            if held.frame is not None:
                frames.setdefault(held.attribute, held.frame)
    for name, of_objects in reasons.items():
        address = f"#frame={frames[name]}" if name in frames else ""
        yield {"name": name, "about": "; ".join(of_objects), "address": address}


def _events(facts: SequenceFacts, runs: Sequence[ShownRun]) -> tuple[RunEvent, ...]:
    return dearest_first(
        RunEvent(run.title, run.run, event) for run in runs for event in facts.runs[run.run].events
    )


def _opponent(comparison: Comparison) -> str:
    """Title of the run that prices are differences to; empty for none, as quotations have none."""
    other = comparison.against
    return other.title if other is not None and other.manifest is not None else ""


def _curves(
    key: str,
    facts: SequenceFacts,
    runs: Sequence[ShownRun],
    site: Site,
) -> dict[str, object]:
    """Curves and marks of one object, or of the mean over all."""
    lines = []
    for run in runs:
        values = facts.runs[run.run].values.get(key)
        if values is not None:
            drawn = {"J": points(values.J), "F": points(values.F)}
            lines.append({"key": run.key, "place": run.place} | drawn)
    marks = [mark for run in runs for mark in _marks(key, facts, run, site)]
    return {"key": key, "lines": lines, "marks": stacked(marks)}


def _marks(key: str, facts: SequenceFacts, run: ShownRun, site: Site) -> Iterator[Mark]:
    span = max(len(facts.frames) - 1, 1)
    for event in facts.runs[run.run].events:
        if key not in (ALL, str(event.object_id)):
            continue
        width = max(event.last - event.first, THIN * span)
        place = site.sequence(event.sequence, run=run.run, frame=event.worst)
        price = written(event.price, "points")
        about = "" if len(facts.objects) == 1 else f", object {event.object_id}"
        yield Mark(
            run.key,
            UP + place,
            f"{run.title}{about}: {event.kind}, {stretch(event)}, {price} points",
            run.place,
            min(event.first, span - width),
            width,
        )


def stacked(marks: Iterable[Mark]) -> list[tuple[Mark, int]]:
    """Marks with their rows, from 0: those of one method together, none over another."""
    placed: list[tuple[Mark, int]] = []
    base, ends, before = 0, [-1.0], None
    for mark in marks:
        if before is not None and mark.run != before:
            base, ends = base + len(ends), [-1.0]
        free = [row for row, end in enumerate(ends) if end < mark.x]
        row = free[0] if free else len(ends)
        ends[row : row + 1] = [mark.x + mark.width]
        placed.append((mark, base + row))
        before = mark.run
    return placed


def _for_scripts(
    place: str, facts: SequenceFacts, runs: Sequence[ShownRun], pictures: Pictures | None
) -> Mapping[str, object]:
    """What `static/viewer.js` reads."""
    colours = {
        "correct": overlays.CORRECT,
        "missed": overlays.MISSED,
        "false": overlays.FALSE,
        "wrong": overlays.WRONG,
    }

    def maps(name: str) -> dict[str, str]:
        return {"name": name, "address": f"{UP}labels/{place}/{name}.js"}

    return {
        "frames": facts.frames,
        "objects": facts.objects,
        "height": pictures.size.height if pictures else 0,
        "pictures": f"{UP}frames/{place}/" if pictures else "",
        "palette": pictures.palette if pictures else [],
        "colours": colours,
        "truth": maps("truth"),
        "runs": [
            {
                "key": run.key,
                "title": run.title,
                "maps": maps(f"run-{run.key}"),
                "values": {k: asdict(v) for k, v in facts.runs[run.run].values.items()},
                "boxes": {
                    str(index): [_box(each) for each in seen]
                    for index, seen in facts.runs[run.run].boxes.items()
                },
            }
            for run in runs
        ],
    }


def _box(seen: Detection) -> list[float]:
    return [seen.object_id, *(round(side, 1) for side in seen.box), round(seen.score, 3)]
