"""Which runs stand in one table: on one variant of a dataset, under one protocol, as asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import chain, pairwise

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.chosen_runs import check_sequences, chosen
from vosbench.reports.compared.entries import MEASURED, QUOTED, Entry, Outcome, entry
from vosbench.reports.compared.opponents import find_opponent, quoted_opponent, unknown_opponent
from vosbench.reports.compared.titles import titles
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence as published
from vosbench.reports.table import Value, best

ANY_LEVEL = "any level of trust"
"""The level of everything that competes, where levels are compared."""


@dataclass(frozen=True)
class Comparison:
    """What one table compares.

    Attributes:
        dataset: name.
        protocol: under which everything measured was scored.
        sequences: all that any of the runs was asked for, in the dataset's order.
        objects: number of objects by sequence; sequences that nothing is known of are absent.
        entries: measured and re-scored ones as given, then quoted ones as asked for.
        variant: of the dataset; empty for the default.
        across_machines: whether speeds are to be compared wherever they were measured.
        across_levels: whether figures of all levels of trust are to be compared.
        limited: whether sequences were asked for by name, so that there may be more.
        against: the entry that the others are compared with, one of `entries`; None where that was
            not asked for, or it has nothing here.
    """

    dataset: str
    protocol: str
    sequences: tuple[str, ...]
    objects: Mapping[str, int]
    entries: tuple[Entry, ...]
    variant: str = ""
    across_machines: bool = False
    across_levels: bool = False
    limited: bool = False
    against: Entry | None = None

    def complete(self, entry: Entry) -> bool:
        """Whether `entry` has figures of every object of every sequence of the table."""
        done = entry.done(self.sequences)
        return done == self.sequences and entry.scored(done) == sum(self.objects.values())

    def extent(self, entry: Entry) -> str:
        """How much of the table `entry` covers, in words."""
        done = len(entry.done(self.sequences))
        objects = f"{entry.scored(self.sequences)} of {sum(self.objects.values())} objects"
        return f"{done} of {len(self.sequences)} sequences, {objects}"

    def best(
        self, values: Sequence[Value], unit: str, direction: str, *, aggregate: bool = False
    ) -> frozenset[int]:
        """Positions of the best of `values`, one an entry; see `vosbench.reports.table.best`.

        Every level of trust has its own best. Oracles do not compete, quoted figures only across
        levels, and aggregates over less than the whole table neither.
        """
        levels = [
            self.level(entry) if self.competes(entry, aggregate=aggregate) else None
            for entry in self.entries
        ]
        return frozenset(
            place
            for level in dict.fromkeys(level for level in levels if level is not None)
            for place in best(
                [v if own == level else None for v, own in zip(values, levels, strict=True)],
                unit,
                direction,
            )
        )

    def competes(self, entry: Entry, *, aggregate: bool = False) -> bool:
        """Whether a figure of `entry` may be the best of this table."""
        return self.level(entry) is not None and (not aggregate or self.complete(entry))

    def level(self, entry: Entry) -> str | None:
        """What `entry` may be compared within; None where with nothing.

        Masks that were made here, masks that were only scored here and figures that were published
        differ in who could choose what; that oracles saw what they were to find is no difference
        that asking mends.
        """
        if entry.oracle:
            return None
        if self.across_levels:
            return ANY_LEVEL
        return None if entry.quoted else entry.trust

    def comparable(self, one: Entry, other: Entry) -> bool:
        """Whether the difference of two entries may be shown."""
        return self.level(one) is not None and self.level(one) == self.level(other)

    def title(self, what: str) -> str:
        """Title of a table of `what`; names the protocol where the dataset's name does not."""
        which = f" ({self.variant})" if self.variant else ""
        under = "" if self.protocol in ("", self.dataset) else f", protocol {self.protocol}"
        return f"{what} on {self.dataset}{which}{under}"


