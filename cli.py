"""The command line: each command is one function of vosbench, asked for by its options."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench import __version__
from vosbench.command_line import (
    choose_dataset,
    dataset_options,
    device_option,
    exit_code,
    load_methods,
    plugin_option,
    runs_option,
    seed_option,
    settings_option,
    write_output,
)
from vosbench.errors import OK, SOME_JOBS_FAILED, UsageError, VosbenchError
from vosbench.lazy_group import LazyGroup
from vosbench.one_line import one_line
from vosbench.pass_options import pass_options, pass_request

if TYPE_CHECKING:
    from vosbench.ablation import Line
    from vosbench.ablation_command import View
    from vosbench.gate.command import GateView
    from vosbench.gate.findings import Verdict
    from vosbench.history.command import FoundStep, HistoryView
    from vosbench.history.series import Series
    from vosbench.profiling.command import ProfileView
    from vosbench.profiling.profile_records import Profile
    from vosbench.records import Run
    from vosbench.registry import Entry
    from vosbench.reports.table import Table
    from vosbench.scoring.command import ScoreView
    from vosbench.scoring.consensus import Consensus
    from vosbench.scoring.folders import FolderScores
    from vosbench.verification.command import CheckRun
    from vosbench.verification.findings import ReportCheck

# imports take longer than many a command, so each command imports what it needs


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code (see `vosbench.errors`)."""
    sys.exit(exit_code(commands, sys.argv[1:] if arguments is None else arguments))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="vosbench")
def commands() -> None:
    """Benchmark one-shot video object segmentation.

    Run methods on a dataset, score their masks, put the figures into tables.
    """


@commands.command()
@click.option("--method", "methods", multiple=True, metavar="NAME", help="What to run; repeatable.")
@dataset_options
@runs_option
@seed_option
@device_option
@settings_option("every chosen method that has it, METHOD.KEY=VALUE of one")
@plugin_option
@pass_options
@click.option("--fresh", is_flag=True, help="Compute again what is there already.")
@click.pass_obj
def run(
    command: str,
    /,
    methods: tuple[str, ...],
    runs: Path,
    seed: int,
    device: str,
    assignments: tuple[str, ...],
    plugins: tuple[Path, ...],
    repetitions: int,
    mode: str,
    warm_up: bool,
    timed: bool,
    timeouts: tuple[str, ...],
    fresh: bool,
    **where: Any,
) -> int:
    """Run methods on a dataset, score their masks, print the tables.

    What is there already and would come out the same is not computed again. Ends with 2 if a
    sequence failed, or one of several methods. A call that is out of time (--timeout) is
    interrupted and its sequence fails; if it goes on for 10 s more, vosbench ends with 2, and the
    same command goes on from there.
    """
    passes = pass_request(
        repetitions=repetitions, mode=mode, warm_up=warm_up, timed=timed, timeouts=timeouts
    )
    loaded = load_methods(methods, assignments, device, plugins)
    from vosbench.machine import check_device
    from vosbench.progress import Progress
    from vosbench.request import request_of
    from vosbench.runner import run_together

    check_device(device)
    dataset = choose_dataset(**where)
    requests = [
        request_of(method, seed=seed, device=device, command=command, **passes) for method in loaded
    ]
    progress = Progress(rate=timed)
    outcomes = run_together(requests, dataset, runs, progress=progress, fresh=fresh)
    done = [outcome for outcome in outcomes if not isinstance(outcome, VosbenchError)]
    unusable = {
        request.method: outcome
        for request, outcome in zip(requests, outcomes, strict=True)
        if isinstance(outcome, VosbenchError)
    }
    if len(unusable) == len(loaded) == 1:
        raise unusable.popitem()[1]
    return _conclude(done, unusable)


