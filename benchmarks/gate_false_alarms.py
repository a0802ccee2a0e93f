"""How often the gate cries wolf: `python -m benchmarks.gate_false_alarms`, `make bench-gate`.

A baseline is made and held to the same code again and again, while other processes keep the cores
busy, as on a machine that a CI shares. A regression is a false alarm, and one may be among fifty.
Counts of verdicts are printed with the findings that did not pass, and how long a gate took.
"""

import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from vosbench.errors import INCONCLUSIVE, OK, REGRESSION, UsageError, VosbenchError
from vosbench.machine import fingerprint
from vosbench.wording import counted

VERDICTS = {OK: "pass", REGRESSION: "regression", INCONCLUSIVE: "inconclusive"}

ALLOWED = 0.02
"""Share of gates of unchanged code that may be a regression: one in fifty."""

BUSY = """
import numpy as np
numbers = np.random.default_rng(0).random((1500, 1500))
while True:
    numbers = np.sort(numbers * 1.0000001, axis=0)
"""
"""Work that keeps a core and its caches busy until it is ended."""


@contextmanager
def neighbours(number: int) -> Iterator[None]:
    """So many busy processes beside this one."""
    command, alone = [sys.executable, "-c", BUSY], os.environ | {"OMP_NUM_THREADS": "1"}
    processes = [subprocess.Popen(command, env=alone) for _ in range(number)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def vosbench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """What a command ends with and says, in a process of its own."""
    start = "from vosbench.cli import main; main()"
    return subprocess.run([sys.executable, "-c", start, *arguments], capture_output=True, text=True)


@click.command()
@click.option("--method", default="eosvos-10", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE")
@click.option("--sequences", metavar="A,B,…", help="Of the sample.  [default: its first]")
@click.option("--only", default="timed", show_default=True, help="Which gates.")
@click.option("--rules", type=click.Path(path_type=Path), help="Rules of gates.")
@click.option("--gates", type=click.IntRange(1), default=50, show_default=True)
@click.option("--busy", type=click.IntRange(0), default=2, show_default=True)
@click.option("--quiet-baseline", is_flag=True, help="Make the baseline before others are busy.")
def main(
    method: str,
    settings: tuple[str, ...],
    sequences: str | None,
    only: str,
    rules: Path | None,
    gates: int,
    busy: int,
    quiet_baseline: bool,
) -> int:
    """Hold unchanged code to its baseline; ends with 3 if there are too many false alarms."""
    asked = ["--only", only, *(["--rules", str(rules)] if rules else [])]
    chosen = [word for setting in settings for word in ("--set", setting)]
    what = ["--method", method, *chosen, "--sequences", sequences or "sample-1-crouch"]
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "baseline.json")
        with neighbours(0 if quiet_baseline else busy):
            made = vosbench("baseline", file, "--dataset", "sample", *what, *asked)
        if made.returncode:
            raise UsageError(f"there is no baseline: {made.stderr.strip()}")
        with neighbours(busy):
            codes, seconds = zip(*(_gate(file, asked) for _ in range(gates)), strict=True)
    return _told(codes, seconds, busy)


def _gate(file: str, asked: Sequence[str]) -> tuple[int, float]:
    """What one gate ends with, and its seconds."""
    began = time.monotonic()
    verdict = Path(file).with_name("verdict.json")
    told = vosbench("gate", file, *asked, "--json", str(verdict))
    seconds = time.monotonic() - began
    if told.returncode not in VERDICTS:
        raise UsageError(f"the gate ended with {told.returncode}: {told.stderr.strip()}")
    click.echo(f"{VERDICTS[told.returncode]} in {seconds:.0f} s")
    for finding in json.loads(verdict.read_text())["findings"]:
        if finding["verdict"] != VERDICTS[OK]:
            click.echo(f"  {finding['what']}: {finding['why']}")
    return told.returncode, seconds


def _told(codes: Sequence[int], seconds: Sequence[float], busy: int) -> int:
    """The counts; the exit code."""
    counts = Counter(codes)
    verdicts = ", ".join(f"{counts[code]} {name}" for code, name in VERDICTS.items())
    facts = fingerprint("cpu")
    click.echo(
        f"{counted(len(codes), 'gate')} of unchanged code beside {busy} busy processes: {verdicts}"
        f"; {statistics.median(seconds):.0f} s a gate in the middle, {max(seconds):.0f} s at most"
    )
    click.echo(
        f"{facts['cpu']}, {counted(int(str(facts['cores'])), 'core')}, python "
        f"{platform.python_version()}"
    )
    click.echo(f"command: python -m benchmarks.gate_false_alarms {shlex.join(sys.argv[1:])}")
    return REGRESSION if counts[REGRESSION] > ALLOWED * len(codes) else OK


if __name__ == "__main__":
    try:
        sys.exit(main(standalone_mode=False))
    except (VosbenchError, click.ClickException) as error:
        sys.exit(
            f"Error: {error.format_message() if isinstance(error, click.ClickException) else error}"
        )
