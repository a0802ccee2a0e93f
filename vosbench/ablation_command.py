"""`vosbench ablate`: its options, and what it says before it starts."""

import importlib.util
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.ablation import Ablation, Line, read_ablation, with_steps
from vosbench.command_line import (
    File,
    Folder,
    choose_dataset,
    dataset_options,
    device_option,
    format_option,
    metric_option,
    out_option,
    plugin_option,
    runs_option,
    seed_option,
)
from vosbench.errors import OK, SOME_JOBS_FAILED, UsageError
from vosbench.figure_kind import figure_kind
from vosbench.one_line import one_line
from vosbench.registry import METHODS
from vosbench.wording import suggestion

if TYPE_CHECKING:
    from vosbench.ablation_runs import Plan, Workplace

SHIPPED = "ablations"
"""Folder beside the built-in methods that holds the ablations that ship."""


@dataclass(frozen=True, kw_only=True)
class View:
    """How an ablation is shown.

    Attributes:
        title: of the table.
        metric: that has intervals and gains; None for J in the table and J&F in the figure.
        style: format of the table.
        out: file for the table; None for standard output.
        figure: file for the curves; None for none.
    """

    title: str
    metric: str | None
    style: str
    out: Path | None
    figure: Path | None


Show = Callable[[tuple[Line, ...], View], None]
"""Shows finished lines, of which at least one has a run."""


def ablate_command(train: click.Group, show: Show) -> click.Command:
    """The command; it trains by the commands of `train` and leaves tables and figures to `show`."""

    @click.command()
    @click.argument("definition", metavar="[FILE]", default="compact")
    @dataset_options
    @runs_option
    @click.option(
        "--weights",
        type=Folder,
        default=Path("weights"),
        show_default=True,
        metavar="DIR",
        help="Where checkpoints are kept.",
    )
    @click.option(
        "--steps", callback=_steps, metavar="0,5,…", help="Columns, in place of those of the file."
    )
    @click.option(
        "--select", is_flag=True, help="Choose settings from their grids on the validation data."
    )
    @click.option("--dry-run", is_flag=True, help="Say what there is to do, and do nothing.")
    @seed_option
    @device_option
    @plugin_option
    @metric_option
    @click.option(
        "--figure",
        type=File,
        callback=_figure,
        metavar="FILE",
        help="Draw quality against steps and seconds (.png, .svg, .pdf), its data as CSV beside.",
    )
    @format_option
    @out_option
    @click.pass_obj
    def ablate(
        command: str,
        /,
        definition: str,
        steps: tuple[int, ...] | None,
        dry_run: bool,
        metric: str | None,
        figure: Path | None,
        style: str,
        out: Path | None,
        **options: Any,
    ) -> int:
        """Make the table of an ablation: train, choose and run what is not there yet.

        FILE is a TOML file, or the name of one that ships: compact (the default) or maskrcnn. What
        is there already is not made again. Ends with 2 if something failed; the rest is shown.
        """
        from vosbench.ablation_runs import carry_out
        from vosbench.progress import Progress

        ablation = open_ablation(definition, steps)
        todo, place = _planned(ablation, command, **options)
        for training in todo.trainings:
            check_training(train, training.arguments)
        if dry_run:
            click.echo("\n".join(outlook(todo)))
            return OK
        lines = carry_out(
            todo, place, train=lambda asked: _train(train, asked), progress=Progress()
        )
        if any(line.runs for line in lines):
            title = ablation.title
            show(lines, View(title=title, metric=metric, style=style, out=out, figure=figure))
        failed = list(failures(lines))
        for what, reason in failed:
            click.echo(one_line(f"Failed: {what}: {reason}"), err=True)
        return SOME_JOBS_FAILED if failed else OK

    return ablate


def open_ablation(definition: str, steps: tuple[int, ...] | None = None) -> Ablation:
    """The ablation in a file, or the one that ships under a name, with other columns if asked.

    Raises:
        UsageError: there is no such file and no such name, or the file says what means nothing.
        DataError: the file cannot be read.
    """
    path = Path(definition)
    shipped = {file.stem: file for folder in _folders() for file in sorted(folder.glob("*.toml"))}
    if not path.is_file():
        if definition not in shipped:
            raise UsageError(
                f"there is no ablation {definition!r}{suggestion(definition, shipped)}; give a "
                f"TOML file, or one that ships: {', '.join(shipped)}"
            )
        path = shipped[definition]
    ablation = read_ablation(path)
    return ablation if steps is None else with_steps(ablation, steps)