@commands.command()
@runs_option
@dataset_options
def evaluate(runs: Path, **where: Any) -> int:
    """Score the masks of kept runs again."""
    dataset = choose_dataset(**where)
    from vosbench.runner import evaluate_run
    from vosbench.store import load_runs

    wanted = (dataset.name, dataset.variant)
    kept = [run.manifest for run in load_runs(runs)]
    kept = [made for made in kept if (made.dataset, made.dataset_variant) == wanted]
    if not kept:
        which = f"{dataset.name} ({dataset.variant})" if dataset.variant else dataset.name
        raise UsageError(f"{runs} holds no run on {which}; choose --runs or --dataset")
    return _conclude((evaluate_run(runs / made.run, dataset) for made in kept), {})


@commands.later("report")
def _report() -> click.Command:
    from vosbench.reports.command import report_command

    return report_command(_write)


def _show_scores(scores: "tuple[FolderScores, ...]", view: "ScoreView") -> None:
    """The table of each scored folder."""
    from vosbench.metrics import protocols
    from vosbench.reports.folder_scores import build

    protocol = protocols.get(view.protocol)
    several = len(scores) > 1
    tables = [
        build(each.objects, protocol, unseen=view.unseen, of=str(each.folder) if several else "")
        for each in scores
    ]
    _write(tuple(tables), view.style, view.out)


def _show_consensus(found: "tuple[Consensus, ...]", view: "ScoreView") -> None:
    """The tables of each folder under every protocol."""
    from vosbench.reports.protocols_compared import build

    several = len(found) > 1
    tables = [build(each, of=str(each.folder) if several else "") for each in found]
    _write(tuple(chain.from_iterable(tables)), view.style, view.out)


@commands.later("score")
def _score() -> click.Command:
    from vosbench.scoring.command import score_command

    return score_command(_show_scores, _show_consensus)


@commands.command()
@plugin_option
def methods(plugins: tuple[Path, ...]) -> None:
    """List what can be run."""
    from vosbench.registry import method_entries

    _list(method_entries(plugins))


@commands.command()
def datasets() -> None:
    """List what it can be run on."""
    from vosbench.registry import dataset_entries

    _list(dataset_entries())


def _draw_curves(folder: Path) -> None:
    """The picture of a training, beside its log."""
    from vosbench.reports.training_curves import save_curves

    save_curves(folder / "log.jsonl", folder / "curves.png")


@commands.later("train")
def _train() -> click.Command:
    from vosbench.methods._train_command import train_group

    return train_group(_draw_curves)


@commands.later("weights")
def _weights() -> click.Command:
    from vosbench.methods._weights_command import weights

    return weights


def _show_ablation(lines: "tuple[Line, ...]", view: "View") -> None:
    """The table of an ablation, and its curves where asked for."""
    from vosbench.reports.ablation import anytime
    from vosbench.reports.ablation.lines import layout
    from vosbench.reports.ablation.table import tables_of
    from vosbench.reports.options import ReportOptions

    made = layout(lines, ReportOptions())
    _write(tables_of(made, view.metric or "J", view.title), view.style, view.out)
    if view.figure is not None:
        anytime.write(view.figure, made, view.metric or "J&F")


@commands.later("ablate")
def _ablate() -> click.Command:
    from vosbench.ablation_command import ablate_command
    from vosbench.methods._train_command import train_group

    return ablate_command(train_group(_draw_curves), _show_ablation)


def _show_profile(profile: "Profile", view: "ProfileView") -> None:
    """The most expensive of a profile on standard output, all of it in files."""
    from vosbench.reports.profile import all_of, most_expensive

    _write(most_expensive(profile, top=view.top, shapes=view.shapes), "text", None)
    everything = all_of(profile, shapes=view.shapes)
    for style in ("md", "csv"):
        _write(everything, style, view.folder / f"profile.{style}")
    click.echo(f"\nThe whole profile: {view.folder}")


@commands.later("profile")
def _profile() -> click.Command:
    from vosbench.profiling.command import profile_command

    return profile_command(_show_profile)


def _check_report(file: Path, runs: Path, check_run: "CheckRun") -> "ReportCheck":
    """A report computed again from its runs."""
    from vosbench.reports.verification import check_report

    return check_report(file, runs, check_run)


@commands.later("verify")
def _verify() -> click.Command:
    from vosbench.verification.command import verify_command

    return verify_command(_check_report)


