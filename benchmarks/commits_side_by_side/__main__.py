"""How much faster methods are than at another commit, and whether their scores stayed.

    python -m benchmarks.commits_side_by_side COMMIT --method eosvos-50 [--set precision=bfloat16]

Both commits run each method in a process of their own over the same sequences, taking turns: a
pass of the old one, a pass of the new one, and again. The ratio is taken pass by pass, so that what
slows down both is in neither; its median and its range are shown. The first pass of each warms up
and is not counted. Settings are those of the new one; the old one runs with its own defaults.
"""

import math
import os
import platform
import shlex
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from vosbench.command_line import choose_dataset, dataset_options
from vosbench.errors import OK, VosbenchError
from vosbench.evaluate import evaluate_sequence, summarise
from vosbench.gate import sides
from vosbench.gate.sides import HERE, write_clips
from vosbench.gate.worktree import source_of
from vosbench.machine import fingerprint
from vosbench.metrics import protocols
from vosbench.registry import method_settings
from vosbench.sequence import Dataset
from vosbench.settings import distribute
from vosbench.wording import counted

HEAD = ("old fps", "new fps", "ratio", "range", "old J", "new J")


@dataclass(frozen=True)
class Side:
    """What one commit made of one method.

    Attributes:
        seconds: of every counted pass, over all sequences.
        J: mean over objects, 0..1.
    """

    seconds: tuple[float, ...]
    J: float


def compare(
    old: Path, method: str, settings: Sequence[str], dataset: Dataset, repetitions: int
) -> tuple[Side, Side]:
    """Both sides of one method, passes taken in turn."""
    with ExitStack() as stack:
        clips = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_clips(clips, dataset.sequences)
        workers, kept = [], []
        for tree, chosen in ((old, ()), (HERE, tuple(settings))):
            masks = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            side = sides.Side(roots=(tree,), method=method, assignments=chosen, masks=masks)
            workers.append(stack.enter_context(sides.Worker(side, clips)))
            kept.append(masks)
        passes = [
            [one_pass(worker) for worker in workers] for _ in range(repetitions + 1)
        ]  # the first warms up
        seconds = zip(*passes[1:], strict=True)
        scores = [J_of(masks, dataset) for masks in kept]
        first, second = (Side(s, J) for s, J in zip(seconds, scores, strict=True))
        return first, second


def one_pass(worker: sides.Worker) -> float:
    """Seconds of a pass over all sequences."""
    return math.fsum(spent.wall for parts in worker.passes() for spent in parts.values())


def J_of(masks: Path, dataset: Dataset) -> float:
    """Mean J over objects of the masks of the last pass."""
    protocol = protocols.get(dataset.protocol)
    scores = []
    for at, sequence in enumerate(dataset.sequences):
        label_maps = np.load(masks / f"{at:04}.npy")
        scores += evaluate_sequence(sequence, label_maps.__getitem__, protocol).objects
    return summarise(scores).J.mean


def line(method: str, frames: int, old: Side, new: Side) -> str:
    """A row of the table."""
    ratios = [before / after for before, after in zip(old.seconds, new.seconds, strict=True)]
    fps = [frames / statistics.median(side.seconds) for side in (old, new)]
    range_ = f"{min(ratios):.2f} … {max(ratios):.2f}"
    figures = [*fps, statistics.median(ratios)]
    J = [f"{100 * side.J:.1f}" for side in (old, new)]
    return row(method, [*(f"{figure:.2f}" for figure in figures), range_, *J])


def row(method: str, cells: Sequence[str]) -> str:
    """Cells below each other."""
    return f"{method:20}" + "".join(
        f"{cell:>{14 if place == 3 else 9}}" for place, cell in enumerate(cells)
    )


@click.command()
@click.argument("commit")
@click.option("--method", "methods", multiple=True, required=True, help="Which; repeatable.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Of the new one.")
@click.option("--repetitions", type=click.IntRange(1), default=5, show_default=True)
@dataset_options
def main(
    commit: str, methods: tuple[str, ...], settings: tuple[str, ...], repetitions: int, **where: Any
) -> int:
    """Compare methods with those of COMMIT."""
    dataset = choose_dataset(**where)
    frames = sum(len(sequence) - 1 for sequence in dataset.sequences)
    click.echo(row("method", HEAD))
    known = {method: method_settings(method) for method in methods}
    chosen = distribute(settings, known)
    with source_of(commit, HERE) as old:
        for method in methods:
            given = [f"{name}={text}" for name, text in chosen[method].items()]
            click.echo(line(method, frames, *compare(old, method, given, dataset, repetitions)))
    facts, threads = fingerprint("cpu"), os.environ.get("OMP_NUM_THREADS", "not set")
    cores = counted(int(str(facts["cores"])), "core")
    click.echo(
        f"{repetitions} passes each in turn over {len(dataset.sequences)} sequences of "
        f"{dataset.name}, {frames} frames; {facts['cpu']}, {cores}, python "
        f"{platform.python_version()}, OMP_NUM_THREADS {threads}"
    )
    click.echo(f"command: python -m benchmarks.commits_side_by_side {shlex.join(sys.argv[1:])}")
    return OK


if __name__ == "__main__":
    try:
        sys.exit(main(standalone_mode=False))
    except (VosbenchError, click.ClickException) as error:
        sys.exit(
            f"Error: {error.format_message() if isinstance(error, click.ClickException) else error}"
        )
