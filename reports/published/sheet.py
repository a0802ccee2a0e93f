"""What is published about a dataset and the own runs that stand beside it; no run is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import overall as published_overall
from vosbench.reports.published.versions import Version
from vosbench.wording import suggestion


@dataclass(frozen=True)
class Sheet:
    """What stands in one table.

    Attributes:
        dataset, variant: of everything in it.
        own: runs, one comparison a protocol; empty where there is none.
        quoted: published versions, in the order of the rows.
        sequences: those that were asked for; None for all.
        left_out: variants of the dataset that there are runs on, but not in here.
    """

    dataset: str
    variant: str
    own: tuple[Comparison, ...]
    quoted: tuple[Version, ...]
    sequences: tuple[str, ...] | None = None
    left_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Dataset and variant."""
        return f"{self.dataset} ({self.variant})" if self.variant else self.dataset

    @property
    def entries(self) -> tuple[tuple[Comparison, Entry], ...]:
        """Every run with the comparison that it is from."""
        return tuple((each, entry) for each in self.own for entry in each.entries)

    @property
    def extent(self) -> tuple[int, int] | None:
        """Sequences and objects that the quoted figures are over; None where not known."""
        if self.sequences is None:
            return published_overall.EXTENTS.get((self.dataset, self.variant))
        extents = {(each.sequences, each.objects) for each in self.quoted}
        sequences, objects = max(extents, default=(None, None), key=lambda pair: pair[0] or 0)
        return None if sequences is None or objects is None else (sequences, objects)

    def whole(self, comparison: Comparison, entry: Entry) -> bool:
        """Whether a run is over all that the quoted figures are over."""
        done = entry.done(comparison.sequences)
        here = (len(done), entry.scored(done))
        return comparison.complete(entry) and self.extent in (None, here)


def sheets(runs: Sequence[Run], options: ReportOptions) -> tuple[Sheet, ...]:
    """What is published about each dataset that is asked for or that runs are on, and these runs.

    Quoted methods are in the order of `options.published`, else the best of `options.metric` first.
    Where sequences are chosen, only methods with figures by sequence are quoted.

    Raises:
        UsageError: nothing is published about the dataset, or an option names what is not there.
    """
    split = options.places.split
    variant = "" if split == type(options.places).split else split
    return tuple(_sheet(name, variant, runs, options) for name in _datasets(runs, options))


def sheets_of_runs(runs: Sequence[Run], options: ReportOptions) -> tuple[Sheet, ...]:
    """The same, and runs on datasets that nothing is published about, by themselves.

    Raises:
        UsageError: as `sheets`, or there is nothing at all.
    """
    known = published_overall.datasets()
    chosen = [run for run in runs if options.dataset in (None, run.manifest.dataset)]
    others = [run for run in chosen if run.manifest.dataset not in known]
    found: tuple[Sheet, ...] = ()
    if options.dataset in known or len(others) < len(chosen):
        found = sheets(chosen, options)
    if others or not found:
        alone = compare(others or runs, replace(options, against=None))
        found += tuple(
            Sheet(each.dataset, each.variant, (each,), (), options.sequences) for each in alone
        )
    return found


def _datasets(runs: Iterable[Run], options: ReportOptions) -> tuple[str, ...]:
    known = published_overall.datasets()
    if options.dataset in known:
        return (options.dataset,)
    there = " and ".join(known)
    if options.dataset is not None:
        raise UsageError(
            f"no published figures ship for dataset {options.dataset!r}"
            f"{suggestion(options.dataset, known)}; there are some for {there}"
        )
    found = tuple(dict.fromkeys(run.manifest.dataset for run in runs))
    held = tuple(name for name in found if name in known)
    if not held:
        what = f"no published figures ship for {', '.join(found)}" if found else "no dataset"
        raise UsageError(f"{what}; choose one with --dataset: there are some for {there}")
    return held


def _sheet(dataset: str, variant: str, runs: Iterable[Run], options: ReportOptions) -> Sheet:
    held = published_overall.variants(dataset)
    if variant not in held:
        named = ", ".join(name or "val" for name in held)
        raise UsageError(
            f"no published figures ship for split {variant!r} of {dataset}; there are some for "
            f"{named}"
        )
    there = [run for run in runs if run.manifest.dataset == dataset]
    own = [run for run in there if run.manifest.dataset_variant == variant]
    others = dict.fromkeys(run.manifest.dataset_variant or "val" for run in there if run not in own)
    comparisons: tuple[Comparison, ...] = ()
    if own or options.methods:
        comparisons = compare(own, replace(options, published=(), dataset=None))
    quoted = _quoted(dataset, variant, options)
    return Sheet(
        dataset, variant, comparisons, quoted, sequences=options.sequences, left_out=tuple(others)
    )


def _quoted(dataset: str, variant: str, options: ReportOptions) -> tuple[Version, ...]:
    asked = [published_overall.resolve(name, dataset, variant) for name in options.published]
    found = published_overall.versions(dataset, variant, tuple(dict.fromkeys(asked)))
    if options.sequences is not None:
        some = (published_overall.narrowed(each, dataset, options.sequences) for each in found)
        found = tuple(each for each in some if each is not None)
        if not found:
            raise UsageError(
                f"nothing is published about {', '.join(options.sequences)} of {dataset} by "
                f"sequence{' for ' + ', '.join(asked) if asked else ''}; leave out --sequences"
            )
    if asked:
        return found
    return tuple(sorted(found, key=lambda each: _merit(each, options.metric), reverse=True))


def _merit(version: Version, metric: str) -> float:
    """What versions are ordered by: the metric, or the one of the others that they have."""
    known = (version.value(METRICS[each]) for each in (metric, "J&F", "J", "F"))
    return next((value for value in known if value is not None), 0.0)
