"""Tables for programs: their tidy rows as CSV and JSON, and all their cells as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from vosbench.reports.table import Table, Value, shown


def render_csv(tables: Sequence[Table]) -> str:
    """The tidy rows of all tables under one header; an empty field where there is no value.

    Floats are written so that reading them gives the same number.
    """
    rows = _rows(tables)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    lines: list[list[Value]] = [[*keys], *([row.get(key) for key in keys] for row in rows)]
    return "".join(f"{','.join(map(_field, line))}\n" for line in lines)


def _field(value: Value) -> str:
    """A value of a CSV file; in quotes where readers would take a part of it for a separator.

    The writer of the standard library leaves a carriage return by itself without quotes, which
    pandas takes for the end of a line.
    """
    text = "" if value is None else str(value)
    if not set(text) & set(',"\r\n'):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def render_json(tables: Sequence[Table]) -> str:
    """A list of the tidy rows of all tables; null where there is no value."""
    return json.dumps(_rows(tables), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def render_json_table(tables: Sequence[Table]) -> str:
    """A list of the tables themselves: title, columns, rows of cells, notes and footnotes.

    Keys are the names of the attributes of `Table`, `Column`, `Cell` and `Subject`, which say what
    they mean; null where there is nothing. Values are fractions and seconds, as everywhere; each
    cell has them once more as `shown`, the way a reader sees them. Tidy rows are left to CSV and
    JSON.
    """
    return (
        json.dumps(list(map(_whole, tables)), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    )


def _whole(table: Table) -> dict[str, object]:
    rows = [
        {
            "summary": row.summary,
            "cells": [
                {"shown": shown(cell, column), **asdict(cell)}
                for cell, column in zip(row.cells, table.columns, strict=True)
            ],
        }
        for row in table.rows
    ]
    return {
        "title": table.title,
        "best_of": table.best_of,
        "best_means": table.best_means,
        "columns": [asdict(column) for column in table.columns],
        "rows": rows,
        "notes": table.notes,
        "footnotes": table.footnotes,
    }


def _rows(tables: Sequence[Table]) -> list[dict[str, Value]]:
    rows: list[Mapping[str, Value]] = [row for table in tables for row in table.tidy]
    return [dict(row) for row in rows]
