"""Which runs stand in one table: on one variant of a dataset, under one protocol, as asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import chain, pairwise

from vosbench.errors import UsageError
from vosbench.records import Manifest, Run
from vosbench.reports import published
from vosbench.reports.entries import MEASURED, QUOTED, Entry, Outcome, entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Value, best
from vosbench.reports.titles import titles
from vosbench.wording import suggestion


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
    """

    dataset: str
    protocol: str
    sequences: tuple[str, ...]
    objects: Mapping[str, int]
    entries: tuple[Entry, ...]
    variant: str = ""
    across_machines: bool = False

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

        Quoted figures and oracles do not compete, and aggregates over less than the whole table
        neither.
        """
        competing = [
            value if self.competes(entry, aggregate=aggregate) else None
            for entry, value in zip(self.entries, values, strict=True)
        ]
        return best(competing, unit, direction)

    def competes(self, entry: Entry, *, aggregate: bool = False) -> bool:
        """Whether a figure of `entry` may be the best of this table."""
        if entry.quoted or entry.oracle:
            return False
        return not aggregate or self.complete(entry)

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
    chosen = _chosen(tuple(runs), options)
    groups: dict[tuple[str, str, str], list[Run]] = {}
    for run in chosen:
        made = run.manifest
        groups.setdefault((made.dataset, made.dataset_variant, made.protocol), []).append(run)
    datasets = tuple(dict.fromkeys(dataset for dataset, *_ in groups))
    quoted = [published.resolve(name, datasets) for name in options.published]
    comparisons = tuple(
        replace(
            _comparison(dataset, protocol, group, quoted),
            variant=variant,
            across_machines=options.across_machines,
        )
        for (dataset, variant, protocol), group in groups.items()
    )
    _check_quoted(quoted, comparisons)
    return comparisons


def _chosen(runs: Sequence[Run], options: ReportOptions) -> tuple[Run, ...]:
    """Runs that the options let through, in the order of the methods asked for."""
    if not runs:
        raise UsageError(
            f"no runs in {options.runs_folder}: make one with `vosbench run --method "
            "eosvos-50-OnA`, or name the folder that has some with --runs"
        )
    datasets = dict.fromkeys(run.manifest.dataset for run in runs)
    if options.dataset is not None and options.dataset not in datasets:
        raise UsageError(
            f"no run on dataset {options.dataset!r} in {options.runs_folder}"
            f"{suggestion(options.dataset, datasets)}; there are runs on {', '.join(datasets)}"
        )
    runs = [run for run in runs if options.dataset in (None, run.manifest.dataset)]
    for name in options.methods:
        if not any(name in _called(run.manifest) for run in runs):
            known = dict.fromkeys(run.manifest.method for run in runs)
            raise UsageError(
                f"no run of {name!r} in {options.runs_folder}{suggestion(name, known)}; "
                f"there are runs of {', '.join(known)}"
            )
    if not options.methods:
        return tuple(runs)
    places = {name: place for place, name in enumerate(options.methods)}
    wanted = [run for run in runs if places.keys() & set(_called(run.manifest))]
    return tuple(
        sorted(wanted, key=lambda run: min(places[n] for n in _called(run.manifest) if n in places))
    )


def _called(manifest: Manifest) -> tuple[str, str, str]:
    return manifest.method, manifest.label, manifest.run


def _comparison(
    dataset: str, protocol: str, runs: Sequence[Run], quoted: Iterable[str]
) -> Comparison:
    names = titles([run.manifest for run in runs])
    own = [_titled(entry(run, name)) for run, name in zip(runs, names, strict=True)]
    sequences = in_order([tuple(entry.outcomes) for entry in own])
    objects = _objects(own)
    entries = (*own, *_published(dataset, quoted, sequences, objects))
    return Comparison(dataset, protocol, sequences, objects, entries)


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
                "leave it out of --published, or report runs on DAVIS validation sequences"
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
