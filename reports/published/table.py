"""Table `published`: what is published about a dataset, and own runs beside it.

It needs no run. Levels of trust never compete with each other here unless that is asked for, and
speeds never do: those of publications are on hardware that nobody states.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared import footnotes, tidy
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import FIGURES, ORACLE, QUOTED, Entry
from vosbench.reports.compared.standing import best_quality_and_speed, standings
from vosbench.reports.options import ReportOptions
from vosbench.reports.published.sheet import Sheet, sheets
from vosbench.reports.published.versions import FPS, Version
from vosbench.reports.scores.columns import QUALITY
from vosbench.reports.table import Cell, Column, Notes, Row, Subject, Table, Value, best
from vosbench.reports.timing.machines import machine, speeds_compare
from vosbench.speed.rates import fps_amortised
from vosbench.wording import counted

_COLUMNS = (
    Column("method", "method"),
    Column("trust", "level", group="quality"),
    *QUALITY,
    Column(FPS, "fps", "fps", "up", "speed"),
    Column("hardware", "timed on", group="speed"),
    Column("setting", "setting", group="publication"),
    Column("venue", "venue", group="publication"),
    Column("year", "year", "count", group="publication"),
    Column("sequences", "sequences", "count", group="extent"),
    Column("objects", "objects", "count", group="extent"),
)
_BEST_ACROSS = (
    "best of its column over all levels of trust (of speed: of those measured), ties included; "
    "what is published over a whole dataset does not say what is chance."
)
_SHORT: Mapping[str, str] = {"semi-supervised": "semi", "unsupervised": "unsup."}


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """One table a dataset: J&F, J and F, speed, and where each method was published.

    Raises:
        UsageError: nothing is published about the dataset, or an option names what is not there.
    """
    if options.against:
        raise UsageError("the table published shows no differences; leave out --against")
    return tuple(_table(each, options) for each in sheets(tuple(runs), options))


def _table(sheet: Sheet, options: ReportOptions) -> Table:
    notes = Notes()
    rows = [
        *(_own_cells(sheet, comparison, entry, notes) for comparison, entry in sheet.entries),
        *(_quoted_cells(version, notes) for version in sheet.quoted),
    ]
    part = f", {counted(len(options.sequences), 'sequence')}" if options.sequences else ""
    return Table(
        title=f"Published on {sheet.name}{part}{', and own runs' if sheet.own else ''}",
        columns=_COLUMNS,
        rows=tuple(Row(cells) for cells in _with_best(sheet, rows, options)),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(sheet)),
        best_of="column",
        best_means=_BEST_ACROSS if options.across_levels else _best_means(sheet),
        tidy=tuple(_tidy(sheet)),
    )


def _own_cells(
    sheet: Sheet, comparison: Comparison, entry: Entry, notes: Notes
) -> tuple[Cell, ...]:
    whole = sheet.whole(comparison, entry)
    about = Subject(title=entry.title, run=entry.manifest.run if entry.manifest else "")
    done = entry.done(comparison.sequences)
    timings = entry.timings(comparison.sequences)
    under = () if comparison.protocol == sheet.dataset else (comparison.protocol,)
    values: dict[str, Value] = {
        "method": entry.title,
        "trust": entry.trust,
        **{name: entry.mean(name, comparison.sequences) for name in FIGURES},
        FPS: fps_amortised(timings),
        "hardware": ", ".join(machine(entry, comparison)) if timings else None,
        "sequences": len(done),
        "objects": entry.scored(done),
    }
    return tuple(
        Cell(
            values.get(column.key),
            incomplete=not whole
            and values.get(column.key) is not None
            and column.key in (*FIGURES, FPS, "sequences"),
            notes=tuple(
                notes.number(f"scored under protocol {name}")
                for name in under
                if column.key == "method"
            ),
            about=about,
        )
        for column in _COLUMNS
    )


def _quoted_cells(version: Version, notes: Notes) -> tuple[Cell, ...]:
    speed = version.figures.get(FPS)
    where = version.publication
    values: dict[str, Value] = {
        "method": version.title,
        "trust": QUOTED,
        **{name: version.value(name) for name in (*FIGURES, FPS)},
        "hardware": speed.hardware if speed else None,
        "setting": _SHORT.get(where.setting, where.setting),
        "venue": where.venue or None,
        "year": int(where.year) if where.year else None,
        "sequences": version.sequences,
        "objects": version.objects,
    }
    said = {"method": version.said}
    if speed:
        said[FPS] = speed.cited
        if speed.bound:
            said[FPS] = f"said to be {speed.bound} this, not how far: {said[FPS]}"
    return tuple(
        Cell(
            values.get(column.key),
            quoted=column.key not in ("method", "trust"),
            notes=(notes.number(said[column.key]),) if column.key in said else (),
        )
        for column in _COLUMNS
    )


def _with_best(
    sheet: Sheet, rows: Sequence[tuple[Cell, ...]], options: ReportOptions
) -> Iterator[tuple[Cell, ...]]:
    """The rows, the best of each column marked within its level, or among all if asked for."""
    winners = {column.key: _winners(sheet, rows, column, options) for column in _COLUMNS}
    for index, row in enumerate(rows):
        yield tuple(
            replace(cell, best=index in winners[column.key] and not cell.incomplete)
            for column, cell in zip(_COLUMNS, row, strict=True)
        )


def _winners(
    sheet: Sheet, rows: Sequence[tuple[Cell, ...]], column: Column, options: ReportOptions
) -> frozenset[int]:
    """Places of the rows that are marked in a column; own runs stand first.

    Quality within a level of trust is marked as in table `overall`, each protocol by itself.
    """
    place = _COLUMNS.index(column)
    if column.key == FPS:
        if len(sheet.own) != 1 or not speeds_compare(sheet.own[0]):
            return frozenset()
        return sheet.own[0].best(
            [row[place].value for row in rows[: len(sheet.entries)]],
            column.unit,
            column.direction,
            aggregate=True,
        )
    if options.across_levels:
        values = [
            None if row[place].incomplete or row[1].value == ORACLE else row[place].value
            for row in rows
        ]
        return best(values, column.unit, column.direction)
    if column not in QUALITY:
        return frozenset()
    found = [
        standing
        for comparison in sheet.own
        for standing in standings(comparison, column.key, column.direction).each
    ]
    return frozenset(index for index, standing in enumerate(found) if standing.top)


def _best_means(sheet: Sheet) -> str:
    """What a mark within a level of trust says."""
    if len(sheet.own) != 1:
        return "the best mean of its level and protocol, and all that is not told from it."
    return best_quality_and_speed(standings(sheet.own[0], "J&F"))


def _footnotes(sheet: Sheet) -> Iterator[str]:
    yield (
        "Figures are in per cent (fractions × 100). Recall: share of frames above 0.5. Decay: "
        "first quarter of the frames minus the last; lower is better. J&F that is not printed is "
        "the mean of the J and F that are."
    )
    over = ""
    if sheet.extent:
        sequences, objects = sheet.extent
        over = f", over {counted(objects, 'object')} of {counted(sequences, 'sequence')}"
    yield (
        f"Quoted: published by others, not measured here{over}. Sources that disagree are rows of "
        "their own, with the source in brackets."
    )
    if any(FPS in version.figures for version in sheet.quoted):
        over = ", over the whole dataset" if sheet.sequences else ""
        yield (
            f"Quoted fps{over}: on hardware and by rules that are not stated; they compare neither "
            "with each other nor with what was measured here."
        )
    yield from _gaps(sheet)
    if sheet.left_out:
        yield f"Left out: runs on {', '.join(sheet.left_out)} of {sheet.dataset}; see --split."
    for comparison in sheet.own:
        yield from footnotes.speed(comparison)
        yield from footnotes.untimed(comparison)
        yield from footnotes.origins(comparison)


def _gaps(sheet: Sheet) -> Iterator[str]:
    """What the sign † means: runs over less than the quoted figures."""
    short = [
        (entry, entry.done(comparison.sequences))
        for comparison, entry in sheet.entries
        if not sheet.whole(comparison, entry)
    ]
    if not short:
        return
    extents = footnotes.grouped(
        [entry for entry, _ in short],
        lambda entry: next(
            f"{counted(len(done), 'sequence')}, {counted(entry.scored(done), 'object')}"
            for each, done in short
            if each is entry
        ),
    )
    said = "; ".join(f"{names}: {extent}" for names, extent in extents)
    yield (
        f"† over a part of what the quoted figures are over, so the two do not compare ({said}); "
        "--sequences limits quoted figures to the same."
    )


def _tidy(sheet: Sheet) -> Iterator[Mapping[str, Value]]:
    for comparison in sheet.own:
        rows = tidy.by_entry(comparison)
        for entry, row in zip(comparison.entries, rows, strict=True):
            timed = row["fps_amortised"] is not None
            where = ", ".join(machine(entry, comparison)) if timed else None
            yield {**row, FPS: row["fps_amortised"], "hardware": where}
    for version in sheet.quoted:
        yield _quoted_row(sheet, version)


def _quoted_row(sheet: Sheet, version: Version) -> Mapping[str, Value]:
    speed, where = version.figures.get(FPS), version.publication
    return {
        "dataset": sheet.dataset,
        "variant": sheet.variant or None,
        "method": version.method,
        "label": version.method,
        "title": version.title,
        "trust": QUOTED,
        "sequences": version.sequences,
        "objects": version.objects,
        **{key: version.value(figure) for key, figure in tidy.FIGURE_OF.items()},
        "state": "done",
        FPS: version.value(FPS),
        "fps_bound": (speed.bound or None) if speed else None,
        "hardware": speed.hardware if speed else None,
        "setting": where.setting,
        "venue": where.venue or None,
        "year": int(where.year) if where.year else None,
        "paper": where.title or None,
        "url": where.url or None,
        "source": version.said,
    }
