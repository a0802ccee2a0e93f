"""Table of one sequence: a row a method, and one for each of its objects."""

from collections.abc import Iterator, Sequence

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import FIGURES, Entry, Outcome
from vosbench.reports.table import Cell, Column, Notes, Row, Subject, Table, Value

_FIGURES = tuple(
    Column(name, name.replace("_", " "), "percent", "down" if "decay" in name else "up")
    for name in FIGURES
)


def sequence_table(comparison: Comparison, sequence: str) -> Table:
    """J and F of everything that is compared, on one sequence."""
    notes = Notes()
    several = comparison.objects.get(sequence, 1) > 1
    found = [(entry, entry.outcomes.get(sequence)) for entry in comparison.entries]
    means = [[_mean(outcome, column.key) for _, outcome in found] for column in _FIGURES]
    best = [
        comparison.best(values, column.unit, column.direction)
        for column, values in zip(_FIGURES, means, strict=True)
    ]
    rows: list[Row] = []
    for place, (entry, outcome) in enumerate(found):
        about = Subject(entry.title, _run(entry), sequence)
        reason = () if outcome and outcome.objects else (notes.number(_reason(entry, outcome)),)
        cells = [
            Cell(values[place], best=place in winners, quoted=entry.quoted, about=about)
            for values, winners in zip(means, best, strict=True)
        ]
        names = (Cell(entry.title, notes=reason), *((Cell("all"),) if several else ()))
        rows.append(Row((*names, *cells)))
        if several and outcome is not None:
            rows += _objects(entry, outcome, sequence)
    objects = (Column("object", "object"),) if several else ()
    return Table(
        title=f"{sequence}: mean, recall and decay of J and F",
        columns=(Column("method", "method"), *objects, *_FIGURES),
        rows=tuple(rows),
        notes=notes.texts(),
        best_of="column, over all objects" if several else "column",
    )


def _objects(entry: Entry, outcome: Outcome, sequence: str) -> Iterator[Row]:
    ids: Sequence[int | None] = outcome.ids or [None] * len(outcome.objects)
    for place, object_id in enumerate(ids):
        about = Subject(entry.title, _run(entry), sequence, object_id)
        cells = (
            Cell(outcome.values(column.key)[place], quoted=entry.quoted, about=about)
            for column in _FIGURES
        )
        name = str(object_id if object_id is not None else place + 1)
        yield Row((Cell(entry.title), Cell(name), *cells))


def _mean(outcome: Outcome | None, figure: str) -> Value:
    return outcome.mean(figure) if outcome is not None else None


def _reason(entry: Entry, outcome: Outcome | None) -> str:
    if outcome is not None:
        return outcome.reason or "no figures"
    return "not published" if entry.quoted else "not asked for in this run"


def _run(entry: Entry) -> str:
    return entry.manifest.run if entry.manifest is not None else ""
