"""Where the final figure of an incomplete run must lie, whatever the rest of it brings."""

import math
from collections.abc import Iterable

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry


def final_bounds(
    comparison: Comparison, entry: Entry, figure: str, sequences: Iterable[str] | None = None
) -> tuple[float, float] | None:
    """The least and the most that a mean over all known objects can come to.

    Objects that the entry has no figure of count with the least and with the most that a figure can
    be: 0 and 1, of decay −1 and 1. How many objects a sequence has is known from any run that was
    scored on it; of others nothing is known (see `unknown`).

    Args:
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        sequences: that the mean is over; all of the comparison unless given.

    Returns:
        Fractions; None where no object is missing, of quoted figures, which no run completes, and
        where no object is known.
    """
    names = comparison.sequences if sequences is None else tuple(sequences)
    known = sum(comparison.objects.get(name, 0) for name in names)
    done = [value for name in entry.done(names) for value in entry.outcomes[name].values(figure)]
    values = [value for value in done if math.isfinite(value)]
    missing = known - len(values)
    if entry.quoted or not known or missing <= 0:
        return None
    least = -1.0 if "decay" in figure else 0.0
    total = math.fsum(values)
    return (total + least * missing) / known, (total + missing) / known


def unknown(comparison: Comparison) -> tuple[str, ...]:
    """Sequences that no entry has figures of, so that nobody knows how many objects they have."""
    return tuple(name for name in comparison.sequences if name not in comparison.objects)
