"""`vosbench baseline`: what later runs are held to, as a file for the repository."""

from pathlib import Path
from typing import Any

import click

from vosbench.command_line import (
    File,
    choose_dataset,
    dataset_options,
    device_option,
    load_methods,
    plugin_option,
    seed_option,
    settings_option,
)
from vosbench.errors import OK, SOME_JOBS_FAILED
from vosbench.gate.command import chosen_rules, rules_options
from vosbench.gate.facts import write_baseline
from vosbench.one_line import one_line
from vosbench.timing_records import MODES, STREAMING
from vosbench.wording import counted


@click.command()
@click.argument("file", metavar="FILE", type=File)
@click.option("--method", metavar="NAME", required=True, help="What to run.")
@dataset_options
@seed_option
@device_option
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=STREAMING,
    show_default=True,
    help="Frame by frame, or whole clips.",
)
@settings_option("the method")
@plugin_option
@rules_options
@click.pass_obj
def baseline(
    command: str,
    /,
    file: Path,
    method: str,
    seed: int,
    device: str,
    mode: str,
    assignments: tuple[str, ...],
    plugins: tuple[Path, ...],
    rules: Path | None,
    only: tuple[str, ...] | None,
    **where: Any,
) -> int:
    """Run a method and write down what `vosbench gate` holds later runs to.

    FILE holds digests of masks, scores, counts and times as JSON, small enough to live in a
    repository, with the commit and the machine that made them. Ends with 2, and writes nothing, if
    a sequence failed.
    """
    from tempfile import TemporaryDirectory

    from vosbench.gate.holding import request_of
    from vosbench.gate.taking import Taking, take
    from vosbench.machine import check_device
    from vosbench.progress import Progress

    asked = chosen_rules(rules, only)
    check_device(device)
    (loaded,) = load_methods((method,), assignments, device, plugins)
    dataset = choose_dataset(**where)
    request = request_of(loaded, seed=seed, device=device, mode=mode, command=command)
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
    click.echo(f"{file}: {facts.label} on {counted(len(facts.sequences), 'sequence')}")
    return OK
