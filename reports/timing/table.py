"""Table `timing`: how fast each run was, by protocol VBT-1, and what that took of the machine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vosbench.records import Run
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.mean_cells import subject
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Notes, Row, Table, listed
from vosbench.reports.timing import footnotes as timing_footnotes
from vosbench.reports.timing import tidy as timing_tidy
from vosbench.reports.timing.cells import plain_cells, spread_cells, timed_only, warnings
from vosbench.reports.timing.conventions import build as build_conventions
from vosbench.reports.timing.figures import FIGURES, GIBIBYTES, Figure
from vosbench.reports.timing.flags import passes_of
from vosbench.reports.timing.reference import References, references

HEADLINE = "fps_amortised"
"""Key of the column that warnings stand at."""

_QUALITY = Column("J&F", "J&F", "percent", "up", "same run")
_PASSES = Column("passes", "passes", "text", "", "same run")


def build(runs: Sequence[Run], options: ReportOptions) -> tuple[Table, ...]:
    """One table a dataset: a row a run, with its speeds, latencies, quality and memory.

    With `options.conventions` the speeds by those rules instead, as
    `vosbench.reports.timing.conventions` has them.

    Raises:
        UsageError: there is nothing to show, an option names something that is not there, or
            nothing was timed.
    """
    if options.conventions:
        return build_conventions(runs, options)
    everything = tuple(runs)
    made = [
        (comparison, references(everything, comparison, options))
        for comparison in compare(everything, options)
    ]
    return tuple(
        _with_footnotes(
            _table(timed_only(comparison), options, against),
            (*footnotes.untimed(comparison), *_quoted(comparison)),
        )
        for comparison, against in made
    )


def _quoted(comparison: Comparison) -> Iterator[str]:
    """Where the speeds of published methods are, which are none of this protocol."""
    names = [entry.title for entry in comparison.entries if entry.quoted]
    if names:
        yield f"{listed(names)}: never timed here; table published has the speeds that are printed."


def _with_footnotes(table: Table, more: Iterable[str]) -> Table:
    return replace(table, footnotes=(*table.footnotes, *more))


def _table(comparison: Comparison, options: ReportOptions, against: References) -> Table:
    notes = Notes()
    shown = _shown(comparison, full=options.full)
    columns = [_column(comparison, figure, notes) for figure in shown]
    heads = [figure.column for figure in shown]
    if against:
        heads.insert(1, against.column)
        columns.insert(1, against.cells(comparison, notes))
    names = [Cell(entry.title, about=subject(entry)) for entry in comparison.entries]
    quality = plain_cells(
        comparison, _QUALITY, [e.mean("J&F", comparison.sequences) for e in comparison.entries]
    )
    passes = [_passes(entry, comparison) for entry in comparison.entries]
    return Table(
        title=comparison.title("Timing (VBT-1)"),
        columns=(Column("method", "method"), *heads, _QUALITY, _PASSES),
        rows=tuple(Row(cells) for cells in zip(names, *columns, quality, passes, strict=True)),
        notes=notes.texts(),
        footnotes=tuple(timing_footnotes.below(comparison, shown, against, full=options.full)),
        best_of="column",
        tidy=timing_tidy.rows(comparison, against),
    )


def _shown(comparison: Comparison, *, full: bool) -> tuple[Figure, ...]:
    """Figures that any entry has; those that need asking for only if that was done."""
    by_name = [entry.timings_by_name(comparison.sequences) for entry in comparison.entries]
    return tuple(
        figure
        for figure in FIGURES
        if (figure.always or full) and any(figure.of(timings) for timings in by_name)
    )


def _column(comparison: Comparison, figure: Figure, notes: Notes) -> list[Cell]:
    values = [
        figure.of(entry.timings_by_name(comparison.sequences)) for entry in comparison.entries
    ]
    cells = spread_cells(comparison, figure.column, values)
    if figure.column.unit == GIBIBYTES and _loaded_together(comparison):
        return [replace(cell, best=False) for cell in cells]
    if figure.column.key != HEADLINE:
        return cells
    return [
        replace(cell, notes=warnings(entry, comparison, notes))
        for cell, entry in zip(cells, comparison.entries, strict=True)
    ]


def _loaded_together(comparison: Comparison) -> bool:
    """Whether the memory of an entry holds other methods as well, so that there is no best."""
    return any(
        made.beside
        for entry in comparison.entries
        for timing in entry.timings(comparison.sequences)
        for made in timing.passes
    )


def _passes(entry: Entry, comparison: Comparison) -> Cell:
    made, planned = passes_of(entry.timings_by_name(comparison.sequences))
    return Cell(str(made) if made >= planned else f"{made} of {planned}")
