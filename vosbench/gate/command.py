"""`vosbench gate`: its options and exit codes."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from vosbench.command_line import (
    File,
    Folder,
    names,
    out_option,
    place_options,
    plugin_option,
    run_place,
    settings_option,
    with_options,
)
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.gate.findings import Verdict
from vosbench.gate.rule_files import ASKED, read_rules
from vosbench.gate.rules import ALLOWED, GateRules
from vosbench.wording import suggestion


@dataclass(frozen=True, kw_only=True)
class GateView:
    """How a verdict is shown.

    Attributes:
        style: format.
        out: file; None for standard output.
        summary: Markdown file that it is added to.
        junit: JUnit XML file.
        json: JSON file.
        github: whether annotations of GitHub Actions go to standard output too.
    """

    style: str
    out: Path | None
    summary: Path | None = None
    junit: Path | None = None
    json: Path | None = None
    github: bool = False


Show = Callable[[Verdict, GateView], None]
"""Shows a verdict."""


def gate_command(show: Show) -> click.Command:
    """The command; how a verdict looks is left to `show`."""

    @click.command()
    @click.argument("baseline", metavar="[FILE]", required=False, type=File)
    @click.option(
        "--run",
        type=Folder,
        metavar="RUN",
        help="Hold a kept run to it: masks and scores only.  [default: make the run again]",
    )
    @click.option(
        "--runs",
        type=Folder,
        metavar="DIR",
        help="Where the run is kept, or where --run is.  [default: it is not kept]",
    )
    @rules_options
    @click.option(
        "--allow",
        type=click.Choice(ALLOWED),
        multiple=True,
        help="May be another than then: masks may differ, and scores decide; repeatable.",
    )
    @place_options
    @click.option(
        "--device",
        type=click.Choice(["cpu", "cuda", "mps"]),
        help="Where to compute.  [default: as then]",
    )
    @settings_option("the method, such as where its weights lie here")
    @plugin_option
    @click.option(
        "--pytest-benchmark",
        "benchmarks",
        type=File,
        nargs=2,
        metavar="OLD NEW",
        help="Hold one JSON file of pytest-benchmark to another, in the place of FILE.",
    )
    @out_option
    @view_options
    @click.pass_obj
    def gate(
        command: str,
        /,
        baseline: Path | None,
        run: Path | None,
        runs: Path | None,
        rules: Path | None,
        only: tuple[str, ...] | None,
        allow: tuple[str, ...],
        device: str | None,
        assignments: tuple[str, ...],
        plugins: tuple[Path, ...],
        benchmarks: tuple[Path, Path] | None,
        out: Path | None,
        summary: Path | None,
        junit: Path | None,
        as_json: Path | None,
        github: bool,
        **places: Any,
    ) -> int:
        """Say whether a change broke a method: pass, regression or inconclusive.

        FILE is a baseline that `vosbench baseline` wrote. The run that it was made of is made
        again with the code as it is now, and compared: masks to the bit, scores, what is counted
        and what is timed.

        Ends with 0 for pass, 3 for regression, and 4 where nothing can be said: the baseline is
        stale, another machine was timed, nothing ran.
        """
        from vosbench.gate.holding import Holding, hold, hold_run
        from vosbench.progress import Progress

        asked = chosen_rules(rules, only, allow)
        if benchmarks is not None:
            verdict = _of_benchmarks(baseline, benchmarks, asked)
        elif baseline is None:
            raise UsageError(
                "say what to hold a run to: FILE, which `vosbench baseline` writes, or "
                "--pytest-benchmark OLD NEW"
            )
        elif run is not None:
            _check_kept(only, device, assignments, plugins)
            verdict = hold_run(baseline, run_place(run, runs or Path("runs")), asked)
        else:
            holding = Holding(
                baseline=baseline,
                rules=asked,
                places=DatasetOptions(**places),
                plugins=plugins,
                assignments=assignments,
                device=device,
                runs=runs,
                command=command,
            )
            verdict = hold(holding, progress=Progress(rate=False))
        view = GateView(
            style="text",
            out=out,
            summary=_step_summary() if github and summary is None else summary,
            junit=junit,
            json=as_json,
            github=github,
        )
        show(verdict, view)
        return verdict.exit_code

    return gate


def view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say what else a verdict is written to."""
    return with_options(
        command,
        click.option(
            "--summary", type=File, metavar="FILE", help="Add the verdict to a Markdown file."
        ),
        click.option("--junit", type=File, metavar="FILE", help="Write it as JUnit XML."),
        click.option("--json", "as_json", type=File, metavar="FILE", help="Write it as JSON."),
        click.option(
            "--github",
            is_flag=True,
            help="In GitHub Actions: annotations, and the verdict in the summary of the job.",
        ),
    )


def _step_summary() -> Path | None:
    """The file that GitHub Actions shows as the summary of a job; None elsewhere."""
    named = os.environ.get("GITHUB_STEP_SUMMARY")
    return Path(named) if named else None


def rules_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options for `chosen_rules`."""
    command = click.option(
        "--only",
        callback=names,
        metavar="GATE,…",
        help=f"Only these gates: {', '.join(ASKED)}.",
    )(command)
    return click.option(
        "--rules", type=File, metavar="FILE", help="TOML file that says what is allowed."
    )(command)


def chosen_rules(
    rules: Path | None, only: tuple[str, ...] | None, allow: tuple[str, ...] = ()
) -> GateRules:
    """The rules in a file, with what other options say over it.

    Raises:
        UsageError: there is no such file or gate, or the file says what means nothing.
        DataError: the file cannot be read.
    """
    found = GateRules() if rules is None else read_rules(rules)
    for gate in only or ():
        if gate not in ASKED:
            raise UsageError(
                f"there is no gate {gate!r}{suggestion(gate, ASKED)}; there are {', '.join(ASKED)}"
            )
    allowed = tuple(dict.fromkeys((*found.allow, *allow)))
    return replace(found, gates=only or found.gates, allow=allowed)


def _of_benchmarks(baseline: Path | None, files: tuple[Path, Path], rules: GateRules) -> Verdict:
    """What comes of two files of pytest-benchmark; raises `UsageError` if there is a baseline."""
    from vosbench.gate.pytest_files import judge_files

    if baseline is not None:
        raise UsageError(
            f"--pytest-benchmark holds one of two files to the other; leave out {baseline}"
        )
    return judge_files(*files, rules.timed)


def _check_kept(
    only: tuple[str, ...] | None,
    device: str | None,
    assignments: tuple[str, ...],
    plugins: tuple[Path, ...],
) -> None:
    """Raise `UsageError` for what a kept run cannot be asked."""
    from vosbench.gate.holding import KEPT

    without = [gate for gate in only or () if gate not in KEPT]
    if without:
        raise UsageError(
            f"--run holds a kept run to the baseline, which cannot be asked {' and '.join(without)}"
            "; leave out --run, and the run is made again"
        )
    given = {"--device": device, "--set": assignments, "--plugin": plugins}
    for option, value in given.items():
        if value:
            raise UsageError(f"{option} says how a run is made, and --run makes none; leave it out")
