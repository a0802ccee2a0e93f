"""Table `timing` with `--convention`: the same runs by the rules of counting of others."""

from collections.abc import Iterable, Iterator, Sequence

from vosbench.records import Run
from vosbench.reports.compared import tidy
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Notes, Row, Table, listed
from vosbench.reports.timing import footnotes as timing_footnotes
from vosbench.reports.timing.cells import spread_cells, timed_only, warnings
from vosbench.reports.timing.tidy import figure, with_all_keys
from vosbench.speed.conventions import CONVENTIONS, Convention, conventions
from vosbench.speed.spread import Spread, spread

_OWN = "vbt-1"


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """One table a dataset: a row a run, a column a convention, that of vosbench first.

    Raises:
        UsageError: there is nothing to show, an option names something that is not there.
    """
    rules = _with_own(conventions(options.conventions))
    return tuple(_table(timed_only(comparison), rules) for comparison in compare(runs, options))


def _with_own(rules: Sequence[Convention]) -> tuple[Convention, ...]:
    return (CONVENTIONS[_OWN], *(rule for rule in rules if rule.name != _OWN))


def _table(comparison: Comparison, rules: Sequence[Convention]) -> Table:
    notes = Notes()
    columns = [_column(rule) for rule in rules]
    cells = [
        spread_cells(comparison, column, _values(comparison, rule))
        for rule, column in zip(rules, columns, strict=True)
    ]
    names = [
        Cell(entry.title, notes=warnings(entry, comparison, notes)) for entry in comparison.entries
    ]
    return Table(
        title=comparison.title("Frames per second by convention"),
        columns=(Column("method", "method"), *columns),
        rows=tuple(Row(row) for row in zip(names, *cells, strict=True)),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(comparison, rules)),
        best_of="column",
        tidy=with_all_keys(_tidy(comparison, rules)),
    )


def _column(rule: Convention) -> Column:
    return Column(f"fps_{rule.name}", rule.name, "fps", "up", spreads=True)


def _values(comparison: Comparison, rule: Convention) -> list[Spread | None]:
    return [spread(rule.rates(entry.timings(comparison.sequences))) for entry in comparison.entries]


def _footnotes(comparison: Comparison, rules: Sequence[Convention]) -> Iterator[str]:
    if not comparison.entries:
        yield "Nothing here was timed by vosbench."
        return
    yield (
        "One measurement by each rule, of phases as vosbench times them; all frames are those with "
        "the annotated one. Only a column compares. Figures that others measured are not the same: "
        "too high and too low say what of their clock cannot be told here. docs/timing.md (Rules "
        "of others), CSV and JSON say more."
    )
    yield from _rules(rules)
    yield from timing_footnotes.of_rates(comparison)


def _rules(rules: Sequence[Convention]) -> Iterator[str]:
    """What is divided by what; the same is said once."""
    alike: dict[str, list[str]] = {}
    for rule in rules:
        said = "; ".join(part for part in (rule.rule(), rule.moved) if part)
        alike.setdefault(said, []).append(rule.name)
    yield from (f"{listed(names)}: {said}." for said, names in alike.items())


def _tidy(comparison: Comparison, rules: Sequence[Convention]) -> Iterator[tidy.TidyRow]:
    """A row for each entry and convention, and one for each pass of it."""
    for entry in comparison.entries:
        timings = entry.timings(comparison.sequences)
        for rule in rules:
            rates = rule.rates(timings)
            about = {
                **tidy.identity(entry, comparison),
                "convention": rule.name,
                "phases": " ".join(rule.phases),
                "frames": sum(rule.frames(timing) for timing in timings),
            }
            yield {
                **about,
                "level": "run",
                "passes": len(rates),
                **figure("fps", spread(rates)),
                "whose": rule.who,
                "source": rule.source,
                "their_clock_waits": rule.waits,
                "not_translated": "; ".join(rule.beyond) or None,
            }
            for number, rate in enumerate(rates):
                yield {**about, "level": "pass", "pass": number, "fps": rate}
