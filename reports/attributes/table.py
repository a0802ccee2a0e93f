"""Table `attributes`: what methods make of objects that are hard in one way, and of the others.

The form is that of the attribute table of DAVIS (Perazzi et al., CVPR 2016): the mean with an
attribute, and by how much it exceeds the mean without. A second table has the measures of each
object, from which its attributes follow.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from vosbench.attributes.definitions import DAVIS
from vosbench.records import Run
from vosbench.reports.attributes.measures import by_object
from vosbench.reports.attributes.scores import AttributeScores, Group, Object, attribute_scores
from vosbench.reports.compared import differences, footnotes
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.mean_cells import subject
from vosbench.reports.compared.tidy import TidyRow, identity
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Notes, Row, Table, listed
from vosbench.statistics import LEVEL, Estimate, fewest
from vosbench.wording import counted


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """Two tables a dataset: means of `options.metric` by attribute, and measures by object.

    Raises:
        UsageError: there is nothing to show, an option names something that is not there, or the
            dataset does not open.
        DataError: an annotation cannot be read, or a sequence is not what a run was made on.
    """
    kept = tuple(runs)
    return tuple(
        table
        for comparison in compare(kept, options)
        for table in tables(
            attribute_scores(comparison, kept, METRICS[options.metric], options.places),
            options.metric,
        )
    )


def tables(scores: AttributeScores, metric: str) -> tuple[Table, Table]:
    """Means by attribute, and the measures of each object."""
    comparison, notes = scores.comparison, Notes()
    rows = [_row(scores, group, notes) for group in scores.shown]
    by_attribute = Table(
        title=comparison.title(f"{metric} by attribute"),
        columns=(
            Column("attribute", "attribute"),
            Column("objects", "objects", "count", group="extent"),
            Column("sequences", "sequences", "count", group="extent"),
            *_columns(comparison, "with", "", "percent", "up"),
            *_columns(comparison, "gap", ": with − without", "gain", ""),
            *differences.columns(comparison),
        ),
        rows=(*rows, _all(scores, notes)),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(scores, metric)),
        best_means=_best_means(comparison),
        tidy=tuple(rows_of(scores, metric)),
    )
    return by_attribute, by_object(scores)


def rows_of(scores: AttributeScores, metric: str) -> Iterator[TidyRow]:
    """A row for each attribute and entry, with what is known of both kinds of objects."""
    for group in scores.shown:
        inside, outside = scores.means(group.inside), scores.means(group.outside)
        for entry, one, other in zip(scores.comparison.entries, inside, outside, strict=True):
            gap = scores.gap(entry, group)
            low, high = (gap.interval if gap else None) or (None, None)
            yield {
                **identity(entry, scores.comparison),
                "attribute": group.attribute.name,
                "short": group.attribute.short,
                "threshold_of": group.attribute.source,
                "metric": metric,
                **_estimated("with", one),
                **_estimated("without", other),
                "difference": gap.mean if gap else None,
                "difference_low": low,
                "difference_high": high,
            }


def _estimated(key: str, found: Estimate | None) -> TidyRow:
    low, high = (found.interval if found else None) or (None, None)
    return {
        f"objects_{key}": found.values if found else 0,
        f"sequences_{key}": found.clusters if found else 0,
        key: found.mean if found else None,
        f"{key}_low": low,
        f"{key}_high": high,
    }


def _columns(
    comparison: Comparison, kind: str, sign: str, unit: str, direction: str
) -> Iterator[Column]:
    for place, entry in enumerate(comparison.entries):
        key = f"{kind}-{entry.method}-{place}"
        yield Column(key, f"{entry.title}{sign}", unit, direction, kind)


def _row(scores: AttributeScores, group: Group, notes: Notes) -> Row:
    entries = scores.comparison.entries
    return Row(
        (
            Cell(f"{group.attribute.name} ({group.attribute.short})"),
            *_mean_cells(scores, group.inside),
            *(_gap_cell(scores, entry, group, notes) for entry in entries),
            *_gain_cells(scores, group.inside, notes),
        )
    )


def _all(scores: AttributeScores, notes: Notes) -> Row:
    """The means over all objects, whatever they have."""
    return Row(
        (
            Cell("all objects"),
            *_mean_cells(scores, scores.keys),
            *(Cell(unit="gain") for _ in scores.comparison.entries),
            *_gain_cells(scores, scores.keys, notes),
        ),
        summary=True,
    )


def _mean_cells(scores: AttributeScores, objects: frozenset[Object]) -> Iterator[Cell]:
    """How many objects, of how many sequences, and the mean of each entry over them."""
    yield Cell(len(objects))
    yield Cell(len({sequence for sequence, _ in objects}))
    standings = scores.standings(objects).each
    for entry, mean, standing in zip(
        scores.comparison.entries, scores.means(objects), standings, strict=True
    ):
        cell = Cell(
            best=standing.top, quoted=entry.quoted, rank=standing.rank, about=subject(entry)
        )
        yield _estimate(cell, mean, len(objects))


def _gap_cell(scores: AttributeScores, entry: Entry, group: Group, notes: Notes) -> Cell:
    """What the attribute costs an entry; a note where that may be chance."""
    cell = Cell(unit="gain", quoted=entry.quoted, about=subject(entry))
    if not group.outside:
        return replace(cell, notes=(notes.number("every object has it"),))
    return _estimate(cell, scores.gap(entry, group), len(scores.objects), notes)


def _gain_cells(
    scores: AttributeScores, objects: frozenset[Object], notes: Notes
) -> Iterator[Cell]:
    """Δ of each entry to the one that all are compared with."""
    comparison = scores.comparison
    for entry in differences.compared(comparison):
        found = scores.gain(entry, objects)
        cell = differences.difference(comparison, entry, found.mean if found else None, 0.0, notes)
        yield _estimate(cell, found, len(objects), notes)


def _estimate(cell: Cell, found: Estimate | None, objects: int, notes: Notes | None = None) -> Cell:
    """A cell with what was estimated, marked where that is not over all of the objects.

    Args:
        notes: of the table, where the value is a difference; None else.
    """
    if found is None:
        return cell
    doubtful = notes is not None and found.interval is not None and not found.resolved
    said = (notes.number(differences.UNRESOLVED),) if notes is not None and doubtful else ()
    return replace(
        cell,
        value=found.mean,
        interval=found.interval,
        incomplete=found.values < objects,
        notes=(*cell.notes, *said),
        n=found.values,
    )


def _best_means(comparison: Comparison) -> str:
    """What a mark says; attributes have sequences of their own."""
    levels = "all levels" if comparison.across_levels else "one level"
    return (
        f"the best mean of {levels} of trust and all that the sequences behind its row do not tell "
        f"from it ({100 * LEVEL:g} %); fewer than {fewest()} sequences tell nothing."
    )


def _footnotes(scores: AttributeScores, metric: str) -> Iterator[str]:
    comparison = scores.comparison
    yield (
        f"{metric}: mean over the objects that have an attribute, then less the mean over those "
        f"that have it not; in brackets the {100 * LEVEL:g} % interval, sequences drawn anew with "
        f"all their objects, where {fewest()} sequences or more are on each side. Objects that "
        "have one attribute often have others: a difference says that they are harder, not why."
    )
    yield (
        "Attributes are measured from annotations alone; thresholds marked DAVIS are those of "
        "Perazzi et al., CVPR 2016, the others are vosbench's."
    )
    for group in scores.shown:
        one = group.attribute
        yield f"{one.name} ({one.short}{', DAVIS' if one.source == DAVIS else ''}): {one.meaning}."
    absent = [group.attribute.name for group in scores.groups if not group.inside]
    if absent:
        yield f"Left out, since no object has them: {listed(absent)}."
    unseen = sum(comparison.objects.values()) - len(scores.objects)
    if unseen:
        yield f"Left out: {counted(unseen, 'object')} that no annotation shows."
    yield from differences.footnotes(comparison)
    yield from footnotes.scale(comparison)
    yield from footnotes.gaps(comparison)
    yield from footnotes.origins(comparison)
