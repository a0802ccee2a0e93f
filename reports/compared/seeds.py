"""Table of runs of one method that differ in their seed only: how much the seed matters."""

from collections.abc import Iterator, Mapping, Sequence

from vosbench.records import Manifest
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.estimates import clusters
from vosbench.reports.table import Cell, Column, Row, Table, Value
from vosbench.seed_variance import SeedVariance, seed_variance
from vosbench.statistics import LEVEL, fewest

_COLUMNS = (
    Column("method", "method"),
    Column("seeds", "seeds", "count"),
    Column("figure", "figure"),
    Column("mean", "mean over seeds", "percent"),
    Column("runs", "sd between runs", "percent", group="spread"),
    Column("of_seeds", "sd of seeds", "percent", group="spread"),
    Column("of_sequences", "sd of sequences", "percent", group="spread"),
    Column("of_both", "sd of seed × sequence", "percent", group="spread"),
)

_PARTS = (
    "seeds_mean",
    "seeds_low",
    "seeds_high",
    "variance_of_runs",
    "variance_of_seeds",
    "variance_of_sequences",
    "variance_of_seed_and_sequence",
)

KEYS = ("seeds", *(f"{metric}_{part}" for metric in METRICS for part in _PARTS))
"""Of tidy rows: the number of runs that differ in their seed only, and of each metric what they
say together; variances are told as they come out, below 0 too."""


def seeds_table(comparison: Comparison) -> Table | None:
    """A row for each method that ran with several seeds, and metric; None where none did.

    Only runs that have figures of all objects count.
    """
    groups = seed_groups(comparison)
    if not groups:
        return None
    found = [
        (label, metric, _variance(comparison, members, figure))
        for label, members in groups.items()
        for metric, figure in METRICS.items()
    ]
    return Table(
        title=comparison.title("Several seeds"),
        columns=_COLUMNS,
        rows=tuple(Row(tuple(_cells(*each))) for each in found),
        footnotes=tuple(_footnotes(comparison)),
        best_of="column",
    )


def seed_groups(comparison: Comparison) -> Mapping[str, tuple[Entry, ...]]:
    """Whole entries that differ in their seed only, two or more, by what they are called."""
    groups: dict[tuple[object, ...], dict[int, Entry]] = {}
    for entry in comparison.entries:
        if entry.manifest is not None and comparison.complete(entry):
            members = groups.setdefault(_kinship(entry.manifest), {})
            members.setdefault(entry.manifest.seed, entry)
    several = [tuple(members.values()) for members in groups.values() if len(members) > 1]
    if len(comparison.sequences) < 2:
        return {}
    labels = [_label(members) for members in several]
    return {
        label if labels.count(label) == 1 else f"{label} ({members[0].title})": members
        for label, members in zip(labels, several, strict=True)
    }


def _kinship(manifest: Manifest) -> tuple[object, ...]:
    """Equal for runs that differ in nothing that masks depend on but their seed."""
    parts = {name: part for name, part in manifest.key_parts.items() if name != "seed"}
    settings = sorted((name, repr(value)) for name, value in manifest.settings.items())
    return (
        manifest.method,
        manifest.label,
        manifest.device,
        manifest.imported,
        tuple(sorted(parts.items())),
        tuple(settings),
        tuple(sorted(manifest.provenance.items())),
    )


def _label(members: Sequence[Entry]) -> str:
    manifests = [one.manifest for one in members if one.manifest is not None]
    oracle = f" ({members[0].trust})" if members[0].oracle else ""
    return f"{manifests[0].label}{oracle}"


def _variance(comparison: Comparison, members: Sequence[Entry], figure: str) -> SeedVariance:
    return seed_variance([clusters(one, figure, comparison.sequences) for one in members])


def _cells(label: str, metric: str, found: SeedVariance) -> Iterator[Cell]:
    yield Cell(label)
    yield Cell(found.seeds)
    yield Cell(metric)
    yield Cell(found.mean, interval=found.interval, n=found.values)
    for variance in _variances(found):
        yield Cell(max(0.0, variance) ** 0.5)


def _variances(found: SeedVariance) -> tuple[float, ...]:
    return found.of_runs, found.of_seeds, found.of_sequences, found.of_both


def _footnotes(comparison: Comparison) -> Iterator[str]:
    interval = (
        f"The {100 * LEVEL:g} % interval counts both, seeds and sequences as draws of many "
        "(two-way layout, degrees of freedom after Satterthwaite)."
        if len(comparison.sequences) >= fewest()
        else f"Fewer than {fewest()} sequences give no interval."
    )
    yield f"Runs that differ in nothing but their seed, as one method. {interval}"
    yield (
        "Between runs: how far their means lie apart on these sequences. Of seeds: what moves all "
        "sequences together; of sequences: how they differ whatever the seed; seed × sequence: "
        "what a seed does to one sequence alone. Unbiased as variances; 0 stands for a negative "
        "one."
    )


def tidy_of_seeds(comparison: Comparison) -> tuple[Mapping[str, Value], ...]:
    """What tidy rows of each entry say of its group of seeds, under `KEYS`."""
    rows: list[dict[str, Value]] = [dict.fromkeys(KEYS) for _ in comparison.entries]
    for members in seed_groups(comparison).values():
        facts: dict[str, Value] = {"seeds": len(members)}
        for metric, figure in METRICS.items():
            found = _variance(comparison, members, figure)
            low, high = found.interval or (None, None)
            values = (found.mean, low, high, *_variances(found))
            keys = (f"{metric}_{part}" for part in _PARTS)
            facts |= dict(zip(keys, values, strict=True))
        for row, entry in zip(rows, comparison.entries, strict=True):
            row |= facts if entry in members else {}
    return tuple(rows)
