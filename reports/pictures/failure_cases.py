"""Figure `failure-cases`: frames in which methods go wrong, beside the frame they began with.

The form is that of the figure of failure cases of the supplement of e-OSVOS (Meinhardt and
Leal-Taixé, NeurIPS 2020): the first frame with its annotation, then later frames with the masks and
boxes of each method, a row a method, a block a sequence.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from vosbench.errors import UsageError
from vosbench.kept_frames import KeptSequence
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.pictures.frame_panels import answered, given, score_words
from vosbench.reports.pictures.picture_sheet import save_sheet, sheet
from vosbench.reports.pictures.pictured import (
    Pictured,
    asked_for,
    check_frames,
    frame_means,
    levels,
    losses,
    lowest,
    pictured,
)
from vosbench.reports.pictures.sheet_plan import Block, Strip
from vosbench.reports.table import Value

MOST = 4
"""Sequences that are shown unless they are named."""

CHOSEN = 3
"""Frames that are shown beside the first unless they are named."""

Kept = Mapping[str, KeptSequence]
"""What runs kept of one sequence, by the title of their entry."""


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """Write the figure, and what its pictures show as CSV beside it.

    Raises:
        UsageError: as `pictured`; or a sequence or frame that is not there.
        DataError: masks or frames are not those of the runs.
        CannotWriteError: the file system refuses.
    """
    shown = pictured(runs, options)
    kept = shown.kept(_sequences(shown))
    frames = {name: _frames(of, options.frames) for name, of in kept.items()}
    blocks = [_block(of, frames[name]) for name, of in kept.items()]
    figure = sheet(blocks, _caption(shown, kept))
    rows = [row for name, of in kept.items() for row in _rows(shown, of, frames[name])]
    save_sheet(out, figure, rows)


def _sequences(shown: Pictured) -> tuple[str, ...]:
    """Those that were asked for, or those where the first method loses most."""
    asked = _named(shown.options)
    if asked is not None:
        return asked_for(asked, shown)
    asked_for(None, shown)
    found = tuple(losses(shown))[:MOST]
    if not found:
        raise UsageError(
            f"{shown.leading.title} loses nothing on any sequence here; choose --cases"
        )
    return found


def _named(options: ReportOptions) -> tuple[str, ...] | None:
    """Sequences that were asked for by name."""
    return options.sequences if options.cases is None else options.cases


def _frames(of: Kept, asked: Sequence[int]) -> tuple[int, ...]:
    """Those that were asked for, or those where the methods lose most on the mean."""
    if asked:
        check_frames(asked, next(iter(of.values())))
        return tuple(asked)
    scores: dict[int, list[float]] = {}
    for kept in of.values():
        for index, means in frame_means(kept).items():
            scores.setdefault(index, []).append(means.both)
    return lowest({index: fmean(found) for index, found in scores.items()}, CHOSEN)


def _block(of: Kept, frames: Sequence[int]) -> Block:
    """The pictures of one sequence."""
    first = next(iter(of.values()))
    strips: list[Strip] = []
    for title, kept in of.items():
        scores, boxes = frame_means(kept), kept.detections()
        panels = (
            answered(
                kept,
                index,
                corner=score_words(scores.get(index)),
                boxes=boxes.get(index, ()),
            )
            for index in frames
        )
        strips.append(Strip(title, (None if strips else given(first), *panels)))
    headings = ("frame 0, as given", *(f"frame {index}" for index in frames))
    return Block(first.name, headings, tuple(strips))


def _caption(shown: Pictured, kept: Mapping[str, Kept]) -> str:
    """What the pictures are, and how they were chosen."""
    sentences = [
        f"{shown.comparison.title('Masks')}. Left: the first frame with the annotation that is "
        "given; then the masks of each method. Corners: J and F of the frame in per cent."
    ]
    seen = [each for of in kept.values() for each in of.values()]
    if any(each.detections() for each in seen):
        sentences.append("Boxes: detections with their scores.")
    if _named(shown.options) is None:
        other = shown.comparison.against
        than = f"most against {other.title}" if other else "most"
        sentences.append(f"Sequences: where {shown.leading.title} loses {than}.")
    if not shown.options.frames:
        sentences.append("Frames: where the methods lose most.")
    return " ".join((*sentences, *levels(shown)))


def _rows(shown: Pictured, of: Kept, frames: Sequence[int]) -> Iterator[Mapping[str, Value]]:
    """A row for each picture and box; one without box fields where there is no box."""
    trusts = {one.title: one.trust for one in shown.entries}
    for title, kept in of.items():
        scores, boxes = frame_means(kept), kept.detections()
        for index in frames:
            means = scores.get(index)
            about: dict[str, Value] = {
                "dataset": shown.comparison.dataset,
                "sequence": kept.name,
                "frame": kept.video.frames[index],
                "index": index,
                "title": title,
                "run": kept.run.run,
                "trust": trusts[title],
                "J": means.J if means else None,
                "F": means.F if means else None,
            }
            for seen in boxes.get(index, ()) or (None,):
                left, top, right, bottom = seen.box if seen else (None,) * 4
                yield {
                    **about,
                    "object": seen.object_id if seen else None,
                    "left": left,
                    "top": top,
                    "right": right,
                    "bottom": bottom,
                    "score": seen.score if seen else None,
                }
