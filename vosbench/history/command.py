"""`vosbench history`: its options, and what it says of steps."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from vosbench.command_line import File, Folder, format_option, names, out_option
from vosbench.errors import OK, REGRESSION, UsageError
from vosbench.figure_kind import figure_kind
from vosbench.history.blame import Blame
from vosbench.history.series import FEWEST, Series
from vosbench.history.steps import Step
from vosbench.one_line import one_line
from vosbench.wording import counted, suggestion


@dataclass(frozen=True)
class FoundStep:
    """A step, where it is, and what it may come from.

    Attributes:
        command: of a shell, to search the commits; empty where there is no range to search.
    """

    series: Series
    step: Step
    blame: Blame
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class HistoryView:
    """How a history is shown.

    Attributes:
        every: whether series of single sequences without a step are shown too.
        style: format of the tables.
        out: file for them; None for standard output.
        plot: file for the plot; None for none.
    """

    every: bool
    style: str
    out: Path | None
    plot: Path | None


Show = Callable[[Sequence[Series], Sequence[FoundStep], HistoryView], None]
"""Shows series, at least one of them long enough, and their steps."""


def history_command(show: Show) -> click.Command:
    """The command; how a history looks is left to `show`."""

    @click.command()
    @click.argument("folder", metavar="FOLDER", type=Folder)
    @click.option(
        "--figures",
        callback=names,
        metavar="NAME,…",
        help="Only these, as the table calls them: J&F, fps, …",
    )
    @click.option(
        "--method",
        "labels",
        multiple=True,
        metavar="NAME",
        help="Only this method, by name or label; repeatable.",
    )
    @click.option(
        "--repository",
        type=Folder,
        metavar="DIR",
        help="Checkout whose commits the results were made at.  [default: the one around here]",
    )
    @click.option(
        "--baseline",
        type=File,
        default=Path("baseline.json"),
        show_default=True,
        metavar="FILE",
        help="For the command that searches commits, where the results hold none.",
    )
    @click.option("--all", "every", is_flag=True, help="Show sequences without a step too.")
    @click.option(
        "--plot",
        type=File,
        callback=_plot,
        metavar="FILE",
        help="Draw it (.png, .svg, .pdf), its data as CSV beside.",
    )
    @click.option(
        "--fail", is_flag=True, help="End with 3 if a step for the worse lasts at the end."
    )
    @format_option
    @out_option
    def history(
        folder: Path,
        figures: tuple[str, ...] | None,
        labels: tuple[str, ...],
        repository: Path | None,
        baseline: Path,
        every: bool,
        plot: Path | None,
        fail: bool,
        style: str,
        out: Path | None,
    ) -> int:
        """Find what changed for good in results kept over time, and the commits to blame.

        FOLDER holds results, however deep: folders of runs, files that `vosbench baseline` wrote,
        files of pytest-benchmark. Results of one method, with the same settings on the same
        dataset, make a series for each figure, in the order of commits. A step is a change that
        lasts for 3 results at least.

        Ends with 0 whatever it finds, unless --fail is given.
        """
        from vosbench.history.blame import bisect_command, blame
        from vosbench.history.commits import commits_of
        from vosbench.history.reading import read_results
        from vosbench.history.series import series_of

        reading = read_results(folder)
        for sentence in reading.unread:
            click.echo(one_line(f"Left out: {sentence}"), err=True)
        around = _repository(repository)
        commits = commits_of(around, (result.commit for result in reading.results))
        every_one = series_of(reading.results, commits)
        chosen = tuple(_chosen(every_one, figures, labels))
        if not any(series.course for series in chosen):
            most = max((len(series.points) for series in chosen), default=0)
            click.echo(
                f"{folder} has too few results to tell a step from noise: a figure has "
                f"{counted(most, 'comparable value')} at most, and it takes {FEWEST}"
            )
            return OK
        found = []
        for series in chosen:
            for step in series.steps:
                blamed = blame(series, step, commits)
                file = folder / blamed.baseline if blamed.baseline else baseline
                command = ""
                if step.lasts and series.worse(step):
                    command = bisect_command(blamed, series.figure.gate, str(file.resolve()))
                found.append(FoundStep(series, step, blamed, command))
        show(chosen, found, HistoryView(every=every, style=style, out=out, plot=plot))
        return REGRESSION if fail and any(series.regressed for series in chosen) else OK

    return history


def _chosen(
    every: Sequence[Series], figures: tuple[str, ...] | None, labels: tuple[str, ...]
) -> Iterator[Series]:
    """The series that are asked for.

    Raises:
        UsageError: no result has a figure or a method that is.
    """
    known = Counter(series.figure.name for series in every)
    for name in figures or ():
        if name not in known:
            raise UsageError(
                f"no result has the figure {name!r}{suggestion(name, known)}; "
                f"there are {', '.join(known) or 'none'}"
            )
    called = {name for each in every for name in (each.subject.method, each.subject.label) if name}
    for label in labels:
        if label not in called:
            raise UsageError(
                f"no result is of {label!r}{suggestion(label, called)}; "
                f"there are {', '.join(sorted(called)) or 'none'}"
            )
    for series in every:
        mine = {series.subject.method, series.subject.label}
        if (not figures or series.figure.name in figures) and (not labels or mine & set(labels)):
            yield series


def _repository(asked: Path | None) -> Path | None:
    """The checkout that commits are looked up in; None where there is none.

    Raises:
        UsageError: one was asked for, and it is none.
    """
    from vosbench.provenance import checkout_around

    found = checkout_around(asked or Path.cwd())
    if asked is not None and found is None:
        raise UsageError(f"{asked} lies in no git repository; leave out --repository to go by date")
    return found


def _plot(context: click.Context, option: click.Parameter, value: Path | None) -> Path | None:
    """A file that can be a figure."""
    del context, option
    if value is not None:
        figure_kind(value)
    return value
