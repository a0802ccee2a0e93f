"""The tools that are compared: how each is called, and how its figures are read."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.metrics_side_by_side.cases import Case
from vosbench.errors import UsageError

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
"""The checkout, which is what `vosbench` means in every command."""

Scores = Mapping[tuple[str, int], tuple[float, float]]
"""J and F, fractions, of each object, told by its sequence and its id."""

Command = Callable[[Case, int], list[str]]
"""Arguments of a process that scores a case with so many processes."""


@dataclass(frozen=True)
class Tool:
    """A program that scores masks.

    Attributes:
        name: as tables show it.
        command: how it is called.
        read: its figures, from what it prints; empty where there are none.
        protocol: vosbench's name for the rules that it follows.
        tolerance: how far its J and F may be from vosbench's, half its last digit at least.
        several: whether it can use more than one process.
    """

    name: str
    command: Command
    read: Callable[[str], Scores]
    protocol: str
    tolerance: float
    several: bool = True


@dataclass(frozen=True)
class Peer:
    """An evaluator that others have written.

    Attributes:
        name: of the repository; the option that points at a clone is `--NAME`.
        owner: whose repository it is.
        script: what is run, in the clone.
        arguments: of the script.
    """

    name: str
    owner: str
    script: str
    arguments: Command
    read: Callable[[str], Scores]
    protocol: str
    tolerance: float
    several: bool = True
    launcher: Path | None = None

    def tool(self, clone: Path, python: str) -> Tool:
        """The peer as it lies in `clone`, run by the interpreter `python`.

        Raises:
            UsageError: `clone` is none of it.
        """
        script = clone.expanduser().resolve() / self.script
        if not script.is_file():
            raise UsageError(
                f"{clone} holds no {self.script}; --{self.name} takes a clone of "
                f"https://github.com/{self.owner}/{self.name}"
            )
        launcher = [] if self.launcher is None else [str(self.launcher)]

        def command(case: Case, processes: int) -> list[str]:
            return [python, *launcher, str(script), *self.arguments(case, processes)]

        return Tool(self.name, command, self.read, self.protocol, self.tolerance, self.several)


def vosbench(protocol: str = "davis2017") -> Tool:
    """`vosbench score` of this checkout, its masks decoded by its own reader of PNG."""
    start = ["-c", "from vosbench.cli import main; main()"]
    return Tool("vosbench", _score(start, protocol), read_vosbench, protocol, 0.0)


def vosbench_with_pillow() -> Tool:
    """The same with Pillow alone."""
    start = [str(HERE / "pillow_only.py")]
    return Tool("vosbench, Pillow", _score(start, "davis2017"), read_vosbench, "davis2017", 0.0)


def _score(start: list[str], protocol: str) -> Command:
    def command(case: Case, processes: int) -> list[str]:
        workers = ["--workers", str(processes)] if processes > 1 else []
        folders = [str(case.predictions), "--annotations", str(case.annotations)]
        rest = ["--protocol", protocol, "--format", "json", *workers]
        return [sys.executable, *start, "score", *folders, *rest]

    return command


def read_vosbench(output: str) -> Scores:
    """The objects of `vosbench score --format json`."""
    rows = json.loads(output)
    return {
        (row["sequence"], int(row["object"])): (row["J_mean"], row["F_mean"])
        for row in rows
        if row["object"] != ""
    }


def read_davis2017(output: str) -> Scores:
    """The table "Per sequence results", whose rows are `SEQUENCE_OBJECT J F`."""
    _, _, table = output.partition("Per sequence results")
    rows = re.findall(r"^\s*(\S.*)_(\d+)\s+(\S+)\s+(\S+)$", table, re.MULTILINE)
    return {(name, int(number)): (float(j), float(f)) for name, number, j, f in rows}


def read_percentages(output: str) -> Scores:
    """Rows of `SEQUENCE OBJECT J&F J F` in per cent with one decimal."""
    figure = r"\s+(\d+\.\d|nan)"
    rows = re.findall(rf"^(\S.*?)\s+(\d{{3}}){figure}{figure}{figure}$", output, re.MULTILINE)
    return {(name, int(number)): (float(j) / 100, float(f) / 100) for name, number, _, j, f in rows}


PEERS = (
    Peer(
        "davis2017-evaluation",
        "davisvideochallenge",
        "evaluation_method.py",
        lambda case, _: [
            *("--task", "semi-supervised", "--davis_path", str(case.davis)),
            *("--results_path", str(case.predictions)),
        ],
        read_davis2017,
        "davis2017",
        1e-9,
        several=False,
        launcher=HERE / "all_digits.py",  # it prints six digits, which would hide differences
    ),
    Peer(
        "vos-benchmark",
        "hkchengrex",
        "benchmark.py",
        lambda case, processes: [
            *("-g", str(case.annotations), "-m", str(case.predictions)),
            *("-n", str(processes)),
        ],
        read_percentages,
        "vos-benchmark",
        0.0005 + 1e-9,
    ),
    Peer(
        "sam2",
        "facebookresearch",
        "sav_dataset/sav_evaluator.py",
        lambda case, processes: [
            *("--gt_root", str(case.annotations), "--pred_root", str(case.predictions)),
            *("-n", str(processes)),
        ],
        read_percentages,
        "sa-v",
        0.0005 + 1e-9,
    ),
)
"""The evaluators that a clone can be given of."""
