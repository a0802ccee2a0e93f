"""The lists of DAVIS: names of sequences, or 2016's older pairs of paths, one line a frame."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vosbench.errors import DataError

_PAIR = re.compile(
    r"/?JPEGImages/[^/\s]+/(?P<sequence>[^/\s]+)/(?P<frame>[^/\s]+)\.\w+"
    r"\s+/?Annotations/[^/\s]+/(?P=sequence)/(?P=frame)\.png"
)


@dataclass(frozen=True)
class Listed:
    """One sequence of a list; `frames` are those that the list names, None for all."""

    name: str
    frames: frozenset[str] | None = None


def read_list(path: Path) -> tuple[Listed, ...]:
    """Sequences of a list in its order; blank lines do not count.

    A list with a `/` in its first line holds pairs of paths, such as
    `/JPEGImages/480p/cows/00000.jpg /Annotations/480p/cows/00000.png`; any other holds names.

    Raises:
        DataError: the list is empty or no text, a line is neither, a name is no plain name of a
            folder, or something is listed twice.
    """
    lines = list(_lines(path))
    if not lines:
        raise DataError(f"the list {path} names no sequence, expected one name a line")
    if "/" in lines[0][1]:
        return _from_pairs(path, lines)
    return _from_names(path, lines)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold anything."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"the list {path} is no UTF-8 text; save it as plain text") from None
    except OSError as error:
        raise DataError(f"the list {path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _from_names(path: Path, lines: list[tuple[int, str]]) -> tuple[Listed, ...]:
    first_seen: dict[str, int] = {}
    for number, name in lines:
        _check_plain(name, path, number)
        if name in first_seen:
            raise DataError(
                f"{path} lists {name!r} in line {first_seen[name]} and again in line {number}; "
                "remove one of them"
            )
        first_seen[name] = number
    return tuple(Listed(name) for name in first_seen)


def _from_pairs(path: Path, lines: list[tuple[int, str]]) -> tuple[Listed, ...]:
    frames: dict[str, list[str]] = {}
    for number, line in lines:
        pair = _PAIR.fullmatch(line)
        if pair is None:
            raise DataError(
                f"line {number} of {path} is {line!r}, expected image and annotation of a frame, "
                "as in '/JPEGImages/480p/NAME/00000.jpg /Annotations/480p/NAME/00000.png'"
            )
        _check_plain(pair["sequence"], path, number)
        of_sequence = frames.setdefault(pair["sequence"], [])
        if pair["frame"] in of_sequence:
            raise DataError(
                f"line {number} of {path} lists frame {pair['frame']} of {pair['sequence']!r} "
                "again; remove one of the lines"
            )
        of_sequence.append(pair["frame"])
    return tuple(Listed(name, frozenset(stems)) for name, stems in frames.items())


def _check_plain(name: str, path: Path, number: int) -> None:
    """Raise `DataError` for a name that could lead out of the dataset's folders."""
    if name in (".", "..") or any(character in name for character in "/\\\0"):
        raise DataError(
            f"line {number} of {path} is {name!r}, expected the plain name of a sequence's folder"
        )
