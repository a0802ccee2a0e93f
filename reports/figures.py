"""Figures by name, for the command line."""

from collections.abc import Mapping
from pathlib import Path

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports import anytime, streaming_curve
from vosbench.reports.ablation_lines import layouts
from vosbench.reports.options import ReportOptions
from vosbench.wording import suggestion


def _draw_anytime(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    found = {each.comparison.title("runs"): each for each in layouts(runs, options)}
    anytime.write(out, found[_only(found)], options.metric)


def _draw_streaming(runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    found = {each.offline.title("runs"): each for each in streaming_curve.replay(runs, options)}
    streaming_curve.write(out, found[_only(found)], options)


_DRAWERS = {"anytime": _draw_anytime, "streaming": _draw_streaming}


def names() -> tuple[str, ...]:
    """Names of all figures.

    >>> names()
    ('anytime', 'streaming')
    """
    return tuple(_DRAWERS)


def draw(name: str, runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """Write figure `name` of kept runs to `out`, and its data as CSV beside it.

    Raises:
        UsageError: no such figure, a file name that is no figure's, nothing to show, or runs on
            several datasets and none chosen.
        DataError: the figure looks at masks, and they are not those that a run made.
        CannotWriteError: the file system refuses.
    """
    if name not in names():
        raise UsageError(
            f"no figure {name!r}{suggestion(name, names())}; the figures are {', '.join(names())}"
        )
    figure_kind(out)
    _DRAWERS[name](runs, options, out)


def _only(found: Mapping[str, object]) -> str:
    """The title of the only thing to draw."""
    if len(found) > 1:
        there = ", ".join(found)
        raise UsageError(f"a figure shows one dataset, and there are {there}; choose --dataset")
    return next(iter(found))
