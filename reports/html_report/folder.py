"""The folder of a report: written beside its place and moved there whole."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vosbench.atomic import OLD, PART, hidden, remove, write_text, writing
from vosbench.errors import UsageError

MARKER = "vosbench-report.json"
"""File by which a folder is known as a report; only such a folder is replaced."""

FORMAT = 1
"""Number of the layout of the folder; in the marker."""


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """An empty folder to write a report to, which takes the place of `out` at the end.

    If anything is raised inside, or the process ends, what was at `out` stays.

    Raises:
        UsageError: `out` is there and is no report.
        CannotWriteError: the file system refuses.
    """
    out = out.absolute()
    part, old = hidden(out, PART), hidden(out, OLD)
    with writing(out):
        if old.exists() and not out.exists():
            old.rename(out)  # ended between the two moves below
        _check_ours(out)
        remove(part)
        part.mkdir(parents=True)
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


def _check_ours(out: Path) -> None:
    """Raise `UsageError` if something is at `out` that is no report."""
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; --html takes the name of a folder to make")
    if not (out / MARKER).is_file() and any(out.iterdir()):
        raise UsageError(
            f"{out} holds something else than a report of vosbench, and is not replaced; give "
            "--html the name of a folder that is not there yet"
        )
