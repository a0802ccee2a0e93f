"""Figure `differences`: pixels that methods got right, missed and made up.

A row a frame, a column a method, the frame itself at the left; all show the part of the frame in
which there is something to see.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vosbench.errors import UsageError
from vosbench.kept_frames import KeptSequence
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.pictures.frame_panels import in_part, mistaken, score_words, truth
from vosbench.reports.pictures.overlays import KIND_COLOURS, Kind, Part, Shares, around, shares
from vosbench.reports.pictures.picture_sheet import save_sheet, sheet
from vosbench.reports.pictures.pictured import (
    FrameMeans,
    Pictured,
    asked_for,
    check_frames,
    frame_means,
    levels,
    losses,
    pictured,
)
from vosbench.reports.pictures.sheet_plan import Block, Key, Panel, Strip
from vosbench.reports.table import Value

MOST = 6
"""Sequences that are shown unless they are named."""

WIDEST = 8
"""Methods that are shown at most; a column each."""

_MEANING: Mapping[Kind, str] = {
    "correct": "correct",
    "missed": "missed: only the annotation has it",
    "false": "false: only the method has it",
    "wrong": "wrong: given to another object",
}


@dataclass(frozen=True)
class Shown:
    """One frame of one sequence.

    Attributes:
        kept: by title.
        index: of the frame.
        part: of it that is shown.
        shares: by title; None where neither side shows an object.
        scores: by title; None where the frame does not count.
    """

    kept: Mapping[str, KeptSequence]
    index: int
    part: Part
    shares: Mapping[str, Shares | None]
    scores: Mapping[str, FrameMeans | None]

    @property
    def name(self) -> str:
        """Of the sequence and the frame, in two lines."""
        return f"{next(iter(self.kept.values())).name}\nframe {self.index}"


def draw(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """Write the figure, and the shares of the pixels as CSV beside it.

    Raises:
        UsageError: as `pictured`; a sequence or frame that is not there; or too many methods.
        DataError: masks or frames are not those of the runs.
        CannotWriteError: the file system refuses.
    """
    shown = pictured(runs, options)
    if len(shown.entries) > WIDEST:
        raise UsageError(
            f"figure differences shows {WIDEST} methods at most, and there are "
            f"{len(shown.entries)}; choose some with --method"
        )
    kept = shown.kept(_sequences(shown))
    frames = [
        _shown(of, index) for of in kept.values() for index in _frames(of, shown, options.frames)
    ]
    titles = [one.title for one in shown.entries if any(one.title in each.kept for each in frames)]
    strips = [
        Strip(each.name, (_frame(each), *(_panel(each, title) for title in titles)))
        for each in frames
    ]
    block = Block("", ("frame, true outline", *titles), tuple(strips))
    figure = sheet([block], _caption(shown, frames), _keys(frames))
    save_sheet(out, figure, _rows(shown, frames))


def _sequences(shown: Pictured) -> tuple[str, ...]:
    """Those that were asked for, or those where the leading method loses most."""
    scored = asked_for(shown.options.sequences, shown)
    if shown.options.sequences is not None:
        return scored
    return tuple(losses(shown))[:MOST] or scored[:MOST]


def _frames(
    of: Mapping[str, KeptSequence], shown: Pictured, asked: tuple[int, ...]
) -> tuple[int, ...]:
    """Those that were asked for, or the one in which the leading method is worst."""
    kept = of.get(shown.leading.title) or next(iter(of.values()))
    if asked:
        check_frames(asked, kept)
        return asked
    means = frame_means(kept)
    return (min(means, key=lambda index: (means[index].both, index)),)


def _shown(of: Mapping[str, KeptSequence], index: int) -> Shown:
    first = next(iter(of.values()))
    true = truth(first, index)
    answers = {title: kept.mask(index) for title, kept in of.items()}
    return Shown(
        kept=of,
        index=index,
        part=around([true, *answers.values()]),
        shares={title: shares(true, answer) for title, answer in answers.items()},
        scores={title: frame_means(kept).get(index) for title, kept in of.items()},
    )


def _frame(each: Shown) -> Panel:
    return in_part(next(iter(each.kept.values())), each.index, each.part)


def _panel(each: Shown, title: str) -> Panel | None:
    if title not in each.kept:
        return None
    found = each.shares[title]
    words = _words(found) if found else "nothing to see, nothing answered"
    return mistaken(
        each.kept[title],
        each.index,
        each.part,
        corner=score_words(each.scores[title]),
        below=(words,),
    )


def _words(found: Shares) -> str:
    parts = {
        "correct": found.correct,
        "missed": found.missed,
        "false": found.false,
        "wrong": found.wrong,
    }
    shown = {name: share for name, share in parts.items() if name != "wrong" or share}
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in shown.items())


def _keys(frames: list[Shown]) -> list[Key]:
    confused = any(found and found.wrong for each in frames for found in each.shares.values())
    return [
        Key(colour, _MEANING[kind])
        for kind, colour in KIND_COLOURS.items()
        if kind != "wrong" or confused
    ]


def _caption(shown: Pictured, frames: list[Shown]) -> str:
    """What the pictures are, and how they were chosen."""
    leading, other = shown.leading.title, shown.comparison.against
    sentences = [
        f"{shown.comparison.title('Mistakes')}, over the frames in grey. Shares are of the pixels "
        "that the annotation or the method give to an object. Corners: J and F of the frame in per "
        "cent."
    ]
    if shown.options.sequences is None and losses(shown):
        sentences.append(
            f"Sequences: where {leading} loses most{f' against {other.title}' if other else ''}."
        )
    if not shown.options.frames:
        every = all(leading in each.kept for each in frames)
        whose = leading if every else f"{leading}, or else the first method shown,"
        sentences.append(f"Frames: where {whose} is worst.")
    return " ".join((*sentences, *levels(shown)))


def _rows(shown: Pictured, frames: list[Shown]) -> Iterator[Mapping[str, Value]]:
    trusts = {one.title: one.trust for one in shown.entries}
    for each in frames:
        for title, kept in each.kept.items():
            found, means = each.shares[title], each.scores[title]
            yield {
                "dataset": shown.comparison.dataset,
                "sequence": kept.name,
                "frame": kept.video.frames[each.index],
                "index": each.index,
                "title": title,
                "run": kept.run.run,
                "trust": trusts[title],
                "J": means.J if means else None,
                "F": means.F if means else None,
                "correct": found.correct if found else None,
                "missed": found.missed if found else None,
                "false": found.false if found else None,
                "wrong": found.wrong if found else None,
            }
