"""What a figure is written as, by the name of its file; nothing is imported to find out."""

from pathlib import Path

from vosbench.errors import UsageError
from vosbench.wording import suggestion

KINDS = ("png", "svg", "pdf")
"""Ends of file names that a figure may have."""


def figure_kind(path: Path) -> str:
    """One of `KINDS`.

    Raises:
        UsageError: the name ends otherwise.

    >>> figure_kind(Path("curve.PNG"))
    'png'
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        wanted = " or ".join(f".{each}" for each in KINDS)
        raise UsageError(
            f"a figure cannot be written as {path.name}{suggestion(kind, KINDS)}; "
            f"its name must end in {wanted}"
        )
    return kind
