"""Figures of pytest-benchmark: the median of each benchmark in a file that it saved."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vosbench.errors import DataError
from vosbench.history.results import Figure, Result, Subject
from vosbench.history.run_results import digest

_MACHINE = ("node", "processor", "machine", "cpu", "python_version")
"""What tells machines apart in files without a fingerprint of vosbench."""


def results_of_benchmarks(content: Mapping[str, Any], path: Path, source: str) -> Iterator[Result]:
    """A result for each benchmark of a file.

    Raises:
        DataError: the file is no such file.
    """
    machine = _machine(content.get("machine_info"))
    commit = content.get("commit_info")
    commit = commit if isinstance(commit, Mapping) else {}
    for number, each in enumerate(content["benchmarks"], 1):
        try:
            name, seconds = str(each["fullname"]), float(each["stats"]["median"])
        except (KeyError, TypeError, ValueError):
            raise DataError(
                f"{path} is no file of pytest-benchmark: benchmark {number} has no fullname or no "
                "stats.median"
            ) from None
        if not (math.isfinite(seconds) and seconds > 0):
            raise DataError(f"{path}: the median of {name} is {seconds}, which is no time")
        within = (("machine", machine),)
        yield Result(
            source=source,
            subject=Subject(label=name),
            figures={Figure("median time", "milliseconds", False, "", within=within): seconds},
            commit=str(commit.get("id") or ""),
            dirty=bool(commit.get("dirty")),
            created=str(content.get("datetime") or commit.get("time") or ""),
            around={"machine": machine},
        )


def _machine(facts: object) -> str:
    """The fingerprint of vosbench if its suite wrote one, else a digest of what tells machines."""
    if not isinstance(facts, Mapping):
        return ""
    own = facts.get("vosbench")
    if isinstance(own, Mapping) and own.get("id"):
        return str(own["id"])
    known = {name: facts[name] for name in _MACHINE if name in facts}
    cpu = known.get("cpu")
    if isinstance(cpu, Mapping):  # clocks change from one second to the next
        known["cpu"] = {name: cpu.get(name) for name in ("brand_raw", "count")}
    return digest(known)
