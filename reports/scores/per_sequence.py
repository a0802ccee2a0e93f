"""Table `per-sequence`: a row a sequence, a column a method.

The form is that of Table 1 of the supplement of e-OSVOS (Meinhardt and Leal-Taixé, NeurIPS 2020).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from vosbench.records import Run
from vosbench.reports.compared import differences, footnotes, tidy
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import METRICS, Entry, Outcome
from vosbench.reports.compared.estimates import mean_intervals
from vosbench.reports.compared.mean_cells import mean_cells, subject
from vosbench.reports.compared.standing import Standings, best_in_rows, ranks, standings
from vosbench.reports.compared.standing import footnotes as standing_footnotes
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores import columns
from vosbench.reports.table import Cell, Column, Notes, Row, Subject, Table, Value, written
from vosbench.reports.timing.machines import speeds_compare
from vosbench.speed.rates import fps_amortised
from vosbench.statistics import LEVEL


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """One table a dataset: the mean of `options.metric` over the objects of each sequence.

    Raises:
        UsageError: there is nothing to show, or an option names something that is not there.
    """
    return tuple(_table(comparison, options.metric) for comparison in compare(runs, options))


def _table(comparison: Comparison, metric: str) -> Table:
    notes = Notes()
    figure = METRICS[metric]
    found = standings(comparison, figure)
    body = [_sequence(comparison, name, figure, notes) for name in comparison.sequences]
    return Table(
        title=comparison.title(f"{metric} by sequence"),
        columns=(
            Column("sequence", "sequence (objects)"),
            *(columns.of_entry(one, place) for place, one in enumerate(comparison.entries)),
            *differences.columns(comparison),
        ),
        rows=(
            *body,
            *_means(comparison, figure, found, notes),
            *_speeds(comparison),
        ),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(comparison, metric, found)),
        best_means=best_in_rows(found),
        tidy=tuple(tidy.by_sequence(comparison)),
    )


def _sequence(comparison: Comparison, name: str, figure: str, notes: Notes) -> Row:
    objects = comparison.objects.get(name)
    outcomes = [entry.outcomes.get(name) for entry in comparison.entries]
    values = [outcome.mean(figure) if outcome else None for outcome in outcomes]
    winners = comparison.best(values, "percent", "up")
    ranked = ranks(comparison, values)
    cells = [
        Cell(
            values[index],
            best=index in winners,
            quoted=entry.quoted,
            notes=_remarks(entry, outcomes[index], values[index], objects, notes),
            n=None if values[index] is None else entry.scored([name]),
            rank=ranked[index],
            about=subject(entry, name),
        )
        for index, entry in enumerate(comparison.entries)
    ]
    gains = [
        differences.mean_difference(comparison, entry, figure, notes, sequences=[name])
        for entry in differences.compared(comparison)
    ]
    first = Cell(f"{name} ({objects or '?'})", about=Subject(sequence=name))
    return Row((first, *cells, *gains))


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


def _means(comparison: Comparison, figure: str, found: Standings, notes: Notes) -> Iterator[Row]:
    """The row of means, and rows of their intervals and bounds if there are any.

    In rows of their own these make no column wider.
    """
    means = mean_cells(comparison, figure, found)
    gains = [
        differences.mean_difference(comparison, entry, figure, notes)
        for entry in differences.compared(comparison)
    ]
    cells = [replace(cell, interval=None, bounds=None) for cell in (*means, *gains)]
    label = f"mean over objects ({sum(comparison.objects.values())})"
    yield Row((Cell(label), *cells), summary=True)
    intervals = [_ends(cell.interval, "–") for cell in means]
    intervals += [_ends(cell.interval, " to ") for cell in gains]
    if any(cell.value for cell in intervals):
        yield Row((Cell(f"{100 * LEVEL:g} % interval"), *intervals), summary=True)
    bounds = [_ends(cell.bounds, "–") for cell in (*means, *gains)]
    if any(cell.value for cell in bounds):
        yield Row((Cell("final mean within"), *bounds), summary=True)


def _ends(pair: tuple[float, float] | None, between: str) -> Cell:
    return Cell(pair and between.join(written(end, "percent") for end in pair))


def _speeds(comparison: Comparison) -> Iterator[Row]:
    """A row of speeds, if anything was timed; speeds compete on one machine only."""
    rates = [fps_amortised(entry.timings(comparison.sequences)) for entry in comparison.entries]
    if all(rate is None for rate in rates):
        return
    winners: frozenset[int] = frozenset()
    if speeds_compare(comparison):
        winners = comparison.best(rates, "fps", "up", aggregate=True)
    cells = [
        Cell(
            rate,
            best=index in winners,
            quoted=entry.quoted,
            incomplete=rate is not None and not comparison.complete(entry),
            unit="fps",
        )
        for index, (entry, rate) in enumerate(zip(comparison.entries, rates, strict=True))
    ]
    gains = [Cell() for _ in differences.compared(comparison)]
    yield Row((Cell("fps (amortised)"), *cells, *gains), summary=True)


def _footnotes(comparison: Comparison, metric: str, found: Standings) -> Iterator[str]:
    called = columns.CALLED[metric]
    yield f"{called}: mean over the objects of a sequence, their number in parentheses."
    shown = any(mean_intervals(comparison, METRICS[metric]))
    yield from standing_footnotes(found, metric, intervals=shown)
    yield from differences.footnotes(comparison)
    yield from footnotes.common(comparison)
