"""Table `overall`: a row a run, with its quality, its speed and how much it was measured on."""

from collections.abc import Iterable, Iterator, Sequence

from vosbench.records import Run
from vosbench.reports import footnotes, tidy
from vosbench.reports.comparison import Comparison, compare
from vosbench.reports.entries import FIGURES, Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Table, Value
from vosbench.reports.timing_machines import speeds_compare
from vosbench.speed.rates import fps_amortised, fps_steady

_QUALITY = tuple(
    Column(name, name.replace("_", " "), "percent", "down" if "decay" in name else "up", "quality")
    for name in FIGURES
)
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
    """One table a dataset: mean, recall and decay of J and F over objects, speed, extent.

    `options.metric` has no say here: every metric is shown.

    Raises:
        UsageError: there is nothing to show, or an option names something that is not there.
    """
    return tuple(_table(comparison) for comparison in compare(runs, options))


def _table(comparison: Comparison) -> Table:
    quality = [_quality(comparison, column) for column in _QUALITY]
    speed = [_speed(comparison, column) for column in _SPEED]
    extent = [_extent(comparison, column.key) for column in _EXTENT]
    names = [Cell(entry.title) for entry in comparison.entries]
    by_row = zip(names, *quality, *speed, *extent, strict=True)
    return Table(
        title=comparison.title("Overall"),
        columns=(Column("method", "method"), *_QUALITY, *_SPEED, *_EXTENT),
        rows=tuple(
            Row(cells, summary=entry.quoted)
            for entry, cells in zip(comparison.entries, by_row, strict=True)
        ),
        footnotes=tuple(_footnotes(comparison)),
        best_of="column",
        tidy=tuple(tidy.by_entry(comparison)),
    )


def _quality(comparison: Comparison, column: Column) -> list[Cell]:
    means = [entry.mean(column.key, comparison.sequences) for entry in comparison.entries]
    return _compared(comparison, column, means)


def _speed(comparison: Comparison, column: Column) -> list[Cell]:
    rate = fps_amortised if column.key == "fps_amortised" else fps_steady
    rates = [rate(entry.timings(comparison.sequences)) for entry in comparison.entries]
    return _compared(comparison, column, rates, fair=speeds_compare(comparison))


def _compared(
    comparison: Comparison, column: Column, values: Sequence[float | None], *, fair: bool = True
) -> list[Cell]:
    """Cells of one column, the best marked if it is `fair` to compare them."""
    winners: frozenset[int] = frozenset()
    if fair:
        winners = comparison.best(values, column.unit, column.direction, aggregate=True)
    return [
        Cell(
            value,
            best=index in winners,
            quoted=entry.quoted,
            incomplete=value is not None and not comparison.complete(entry),
        )
        for index, (entry, value) in enumerate(zip(comparison.entries, values, strict=True))
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


def _footnotes(comparison: Comparison) -> Iterator[str]:
    yield (
        "Recall: share of frames above 0.5. Decay: first quarter of the frames minus the last; "
        "lower is better."
    )
    yield from footnotes.common(comparison)
