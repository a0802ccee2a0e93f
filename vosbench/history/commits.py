"""Commits in the order of their history, and how many lie between two."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_HEX = re.compile(r"[0-9a-f]{7,64}")
_SECONDS = 30


@dataclass(frozen=True)
class Commits:
    """What git says of the commits that results were made at.

    Attributes:
        repository: top folder; None where there is none at hand.
        places: commit → place in an order in which parents come first; those that the repository
            does not have are missing.
    """

    repository: Path | None = None
    places: Mapping[str, int] = field(default_factory=dict)

    def between(self, good: str, bad: str) -> int | None:
        """Number of commits that `bad` has and `good` has not; None where one is unknown."""
        if self.repository is None or not {good, bad} <= set(self.places):
            return None
        return int(_git(self.repository, "rev-list", "--count", f"{good}..{bad}") or 0)

    def leads(self, good: str, bad: str) -> bool:
        """Whether `good` is an ancestor of `bad`."""
        if self.repository is None or not {good, bad} <= set(self.places):
            return False
        return _git(self.repository, "rev-list", "--max-count=1", f"{bad}..{good}") == ""


def commits_of(repository: Path | None, wanted: Iterable[str]) -> Commits:
    """The order of commits in a repository; none without one.

    Args:
        repository: a folder in a checkout.
        wanted: hex; others are never handed to git.
    """
    if repository is None:
        return Commits()
    asked = [commit for commit in sorted(set(wanted)) if _HEX.fullmatch(commit)]
    answers = _git(repository, "cat-file", "--batch-check=%(objectname) %(objecttype)", said=asked)
    full = {  # names in short are found, too
        commit: answer.split()[0]
        for commit, answer in zip(asked, (answers or "").splitlines(), strict=False)
        if answer.endswith(" commit")
    }
    if not full:
        return Commits(repository)
    listed = _git(
        repository, "rev-list", "--topo-order", "--reverse", "--stdin", said=full.values()
    )
    order = {commit: place for place, commit in enumerate((listed or "").split())}
    return Commits(repository, {each: order[name] for each, name in full.items() if name in order})


def _git(repository: Path, *arguments: str, said: Iterable[str] = ()) -> str | None:
    """The answer of git to `said`, a line each; None where it has none."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(repository), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
            input="".join(f"{line}\n" for line in said),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
