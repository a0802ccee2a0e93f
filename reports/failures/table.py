"""Table `failures`: what goes wrong in masks, where, and what it costs, the dearest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from vosbench.errors import UsageError
from vosbench.failures.events import FailureEvent
from vosbench.failures.mining import MinedRun, mined_runs
from vosbench.records import Run
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.tidy import identity
from vosbench.reports.failures.kinds import by_kind
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Subject, Table, Value, listed
from vosbench.wording import counted

SHOWN = 20
"""Events in the table unless the user says how many."""

Mined = Mapping[str, tuple[Entry, MinedRun]]
"""Title → entry and what its run loses where."""


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """Two tables a dataset: events by price, and what each kind costs each method.

    With `options.against`, prices are what the frames of an event would win if they were as good as
    there.

    Raises:
        UsageError: there is nothing to show, an option names something that is not there, the
            dataset does not open or lacks a sequence of a run.
        DataError: sequences or masks are not those that a run was made on or made.
    """
    kept = tuple(runs)
    return tuple(
        table
        for comparison in compare(kept, options)
        for table in tables_of(comparison, mined(comparison, kept, options), options)
    )


def mined(comparison: Comparison, runs: Iterable[Run], options: ReportOptions) -> Mined:
    """What the entries of a comparison lose where, but those without masks.

    Args:
        comparison: of these runs.
        runs: as they are stored; those of other comparisons may be among them.
        options: places of runs and dataset.

    Raises:
        UsageError, DataError: as `build`.
    """
    by_name = {run.manifest.run: run for run in runs}
    wanted = [one for one in comparison.entries if one.manifest and _wanted(one, comparison)]
    _check_opponent(comparison, wanted)
    other = comparison.against
    against = by_name[other.manifest.run] if other and other.manifest else None
    found = mined_runs(
        [by_name[_run(one)] for one in wanted],
        folder=Path(options.runs_folder),
        places=options.places,
        only=comparison.sequences,
        against=against,
    )
    return {one.title: (one, each) for one, each in zip(wanted, found, strict=True)}


def _wanted(entry: Entry, comparison: Comparison) -> bool:
    """Whether an entry is to be mined: it was scored, and may be compared if it is to be."""
    other = comparison.against
    done = set(entry.done(comparison.sequences))
    if other is None:
        return bool(done)
    both = done.intersection(other.done(comparison.sequences))
    return entry is not other and bool(both) and comparison.comparable(entry, other)


def _check_opponent(comparison: Comparison, wanted: Sequence[Entry]) -> None:
    """Raise `UsageError` unless what the others are compared with has masks, and there are some."""
    other = comparison.against
    if other is not None and other.manifest is None:
        raise UsageError(
            f"{other.title} has published figures only, and failures are found in masks; give "
            "--against a run, or score its masks with `vosbench run --method stored`"
        )
    if wanted:
        return
    if other is None:
        raise UsageError(
            f"none of the runs on {comparison.dataset} has scores to find failures with; "
            "`vosbench evaluate` writes them again"
        )
    raise UsageError(
        f"no run on {comparison.dataset} shares a sequence and the level of trust with "
        f"{other.title}; --across-levels compares levels all the same"
    )


def tables_of(comparison: Comparison, found: Mined, options: ReportOptions) -> tuple[Table, Table]:
    """Events by price, and what each kind costs each method."""
    ranked = sorted(
        ((entry, event) for entry, run in found.values() for event in run.events),
        key=lambda pair: -pair[1].price,
    )
    shown = _shown(options, len(ranked))
    other = comparison.against
    so_far = {title: _so_far(run, share=other is None) for title, (_, run) in found.items()}
    rows = [_row(entry, event, next(so_far[entry.title])) for entry, event in ranked]
    what = f"Failures that {other.title} would win back" if other else "Failures by price"
    common = tuple(_common(comparison, found))
    events = Table(
        title=comparison.title(what),
        columns=_columns(other),
        rows=tuple(rows[:shown]),
        footnotes=(*_left_out(ranked[shown:]), *_meaning(comparison, found), *common),
        best_of="column",
        tidy=tuple(_tidy(comparison, entry, event, other) for entry, event in ranked),
    )
    return events, by_kind(comparison, found, common)


def _shown(options: ReportOptions, many: int) -> int:
    """How many events to show; conditions and order are applied to all of them."""
    if options.where or options.sort:
        return many
    return options.top or SHOWN


def _columns(other: Entry | None) -> tuple[Column, ...]:
    price = Column("price", "gain" if other else "price", "points", "")
    return (
        Column("method", "method"),
        Column("kind", "kind"),
        Column("sequence", "sequence"),
        Column("object", "object", "count"),
        Column("frames", "frames"),
        Column("worst", "worst", "count"),
        price,
        Column("so_far", "so far", "points" if other else "percent"),
    )


def _so_far(run: MinedRun, *, share: bool) -> Iterator[float]:
    """The sum of prices after each event of a run; as a share of what it loses, if wanted."""
    whole = run.loss if share else 1.0
    return (total / whole for total in accumulate(event.price for event in run.events))


def _row(entry: Entry, event: FailureEvent, so_far: float) -> Row:
    about = Subject(
        title=entry.title,
        run=_run(entry),
        sequence=event.sequence,
        object_id=event.object_id,
        frame=event.worst,
    )
    values: tuple[Value, ...] = (
        entry.title,
        event.kind,
        event.sequence,
        event.object_id,
        f"{event.first}–{event.last}" if event.last > event.first else str(event.first),
        event.worst,
        event.price,
        so_far,
    )
    return Row(tuple(Cell(value, about=about) for value in values))


def _left_out(ranked: Sequence[tuple[Entry, FailureEvent]]) -> Iterator[str]:
    """How much is not shown."""
    if not ranked:
        return
    by_title: dict[str, list[float]] = {}
    for entry, event in ranked:
        by_title.setdefault(entry.title, []).append(event.price)
    said = (
        f"{counted(len(prices), 'event')} of {title} ({100 * sum(prices):z.2f})"
        for title, prices in by_title.items()
    )
    yield f"Not shown, with what they come to: {listed(said)}; --top N shows more."


def _meaning(comparison: Comparison, found: Mined) -> Iterator[str]:
    other = comparison.against
    if other is None:
        yield (
            "Price: points of the mean J&F over all objects that would be won if these frames were "
            "perfect. So far: share of all that the method loses, this event and all dearer ones "
            "of it together."
        )
    else:
        yield (
            f"Gain: points of the mean J&F that would be won if these frames were as good as those "
            f"of {other.title}; below 0 where they are better already. So far: the sum of this "
            "event and all of the method above it. Means are over the sequences that both have."
        )
        useless = sum(event.price <= 0 for _, run in found.values() for event in run.events)
        if useless:
            yield f"{counted(useless, 'event')} would win nothing, and the last of them lose."
    yield (
        "Frames are counted from 0, the first annotated one; the worst costs most. "
        "docs/failures.md defines the kinds."
    )


def _common(comparison: Comparison, found: Mined) -> Iterator[str]:
    yield from footnotes.scale(comparison)
    yield from footnotes.gaps(comparison)
    quoted = [one.title for one in comparison.entries if one.quoted]
    if quoted:
        yield f"{listed(quoted)}: published figures without masks, so no failures can be found."
    other = comparison.against
    unlike = [
        one.title
        for one in comparison.entries
        if one.title not in found and one is not other and not one.quoted
    ]
    if unlike:
        why = (
            f"not compared with {other.title}; levels of trust are compared with --across-levels"
            if other
            else "nothing scored"
        )
        yield f"{listed(unlike)}: {why}."
    yield from footnotes.origins(comparison)


def _tidy(
    comparison: Comparison, entry: Entry, event: FailureEvent, other: Entry | None
) -> Mapping[str, Value]:
    return {
        **identity(entry, comparison),
        "against": other.title if other else None,
        "level": "event",
        "kind": event.kind,
        "sequence": event.sequence,
        "object": event.object_id,
        "first_frame": event.first,
        "last_frame": event.last,
        "frame": event.worst,
        "frames": event.frames,
        "price": event.price,
    }


def _run(entry: Entry) -> str:
    return entry.manifest.run if entry.manifest else ""
