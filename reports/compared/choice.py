"""What a figure shows of all that there is: the runs on one dataset, under one protocol."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import listed

Found = TypeVar("Found")


def only(found: Iterable[Found], title: Callable[[Found], str]) -> Found:
    """The only one of what was found for each dataset, variant and protocol.

    Args:
        found: one or more.
        title: names dataset, variant and protocol of one, for the error.

    Raises:
        UsageError: there are several.
    """
    first, *others = found
    if others:
        there = ", ".join(dict.fromkeys(map(title, (first, *others))))
        raise UsageError(f"a figure shows one dataset, and there are {there}; choose --dataset")
    return first


def comparison_of(runs: Iterable[Run], options: ReportOptions) -> Comparison:
    """The one comparison that a figure shows.

    Raises:
        UsageError: as `compare` and `only`.
    """
    return only(compare(runs, options), lambda each: each.title("runs"))


def two_methods(comparison: Comparison, figure: str) -> tuple[Entry, Entry]:
    """The entry that a figure of two is about, and the one that it is compared with.

    The second is the one that `--against` names; without it there must be two, in order.

    Raises:
        UsageError: there are more or fewer.
    """
    entries = comparison.entries
    if comparison.against is not None:
        others = [one for one in entries if one is not comparison.against]
        entries = (*others, comparison.against)
    if len(entries) == 2:
        return entries[0], entries[1]
    there = listed(one.title for one in entries)
    if len(entries) == 1:
        raise UsageError(
            f"figure {figure} compares two methods, and there is only {there}; run another one, or "
            "name one whose figures are published: --published NAME"
        )
    raise UsageError(
        f"figure {figure} compares two methods, and there are {there}; choose two with --method A "
        "--method B, with --method A --against B or with --method A --published B"
    )
