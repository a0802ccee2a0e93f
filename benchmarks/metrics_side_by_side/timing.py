"""Whole processes, timed in turn."""

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from benchmarks.metrics_side_by_side.cases import Case
from benchmarks.metrics_side_by_side.tools import ROOT, Scores, Tool


@dataclass(frozen=True)
class Entry:
    """A tool with a number of processes, and what came of it.

    Attributes:
        seconds: of each repetition, in order.
        scores: of the first repetition.
        problem: why there is no result, or empty. A tool that fails is not run again.
    """

    tool: Tool
    processes: int
    seconds: tuple[float, ...] = ()
    scores: Scores = field(default_factory=dict)
    problem: str = ""


def entries(tools: Iterable[Tool], processes: Iterable[int]) -> tuple[Entry, ...]:
    """Every tool with every number of processes that it can use."""
    counts = tuple(processes)
    return tuple(
        Entry(tool, count) for count in counts for tool in tools if count == 1 or tool.several
    )


def measured(
    case: Case,
    waiting: Iterable[Entry],
    *,
    repetitions: int,
    timeout_seconds: float,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Entry, ...]:
    """The entries with their times: all in turn, then all again, `repetitions` times.

    So a machine that slows down or speeds up in the meantime does so for all.
    """
    done = list(waiting)
    case.read_ahead()
    for repetition in range(repetitions):
        for place, entry in enumerate(done):
            if not entry.problem:
                told(f"{case.name}: {repetition + 1}/{repetitions} {entry.tool.name}")
                done[place] = _once(case, entry, timeout_seconds)
    case.clean()
    return tuple(done)


def scores_of(case: Case, tool: Tool, *, timeout_seconds: float) -> Scores:
    """Figures of one run that is not timed; empty where it fails."""
    return _once(case, Entry(tool, 1), timeout_seconds).scores


def _once(case: Case, entry: Entry, timeout_seconds: float) -> Entry:
    """The entry after one more run."""
    case.clean()
    ended = _run(entry.tool.command(case, entry.processes), timeout_seconds)
    if ended.code is None:
        return replace(entry, problem=f"no end within {timeout_seconds:g} s; stopped")
    if ended.code != 0:
        return replace(entry, problem=f"ended with code {ended.code}: {_last(ended.errors)}")
    try:
        scores = entry.tool.read(ended.output)
    except (ValueError, KeyError) as error:
        return replace(entry, problem=f"printed what cannot be read as its result: {error}")
    if not scores:
        said = _last(ended.output) or _last(ended.errors)
        return replace(entry, problem=f"ended with code 0 without a result: {said}")
    return replace(entry, seconds=(*entry.seconds, ended.seconds), scores=entry.scores or scores)


@dataclass(frozen=True)
class _Ended:
    code: int | None  # None where the process was stopped
    seconds: float
    output: str
    errors: str


def _run(command: list[str], timeout_seconds: float) -> _Ended:
    """A process from start to end, with all that it started if it has to be stopped."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,  # a group of its own, so that its workers can be stopped too
        )
        stopped = threading.Event()
        watchdog = threading.Timer(timeout_seconds, _stop, (process, stopped))
        watchdog.start()
        try:
            # Without a timeout: with one, Python looks only every 50 ms whether it has ended.
            code = process.wait()
        finally:
            watchdog.cancel()
            if process.poll() is None:
                _stop(process, stopped)
                process.wait()
        seconds = time.perf_counter() - start
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return _Ended(None if stopped.is_set() else code, seconds, *texts)


def _stop(process: "subprocess.Popen[bytes]", stopped: threading.Event) -> None:
    """End a process with all that it started."""
    stopped.set()
    with contextlib.suppress(ProcessLookupError):  # it has just ended
        os.killpg(process.pid, signal.SIGKILL)


def _last(text: str) -> str:
    """The last line that says something, as a terminal would show it."""
    lines = [line.split("\r")[-1].strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "(it says nothing)")
