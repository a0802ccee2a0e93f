"""Columns that tables of scores share, and what their metrics are called."""

from collections.abc import Mapping

from vosbench.reports.compared.entries import FIGURES, Entry
from vosbench.reports.table import Column

QUALITY = tuple(
    Column(name, name.replace("_", " "), "percent", "down" if "decay" in name else "up", "quality")
    for name in FIGURES
)
"""A column for each figure of `vosbench.reports.compared.entries`."""

CALLED: Mapping[str, str] = {
    "J": "J (region)",
    "F": "F (contour)",
    "J&F": "J&F (mean of J and F)",
}
"""Metric → as a sentence calls it."""


def of_entry(entry: Entry, place: int) -> Column:
    """The column of an entry in a table with a column a method.

    Args:
        place: of the entry among all.
    """
    group = "quoted" if entry.quoted else "scored here"
    return Column(f"{entry.method}-{place}", entry.title, "percent", "up", group)
