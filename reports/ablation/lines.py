"""Runs put into the lines of an ablation: what differs only in the number of steps is one line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from vosbench.ablation import Line
from vosbench.errors import UsageError
from vosbench.record_json import canonical_json
from vosbench.records import Manifest, Run
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.options import ReportOptions
from vosbench.statistics import Clusters, Estimate, estimate_difference, estimate_mean

_MEANT = ("steps", "boxes", "weights", "label")
"""Settings that tell no lines apart: columns, blocks, a path (the content counts), a name."""


@dataclass(frozen=True)
class Layout:
    """Lines over one dataset, with their figures.

    Attributes:
        comparison: the runs as any table sees them.
        lines: in order, those with predicted boxes first.
    """

    comparison: Comparison
    lines: tuple[Line, ...]

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """Every number of steps that a line has, ascending."""
        return tuple(sorted({n for line in self.lines for n in (*line.runs, *line.missing)}))

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return {one.manifest.run: one for one in self.comparison.entries if one.manifest}

    @property
    def oracle(self) -> bool:
        """Whether these are oracles."""
        return any(line.oracle for line in self.lines)

    def block(self, oracle: bool) -> "Layout":
        """The oracles, or the others, as a layout of their own."""
        lines = tuple(line for line in self.lines if line.oracle == oracle)
        runs = {run.manifest.run for line in lines for run in line.runs.values()}
        entries = tuple(
            one for one in self.comparison.entries if one.manifest and one.manifest.run in runs
        )
        return Layout(replace(self.comparison, entries=entries), lines)

    def entry(self, line: Line, steps: int) -> Entry | None:
        """What stands at a place; None where nothing is."""
        run = line.runs.get(steps)
        return None if run is None else self._entries.get(run.manifest.run)

    def complete(self, line: Line, steps: int) -> bool:
        """Whether a place has every object of the table."""
        found = self.entry(line, steps)
        return found is not None and self.comparison.complete(found)

    def estimate(self, line: Line, steps: int, metric: str) -> Estimate | None:
        """Mean of a metric over objects, with its interval; None where there is nothing."""
        values = self._values(line, steps, metric)
        return estimate_mean(values, np.random.default_rng(0)) if values else None

    def gain(self, line: Line, steps: int, metric: str) -> Estimate | None:
        """Mean by which a place is above that of the line's reference, on the objects of both."""
        reference = self.reference(line)
        if reference is None:
            return None
        own, other = (self._values(each, steps, metric) for each in (line, reference))
        paired = [name for name in own if len(own[name]) == len(other.get(name, ()))]
        if not paired:
            return None
        return estimate_difference(
            {name: own[name] for name in paired}, other, np.random.default_rng(0)
        )

    def reference(self, line: Line) -> Line | None:
        """The line of the same block that gains are over; an oracle has no other reference."""
        same = (each for each in self.lines if each.oracle == line.oracle)
        return next((each for each in same if each.label == line.reference), None)

    def _values(self, line: Line, steps: int, metric: str) -> Clusters:
        found = self.entry(line, steps)
        if found is None:
            return {}
        done = found.done(self.comparison.sequences)
        return {name: found.outcomes[name].values(METRICS[metric]) for name in done}


def layout(lines: Iterable[Line], options: ReportOptions) -> Layout:
    """The layout of an ablation's own lines, which are on one dataset.

    Raises:
        UsageError: no line has a run.
    """
    made = tuple(lines)
    runs = {run.manifest.run: run for line in made for run in line.runs.values()}
    (comparison,) = compare(runs.values(), options)
    return Layout(comparison, made)


def layouts(runs: Iterable[Run], options: ReportOptions) -> tuple[Layout, ...]:
    """A layout for each dataset among kept runs, each line over the one above it.

    Raises:
        UsageError: no run takes a number of steps, or as `compare`.
    """
    kept = tuple(runs)
    tuned = [run for run in kept if _steps(run.manifest) is not None]
    if kept and not tuned:
        raise UsageError(
            f"no run in {options.runs_folder} takes a number of steps, which are the columns of an "
            "ablation; make some with `vosbench ablate`"
        )
    by_name = {run.manifest.run: run for run in tuned}
    made = []
    for comparison in compare(tuned, options):
        names = (one.manifest.run for one in comparison.entries if one.manifest)
        made.append(Layout(comparison, lines_of([by_name[name] for name in names])))
    return tuple(made)


