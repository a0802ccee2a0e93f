"""Figures by name, for the command line; each is imported when it is drawn."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind, is_folder
from vosbench.reports.kinds import Kind, maker

if TYPE_CHECKING:
    from vosbench.records import Run
    from vosbench.reports.options import ReportOptions

# each module has a `draw` with the arguments of the one below, less `name`
FIGURES: Mapping[str, Kind] = {
    "dot-plot": Kind(
        "plots.dot_plot", "two methods, a row a sequence, by who is ahead and how far"
    ),
    "box-plots": Kind(
        "plots.box_plots",
        "how J, F and J&F spread over sequences, a box a method",
        metric=False,
        refuses=("--against", "--across-levels"),
    ),
    "score-curves": Kind(
        "plots.score_curves",
        "J and F over the frames of sequences, with failures marked",
        refuses=("--across-levels",),
    ),
    "attributes": Kind("attributes.plot", "scores on objects that are hard in one way, and others"),
    "speed-quality": Kind(
        "plots.speed_quality",
        "J&F against frames per second, published ones hollow",
        refuses=("--against", "--across-levels"),
    ),
    "anytime": Kind(
        "ablation.anytime",
        "scores after so many steps, and so many seconds, of fine-tuning",
        refuses=("--published", "--against", "--across-levels"),
    ),
    "streaming": Kind(
        "streaming.curve",
        "scores in live video by its frame rate",
        refuses=("--published", "--against", "--across-levels"),
    ),
    "failure-cases": Kind(
        "pictures.failure_cases",
        "frames in which methods go wrong: masks and boxes",
        metric=False,
        refuses=("--across-levels",),
    ),
    "extremes": Kind(
        "pictures.extremes",
        "the frames in which each method is worst and best",
        metric=False,
        refuses=("--against", "--across-levels"),
    ),
    "differences": Kind(
        "pictures.mask_differences",
        "pixels that are correct, missed and false",
        metric=False,
        refuses=("--across-levels",),
    ),
    "clips": Kind(
        "pictures.failure_clips",
        "frames around the dearest failures, moving: a file, or a folder of several",
        ends=("webp", "gif", "mp4"),
        folder=True,
        metric=False,
    ),
}
"""Name → what makes it and what it shows."""

_LEFT_OUT: Mapping[str, tuple[str, Any]] = {
    "--published": ("published", ()),
    "--against": ("against", None),
    "--across-levels": ("across_levels", False),
}
"""Options that some figures refuse: their field of `ReportOptions`, and what it holds without."""


def names() -> tuple[str, ...]:
    """Names of all figures.

    >>> names()[:2]
    ('dot-plot', 'box-plots')
    """
    return tuple(FIGURES)


def draw(name: str, runs: "tuple[Run, ...]", options: "ReportOptions", out: Path) -> None:
    """Write figure `name` of kept runs to `out`, and its data as CSV beside it.

    Raises:
        UsageError: no such figure, a file name that is no figure's, nothing to show, runs on
            several datasets and none chosen, an option that it needs is not given, or one is
            that it would pass over.
        DataError: the figure looks at masks, and they are not those that a run made.
        CannotWriteError: the file system refuses.
    """
    module = maker(FIGURES, name, "figure")
    kind = FIGURES[name]
    if not (kind.folder and is_folder(out)):
        figure_kind(out, kind.ends)
    for option in kind.refuses:
        field, without = _LEFT_OUT[option]
        if getattr(options, field) != without:
            raise UsageError(f"figure {name} does not look at {option}; leave it out")
    module.draw(runs, options, out)


def looked_at(name: str, options: "ReportOptions") -> "ReportOptions":
    """The options less those that figure `name` refuses, for whoever asks several figures."""
    return replace(options, **dict(_LEFT_OUT[option] for option in FIGURES[name].refuses))
