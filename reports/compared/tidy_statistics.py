"""What the statistics of a comparison add to tidy rows, under keys that stay."""

from collections.abc import Iterator, Mapping

from vosbench.reports.compared.bounds import final_bounds
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.differences import mean_gain
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.estimates import mean_intervals
from vosbench.reports.compared.standing import standings
from vosbench.reports.table import Value

TidyRow = Mapping[str, Value]

_PARTS = ("low", "high", "letters", "least", "most", "gain", "gain_low", "gain_high")

KEYS = tuple(f"{metric}_{part}" for metric in METRICS for part in _PARTS)
"""All of them; of each metric:

low, high: interval of the mean.
letters: significance group.
least, most: between which the final mean of an incomplete run must lie.
gain, gain_low, gain_high: difference to the entry `against`, with its interval.
"""


def asked(comparison: Comparison) -> TidyRow:
    """What the statistics of a row depend on besides the runs: the options of its report.

    The entry that the others are compared with is named by its run, or by its method if quoted.
    """
    other = comparison.against
    against = None
    if other is not None:
        against = other.manifest.run if other.manifest else other.title
    return {
        "against": against,
        "levels": "across" if comparison.across_levels else "apart",
        "limited_to": ",".join(comparison.sequences) if comparison.limited else None,
    }


def of_sequence(comparison: Comparison, entry: Entry, name: str) -> TidyRow:
    """Differences of one sequence; it has no statistics."""
    found: dict[str, Value] = dict.fromkeys(KEYS)
    for metric, figure in METRICS.items():
        gain = mean_gain(comparison, entry, figure, [name])
        found[f"{metric}_gain"] = gain.mean if gain else None
    return found


def of_means(comparison: Comparison) -> tuple[TidyRow, ...]:
    """Statistics of the mean of each entry over all sequences."""
    rows: list[dict[str, Value]] = [dict.fromkeys(KEYS) for _ in comparison.entries]
    for metric, figure in METRICS.items():
        intervals = mean_intervals(comparison, figure)
        standing = standings(comparison, figure).each
        for place, (row, entry) in enumerate(zip(rows, comparison.entries, strict=True)):
            row |= _ends(f"{metric}_low", f"{metric}_high", intervals[place])
            row[f"{metric}_letters"] = standing[place].letters or None
            bounds = final_bounds(comparison, entry, figure)
            row |= _ends(f"{metric}_least", f"{metric}_most", bounds)
            row |= dict(_gain(comparison, entry, metric))
    return tuple(rows)


def _gain(comparison: Comparison, entry: Entry, metric: str) -> Iterator[tuple[str, Value]]:
    found = mean_gain(comparison, entry, METRICS[metric], comparison.sequences)
    if found is not None:
        yield f"{metric}_gain", found.mean
        yield from _ends(f"{metric}_gain_low", f"{metric}_gain_high", found.interval).items()


def _ends(low: str, high: str, ends: tuple[float, float] | None) -> dict[str, Value]:
    return {low: None, high: None} if ends is None else {low: ends[0], high: ends[1]}
