"""Scores of frames as CSV, out and in: one row a frame and object, under a header.

Floats are written so that reading them gives the same bits.
"""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from vosbench.errors import DataError
from vosbench.evaluate import FrameScore

SCORE_COLUMNS = ("sequence", "object", "frame", "J", "F")
"""Columns of the files; scripts outside vosbench rely on them."""

_MEND = "`vosbench evaluate` writes it again"


def header() -> str:
    """First line of every file of scores."""
    return _line(SCORE_COLUMNS)


def rows_text(sequence: str, rows: Iterable[FrameScore]) -> str:
    """Scores of the frames of a sequence, one line each, without a header."""
    return "".join(
        _line((sequence, row.object_id, row.frame, float(row.J), float(row.F))) for row in rows
    )


def read_scores(path: Path) -> tuple[tuple[str, FrameScore], ...] | None:
    """Sequence and score of each row of a file, in its order; None when there is no file.

    Further columns are passed over.

    Raises:
        DataError: the file cannot be read, or is no such table; says which line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; {_MEND}") from error
    reader = csv.DictReader(StringIO(text, newline=""), restval="")
    try:
        lacking = [name for name in SCORE_COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            raise DataError(f"{path} has no column {', '.join(lacking)}; {_MEND}")
        return tuple(_parsed(row) for row in reader)
    except (ValueError, csv.Error) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}, line {reader.line_num}: {error}; {_MEND}") from error


def _parsed(row: dict[str, str]) -> tuple[str, FrameScore]:
    """One row; `ValueError` where a field is no number."""
    score = FrameScore(
        object_id=int(row["object"]), frame=row["frame"], J=float(row["J"]), F=float(row["F"])
    )
    return row["sequence"], score


def _line(fields: Iterable[object]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(fields)
    return text.getvalue()
