"""The command `vosbench report`: a table, a figure or a page of kept runs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import (
    Folder,
    format_option,
    metric_option,
    names,
    place_options,
    runs_option,
    with_options,
)
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.reports.figures import FIGURES
from vosbench.reports.tables import TABLES
from vosbench.streaming.options import STREAMING_REPORT, streaming_options, streaming_request
from vosbench.timing_options import timing_options, timing_request

if TYPE_CHECKING:
    from vosbench.reports.options import ReportOptions
    from vosbench.reports.table import Table

Show = Callable[["tuple[Table, ...]", str, Path | None], None]
"""Takes tables, the format and the file to write them to; None for standard output."""

_PLACES = ("root", "images", "annotations", "resolution", "split")


def report_command(show: Show) -> click.Command:
    """The command.

    Args:
        show: writes tables.
    """

    @click.command("report", cls=_ReportCommand)
    @_kind_options
    @metric_option
    @_choice_options
    @runs_option
    @_comparison_options
    @_selection_options
    @timing_options
    @streaming_options
    @place_options
    @format_option
    @_out_option
    def report(
        table: str | None,
        figure: str | None,
        html: Path | None,
        style: str,
        out: Path | None,
        **asked: Any,
    ) -> None:
        """Make a table, a figure or an HTML report of kept runs.

        What looks at frames, annotations or masks (failures, attributes, pictures, live video, the
        HTML report) opens the dataset of the runs again; give --root, or --images and
        --annotations, where it lies somewhere.
        """
        kinds = {"--table": table, "--figure": figure, "--html": html}
        if sum(value is not None for value in kinds.values()) != 1:
            raise UsageError(
                "choose what to make: one of --table NAME, --figure NAME and --html FOLDER"
            )
        _check_metric(table, figure, asked["metric"])
        options = _options(table, figure, **asked)
        _check_taken(kinds, options)
        from vosbench.store import load_runs

        runs = load_runs(Path(options.runs_folder))
        if table is not None:
            if out is not None and out.is_dir():
                raise UsageError(f"{out} is a folder; --out names the file that a table goes to")
            from vosbench.reports import tables

            show(tables.build(table, runs, options), style, out)
        elif figure is not None:
            from vosbench.reports import figures

            if out is None:
                raise UsageError(f"--figure {figure} needs a file to write: --out FILE.png")
            figures.draw(figure, runs, options, out)
        elif html is not None:
            from vosbench.reports.html_report import write_report

            click.echo(write_report(runs, options, html))

    return report


def _options(
    table: str | None,
    figure: str | None,
    *,
    metric: str | None,
    runs: Path,
    published: tuple[str, ...] | None,
    dataset: str | None,
    methods: tuple[str, ...],
    sequences: tuple[str, ...] | None,
    against: str | None,
    across_levels: bool,
    sort: str | None,
    where: tuple[str, ...],
    top: int | None,
    frames: tuple[int, ...],
    cases: tuple[str, ...] | None,
    no_frames: bool,
    **others: Any,
) -> "ReportOptions":
    """What was asked for.

    Raises:
        UsageError: options that do not go together.
    """
    from vosbench.reports.options import ReportOptions

    places = DatasetOptions(**{name: others.pop(name) for name in _PLACES})
    timing = {
        name: others.pop(name) for name in ("conventions", "reference", "full", "across_machines")
    }
    return ReportOptions(
        metric=metric or ("J" if table not in (None, STREAMING_REPORT) else "J&F"),
        published=published or (),
        dataset=dataset,
        methods=methods,
        sequences=sequences,
        runs_folder=str(runs),
        places=places,
        against=against,
        across_levels=across_levels,
        sort=sort,
        where=where,
        top=top,
        frames=frames,
        cases=cases,
        pictures=not no_frames,
        **timing_request(table, **timing),
        streaming=streaming_request(table or figure, runs, places, **others),
    )


class _ReportCommand(click.Command):
    """Lists tables and figures below its options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each name with what it shows."""
        for title, kinds in (("Tables", TABLES), ("Figures", FIGURES)):
            with formatter.section(title):
                formatter.write_dl([(name, f"{kind.summary}.") for name, kind in kinds.items()])


_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "--frames": ("--figure failure-cases", "--figure differences", "--html FOLDER"),
    "--cases": ("--figure failure-cases", "--html FOLDER"),
}
"""Options that some reports take and the others would pass over in silence."""


def _check_metric(table: str | None, figure: str | None, metric: str | None) -> None:
    """Raise `UsageError` for a metric where all are shown or none is."""
    for name, kinds, what in ((table, TABLES, "table"), (figure, FIGURES, "figure")):
        kind = kinds.get(name or "")
        if metric is not None and kind is not None and not kind.metric:
            raise UsageError(f"{what} {name} does not look at --metric; leave it out")


def _check_taken(kinds: Mapping[str, object], options: "ReportOptions") -> None:
    """Raise `UsageError` for an option that what is asked for does not look at."""
    kind, name = next((kind, name) for kind, name in kinds.items() if name is not None)
    if kind != "--table":
        for option, value in (
            ("--sort", options.sort),
            ("--where", options.where),
            ("--top", options.top),
        ):
            if value:
                raise UsageError(f"{option} is about tables; leave it out, or ask for --table NAME")
    if kind != "--html" and not options.pictures:
        raise UsageError("--no-frames is about --html FOLDER; leave it out")
    asked = "--html FOLDER" if kind == "--html" else f"{kind} {name}"
    given = {"--frames": bool(options.frames), "--cases": options.cases is not None}
    for option, takers in _ONLY_FOR.items():
        if given[option] and asked not in takers:
            raise UsageError(f"{option} is for {' or '.join(takers)}; leave it out")


def _indices(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, ...]:
    """`1,2,40` as indices of frames."""
    del context
    try:
        found = tuple(int(text) for text in value.split(",")) if value is not None else ()
    except ValueError:
        found = (-1,)
    if any(index < 0 for index in found):
        raise UsageError(
            f"{option.opts[0]} takes numbers of frames from 0 on with commas between, such as "
            f"1,2,40; not {value!r}"
        )
    return found


def _option_group(options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """A decorator that gives a command all of these options."""
    return lambda command: with_options(command, *options)


_out_option = click.option(
    "--out",
    type=Folder,
    metavar="FILE",
    help="Where to write, a file (clips: or a folder).  [default: standard output, for tables]",
)
_kind_options = _option_group(
    (
        click.option(
            "--table",
            metavar="NAME",
            help="One of the tables below.",
        ),
        click.option(
            "--figure",
            metavar="NAME",
            help="One of the figures below; needs --out, its data go beside it.",
        ),
        click.option(
            "--html", type=Folder, metavar="FOLDER", help="A report to open in a browser."
        ),
        click.option(
            "--no-frames", is_flag=True, help="An HTML report of figures only; needs no dataset."
        ),
    )
)
_choice_options = _option_group(
    (
        click.option("--dataset", metavar="NAME", help="Only runs on this one."),
        click.option(
            "--method", "methods", multiple=True, metavar="NAME", help="Only these, in order."
        ),
        click.option(
            "--sequences",
            callback=names,
            metavar="A,B,…",
            help="Only these; means are over them.",
        ),
        click.option(
            "--cases",
            callback=names,
            metavar="A,B,…",
            help="Sequences that figure failure-cases shows, also in an HTML report.",
        ),
        click.option(
            "--frames",
            callback=_indices,
            metavar="I,K,…",
            help="Frames to show beside the first, counted from 0.",
        ),
    )
)
_comparison_options = _option_group(
    (
        click.option(
            "--published", callback=names, metavar="A,B,…", help="Quote published figures of these."
        ),
        click.option(
            "--against", metavar="METHOD", help="Compare the others with this one: differences."
        ),
        click.option(
            "--across-levels",
            is_flag=True,
            help="Let measured, re-scored and quoted figures compete with each other.",
        ),
    )
)
_selection_options = _option_group(
    (
        click.option(
            "--sort", metavar="COLUMN[:asc|desc]", help="Order the rows of a table by a column."
        ),
        click.option(
            "--where",
            multiple=True,
            metavar="CONDITION",
            help="Only rows that meet it: 'J mean<60', 'sequence=*-jump'; repeatable.",
        ),
        click.option("--top", type=click.IntRange(1), metavar="N", help="At most so many rows."),
    )
)
