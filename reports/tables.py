"""Tables by name, for the command line; each is imported when it is built."""

from collections.abc import Mapping

from vosbench.records import Run
from vosbench.reports.kinds import Kind, maker
from vosbench.reports.options import ReportOptions as ReportOptions
from vosbench.reports.selection import Selection, select
from vosbench.reports.table import Table

# each module has a `build` with the arguments of the one below, less `name`
TABLES: Mapping[str, Kind] = {
    "per-sequence": Kind("scores.per_sequence", "a row a sequence, a column a method"),
    "per-object": Kind("scores.per_object", "a row an object, a column a method"),
    "overall": Kind("scores.overall", "a row a method: J, F, J&F and speed", metric=False),
    "attributes": Kind("attributes.table", "scores on objects that are hard in one way, and why"),
    "timing": Kind(
        "timing.table", "how fast each method is, and where its time and memory go", metric=False
    ),
    "streaming": Kind("streaming.table", "scores in live video, where a late mask is no mask"),
    "ablation": Kind(
        "ablation.table", "scores after so many steps of fine-tuning, a row a variant"
    ),
    "failures": Kind(
        "failures.table", "what goes wrong in masks, where, and what it costs", metric=False
    ),
    "published": Kind("published.table", "what others published on a dataset; needs no run"),
}
"""Name → what makes it and what it shows; the usual one first."""


def names() -> tuple[str, ...]:
    """Names of all tables, the usual one first.

    >>> names()[:3]
    ('per-sequence', 'per-object', 'overall')
    """
    return tuple(TABLES)


def build(name: str, runs: tuple[Run, ...], options: ReportOptions) -> tuple[Table, ...]:
    """Table `name` of `runs`, one for each dataset and protocol among them; the rows asked for.

    Raises:
        UsageError: no such table, no runs, or an option names something that is not there.
    """
    tables: tuple[Table, ...] = maker(TABLES, name, "table").build(runs, options)
    asked = Selection(sort=options.sort, where=options.where, top=options.top)
    return tables if asked == Selection() else select(tables, asked)