def compare(runs: Iterable[Run], options: ReportOptions) -> tuple[Comparison, ...]:
    """One comparison for each dataset, variant and protocol of `runs`, in order of appearance.

    Raises:
        UsageError: nothing to compare, or an option names something that is not there.
    """
    found = chosen(tuple(runs), options)
    check_sequences(found, options.sequences)
    groups: dict[tuple[str, str, str], list[Run]] = {}
    for run in found:
        made = run.manifest
        groups.setdefault((made.dataset, made.dataset_variant, made.protocol), []).append(run)
    datasets = tuple(dict.fromkeys(dataset for dataset, *_ in groups))
    quoted = [published.resolve(name, datasets) for name in options.published]
    opponent = quoted_opponent(found, datasets, options)
    shown = (*quoted, opponent) if opponent else quoted
    comparisons = tuple(
        replace(
            _comparison(
                dataset,
                protocol,
                group,
                shown if variant in published.VARIANTS else (),
                options.sequences,
            ),
            variant=variant,
        )
        for (dataset, variant, protocol), group in groups.items()
    )
    comparisons = tuple(
        replace(
            each,
            across_machines=options.across_machines,
            across_levels=options.across_levels,
            against=find_opponent(each.entries, options),
        )
        for each in comparisons
        if each.sequences
    )
    _check_quoted(shown, comparisons)
    if options.against is not None and not any(each.against for each in comparisons):
        raise unknown_opponent(options, [one for each in comparisons for one in each.entries])
    return comparisons


def _comparison(
    dataset: str,
    protocol: str,
    runs: Sequence[Run],
    quoted: Iterable[str],
    only: Sequence[str] | None,
) -> Comparison:
    names = titles([run.manifest for run in runs])
    own = [_titled(entry(run, name)) for run, name in zip(runs, names, strict=True)]
    all_of_them = in_order([tuple(entry.outcomes) for entry in own])
    sequences = tuple(name for name in all_of_them if only is None or name in only)
    own = [
        replace(one, outcomes={n: each for n, each in one.outcomes.items() if n in sequences})
        for one in own
    ]
    objects = _objects(own)
    entries = (*own, *_published(dataset, quoted, sequences, objects))
    limited = only is not None
    return Comparison(dataset, protocol, sequences, objects, entries, limited=limited)


def _titled(entry: Entry) -> Entry:
    """Masks that are not simply a method's own answer say so wherever they are named."""
    if entry.trust in (MEASURED, QUOTED):
        return entry
    return replace(entry, title=f"{entry.title} ({entry.trust})")


def _objects(entries: Iterable[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in entries:
        for name, outcome in one.outcomes.items():
            if outcome.objects:
                counts[name] = max(counts.get(name, 0), len(outcome.objects))
    return counts


def _published(
    dataset: str, methods: Iterable[str], sequences: Iterable[str], objects: Mapping[str, int]
) -> Iterator[Entry]:
    """Quoted entries, on those of `sequences` that they have."""
    for method in dict.fromkeys(methods):
        found = published.load(method, dataset)
        if found is None:
            continue
        outcomes = {
            name: _comparable(found.outcomes[name], objects.get(name))
            for name in sequences
            if name in found.outcomes
        }
        if outcomes:
            yield replace(found, outcomes=outcomes)


def _comparable(outcome: Outcome, objects: int | None) -> Outcome:
    """`outcome`, unless it is about other objects than those scored here."""
    there = len(outcome.objects)
    if objects in (None, there):
        return outcome
    reason = f"published for {there} objects, scored here for {objects}"
    return Outcome(state="missing", reason=reason)


def _check_quoted(methods: Iterable[str], comparisons: Sequence[Comparison]) -> None:
    """Every published method that was asked for must have found a place."""
    shown = {one.method for table in comparisons for one in table.entries if one.quoted}
    for method in methods:
        if method not in shown:
            raise UsageError(
                f"the published figures of {method} are on none of the sequences of these runs; "
                "leave it out of --published, or report runs on DAVIS validation sequences at 480p"
            )


def in_order(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """All names, each after those that precede it in any list; else alphabetical.

    Lists that contradict each other are simply joined.

    >>> in_order([("b", "d"), ("b", "c", "d", "e")])
    ('b', 'c', 'd', 'e')
    """
    followers: TopologicalSorter[str] = TopologicalSorter()
    for names in lists:
        for name in names:
            followers.add(name)
        for before, after in pairwise(names):
            followers.add(after, before)
    try:
        followers.prepare()
    except CycleError:
        return tuple(dict.fromkeys(chain.from_iterable(lists)))
    ordered: list[str] = []
    ready: list[str] = []
    while followers.is_active():
        ready = sorted((*ready, *followers.get_ready()))
        first, *ready = ready
        ordered.append(first)
        followers.done(first)
    return tuple(ordered)
