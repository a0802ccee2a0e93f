"""Table `overall`: a row a run, with its quality, its speed and how much it was measured on."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from vosbench.records import Run
from vosbench.reports.compared import differences, footnotes, tidy
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.estimates import mean_intervals
from vosbench.reports.compared.mean_cells import mean_cells, subject
from vosbench.reports.compared.seeds import seeds_table
from vosbench.reports.compared.standing import Standings, best_quality_and_speed, standings
from vosbench.reports.compared.standing import footnotes as standing_footnotes
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores.columns import QUALITY
from vosbench.reports.table import Cell, Column, Notes, Row, Table, Value
from vosbench.reports.timing.machines import speeds_compare
from vosbench.speed.rates import fps_amortised, fps_steady

_WITH_INTERVALS = ("J&F", "J_mean")
_SPEED = (
    Column("fps_amortised", "fps amortised", "fps", "up", "speed"),
    Column("fps_steady", "fps steady", "fps", "up", "speed"),
)
_EXTENT = (
    Column("frames", "frames", "count", group="extent"),
    Column("sequences", "sequences", "count", group="extent"),
    Column("objects", "objects", "count", group="extent"),
    Column("device", "device", group="extent"),
)


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """A table a dataset: mean, recall and decay of J and F over objects, speed, extent.

    Behind it, where methods ran with several seeds, one that tells their spread from that of
    sequences. `options.metric` has no say here: every metric is shown.

    Raises:
        UsageError: there is nothing to show, or an option names something that is not there.
    """
    return tuple(
        table
        for comparison in compare(runs, options)
        for table in (_table(comparison), seeds_table(comparison))
        if table is not None
    )


def _table(comparison: Comparison) -> Table:
    notes = Notes()
    found = {each.key: standings(comparison, each.key, each.direction) for each in QUALITY}
    quality = [_quality(comparison, column, found[column.key]) for column in QUALITY]
    gains = [_gains(comparison, column, notes) for column in _gain_columns(comparison)]
    speed = [_speed(comparison, column) for column in _SPEED]
    extent = [_extent(comparison, column.key) for column in _EXTENT]
    names = [Cell(entry.title, about=subject(entry)) for entry in comparison.entries]
    by_row = zip(names, *quality, *gains, *speed, *extent, strict=True)
    return Table(
        title=comparison.title("Overall"),
        columns=(
            Column("method", "method"),
            *QUALITY,
            *_gain_columns(comparison),
            *_SPEED,
            *_EXTENT,
        ),
        rows=tuple(map(Row, by_row)),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(comparison, found["J&F"])),
        best_of="column",
        best_means=best_quality_and_speed(found["J&F"]),
        tidy=tuple(tidy.by_entry(comparison)),
    )


def _quality(comparison: Comparison, column: Column, found: Standings) -> list[Cell]:
    cells = mean_cells(comparison, column.key, found)
    if column.key in _WITH_INTERVALS:
        return cells
    # of the other figures, ends of intervals and letters would make the table twice as wide
    return [replace(cell, interval=None, letters="", bounds=None) for cell in cells]


def _gain_columns(comparison: Comparison) -> tuple[Column, ...]:
    if comparison.against is None:
        return ()
    return tuple(
        Column(f"gain {figure}", f"Δ {figure.replace('_', ' ')}", "gain", "up", differences.GROUP)
        for figure in _WITH_INTERVALS
    )


def _gains(comparison: Comparison, column: Column, notes: Notes) -> list[Cell]:
    figure = column.key.removeprefix("gain ")
    return [
        differences.mean_difference(comparison, entry, figure, notes)
        for entry in comparison.entries
    ]


def _speed(comparison: Comparison, column: Column) -> list[Cell]:
    """Cells of one speed, the best marked if it is fair to compare them."""
    rate = fps_amortised if column.key == "fps_amortised" else fps_steady
    rates = [rate(entry.timings(comparison.sequences)) for entry in comparison.entries]
    winners: frozenset[int] = frozenset()
    if speeds_compare(comparison):
        winners = comparison.best(rates, column.unit, column.direction, aggregate=True)
    return [
        Cell(
            value,
            best=index in winners,
            quoted=entry.quoted,
            incomplete=value is not None and not comparison.complete(entry),
        )
        for index, (entry, value) in enumerate(zip(comparison.entries, rates, strict=True))
    ]


def _extent(comparison: Comparison, key: str) -> list[Cell]:
    return [
        Cell(
            _amount(comparison, entry, key),
            quoted=entry.quoted,
            incomplete=key == "sequences" and not comparison.complete(entry),
        )
        for entry in comparison.entries
    ]


def _amount(comparison: Comparison, entry: Entry, key: str) -> Value:
    done = entry.done(comparison.sequences)
    if key == "sequences":
        return len(done)
    if key == "objects":
        return sum(len(entry.outcomes[name].objects) for name in done)
    if key == "frames":
        timings = entry.timings(comparison.sequences)
        return sum(timing.frames for timing in timings) if timings else None
    return entry.manifest.device if entry.manifest and entry.timings(done) else None


def _footnotes(comparison: Comparison, found: Standings) -> Iterator[str]:
    yield (
        "Recall: share of frames above 0.5. Decay: first quarter of the frames minus the last; "
        "lower is better."
    )
    yield from standing_footnotes(found, "J&F", intervals=any(mean_intervals(comparison, "J&F")))
    yield from differences.footnotes(comparison)
    yield from footnotes.common(comparison)
