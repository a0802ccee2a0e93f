"""Tidy rows as CSV and JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from vosbench.reports.table import Table, Value


def render_csv(tables: Sequence[Table]) -> str:
    """The tidy rows of all tables under one header; an empty field where there is no value.

    Floats are written so that reading them gives the same number.
    """
    rows = _rows(tables)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, keys, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def render_json(tables: Sequence[Table]) -> str:
    """A list of the tidy rows of all tables; null where there is no value."""
    return json.dumps(_rows(tables), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _rows(tables: Sequence[Table]) -> list[dict[str, Value]]:
    rows: list[Mapping[str, Value]] = [row for table in tables for row in table.tidy]
    return [dict(row) for row in rows]
