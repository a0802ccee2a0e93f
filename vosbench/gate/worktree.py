"""The source of a commit, in a folder of its own."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vosbench.errors import UsageError
from vosbench.one_line import one_line


@contextmanager
def source_of(commit: str, repository: Path) -> Iterator[Path]:
    """A folder with the source of `commit`, gone afterwards.

    Args:
        commit: anything that git takes for one.
        repository: top folder of a checkout.

    Raises:
        UsageError: there is no such commit there.
    """
    with tempfile.TemporaryDirectory(prefix="vosbench-commit-") as folder:
        tree = Path(folder) / "tree"
        added = _git(repository, "worktree", "add", "--detach", str(tree), commit)
        if added.returncode:
            raise UsageError(
                f"commit {commit} cannot be checked out: {one_line(added.stderr.strip())}; a clone "
                "without history lacks old commits: `git fetch --unshallow` brings them"
            )
        try:
            yield tree
        finally:
            _git(repository, "worktree", "remove", "--force", str(tree))


def _git(repository: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["git", "-C", str(repository), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise UsageError(f"git cannot be started: {error}") from error
