"""Table `per-sequence`: a row a sequence, a column a method.

The form is that of Table 1 of the supplement of e-OSVOS (Meinhardt and Leal-Taixé, NeurIPS 2020).
"""

from collections.abc import Iterable, Iterator, Sequence

from vosbench.records import Run
from vosbench.reports import footnotes, tidy
from vosbench.reports.comparison import Comparison, compare
from vosbench.reports.entries import METRICS, Entry, Outcome
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Notes, Row, Table, Value
from vosbench.reports.timing_machines import speeds_compare
from vosbench.speed.rates import fps_amortised


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """One table a dataset: the mean of `options.metric` over the objects of each sequence.

    Raises:
        UsageError: there is nothing to show, or an option names something that is not there.
    """
    return tuple(_table(comparison, options.metric) for comparison in compare(runs, options))


def _table(comparison: Comparison, metric: str) -> Table:
    notes = Notes()
    figure = METRICS[metric]
    body = [_sequence(comparison, name, figure, notes) for name in comparison.sequences]
    return Table(
        title=comparison.title(f"{metric} by sequence"),
        columns=(
            Column("sequence", "sequence (objects)"),
            *(_column(entry, index) for index, entry in enumerate(comparison.entries)),
        ),
        rows=(*body, _means(comparison, figure), *_speeds(comparison)),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(comparison, metric)),
        tidy=tuple(tidy.by_sequence(comparison)),
    )


def _column(entry: Entry, index: int) -> Column:
    group = "quoted" if entry.quoted else "scored here"
    return Column(f"{entry.method}-{index}", entry.title, "percent", "up", group)


def _sequence(comparison: Comparison, name: str, figure: str, notes: Notes) -> Row:
    objects = comparison.objects.get(name)
    outcomes = [entry.outcomes.get(name) for entry in comparison.entries]
    values = [outcome.mean(figure) if outcome else None for outcome in outcomes]
    winners = comparison.best(values, "percent", "up")
    cells = [
        Cell(
            values[index],
            best=index in winners,
            quoted=entry.quoted,
            notes=_remarks(entry, outcomes[index], values[index], objects, notes),
        )
        for index, entry in enumerate(comparison.entries)
    ]
    return Row((Cell(f"{name} ({objects or '?'})"), *cells))


def _remarks(
    entry: Entry, outcome: Outcome | None, value: Value, objects: int | None, notes: Notes
) -> tuple[int, ...]:
    """Notes on one cell: why it is empty, or how it differs from its neighbours."""
    if outcome is None:
        nothing = "not published" if entry.quoted else "not asked for in this run"
        return (notes.number(nothing),)
    if value is None:
        return (notes.number(outcome.reason or "no such figure"),)
    if outcome.scored != objects:
        return (notes.number(f"over {outcome.scored} of {objects} objects"),)
    return ()


def _means(comparison: Comparison, figure: str) -> Row:
    means = [entry.mean(figure, comparison.sequences) for entry in comparison.entries]
    label = f"mean over objects ({sum(comparison.objects.values())})"
    return _aggregates(comparison, label, means, "percent")


def _speeds(comparison: Comparison) -> Iterator[Row]:
    """A row of speeds, if anything was timed."""
    rates = [fps_amortised(entry.timings(comparison.sequences)) for entry in comparison.entries]
    if any(rate is not None for rate in rates):
        yield _aggregates(comparison, "fps (amortised)", rates, "fps")


def _aggregates(
    comparison: Comparison, label: str, values: Sequence[float | None], unit: str
) -> Row:
    """A row below the sequences; speeds compete on one machine only."""
    fair = unit != "fps" or speeds_compare(comparison)
    winners = comparison.best(values, unit, "up", aggregate=True) if fair else frozenset()
    cells = [
        Cell(
            value,
            best=index in winners,
            quoted=entry.quoted,
            incomplete=value is not None and not comparison.complete(entry),
            unit=unit,
        )
        for index, (entry, value) in enumerate(zip(comparison.entries, values, strict=True))
    ]
    return Row((Cell(label), *cells), summary=True)


def _footnotes(comparison: Comparison, metric: str) -> Iterator[str]:
    names = {"J": "J (region)", "F": "F (contour)", "J&F": "J&F (mean of J and F)"}
    yield f"{names[metric]}: mean over the objects of a sequence, their number in parentheses."
    yield from footnotes.common(comparison)
