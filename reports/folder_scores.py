"""Scores of a folder of masks as a table: one row an object, then the means over objects."""

import math
from collections.abc import Sequence
from typing import cast

from vosbench.evaluate import Summary, summarise
from vosbench.metrics.protocols import Protocol
from vosbench.records import ObjectScore, Statistic
from vosbench.reports.table import Cell, Column, Row, Table, Value
from vosbench.scoring.groups import Unseen, by_group, over_groups

COLUMNS = (
    "sequence",
    "object",
    "J_mean",
    "J_recall",
    "J_decay",
    "F_mean",
    "F_recall",
    "F_decay",
)
"""Columns of the scores of any protocol; scripts outside vosbench rely on them."""

VARIABILITY = "V"
"""Column of protocols that have it."""

GLOBAL = "GLOBAL"
"""Sequence column of the last row, the means over all objects, or over groups of them."""


def build(
    scores: Sequence[ObjectScore],
    protocol: Protocol,
    *,
    unseen: Unseen | None = None,
    of: str = "",
) -> Table:
    """The table; its tidy rows have the columns of `COLUMNS`.

    Args:
        scores: of objects, in the order wanted; at least one.
        protocol: under which.
        unseen: what training does not show; rows for both groups are added, and `GLOBAL` is the
            mean over them. Only for a protocol with groups.
        of: folder that is scored, where several are: its name leads the rows.

    Raises:
        DataError: all objects are seen, or none is.
    """
    groups = {} if unseen is None else by_group(scores, unseen)
    overall = over_groups(groups) if groups else summarise(scores)
    body = [_row(each.sequence, each.object_id, each) for each in scores]
    ends = [_row(name.upper(), "", group) for name, group in groups.items()]
    rows = [*body, *ends, _row(GLOBAL, "", overall)]
    keys = (*COLUMNS, VARIABILITY) if protocol.variability else COLUMNS
    columns = [Column(key, key) for key in keys[:2]]
    columns += [Column(key, key.replace("_", " "), "percent") for key in keys[2:]]
    leading = {"predictions": of} if of else {}
    return Table(
        title=f"Scores under protocol {protocol.name}{f': {of}' if of else ''}",
        columns=tuple(columns),
        rows=tuple(
            Row(tuple(Cell(row[key]) for key in keys), summary=index >= len(body))
            for index, row in enumerate(rows)
        ),
        footnotes=tuple(_footnotes(scores, protocol, overall, bool(groups))),
        tidy=tuple({**leading, **{key: row[key] for key in keys}} for row in rows),
    )


def _row(sequence: str, object_id: int | str, score: ObjectScore | Summary) -> dict[str, Value]:
    figures = (*_figures(score.J), *_figures(score.F), score.variability)
    return dict(zip((*COLUMNS, VARIABILITY), (sequence, object_id, *figures), strict=True))


def _figures(statistic: Statistic) -> tuple[Value, ...]:
    values = (statistic.mean, statistic.recall, statistic.decay)
    return cast(tuple[Value, ...], tuple(None if math.isnan(each) else each for each in values))


def _footnotes(
    scores: Sequence[ObjectScore], protocol: Protocol, overall: Summary, grouped: bool
) -> list[str]:
    over = "both groups" if grouped else f"all {len(scores)} objects"
    figure = "G, the mean of J and F over both groups" if grouped else "J&F"
    notes = [
        f"Per cent (fractions × 100). {GLOBAL} is the mean over {over}.",
        f"{figure}: {100 * overall.J_and_F:.2f}.",
        "Recall: frames above 0.5. Decay: first quarter of the frames minus the last.",
    ]
    if protocol.groups and not grouped:
        notes.append(
            "G, the mean over seen and unseen objects, needs to know which are unseen (--unseen)."
        )
    if protocol.variability:
        notes.append(
            "V: standard deviation of J&F over the frames of an object; lower is steadier."
        )
    if any(math.isnan(each.J.decay) for each in scores):
        notes.append(
            "No decay: the edges of the quarters overflow 8 bits, as in the official evaluator."
        )
    return notes