def outlook(plan: "Plan") -> Iterator[str]:
    """Lines on what there is to do: trainings with what they cost, then runs."""
    for training in plan.trainings:
        minutes = training.weights.minutes
        cost = "nobody said how long it takes" if minutes is None else f"about {minutes:g} minutes"
        yield f"train {training.weights.name}: {'done' if training.done else cost}"
        yield f"  {_line(training.arguments)}"
    left = [training.weights.minutes for training in plan.trainings if not training.done]
    known = sum(minutes for minutes in left if minutes is not None)
    unknown = f", and {left.count(None)} of unknown length" if None in left else ""
    yield (
        f"trainings to do: {len(left)} of {len(plan.trainings)}, about {known:g} minutes "
        f"altogether{unknown}"
    )
    if plan.validation is not None:
        frames = sum(map(len, plan.validation.sequences))
        yield f"runs on {plan.validation.name} to choose: {plan.choices}, of {frames} frames"
    frames = sum(map(len, plan.dataset.sequences))
    yield f"runs on {plan.dataset.name} for the table: {plan.places}, of {frames} frames"
    yield "What is there already is not computed again."


def failures(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """What has no figure in the table, and why."""
    for line in lines:
        for steps, reason in line.missing.items():
            yield f"{line.label}, T = {steps}", reason
        for run in line.runs.values():
            for record in run.records:
                if record.state != "done":
                    yield f"{run.manifest.run}, sequence {record.sequence}", record.reason


def _planned(
    ablation: Ablation,
    command: str,
    *,
    runs: Path,
    weights: Path,
    seed: int,
    device: str,
    plugins: tuple[Path, ...],
    select: bool,
    **where: Any,
) -> "tuple[Plan, Workplace]":
    """What there is to do and where, with all that can be checked checked."""
    from vosbench.ablation_runs import Workplace, plan
    from vosbench.machine import check_device

    check_device(device)
    place = Workplace(
        runs=runs,
        weights=weights,
        seed=seed,
        device=device,
        plugins=plugins,
        select=select,
        command=command,
    )
    return plan(ablation, choose_dataset(**where), place), place


def check_training(train: click.Group, arguments: Sequence[str]) -> None:
    """Raise `UsageError` if a training could not even be started: better now than in an hour."""
    name, *options = arguments
    context = click.Context(train)
    command = train.get_command(context, name)
    if command is None:
        known = train.list_commands(context)
        raise UsageError(
            f"there is no `vosbench train {name}`{suggestion(name, known)}; "
            f"there are {', '.join(known)}"
        )
    with _told(arguments):
        command.make_context(name, options, parent=context)


def _train(train: click.Group, arguments: Sequence[str]) -> None:
    """Carry out a training; what it prints stays out of the table."""
    with _told(arguments), redirect_stdout(sys.stderr):
        train.main(list(arguments), prog_name="vosbench train", standalone_mode=False)


@contextmanager
def _told(arguments: Sequence[str]) -> Iterator[None]:
    """Turn what click finds wrong with options into one sentence."""
    try:
        yield
    except click.ClickException as error:
        raise UsageError(f"`{_line(arguments)}` does not work: {error.format_message()}") from error


def _line(arguments: Sequence[str]) -> str:
    """A training as it would be typed."""
    return shlex.join(["vosbench", "train", *arguments])


def _folders() -> Iterator[Path]:
    """Where ablations ship, found without importing any method."""
    spec = importlib.util.find_spec(METHODS)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        yield Path(folder) / SHIPPED


def _steps(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """`0,5,10` as numbers; None stays None."""
    del context, option
    if value is None:
        return None
    texts = [text.strip() for text in value.split(",")]
    if not all(text.isdecimal() for text in texts):
        raise UsageError(f"--steps takes whole numbers with commas between, not {value!r}")
    return tuple(map(int, texts))


def _figure(context: click.Context, option: click.Parameter, value: Path | None) -> Path | None:
    """A file that can be a figure: better found out before hours of runs than after."""
    del context, option
    if value is not None:
        figure_kind(value)
    return value
