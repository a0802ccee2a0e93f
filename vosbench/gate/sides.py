"""Processes that run a method when they are told to, each with a source tree of its own.

Whatever takes turns runs apart, so that one side leaves nothing behind for the other, and an old
commit runs its own code. Frames are decoded here and handed over as arrays: a side knows nothing of
datasets.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

import vosbench
from vosbench.errors import UsageError
from vosbench.one_line import one_line
from vosbench.segment import first_mask
from vosbench.sequence import Sequence
from vosbench.timing_records import STREAMING

WORKER = Path(__file__).with_name("side_worker.py")

HERE = Path(vosbench.__file__).parents[1]
"""Where vosbench is imported from: a checkout, or where packages are installed."""

METHOD, WORKLOAD = "method", "workload"
"""What a side can be told to do."""

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

_PATIENCE = 10.0
"""Seconds that a side has to leave of itself."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """What runs in a process.

    Attributes:
        roots: folders that code is imported from before all others; one holds vosbench.
        method: name.
        assignments: settings as in `--set`.
        plugins: files that bring further methods.
        device: where to compute.
        seed: of the method.
        mode: in which frames are handed over.
        threads: of numeric libraries; 0 leaves them as they are.
        within: folder that the code of the method must lie in; None for anywhere.
        masks: folder that the masks of the last pass are kept in, `0000.npy` and so on, `uint8
            T×h×w` with the first; None keeps none.
    """

    roots: tuple[Path, ...]
    method: str
    assignments: tuple[str, ...] = ()
    plugins: tuple[Path, ...] = ()
    device: str = "cpu"
    seed: int = 0
    mode: str = STREAMING
    threads: int = 0
    within: Path | None = None
    masks: Path | None = None


@dataclass(frozen=True)
class Spent:
    """What a piece of work took.

    Attributes:
        wall: seconds of wall clock.
        cores: seconds that all cores together worked for it in this process.
    """

    wall: float
    cores: float


Parts = Mapping[str, Spent]
"""By part of a pass: `first frame` and `frames`, or `clip` where it is handed over whole."""


class Worker:
    """A process that runs one side; leaves with the context.

    Args:
        side: what it runs.
        clips: folder that `write_clips` filled.

    Raises:
        UsageError: the method cannot be loaded there.
    """

    def __init__(self, side: Side, clips: Path) -> None:
        described = json.dumps(asdict(side) | {"clips": clips}, default=str)
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(WORKER), described],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=_environment(side.threads),
        )
        try:
            self.machine: Mapping[str, object] = self._answer()
        except BaseException:
            self.close()
            raise

    def passes(self, times: int = 1) -> tuple[Parts, ...]:
        """Seconds of so many passes over each clip.

        Raises:
            UsageError: the method fails.
        """
        return tuple(_parts(clip) for clip in self._ask(METHOD, times))

    def workload(self, times: int) -> Spent:
        """Seconds of so many units of the reference workload."""
        (spent,) = self._ask(WORKLOAD, times)
        return _parts(spent)[WORKLOAD]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._errors, self._process.stdout:
            try:
                self._process.stdin.close()
                self._process.wait(_PATIENCE)
            except (OSError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _ask(self, what: str, times: int) -> Any:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps([what, times]) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has left, and the missing answer will tell why
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            said = [line for line in self._errors.read().splitlines() if line.strip()]
            last = one_line(said[-1].strip()) if said else f"exit code {self._process.returncode}"
            raise UsageError(f"a side ended before its time: {last}")
        return json.loads(line)


def write_clips(folder: Path, sequences: Iterable[Sequence], *, most: float = math.inf) -> None:
    """Decoded frames and first masks of sequences, as sides read them.

    One file a sequence, `0000.npz` and so on: `mask`, the first mask as methods get it, and
    `frame0`, `frame1`, …, `uint8 h×w×3`.

    Args:
        folder: where they go.
        sequences: in their order.
        most: frames of each.

    Raises:
        DataError: a frame cannot be read, or a first annotation is missing or holds no object.
    """
    for at, sequence in enumerate(sequences):
        frames = {
            f"frame{index}": sequence.read_image(index)
            for index in range(int(min(len(sequence), most)))
        }
        np.savez(folder / f"{at:04}.npz", mask=first_mask(sequence), **frames)  # type: ignore[arg-type]


def _parts(answered: Mapping[str, list[float]]) -> Parts:
    return {part: Spent(*seconds) for part, seconds in answered.items()}


def _environment(threads: int) -> dict[str, str]:
    return dict(os.environ) | (dict.fromkeys(_THREADS, str(threads)) if threads else {})
