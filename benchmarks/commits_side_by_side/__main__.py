"""How much faster methods are than at another commit, and whether their scores stayed.

    python -m benchmarks.commits_side_by_side COMMIT --method eosvos-50 [--set precision=bfloat16]

Both commits run each method in a process of their own over the same sequences, taking turns: a
pass of the old one, a pass of the new one, and again. The ratio is taken pass by pass, so that what
slows down both is in neither; its median and its range are shown. The first pass of each warms up
and is not counted. Settings are those of the new one; the old one runs with its own defaults.
"""

import json
import math
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from vosbench.command_line import choose_dataset, dataset_options
from vosbench.errors import OK, UsageError, VosbenchError
from vosbench.evaluate import evaluate_sequence, summarise
from vosbench.machine import fingerprint
from vosbench.metrics import protocols
from vosbench.sequence import Dataset
from vosbench.wording import counted

WORKER = Path(__file__).with_name("worker.py")
HERE = Path(__file__).parents[2]

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


class Worker:
    """A process that runs one method with one source tree.

    Args:
        tree: folder of the source.
        method: name.
        settings: as in `--set`.
        options: of the dataset, as `choose_dataset` takes them.
        masks: folder for its masks.
    """

    def __init__(
        self, tree: Path, method: str, settings: Sequence[str], options: dict[str, Any], masks: Path
    ) -> None:
        arguments = [
            str(tree),
            method,
            json.dumps(list(settings)),
            json.dumps(options, default=str),
            str(masks),
        ]
        self._masks = masks
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._answer()
        except UsageError:
            self.close()
            raise

    def one_pass(self) -> float:
        """Seconds of a pass over all sequences."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return math.fsum(self._answer())

    def J(self, dataset: Dataset) -> float:
        """Mean J over objects of the masks of the last pass."""
        protocol = protocols.get(dataset.protocol)
        scores = []
        for sequence in dataset.sequences:
            label_maps = np.load(self._masks / f"{sequence.name}.npy")
            scores += evaluate_sequence(sequence, label_maps.__getitem__, protocol).objects
        return summarise(scores).J.mean

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> list[Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise UsageError("a side ended before its time; its message stands above")
        answer: list[Any] = json.loads(line)
        return answer


@contextmanager
def source_of(commit: str) -> Iterator[Path]:
    """A folder with the source of `commit`, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        added = subprocess.run(
            ["git", "-C", str(HERE), "worktree", "add", "--detach", str(tree), commit],
            capture_output=True,
            text=True,
        )
        if added.returncode:
            raise UsageError(f"commit {commit} cannot be checked out: {added.stderr.strip()}")
        try:
            yield tree
        finally:
            remove = ["git", "-C", str(HERE), "worktree", "remove", "--force", str(tree)]
            subprocess.run(remove, check=True, capture_output=True)


def compare(
    old: Path, method: str, settings: Sequence[str], options: dict[str, Any], repetitions: int
) -> tuple[Side, Side]:
    """Both sides of one method, passes taken in turn."""
    dataset = choose_dataset(**options)
    with ExitStack() as stack:
        workers = []
        for tree, chosen in ((old, ()), (HERE, settings)):
            masks = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            workers.append(Worker(tree, method, chosen, options, masks))
            stack.callback(workers[-1].close)
        passes = [
            [worker.one_pass() for worker in workers] for _ in range(repetitions + 1)
        ]  # the first warms up
        sides = zip(*passes[1:], strict=True)
        scores = [worker.J(dataset) for worker in workers]
        first, second = (Side(s, J) for s, J in zip(sides, scores, strict=True))
        return first, second


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
    with source_of(commit) as old:
        for method in methods:
            click.echo(line(method, frames, *compare(old, method, settings, where, repetitions)))
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