def lines_of(runs: Iterable[Run]) -> tuple[Line, ...]:
    """Lines of runs on one dataset, in the order in which their first runs were made.

    Runs of one label that `vosbench ablate` gave are one line, whatever was chosen for each number
    of steps, unless two of them claim one place. Other runs are one line if they differ in nothing
    but their number of steps.
    """
    groups: dict[tuple[object, ...], list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.manifest.created):
        groups.setdefault(_kinship(run.manifest), []).append(run)
    apart = [part for members in groups.values() for part in _without_clashes(members)]
    firsts = [members[0].manifest for members in apart]
    lines = [
        Line(
            label=_told_apart(first, [other for other in firsts if other is not first]),
            runs={_steps(run.manifest) or 0: run for run in members},
            oracle=first.sees_annotations,
        )
        for first, members in zip(firsts, apart, strict=True)
    ]
    return tuple(
        replace(line, reference=above.label if above and above.oracle == oracle else "")
        for oracle in (False, True)
        for above, line in pairwise((None, *(each for each in lines if each.oracle == oracle)))
        if line is not None
    )


def _steps(manifest: Manifest) -> int | None:
    """Number of steps of a run; None where its method takes none."""
    steps = manifest.settings.get("steps")
    return steps if isinstance(steps, int) else None


def _label(manifest: Manifest) -> str:
    """How a line is called: `eosvos-T-OnA` for `eosvos-50-OnA`, or the label that it was given."""
    if manifest.label != manifest.method:
        return manifest.label
    return re.sub(r"-\d+(?=-|$)", "-T", manifest.method)


def _facts(manifest: Manifest) -> dict[str, object]:
    """What tells lines apart, the more telling first."""
    settings = {n: value for n, value in manifest.settings.items() if n not in _MEANT}
    return {
        **settings,
        "weights": manifest.provenance.get("weights_sha256", "none")[:8],
        "seed": manifest.seed,
        "device": manifest.device,
        "code": manifest.key_parts.get("source_sha256", "unknown")[:8],
    }


def _kinship(manifest: Manifest) -> tuple[object, ...]:
    """Equal for runs that may stand in one line; settings count unless the line has a name."""
    facts = _facts(manifest)
    if manifest.label != manifest.method:
        facts = {name: facts[name] for name in ("weights", "seed", "device", "code")}
    return _label(manifest), manifest.sees_annotations, canonical_json(facts)


def _without_clashes(members: Sequence[Run]) -> list[list[Run]]:
    """The members in groups that have each number of steps once."""
    if not _clash(members):
        return [list(members)]
    groups: dict[str, list[Run]] = {}
    for run in members:
        groups.setdefault(canonical_json(_facts(run.manifest)), []).append(run)
    return [
        part
        for group in groups.values()
        for part in ([[run] for run in group] if _clash(group) else [group])
    ]


def _clash(members: Sequence[Run]) -> bool:
    steps = [_steps(run.manifest) for run in members]
    return len(set(steps)) < len(steps)


def _told_apart(manifest: Manifest, others: Iterable[Manifest]) -> str:
    """The label of a line, with the facts in which it differs from lines of the same label."""
    own, label = _facts(manifest), _label(manifest)
    namesakes = [
        other
        for other in others
        if _label(other) == label and other.sees_annotations == manifest.sees_annotations
    ]
    if any(_facts(other) == own for other in namesakes):
        return f"{label} ({manifest.run})"
    differing = {
        name for other in namesakes for name in own if own[name] != _facts(other).get(name)
    }
    said = [f"{name}={own[name]}" for name in own if name in differing]
    return f"{label} ({', '.join(said)})" if said else label
