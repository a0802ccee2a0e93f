"""Results in a folder: run folders, baselines, and files of pytest-benchmark."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vosbench.errors import DataError, UsageError
from vosbench.history.baseline_results import result_of_baseline
from vosbench.history.benchmark_results import results_of_benchmarks
from vosbench.history.results import Result
from vosbench.history.run_results import result_of_run


@dataclass(frozen=True)
class Reading:
    """What a folder holds.

    Attributes:
        results: by the name of their source.
        unread: a sentence for each file that should be a result and cannot be read.
    """

    results: tuple[Result, ...]
    unread: tuple[str, ...] = ()


def read_results(folder: Path) -> Reading:
    """All results below a folder, however deep; folders of a run are not searched.

    Other JSON files are passed over. One that cannot be read is told of and keeps none of the
    others from being read.

    Raises:
        UsageError: there is no such folder.
    """
    from vosbench.store import MANIFEST, RunFolder

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of results")
    results: list[Result] = []
    unread: list[str] = []
    for place in _places(folder, MANIFEST):
        source = _as_text(place.relative_to(folder))
        try:
            if place.is_dir():
                results.append(result_of_run(RunFolder(place).load(), source))
            else:
                results += _in_file(place, source)
        except DataError as error:
            unread.append(str(error))
    return Reading(tuple(results), tuple(unread))


def _places(folder: Path, manifest: str) -> Iterator[Path]:
    """Run folders and JSON files, by name; hidden ones hold no results."""
    for where, folders, files in os.walk(folder):
        if manifest in files:
            folders.clear()
            yield Path(where)
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".json") and not name.startswith("."):
                yield Path(where, name)


def _as_text(path: Path) -> str:
    """A path as tables and files can have it: bytes of a name that are no text are replaced."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _in_file(path: Path, source: str) -> Iterator[Result]:
    """The results in a JSON file; none in one of another kind."""
    from vosbench.gate.facts import read_baseline

    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        return
    if isinstance(content.get("benchmarks"), list):
        yield from results_of_benchmarks(content, path, source)
    elif {"format", "method", "masks", "sequences"} <= set(content):
        yield result_of_baseline(read_baseline(path), source)
