"""Scores of a folder of masks as a table: one row an object, then the means over objects."""

from collections.abc import Iterable
from typing import cast

from vosbench.records import ObjectScore
from vosbench.reports.table import Cell, Column, Row, Table, Value
from vosbench.scoring import COLUMNS, GLOBAL, score_rows


def build(scores: Iterable[ObjectScore], protocol: str) -> Table:
    """The table; its tidy rows have the columns of `vosbench.scoring.COLUMNS`.

    Raises:
        ValueError: there is no object.
    """
    rows = cast(list[dict[str, Value]], score_rows(scores))
    columns = [Column(key, key) for key in COLUMNS[:2]]
    columns += [Column(key, key.replace("_", " "), "percent") for key in COLUMNS[2:]]
    return Table(
        title=f"Scores under protocol {protocol}",
        columns=tuple(columns),
        rows=tuple(
            Row(tuple(Cell(row[key]) for key in COLUMNS), summary=row["sequence"] == GLOBAL)
            for row in rows
        ),
        footnotes=(
            f"Per cent (fractions × 100). {GLOBAL} is the mean over all {len(rows) - 1} objects.",
            "Recall: frames above 0.5. Decay: first quarter of the frames minus the last.",
        ),
        tidy=tuple(rows),
    )
