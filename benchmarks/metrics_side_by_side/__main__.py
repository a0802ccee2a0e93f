"""vosbench beside the evaluators whose clones are given: seconds of whole processes, and ratios.

python -m benchmarks.metrics_side_by_side --shared ../shared --vos-benchmark ~/vos-benchmark …
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.metrics_side_by_side import table
from benchmarks.metrics_side_by_side.cases import (
    Case,
    folder_case,
    generated_case,
    shared_cases,
)
from benchmarks.metrics_side_by_side.timing import entries, measured, scores_of
from benchmarks.metrics_side_by_side.tools import PEERS, Tool, vosbench, vosbench_with_pillow
from vosbench.errors import OK, SOME_JOBS_FAILED, USAGE, UsageError, VosbenchError
from vosbench.machine import fingerprint
from vosbench.reports.formats.render import FORMATS, render

TIMEOUT_SECONDS = 900.0
"""How long a tool may take; one of them waits for ever where a prediction is missing."""

Folder = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--davis2017-evaluation", type=Folder, help="A clone of this repository.")
@click.option("--vos-benchmark", type=Folder, help="A clone of this repository.")
@click.option("--sam2", type=Folder, help="A clone of this repository; its SA-V evaluator is run.")
@click.option("--python", help="Interpreter of the clones.  [default: the one that runs this]")
@click.option("--shared", type=Folder, help="Folder of the two reference cases.")
@click.option("--annotations", type=Folder, help="Masks of your own, with --predictions.")
@click.option("--predictions", type=Folder, help="What is scored, with --annotations.")
@click.option(
    "--repetitions", type=click.IntRange(1), default=5, show_default=True, help="Of every tool."
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    multiple=True,
    default=(1, 2),
    show_default=True,
    help="Worker processes of the tools that have them; repeatable.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=TIMEOUT_SECONDS,
    show_default=True,
    help="Seconds after which a tool is stopped.",
)
@click.option("--format", "style", type=click.Choice(FORMATS), default="text", show_default=True)
def command(
    *,
    python: str | None,
    shared: Path | None,
    annotations: Path | None,
    predictions: Path | None,
    repetitions: int,
    processes: tuple[int, ...],
    timeout: float,
    style: str,
    **clones: Path | None,
) -> int:
    """Time vosbench and the evaluators whose clones are given on the same masks, in turn.

    Without --shared and without folders of masks, masks are generated. Ends with 2 where a tool
    that was given fails, or its figures differ from those of vosbench under the same rules.
    """
    given = {peer: clones[peer.name.replace("-", "_")] for peer in PEERS}
    tools = [vosbench(), vosbench_with_pillow()]
    tools += [peer.tool(path, python or sys.executable) for peer, path in given.items() if path]
    absent = [peer.name for peer, path in given.items() if path is None]
    tables, failed = [], False
    with tempfile.TemporaryDirectory() as scratch:
        for case in _cases(shared, annotations, predictions, Path(scratch)):
            expected = {
                name: scores_of(case, vosbench(name), timeout_seconds=timeout)
                for name in sorted({tool.protocol for tool in tools})
            }
            done = measured(
                case,
                entries(tools, processes),
                repetitions=repetitions,
                timeout_seconds=timeout,
                told=lambda text: click.echo(text, err=True),
            )
            tables.append(table.build(case, done, absent, expected, str(fingerprint()["id"])))
            failed |= bool(table.problems(done, expected))
    tables[-1] = replace(tables[-1], footnotes=_footnotes(repetitions, tools))
    click.echo(render(tables, style, width=160), nl=False)
    return SOME_JOBS_FAILED if failed else OK


def _cases(
    shared: Path | None, annotations: Path | None, predictions: Path | None, scratch: Path
) -> Iterator[Case]:
    """The cases that were asked for, one after the other.

    Raises:
        UsageError: only one of two folders is given.
    """
    if (annotations is None) != (predictions is None):
        raise UsageError("--annotations and --predictions are given together or not at all")
    if shared is not None:
        yield from shared_cases(shared.expanduser(), scratch)
    if annotations is not None and predictions is not None:
        yield folder_case(
            "given folders", annotations.expanduser(), predictions.expanduser(), scratch
        )
    if shared is None and annotations is None:
        yield generated_case(scratch)


def _footnotes(repetitions: int, tools: Sequence[Tool]) -> tuple[str, ...]:
    machine = fingerprint()
    memory = machine.get("memory_bytes")
    size = f", {memory / 2**30:.0f} GiB" if isinstance(memory, int) else ""
    return (
        f"Machine {machine['id']}: {machine['cpu']}, cores: {machine['cores']}{size}, "
        f"{machine['os']}.",
        f"Seconds of whole processes, {len(tools)} tools in turn, repetitions: {repetitions}; "
        "medians, and ratios of medians with the same number of processes.",
        "Figures are held against those of vosbench under the tool's own rules: "
        "davis2017-evaluation to 1e-9, the others to the decimal that they print.",
    )


def main(arguments: Sequence[str]) -> int:
    """Run the comparison; its exit code, after a sentence on standard error where it failed."""
    try:
        code: int = command.main(
            list(arguments),
            prog_name="python -m benchmarks.metrics_side_by_side",
            standalone_mode=False,
        )
    except VosbenchError as error:
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
