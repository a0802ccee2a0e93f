"""Files that are written whole or not at all, under names that cannot lead elsewhere."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vosbench.errors import DataError

LONGEST_NAME = 200
"""Longest name in bytes; file systems allow 255 with what is added to it."""

PART = ".part"
"""Suffix of what is being written."""

OLD = ".old"
"""Suffix of what is being replaced."""

_FORBIDDEN = frozenset('/\\:*?"<>|')


class CannotWriteError(DataError):
    """The file system refuses to write; nothing that was finished before is touched."""


def check_name(name: str, what: str) -> str:
    """`name` itself, if it is safe as the name of one file or folder.

    Names come from lists and archives of others, so nothing that leads elsewhere may pass.

    Raises:
        DataError: it is empty, too long, begins with a dot, or holds a separator or a control
            character.
    """
    if (
        not name
        or name.startswith(".")
        or len(name.encode(errors="replace")) > LONGEST_NAME
        or any(letter in _FORBIDDEN or not letter.isprintable() for letter in name)
    ):
        raise DataError(
            f"{name!r:.80} cannot be the name of a {what}: masks are written to a file of that "
            f"name, so it must be plain text of at most {LONGEST_NAME} bytes without / \\ : * ? "
            '" < > | and must not begin with a dot'
        )
    return name


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileExistsError | NotADirectoryError):
            reason = "its folder is a file"
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            mend = "free some space and run again"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            mend = "make it writable or choose another folder"
        else:
            mend = "choose another folder if this stays so"
        raise CannotWriteError(
            f"cannot write {path}: {reason}; {mend} (what was finished before is kept)"
        ) from error


def hidden(path: Path, suffix: str) -> Path:
    """The temporary name beside `path`."""
    return path.with_name(f".{path.name}{suffix}")


def write_text(path: Path, text: str, *, durable: bool = False) -> None:
    """Replace a text file, UTF-8, as `write_bytes` does."""
    write_bytes(path, text.encode(), durable=durable)


def write_bytes(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Replace a file: it is the old one or the new one, never half of it.

    Args:
        durable: survive a power failure too.

    Raises:
        CannotWriteError: the file system refuses.
    """
    part = hidden(path, PART)
    with writing(path):
        with part.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
        if durable:
            _force_names(path.parent)


def _force_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system lets a folder be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder with all it holds; nothing to do where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
