"""What is said below the figure of quality against speed: what marks are, and what compares."""

from collections.abc import Iterator

from vosbench.reports.compared import footnotes
from vosbench.reports.plots.speed_marks import Marks
from vosbench.reports.table import listed


def said(found: Marks, *, dotted: float | None) -> Iterator[str]:
    """What stands below the figure, in sentences.

    Args:
        found: what is drawn.
        dotted: frames per second at which a line is dotted; None where there is none.
    """
    sheet = found.sheet
    if found.own:
        yield from _of_runs(found)
    if found.quoted:
        yield (
            "Hollow: published by others, on hardware and by rules that are not stated, so their "
            "speeds compare neither with each other nor with those measured here."
        )
        if any(mark.bound for mark in found.quoted):
            yield "◁: said to be slower than this, not how much."
        if sheet.sequences:
            yield "Their speeds are over the whole dataset."
    if found.own and found.quoted and sheet.extent:
        yield from _of_part(found, *sheet.extent)
    if found.lacking:
        yield f"No {found.metric} with a speed is published of {listed(found.lacking)}."
    if dotted is not None:
        yield f"Dotted: {dotted:g} fps, the speed of ordinary video."
    if sheet.left_out:
        yield f"Left out: runs on {', '.join(sheet.left_out)} of {sheet.dataset}."


def _of_runs(found: Marks) -> Iterator[str]:
    """What the filled marks are, and what they were timed on."""
    bars = []
    if any(mark.interval for mark in found.own):
        bars.append("95 % interval of the mean")
    if any(mark.range for mark in found.own):
        bars.append("range of the passes")
    said = f" Bars: {'; '.join(bars)}." if bars else ""
    yield f"Filled: runs; fps with first-frame work and adaptation spread over the frames.{said}"
    for comparison in found.sheet.own:
        yield from footnotes.machines(comparison)
    if len(found.front) > 1:
        yield "Light steps: the best that was measured here at a speed or above."
    if any(not mark.complete for mark in found.own):
        yield "†: over a part of the objects of the others."
    if found.unmarked:
        yield f"Not drawn, without a score or a speed: {listed(found.unmarked)}."


def _of_part(found: Marks, sequences: int, objects: int) -> Iterator[str]:
    """That runs are over less than quoted figures, where they are."""
    parts = {(mark.sequences, mark.objects) for mark in found.own} - {(sequences, objects)}
    if parts:
        over = listed(sorted({str(part[0]) for part in parts}))
        yield (
            f"Runs are over {over} of the {sequences} sequences that the quoted figures are over: "
            f"their {found.metric} does not compare with theirs."
        )
