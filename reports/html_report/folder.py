"""The folder of a report: written beside its place and moved there whole."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from vosbench.atomic import OLD, PART, hidden, remove, write_text, writing
from vosbench.errors import UsageError

MARKER = "vosbench-report.json"
"""File by which a folder is known as a report; only such a folder is replaced."""

FORMAT = 1
"""Number of the layout of the folder; in the marker."""


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """An empty folder to write a report to, which takes the place of `out` at the end.

    If anything is raised inside, or the process ends, what was at `out` stays. A link is followed.

    Raises:
        UsageError: `out` is there and is no report, holds the working directory, or is being
            written by another process.
        CannotWriteError: the file system refuses.
    """
    with writing(out):
        out = Path(os.path.realpath(out))
        _check_ours(out)
    part, old = hidden(out, PART), hidden(out, OLD)
    with _alone(out):
        with writing(out):
            if old.exists() and not out.exists():
                old.rename(out)  # ended between the two moves below
            remove(part)
            part.mkdir()
        try:
            yield part
            write_text(part / MARKER, json.dumps({"format": FORMAT}) + "\n")
        except BaseException:
            remove(part)
            raise
        with writing(out):
            remove(old)
            if out.exists():
                out.rename(old)
            part.rename(out)
            remove(old)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep other processes from writing to `out`; its parents are made."""
    lock = FileLock(hidden(out, ".lock"))
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(
                f"another report is being written to {out}; wait for it, or give --html another "
                "folder"
            ) from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes it when it is released
            Path(lock.lock_file).unlink()
        lock.release()


def _check_ours(out: Path) -> None:
    """Raise `UsageError` if something is at `out` that must not be replaced."""
    if Path.cwd().is_relative_to(out):
        raise UsageError(
            f"{out} holds the folder that you are in, and is not replaced; give --html the name "
            "of a folder to make"
        )
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; --html takes the name of a folder to make")
    if not (out / MARKER).is_file() and any(out.iterdir()):
        raise UsageError(
            f"{out} holds something else than a report of vosbench, and is not replaced; give "
            "--html the name of a folder that is not there yet"
        )
