"""Results kept over time, and the repository whose commits they were made at."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.reports.conftest import made_run
from vosbench.record_json import to_json
from vosbench.store import RunFolder
from vosbench.wording import counted


def keep(folder: Path, figures: Mapping[str, Any], *, commit: str = "", **facts: Any) -> Path:
    """A run folder with the J of each object by sequence; F is half of it."""
    git = {"commit": commit, "dirty": facts.pop("dirty", False)} if commit else {}
    run = made_run(facts.pop("method", "copy-first"), figures, git=git, **facts)
    kept = RunFolder(folder)
    (folder / "records").mkdir(parents=True)
    kept.write_manifest(run.manifest)
    for record in run.records:
        (folder / "records" / f"{record.sequence}.json").write_text(to_json(record))
    return folder


def history(folder: Path, J: Sequence[float], *, commits: Sequence[str] = (), **facts: Any) -> Path:
    """A run of one sequence for each value, a day apart; at these commits, if there are any."""
    for number, value in enumerate(J):
        place = folder / f"{number:03}" / "copy-first"
        each = {
            name: value[number] if isinstance(value, list) else value
            for name, value in facts.items()
        }
        created = f"2026-01-{1 + number // 24:02}T{number % 24:02}:00:00+00:00"
        keep(
            place,
            {"bear": [value]},
            **{"commit": commits[number] if commits else "", "created": created, **each},
        )
    return folder


def git(repository: Path, *arguments: str) -> str:
    """What git answers."""
    identity = {
        f"GIT_{who}_{what}": "a@b.c"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return subprocess.run(
        ["git", "-C", str(repository), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull},
    ).stdout.strip()


def repository(folder: Path, states: Sequence[str]) -> list[str]:
    """A repository with a commit for each state, which a file `state` holds; the commits."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    found = []
    for number, state in enumerate(states):
        (folder / "state").write_text(f"{state}\n{number}\n")
        git(folder, "add", "state")
        git(folder, "commit", "--quiet", "--message", f"after {counted(number, 'commit')}")
        found.append(git(folder, "rev-parse", "HEAD"))
    return found