@commands.later("diff")
def _diff() -> click.Command:
    from vosbench.difference.command import diff

    return diff


def _show_verdict(verdict: "Verdict", view: "GateView") -> None:
    """A verdict with its reasons, and the files that it is asked to be written to."""
    from vosbench.reports.gate.annotations import render_annotations
    from vosbench.reports.gate.files import write_files
    from vosbench.reports.gate.text import render_text

    coloured = view.out is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    told = render_text(verdict, ansi=coloured)
    if view.out is None:
        click.echo(told, nl=False)
    else:
        write_output(view.out, told)
    if view.github:
        click.echo(render_annotations(verdict), nl=False)
    write_files(verdict, summary=view.summary, junit=view.junit, json=view.json)


@commands.later("gate")
def _gate() -> click.Command:
    from vosbench.gate.command import gate_command

    return gate_command(_show_verdict)


@commands.later("baseline")
def _baseline() -> click.Command:
    from vosbench.gate.baseline_command import baseline_command

    return baseline_command(_show_verdict)


def _show_history(
    series: "Sequence[Series]", steps: "Sequence[FoundStep]", view: "HistoryView"
) -> None:
    """Tables of steps and series, the plot where asked for, and how to search for a commit."""
    from vosbench.reports.history.plot import write_plot
    from vosbench.reports.history.table import tables_of

    _write(tables_of(series, steps, every=view.every), view.style, view.out)
    if view.plot is not None:
        write_plot(view.plot, series, steps, every=view.every)
    commands = dict.fromkeys(step.command for step in steps if step.command)
    for command in commands if view.style == "text" else ():
        click.echo(f"\nTo find the commit:\n{command}")


@commands.later("history")
def _history() -> click.Command:
    from vosbench.history.command import history_command

    return history_command(_show_history)


@commands.later("doctor")
def _doctor() -> click.Command:
    from vosbench.doctor.command import doctor_command

    return doctor_command()


def _conclude(finished: "Iterable[Run]", unusable: Mapping[str, VosbenchError]) -> int:
    """Print the tables of these runs and name what failed; the exit code.

    Args:
        finished: runs; at least one unless there are unusable methods.
        unusable: methods that could not be run at all, and why.
    """
    runs = tuple(finished)
    if runs:
        _print_tables(runs)
    failures = [(name, str(error)) for name, error in unusable.items()]
    failures += [
        (f"{run.manifest.run}, sequence {record.sequence}", record.reason)
        for run in runs
        for record in run.records
        if record.state != "done"
    ]
    for what, reason in failures:
        click.echo(one_line(f"Failed: {what}: {reason}"), err=True)
    if not runs:
        return next(iter(unusable.values())).exit_code
    return SOME_JOBS_FAILED if failures else OK


def _print_tables(runs: "tuple[Run, ...]") -> None:
    """Every table, to standard output."""
    from vosbench.reports.options import ReportOptions
    from vosbench.reports.tables import build

    tables = [build(name, runs, ReportOptions()) for name in ("per-sequence", "overall")]
    _write(tuple(chain.from_iterable(tables)), "text", None)


def _write(tables: "tuple[Table, ...]", style: str, out: Path | None) -> None:
    """Tables to a file, or to standard output as wide as the terminal."""
    from vosbench.reports.formats.render import render

    if out is not None:
        write_output(out, render(tables, style))
    elif sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        click.echo(render(tables, style, width=width, ansi="NO_COLOR" not in os.environ), nl=False)
    else:
        click.echo(render(tables, style), nl=False)


def _list(entries: "Sequence[Entry]") -> None:
    """Name, origin and summary of each, in columns; why, where it cannot be used."""
    rows = [(e.name, e.origin, e.summary if not e.problem else f"✗ {e.problem}") for e in entries]
    name, origin = (max((len(row[i]) for row in rows), default=0) for i in (0, 1))
    for row in rows:
        click.echo(one_line(f"{row[0]:{name}}  {row[1]:{origin}}  {row[2]}".rstrip()))
