"""Figures by name, for the command line."""

from pathlib import Path

from vosbench.errors import UsageError
from vosbench.figure_kind import figure_kind
from vosbench.records import Run
from vosbench.reports import anytime
from vosbench.reports.ablation_lines import layouts
from vosbench.reports.options import ReportOptions
from vosbench.wording import suggestion


def names() -> tuple[str, ...]:
    """Names of all figures.

    >>> names()
    ('anytime',)
    """
    return ("anytime",)


def draw(name: str, runs: tuple[Run, ...], options: ReportOptions, out: Path) -> None:
    """Write figure `name` of kept runs to `out`, and its data as CSV beside it.

    Raises:
        UsageError: no such figure, a file name that is no figure's, nothing to show, or runs on
            several datasets and none chosen.
        CannotWriteError: the file system refuses.
    """
    if name not in names():
        raise UsageError(
            f"no figure {name!r}{suggestion(name, names())}; the figures are {', '.join(names())}"
        )
    figure_kind(out)
    found = layouts(runs, options)
    if len(found) > 1:
        there = ", ".join(each.comparison.title("runs") for each in found)
        raise UsageError(f"a figure shows one dataset, and there are {there}; choose --dataset")
    anytime.write(out, found[0], options.metric)
