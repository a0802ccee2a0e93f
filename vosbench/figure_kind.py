"""What a figure is written as, by the name of its file; nothing is imported to find out."""

from collections.abc import Sequence
from pathlib import Path

from vosbench.errors import UsageError
from vosbench.wording import suggestion

KINDS = ("png", "svg", "pdf")
"""Ends of file names that a figure may have."""


def figure_kind(path: Path, kinds: Sequence[str] = KINDS) -> str:
    """One of `kinds`.

    Args:
        path: of the file; need not exist.
        kinds: that what is written may be.

    Raises:
        UsageError: the name ends otherwise.

    >>> figure_kind(Path("curve.PNG"))
    'png'
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in kinds:
        wanted = " or ".join(f".{each}" for each in kinds)
        raise UsageError(
            f"a figure cannot be written as {path.name}{suggestion(kind, kinds)}; "
            f"its name must end in {wanted}"
        )
    return kind


def is_folder(path: Path) -> bool:
    """Whether a folder is meant: it is one, or its name has no end.

    >>> is_folder(Path("clips")), is_folder(Path("clip.webp"))
    (True, False)
    """
    return path.is_dir() or not path.suffix
