"""Training logs: JSON lines, one record a line, appended and never changed."""

import json
from collections.abc import Mapping
from pathlib import Path

from vosbench.atomic import writing
from vosbench.errors import DataError

Record = Mapping[str, object]
"""One record, plain JSON values. Numbers that are not finite are written as null."""


def append_record(path: Path, record: Record) -> None:
    """Add a record at the end of a log.

    Raises:
        CannotWriteError: the file system refuses.
    """
    line = json.dumps(dict(record), allow_nan=False).encode() + b"\n"
    with writing(path), path.open("ab") as file:
        file.write(line)


def read_log(path: Path) -> tuple[Record, ...]:
    """The records of a log; a last line that was cut off does not count.

    Raises:
        DataError: the file is missing or holds something else.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
        records = tuple(json.loads(line) for line in lines)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no readable training log: {error}") from error
    if not all(isinstance(record, dict) for record in records):
        raise DataError(f"{path} is no training log: each of its lines must be a JSON object")
    return records


def mend_log(path: Path) -> int:
    """Cut off half a record that a kill left at the end of a log; the number of whole ones."""
    if not path.is_file():
        return 0
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with writing(path), path.open("rb+") as file:
            file.truncate(whole)
    return content.count(b"\n")
