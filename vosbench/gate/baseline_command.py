"""`vosbench baseline`: what later runs are held to, as a file for the repository."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from vosbench.command_line import (
    File,
    choose_dataset,
    dataset_options,
    load_methods,
    plugin_option,
    settings_option,
)
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import OK, SOME_JOBS_FAILED, UsageError
from vosbench.gate.command import GateView, Show, chosen_rules, rules_options
from vosbench.gate.facts import Facts, write_baseline
from vosbench.gate.findings import EXACT, PASS, QUALITY
from vosbench.gate.rules import GateRules
from vosbench.one_line import one_line
from vosbench.timing_records import MODES, STREAMING
from vosbench.wording import counted

_OF_THE_BASELINE = ("method", "dataset", "sequences", "count", "seed", "mode", "assignments")
"""Options that say what a baseline is of, which one that there is knows already."""


def baseline_command(show: Show) -> click.Command:
    """The command; a verdict that keeps a platform out is left to `show`."""

    @click.command()
    @click.argument("file", metavar="FILE", type=File)
    @click.option("--method", metavar="NAME", help="What to run.")
    @dataset_options
    @click.option("--seed", type=click.IntRange(0), help="Of the method.  [default: 0]")
    @click.option(
        "--device",
        type=click.Choice(["cpu", "cuda", "mps"]),
        help="Where to compute.  [default: cpu]",
    )
    @click.option(
        "--mode",
        type=click.Choice(MODES),
        help=f"Frame by frame, or whole clips.  [default: {STREAMING}]",
    )
    @settings_option("the method")
    @plugin_option
    @rules_options
    @click.option(
        "--add-platform",
        is_flag=True,
        help="Add the masks of this machine to a FILE that is there, if the scores are as good.",
    )
    @click.pass_obj
    def baseline(command: str, /, file: Path, add_platform: bool, **options: Any) -> int:
        """Run a method and write down what `vosbench gate` holds later runs to.

        FILE holds digests of masks, scores, counts and times as JSON, small enough to live in a
        repository, with the commit and the machine that made them.

        Ends with 2, and writes nothing, if a sequence failed; with --add-platform, as the gate does
        if the run is not as good as FILE says (rules of `quality` in --rules).
        """
        if add_platform:
            return _add(file, command, show, **options)
        return _write(file, command, **options)

    return baseline


def _write(
    file: Path,
    command: str,
    *,
    method: str | None,
    seed: int | None,
    device: str | None,
    mode: str | None,
    assignments: tuple[str, ...],
    plugins: tuple[Path, ...],
    rules: Path | None,
    only: tuple[str, ...] | None,
    **where: Any,
) -> int:
    """A new baseline; the exit code."""
    from vosbench.gate.taking import Taking, take
    from vosbench.machine import check_device
    from vosbench.profiling.quiet import keep_quiet
    from vosbench.progress import Progress
    from vosbench.request import request_of

    if method is None:
        raise UsageError("say what the baseline is of: --method NAME (vosbench methods lists them)")
    asked = chosen_rules(rules, only)
    keep_quiet()
    check_device(device or "cpu")
    (loaded,) = load_methods((method,), assignments, device or "cpu", plugins)
    dataset = choose_dataset(**where)
    request = request_of(
        loaded,
        timed=False,
        seed=seed or 0,
        device=device or "cpu",
        mode=mode or STREAMING,
        command=command,
    )
    with TemporaryDirectory(prefix="vosbench-baseline-") as runs:
        how = Taking(runs=Path(runs), rules=asked, progress=Progress(rate=False))
        facts = take(request, dataset, how)
    failed = [each for each in facts.sequences if each.state != "done"]
    for each in failed:
        click.echo(one_line(f"Failed: {each.sequence}: {each.reason}"), err=True)
    if failed:
        click.echo(f"{file} was not written: a baseline is of what works", err=True)
        return SOME_JOBS_FAILED
    write_baseline(file, facts)
    click.echo(f"{file}: {_content(facts)}")
    if facts.made.get("dirty"):
        click.echo(
            "The checkout has changes that are not committed, so no commit says what this is a "
            "baseline of; make it anew once they are.",
            err=True,
        )
    return OK


def _add(
    file: Path,
    command: str,
    show: Show,
    *,
    device: str | None,
    plugins: tuple[Path, ...],
    rules: Path | None,
    only: tuple[str, ...] | None,
    **options: Any,
) -> int:
    """Another platform in a baseline; the exit code."""
    from vosbench.gate.adding import added, check
    from vosbench.gate.facts import read_baseline
    from vosbench.gate.findings import Finding, Verdict
    from vosbench.gate.holding import Holding, measure
    from vosbench.progress import Progress

    for name in _OF_THE_BASELINE:
        if options[name]:
            raise UsageError(
                f"{file} knows what it is of; leave out --{_option(name)}, or leave out "
                "--add-platform to make it anew"
            )
    if only is not None:
        raise UsageError("--add-platform takes masks and scores; leave out --only")
    baseline = read_baseline(file)
    asked = Holding(
        baseline=file,
        rules=GateRules(gates=(EXACT, QUALITY)),
        places=_places(options),
        plugins=plugins,
        device=device,
        command=command,
    )
    measured = measure(asked, baseline, progress=Progress(rate=False))
    rule = chosen_rules(rules, None)
    findings = (measured,) if isinstance(measured, Finding) else check(baseline, measured, rule)
    verdict = Verdict(baseline.label, str(file), findings)
    if isinstance(measured, Finding) or verdict.outcome != PASS:
        show(verdict, GateView(style="text", out=None))
        click.echo(f"{file} was left as it is", err=True)
        return verdict.exit_code
    new = added(baseline, measured, rule)
    if new is None:
        click.echo(f"{file} has the masks of this platform already")
        return OK
    write_baseline(file, new)
    click.echo(f"{file}: {_content(new)}")
    return OK


def _content(facts: Facts) -> str:
    """What a baseline has, in words."""
    what = {
        "masks and scores": facts.masks,
        "counts": facts.counts,
        "growth": facts.growth,
        "times": facts.pace,
    }
    held = ", ".join(name for name, fact in what.items() if fact)
    platforms = counted(len(facts.masks), "platform")
    return f"{facts.label} on {counted(len(facts.sequences), 'sequence')}: {held}; {platforms}"


def _places(options: Mapping[str, Any]) -> DatasetOptions:
    """Where the dataset lies, of options that say more than that."""
    known = {field.name for field in fields(DatasetOptions)} - {"seed", "count"}
    return DatasetOptions(**{name: options[name] for name in known & set(options)})


def _option(name: str) -> str:
    return "set" if name == "assignments" else name
