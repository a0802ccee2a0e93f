"""Figure `extremes`: the frames in which each method is worst and best.

A frame counts by its object with the lowest (highest) J&F; a sequence has one frame a side at most,
so that one bad sequence does not fill the figure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosbench.arrays import object_ids
from vosbench.evaluate import FrameScore
from vosbench.kept_frames import KeptSequence
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.pictures.frame_panels import answered, score_words, truth
from vosbench.reports.pictures.picture_sheet import save_sheet, sheet
from vosbench.reports.pictures.pictured import FrameMeans, Pictured, asked_for, levels, pictured
from vosbench.reports.pictures.sheet_plan import Block, Panel, Strip
from vosbench.reports.table import Value

EACH = 4
"""Frames a side."""


@dataclass(frozen=True)
class Extreme:
    """One object in one frame.

    Attributes:
        kept: the sequence as the run left it.
        index: of the frame.
        score: of the object.
    """

    kept: KeptSequence
    index: int
    score: FrameScore


Sides = Mapping[str, tuple[Extreme, ...]]
"""`worst` and `best` frames of a method."""


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """Write the figure, and what its pictures show as CSV beside it.

    Raises:
        UsageError: as `pictured`; a sequence that is not there; or nothing is scored.
        DataError: masks or frames are not those of the runs.
        CannotWriteError: the file system refuses.
    """
    shown = pictured(runs, options)
    kept = shown.kept(asked_for(options.sequences, shown))
    found: dict[str, Sides] = {}
    for one in shown.entries:
        of = [by_title[one.title] for by_title in kept.values() if one.title in by_title]
        sides = {"worst": extremes(of, worst=True), "best": extremes(of, worst=False)}
        found[one.title] = {side: there for side, there in sides.items() if there}
    columns = max(len(side) for sides in found.values() for side in sides.values())
    blocks = [_block(title, sides, columns) for title, sides in found.items() if sides]
    save_sheet(out, sheet(blocks, _caption(shown)), _rows(shown, found))


def extremes(of: Sequence[KeptSequence], *, worst: bool, each: int = EACH) -> tuple[Extreme, ...]:
    """The worst or the best frame of each sequence, the most extreme first, at most `each`.

    Frames in which the object is not to be seen are left out of the best: nothing was to be done.
    """
    found = []
    for kept in of:
        places = {frame: index for index, frame in enumerate(kept.video.frames)}
        sign = 1 if worst else -1
        ranked = sorted(
            kept.scores(), key=lambda score: (sign * (score.J + score.F), places[score.frame])
        )
        for score in ranked:
            index = places[score.frame]
            if worst or score.object_id in object_ids(truth(kept, index)):
                found.append(Extreme(kept, index, score))
                break
    found.sort(key=lambda one: one.score.J + one.score.F, reverse=not worst)
    return tuple(found[:each])


def _block(title: str, sides: Sides, columns: int) -> Block:
    strips: list[Strip] = []
    for side, there in sides.items():
        panels = tuple(map(_panel, there)) + (None,) * (columns - len(there))
        strips.append(Strip(side, panels))
    return Block(title, ("",) * columns, tuple(strips))


def _panel(one: Extreme) -> Panel:
    several = len({score.object_id for score in one.kept.record.scores}) > 1
    which = f", object {one.score.object_id}" if several else ""
    return answered(
        one.kept,
        one.index,
        outlined=one.score.object_id,
        corner=score_words(FrameMeans(one.score.J, one.score.F)),
        below=(f"{one.kept.name}, frame {one.index}{which}",),
    )


def _caption(shown: Pictured) -> str:
    sentences = (
        f"{shown.comparison.title('Worst and best frames')}, by J&F of one object, at most one a "
        "sequence and side. Filled: what the method answered; white outline: where the object is. "
        "Corners: J and F of the object in per cent.",
        *levels(shown),
    )
    return " ".join(sentences)


def _rows(shown: Pictured, found: Mapping[str, Sides]) -> Iterator[Mapping[str, Value]]:
    trusts = {one.title: one.trust for one in shown.entries}
    for title, sides in found.items():
        for side, there in sides.items():
            for rank, one in enumerate(there, 1):
                yield {
                    "dataset": shown.comparison.dataset,
                    "title": title,
                    "run": one.kept.run.run,
                    "trust": trusts[title],
                    "side": side,
                    "rank": rank,
                    "sequence": one.kept.name,
                    "object": one.score.object_id,
                    "frame": one.score.frame,
                    "index": one.index,
                    "J": one.score.J,
                    "F": one.score.F,
                }
