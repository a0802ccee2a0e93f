"""Speeds as a multiple of a reference method that ran on the same machine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Notes
from vosbench.reports.timing.machines import alike, timed
from vosbench.speed.ratio import SpeedRatio, speed_ratio
from vosbench.speed.spread import spread
from vosbench.wording import suggestion


@dataclass(frozen=True)
class References:
    """Ratios to a reference, by the run of the entry; false where no reference was asked for.

    Attributes:
        method: what was asked for.
        ratios: of each entry that has a reference on its machine.
    """

    method: str = ""
    ratios: Mapping[str, SpeedRatio] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.method)

    @property
    def column(self) -> Column:
        """The column of the ratios."""
        return Column(
            "times_reference", f"× {self.method}", "times", "up", "frames per second", spreads=True
        )

    def of(self, entry: Entry) -> SpeedRatio | None:
        """The ratio of an entry."""
        return self.ratios.get(entry.manifest.run) if entry.manifest else None

    def cells(self, comparison: Comparison, notes: Notes) -> list[Cell]:
        """Cells of the column; ratios may be compared across machines."""
        found = [self.of(entry) for entry in comparison.entries]
        spreads = [spread(ratio.samples) if ratio else None for ratio in found]
        medians = [each.median if each and math.isfinite(each.median) else None for each in spreads]
        winners = comparison.best(medians, "times", "up", aggregate=True)
        return [
            Cell(
                value,
                best=index in winners,
                incomplete=ratio is not None and ratio.sequences < len(comparison.sequences),
                spread=each.interquartile_range if each else None,
                notes=self._notes(ratio, notes),
            )
            for index, (value, ratio, each) in enumerate(zip(medians, found, spreads, strict=True))
        ]

    def _notes(self, ratio: SpeedRatio | None, notes: Notes) -> tuple[int, ...]:
        if ratio is None:
            return (
                notes.number(
                    f"{self.method} was not timed on this machine in the same mode, with the same "
                    "threads, torch and flags"
                ),
            )
        if not ratio.paired:
            return (notes.number(f"ratio of medians: no session in common with {self.method}"),)
        return ()


def references(runs: Sequence[Run], comparison: Comparison, options: ReportOptions) -> References:
    """Ratios of the entries of a table to `options.reference`, each on its own machine.

    The reference is looked for among all runs, also those that the table leaves out. Of several on
    one machine that of the same session counts, else the last made.

    Raises:
        UsageError: there is no timed run of that method on the dataset.
    """
    name = options.reference
    if name is None:
        return References()
    known = _timed_namesakes(runs, comparison, replace(options, methods=(), published=()))
    chosen = [entry for entry in known if name in _called(entry)]
    if not chosen:
        names = dict.fromkeys(entry.method for entry in known)
        raise UsageError(
            f"no timed run of {name!r} on {comparison.dataset} in {options.runs_folder} to compare "
            f"speeds with{suggestion(name, names)}; there are runs of {', '.join(names) or 'none'}"
        )
    ratios: dict[str, SpeedRatio] = {}
    for entry in timed(comparison):
        own = entry.timings_by_name(comparison.sequences)
        there = [one for one in chosen if alike(entry, one, comparison)]
        made = [speed_ratio(own, one.timings_by_name(comparison.sequences)) for one in there]
        found = [ratio for ratio in made if ratio is not None]
        if found and entry.manifest:
            ratios[entry.manifest.run] = max(found, key=lambda ratio: ratio.paired)
    return References(name, ratios)


def _timed_namesakes(
    runs: Sequence[Run], comparison: Comparison, options: ReportOptions
) -> list[Entry]:
    """Timed runs on the data of a table, the last made first."""
    which = (comparison.dataset, comparison.variant, comparison.protocol)
    same = next(
        each
        for each in compare(runs, options)
        if (each.dataset, each.variant, each.protocol) == which
    )
    return sorted(
        timed(replace(same, sequences=comparison.sequences)),
        key=lambda entry: entry.manifest.created if entry.manifest else "",
        reverse=True,
    )


def _called(entry: Entry) -> tuple[str, ...]:
    made = entry.manifest
    return (made.method, made.label, made.run) if made else ()
