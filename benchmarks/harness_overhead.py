"""What the harness adds to a method: `make bench-harness`, `python -m benchmarks.harness_overhead`.

Each method goes over the same frames bare (`fit`, `step` after `step`, the arrays kept) and through
a timed pass of vosbench (clock, memory at the borders of phases, checks, seeding), one after the
other in one process. Frames lie in memory and masks are thrown away: decoding and writing are `io`,
no time of a method. The two passes of a round are taken off each other, so that what
slows down both is in neither.
"""

import platform
import shlex
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import numpy as np

from benchmarks.harness_methods import Nested, Still, Working
from benchmarks.harness_rounds import (
    MISSED,
    MOST_MILLISECONDS,
    UNDECIDED,
    UNSURE,
    InMemory,
    Overhead,
    measure,
)
from vosbench.command_line import load_methods, plugin_option
from vosbench.errors import INCONCLUSIVE, OK, REGRESSION, UsageError, VosbenchError
from vosbench.machine import fingerprint
from vosbench.method import Method
from vosbench.passes import PassTimer, Session
from vosbench.request import RunRequest
from vosbench.speed.rates import AMORTISED
from vosbench.warm_up import Shape, made_up_clip
from vosbench.wording import counted


def timed_pass(method: Method, clip: InMemory) -> float:
    """A pass as `vosbench run` times it; seconds of the phases of the method."""
    request = RunRequest(
        method="bench",
        label="bench",
        settings={},
        overrides={},
        source_sha256="",
        origin="",
        build=lambda: method,
        warm_up=False,
    )
    timer = PassTimer(method, request, load_seconds=0.0, session=Session(), tell=click.echo)
    attempt = timer.attempt(clip.clip(), clip.keep, lambda: None, lambda index, seen: None)
    seconds = attempt.result().passes[0].seconds
    return sum(seconds[name] for name in AMORTISED)


def table(found: Iterable[Overhead]) -> str:
    """A line a method; medians over the rounds, and from the first to the third quartile."""
    head = (
        "method",
        "bare loop",
        "+ inside phases",
        "+ between them",
        "both",
        "both, CPU time",
        "share",
        "limit",
        "once a pass",
    )
    rows = [
        (
            each.name,
            _spread(each.bare()),
            _spread(each.inside()),
            _spread(each.between()),
            _spread(each.added()),
            _spread(each.added_cpu()),
            f"{100 * each.share:.2f} %" if statistics.median(each.bare()) > 1 else "",
            each.verdict,
            _spread(each.around()),
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


def _spread(samples: Sequence[float]) -> str:
    """Median and quartiles.

    >>> _spread([1.0, 2.0, 3.0, 4.0, 5.0])
    '3.000 [2.000, 4.000]'
    """
    low, middle, high = statistics.quantiles(samples, n=4, method="inclusive")
    return f"{middle:.3f} [{low:.3f}, {high:.3f}]"


@click.command()
@click.option("--frames", type=click.IntRange(1), default=8, show_default=True)
@click.option("--rounds", type=click.IntRange(2), default=40, show_default=True)
@click.option("--height", type=click.IntRange(16), default=480, show_default=True)
@click.option("--width", type=click.IntRange(16), default=854, show_default=True)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAME",
    help="What to measure besides made methods; repeatable.",
)
@plugin_option
def main(
    frames: int,
    rounds: int,
    height: int,
    width: int,
    methods: tuple[str, ...],
    plugins: tuple[Path, ...],
) -> None:
    """Say what the harness adds to a frame.

    Ends with 3 if that is more than it may be, with 4 if the machine is too restless to tell.
    """
    images, mask = made_up_clip(Shape(height, width, 1), frames)
    opened: dict[str, Method] = {
        "does nothing": Still(),
        "phases within phases": Nested(),
        "about 20 fps": Working(0.05),
        **_opened(methods, plugins),
    }
    click.echo(f"$ {shlex.join(['python', '-m', 'benchmarks.harness_overhead', *sys.argv[1:]])}")
    facts = fingerprint("cpu")
    cores = counted(int(str(facts["cores"])), "core")
    click.echo(
        f"{facts['cpu']}, {cores}, {platform.python_implementation()} "
        f"{platform.python_version()}, numpy {np.__version__}, {facts['os']}"
    )
    click.echo(
        f"{frames} frames of {width}×{height}; milliseconds a frame, median of {rounds} rounds "
        "[first, third quartile]\n"
    )
    found = [
        measure(name, method, images, mask, harness=timed_pass, rounds=rounds)
        for name, method in opened.items()
    ]
    click.echo(table(found))
    click.echo(
        f"\nLimit: {MOST_MILLISECONDS:g} ms a frame of wall clock for both, which is 2 % of a "
        "method of 20 frames per second and less of a slower one; by CPU time or undecided where "
        f"the rounds scatter too much for a verdict at {1 - UNSURE:.0%}. What is added between "
        "phases, and once a pass, is in no rate that vosbench reports."
    )
    verdicts = {each.verdict for each in found}
    sys.exit(REGRESSION if MISSED in verdicts else INCONCLUSIVE if UNDECIDED in verdicts else OK)


def _opened(names: Sequence[str], plugins: Sequence[Path]) -> dict[str, Method]:
    """Methods by name, their weights loaded."""
    opened = {}
    try:
        for loaded in load_methods(names, (), "cpu", plugins) if names else ():
            method = loaded.build()
            if not isinstance(method, Method) or method.offline:
                raise UsageError(f"{loaded.entry.name} does not segment frame by frame")
            opened[loaded.entry.name] = method
    except VosbenchError as error:
        raise click.ClickException(str(error)) from error
    return opened


if __name__ == "__main__":
    main()
