"""Table `per-object`: a row an object, a column a method."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vosbench.records import Run
from vosbench.reports.compared import differences, footnotes, tidy
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import METRICS, Entry, Outcome, mean
from vosbench.reports.compared.mean_cells import mean_cells, subject
from vosbench.reports.compared.standing import Standings, best_in_rows, ranks, standings
from vosbench.reports.compared.standing import footnotes as standing_footnotes
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores import columns
from vosbench.reports.table import Cell, Column, Notes, Row, Subject, Table


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """One table a dataset: `options.metric` of each object of each sequence.

    Raises:
        UsageError: there is nothing to show, or an option names something that is not there.
    """
    return tuple(_table(comparison, options.metric) for comparison in compare(runs, options))


def object_ids(comparison: Comparison, sequence: str) -> tuple[int, ...]:
    """Ids of the objects of a sequence that any entry has figures of, in ascending order.

    Where no entry says which objects it is about, they are counted from 1.
    """
    outcomes = [one.outcomes[sequence] for one in comparison.entries if sequence in one.outcomes]
    known = sorted({number for outcome in outcomes for number in outcome.ids})
    return tuple(known) or tuple(range(1, comparison.objects.get(sequence, 0) + 1))


def object_figure(
    outcome: Outcome, figure: str, ids: Sequence[int], object_id: int | None
) -> float | None:
    """A figure of one object; None where there is none.

    Objects of an outcome that does not say which they are go by their order, if it has as many.

    Args:
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        ids: of all objects of the sequence.
        object_id: of one of them; None stands for what nobody knows the objects of.
    """
    own = outcome.ids or (tuple(ids) if len(outcome.objects) == len(ids) else ())
    if object_id is None or object_id not in own:
        return None
    return mean([outcome.objects[own.index(object_id)]], figure)


def _table(comparison: Comparison, metric: str) -> Table:
    notes = Notes()
    figure = METRICS[metric]
    found = standings(comparison, figure)
    objects = [
        (name, number)
        for name in comparison.sequences
        for number in object_ids(comparison, name) or (None,)
    ]
    return Table(
        title=comparison.title(f"{metric} by object"),
        columns=(
            Column("object", "sequence/object"),
            *(columns.of_entry(one, place) for place, one in enumerate(comparison.entries)),
            *differences.columns(comparison),
        ),
        rows=(
            *(_object(comparison, name, number, figure, notes) for name, number in objects),
            _means(comparison, figure, found, notes),
        ),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(comparison, metric, found)),
        best_means=best_in_rows(found),
        tidy=tuple(_tidy(comparison)),
    )


def _object(
    comparison: Comparison, name: str, number: int | None, figure: str, notes: Notes
) -> Row:
    """A row; one without a number is of a sequence that nobody knows the objects of."""
    ids = object_ids(comparison, name)
    outcomes = [entry.outcomes.get(name) for entry in comparison.entries]
    values = [object_figure(one, figure, ids, number) if one else None for one in outcomes]
    winners = comparison.best(values, "percent", "up")
    cells = [
        Cell(
            values[index],
            best=index in winners,
            quoted=entry.quoted,
            notes=() if values[index] is not None else (notes.number(_gap(entry, outcome)),),
            rank=rank,
            about=replace(subject(entry, name), object_id=number),
        )
        for index, (entry, outcome, rank) in enumerate(
            zip(comparison.entries, outcomes, ranks(comparison, values), strict=True)
        )
    ]
    gains = differences.of_values(comparison, values, notes)
    called = "?" if number is None else number
    head = Cell(f"{name}/{called}", about=Subject(sequence=name, object_id=number))
    return Row((head, *cells, *gains))


def _gap(entry: Entry, outcome: Outcome | None) -> str:
    """Why there is no figure of an object."""
    if outcome is None:
        return "not published" if entry.quoted else "not asked for in this run"
    return outcome.reason or "no such figure of this object"


def _means(comparison: Comparison, figure: str, found: Standings, notes: Notes) -> Row:
    """The row below the objects; its intervals stand in tables `per-sequence` and `overall`."""
    cells = [replace(cell, interval=None) for cell in mean_cells(comparison, figure, found)]
    gains = [
        replace(differences.mean_difference(comparison, entry, figure, notes), interval=None)
        for entry in differences.compared(comparison)
    ]
    label = f"mean over objects ({sum(comparison.objects.values())})"
    return Row((Cell(label), *cells, *gains), summary=True)


def _footnotes(comparison: Comparison, metric: str, found: Standings) -> Iterator[str]:
    called = columns.CALLED[metric]
    yield f"{called}: mean over the frames of an object; objects by their ids in the masks."
    yield from standing_footnotes(found, metric, intervals=False)
    yield from differences.footnotes(comparison)
    yield from footnotes.scale(comparison)
    yield from footnotes.gaps(comparison)
    yield from footnotes.origins(comparison)


def _tidy(comparison: Comparison) -> Iterator[tidy.TidyRow]:
    """A row for each object and entry that was asked for it, or one for all that are not known."""
    for entry in comparison.entries:
        for name in comparison.sequences:
            if name in entry.outcomes:
                outcome = entry.outcomes[name]
                ids = object_ids(comparison, name)
                for number in ids or (None,):
                    yield {
                        **tidy.identity(entry, comparison),
                        "sequence": name,
                        "object": number,
                        **_figures(outcome, ids, number),
                        "state": outcome.state,
                        "reason": outcome.reason or None,
                        "source": entry.source or None,
                    }


def _figures(outcome: Outcome, ids: Sequence[int], number: int | None) -> dict[str, float | None]:
    return {
        key: object_figure(outcome, figure, ids, number) for key, figure in tidy.FIGURE_OF.items()
    }
