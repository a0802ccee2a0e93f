"""Table `streaming`: how good methods would be in live video, where a late mask is no mask.

A table for each device, as fast as the one that was measured or so many times slower.
"""

from collections.abc import Iterator, Sequence

from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.mean_cells import subject
from vosbench.reports.options import ReportOptions
from vosbench.reports.streaming.replay import (
    Replayed,
    remarks,
    replayed,
    share_late,
    tidy_rows,
)
from vosbench.reports.table import Cell, Column, Notes, Row, Table
from vosbench.reports.timing.machines import speeds_compare
from vosbench.streaming.options import StreamingRequest
from vosbench.streaming.timeline import Stream

FPS = (5.0, 10.0, 25.0, 30.0)
"""Frame rates of the columns unless others are asked for."""

SLOWER = (1.0, 2.0, 4.0)
"""Devices, in times slower, unless others are asked for."""


def build(runs: Sequence[Run], options: ReportOptions) -> tuple[Table, ...]:
    """For each dataset a table a device: metrics offline and at each frame rate, late frames.

    Raises:
        UsageError: there is nothing to show, an option does not fit, or a dataset does not open.
        DataError: masks, or frames of a dataset, are not those that a run made or was made on.
    """
    request = options.streaming
    devices = [
        tuple(request.stream(fps, slower) for fps in request.fps or FPS)
        for slower in request.slower or SLOWER
    ]
    found = replayed(runs, options, [stream for device in devices for stream in device])
    return tuple(_table(of, device, options) for of in found for device in devices)


def _table(of: Replayed, streams: Sequence[Stream], options: ReportOptions) -> Table:
    notes = Notes()
    streamed = {f"{stream.fps:g} fps": of.under(stream) for stream in streams}
    columns = [Column("method", "method")]
    cells = [[Cell(one.title, about=subject(one)) for one in of.offline.entries]]
    metric = options.metric
    for key, comparison in {"offline": of.offline, **streamed}.items():
        column = Column(f"{metric}-{key}", f"{metric} {key}", "percent", "up", metric)
        columns.append(column)
        cells.append(_quality(of, comparison, column, METRICS[metric], notes))
    for stream in streams:
        column = Column(
            f"late-{stream.fps:g}", f"late {stream.fps:g} fps", "percent", "down", "late"
        )
        columns.append(column)
        cells.append(_late(of, stream, notes))
    slower = streams[0].slower
    device = "" if slower == 1 else f", on a device {slower:g} times slower"
    return Table(
        title=of.offline.title("Live video") + device,
        columns=tuple(columns),
        rows=tuple(
            Row(row, summary=one.quoted)
            for one, row in zip(of.offline.entries, zip(*cells, strict=True), strict=True)
        ),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(of, slower, options.streaming)),
        best_of="column",
        tidy=tuple(row for stream in streams for row in tidy_rows(of, stream)),
    )


def _quality(
    of: Replayed, comparison: Comparison, column: Column, figure: str, notes: Notes
) -> list[Cell]:
    """Cells of one metric; in live video they compete on one machine only."""
    live = comparison is not of.offline
    means = [one.mean(figure, comparison.sequences) for one in comparison.entries]
    winners: frozenset[int] = frozenset()
    if not live or speeds_compare(of.timed):
        winners = comparison.best(means, column.unit, column.direction, aggregate=True)
    return [
        Cell(
            mean,
            best=index in winners,
            quoted=one.quoted,
            incomplete=mean is not None and not comparison.complete(one),
            notes=_why_not(of, one, notes) if live else (),
        )
        for index, (one, mean) in enumerate(zip(comparison.entries, means, strict=True))
    ]


def _late(of: Replayed, stream: Stream, notes: Notes) -> list[Cell]:
    """Cells with the share of frames that lack their own mask."""
    cells = []
    for one in of.offline.entries:
        found = of.of(one)
        share = None if found is None else share_late(found, stream)
        cells.append(Cell(share, quoted=one.quoted, notes=_why_not(of, one, notes)))
    return cells


def _why_not(of: Replayed, one: Entry, notes: Notes) -> tuple[int, ...]:
    """Notes on what is left out of live video."""
    found = of.of(one)
    if found is None:
        return (notes.number("published by others, without the time of each frame"),)
    return tuple(notes.number(reason) for reason in found.reasons)


def _footnotes(of: Replayed, slower: float, request: StreamingRequest) -> Iterator[str]:
    yield (
        "offline: each frame with its own mask; fps: frames come in at that rate and each has the "
        "newest mask that is ready; late: share of frames that do not have their own."
    )
    if slower != 1:
        yield f"Every measured time is multiplied by {slower:g}."
    yield from remarks(of, request)
