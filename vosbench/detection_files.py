"""Where a method saw its objects, as CSV, out and in: one row a frame and object, under a header.

Floats are written so that reading them gives the same bits.
"""

import csv
import math
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

from vosbench.errors import DataError
from vosbench.method import Detection

DETECTION_COLUMNS = ("sequence", "object", "frame", "left", "top", "right", "bottom", "score")
"""Columns of the files; scripts outside vosbench rely on them."""

_MEND = "run again with --fresh"


def detections_text(sequence: str, noted: Iterable[tuple[str, Detection]]) -> str:
    """The file of a sequence; empty where nothing was noted.

    Args:
        sequence: its name.
        noted: name of a frame, and what was seen in it, in order.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for frame, seen in noted:
        box = (float(side) for side in seen.box)
        writer.writerow((sequence, seen.object_id, frame, *box, float(seen.score)))
    rows = text.getvalue()
    return f"{','.join(DETECTION_COLUMNS)}\n{rows}" if rows else ""


def read_detections(path: Path) -> Mapping[str, tuple[Detection, ...]]:
    """What was seen in each frame, by its name; nothing where there is no file.

    Raises:
        DataError: the file cannot be read, or is no such table; says which line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; {_MEND}") from error
    reader = csv.DictReader(StringIO(text, newline=""), restval="")
    found: dict[str, tuple[Detection, ...]] = {}
    try:
        lacking = [name for name in DETECTION_COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            raise DataError(f"{path} has no column {', '.join(lacking)}; {_MEND}")
        for row in reader:
            found[row["frame"]] = (*found.get(row["frame"], ()), _parsed(row))
    except (ValueError, csv.Error) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}, line {reader.line_num}: {error}; {_MEND}") from error
    return found


def _parsed(row: Mapping[str, str]) -> Detection:
    """One row; `ValueError` where a field is no number."""
    left, top, right, bottom, score = (float(row[name]) for name in DETECTION_COLUMNS[3:])
    if not all(map(math.isfinite, (left, top, right, bottom, score))):
        raise ValueError("expected finite numbers")
    return Detection(int(row["object"]), (left, top, right, bottom), score)
