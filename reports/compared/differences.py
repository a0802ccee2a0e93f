"""Δ columns: how much more each method has than the one that it is compared with.

A table takes them in three steps: `columns`, a cell for each of `compared` in every row
(`of_values` of single values, `mean_difference` of means over objects), and `footnotes`.
All of them are empty where `--against` was not given.
"""

from collections.abc import Iterable, Iterator, Sequence

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.estimates import difference_estimate
from vosbench.reports.table import Cell, Column, Notes, Value, listed
from vosbench.statistics import LEVEL, Estimate

GROUP = "difference"
"""Of Δ columns."""

UNRESOLVED = "a difference that these sequences do not resolve: its interval holds 0"


def compared(comparison: Comparison) -> tuple[Entry, ...]:
    """The entries that have a Δ: all that may be compared with the one that was asked for."""
    other = comparison.against
    if other is None:
        return ()
    return tuple(
        one for one in comparison.entries if one is not other and comparison.comparable(one, other)
    )


def columns(comparison: Comparison) -> tuple[Column, ...]:
    """A Δ column for each of `compared`, for tables with a column a method."""
    return tuple(
        Column(f"gain-{entry.method}-{place}", f"Δ {entry.title}", "gain", "up", GROUP)
        for place, entry in enumerate(compared(comparison))
    )


def difference(
    comparison: Comparison,
    entry: Entry,
    value: Value,
    reference: Value,
    notes: Notes,
) -> Cell:
    """Δ of two single values, such as those of one object: no interval.

    Empty for the entry that the others are compared with, where either side has no value, and with
    a note where the two are of different levels of trust.

    Args:
        value: of `entry`, a number.
        reference: of the entry that it is compared with.
    """
    refused = _refused(comparison, entry, notes)
    if refused is not None:
        return refused
    if not isinstance(value, int | float) or not isinstance(reference, int | float):
        return Cell(unit="gain")
    return Cell(value - reference, unit="gain", quoted=entry.quoted)


def of_values(comparison: Comparison, values: Sequence[Value], notes: Notes) -> list[Cell]:
    """A `difference` for each of `compared`.

    Args:
        values: one an entry of the comparison, in their order.
    """
    by_title = {entry.title: value for entry, value in zip(comparison.entries, values, strict=True)}
    reference = by_title[comparison.against.title] if comparison.against else None
    return [
        difference(comparison, entry, by_title[entry.title], reference, notes)
        for entry in compared(comparison)
    ]


def mean_difference(
    comparison: Comparison,
    entry: Entry,
    figure: str,
    notes: Notes,
    *,
    sequences: Sequence[str] | None = None,
) -> Cell:
    """Δ of two means over the objects that both have, with the interval of paired differences.

    As `difference`; marked where an object of these sequences is missing on either side, and with
    a note where the interval holds 0.

    Args:
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        sequences: that the means are over; all of the comparison unless given.
    """
    refused = _refused(comparison, entry, notes)
    if refused is not None:
        return refused
    names = comparison.sequences if sequences is None else tuple(sequences)
    found = mean_gain(comparison, entry, figure, names)
    if found is None:
        return Cell(unit="gain")
    objects = sum(comparison.objects.get(name, 0) for name in names)
    doubtful = found.interval is not None and not found.resolved
    return Cell(
        found.mean,
        unit="gain",
        quoted=entry.quoted,
        incomplete=found.values < objects or not set(names) <= comparison.objects.keys(),
        notes=(notes.number(UNRESOLVED),) if doubtful else (),
        interval=found.interval,
        n=found.values,
    )


def mean_gain(
    comparison: Comparison, entry: Entry, figure: str, sequences: Iterable[str]
) -> Estimate | None:
    """What `mean_difference` shows; None where there is nothing to show."""
    other = comparison.against
    if other is None or entry is other or not comparison.comparable(entry, other):
        return None
    return difference_estimate(entry, other, figure, sequences)


def footnotes(comparison: Comparison) -> Iterator[str]:
    """What Δ means in a table, what its intervals are worth, and what has none."""
    other = comparison.against
    if other is None:
        return
    if compared(comparison):
        yield (
            f"Δ: less {other.title}, in points (differences of per cent), over the objects that "
            f"both have; its {100 * LEVEL:g} % interval is of paired differences, sequences drawn "
            "anew with all their objects. Without 0 inside, these sequences resolve the "
            "difference, each taken by itself."
        )
    refused = [
        one
        for one in comparison.entries
        if one is not other and not comparison.comparable(one, other)
    ]
    reasons: dict[str, list[str]] = {}
    for one in refused:
        reasons.setdefault(_why_not(one, other), []).append(one.title)
    for why, titles in reasons.items():
        yield f"No Δ of {listed(titles)} to {other.title}: {why}."


def _refused(comparison: Comparison, entry: Entry, notes: Notes) -> Cell | None:
    """The empty cell of what is not to be compared; None where it is."""
    other = comparison.against
    if other is None or entry is other:
        return Cell(unit="gain")
    if comparison.comparable(entry, other):
        return None
    return Cell(unit="gain", notes=(notes.number(f"no Δ: {_why_not(entry, other)}"),))


def _why_not(entry: Entry, other: Entry) -> str:
    """Why two entries are not compared."""
    if entry.oracle or other.oracle:
        return "an oracle is no result to compare with"
    trust = (
        f"both are {entry.trust}" if entry.trust == other.trust else f"{entry.trust}, {other.trust}"
    )
    return f"{trust}; --across-levels compares them all the same"
