"""What each method makes of objects with an attribute, and of those without it."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from vosbench.attributes import ATTRIBUTES, Attribute, ObjectAttributes, attributes_of
from vosbench.contrast import estimate_contrast
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError
from vosbench.kept_frames import videos_of
from vosbench.metrics import protocols
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.compared.estimates import draws
from vosbench.reports.compared.standing import Standings, standings_of
from vosbench.sequence import Sequence as Video
from vosbench.statistics import Clusters, Estimate, estimate_mean, estimate_means

Object = tuple[str, int]
"""Sequence and id."""


@dataclass(frozen=True)
class Group:
    """The objects that have an attribute, and the others.

    Attributes:
        attribute: what sets them apart.
        inside: those that have it.
        outside: those that have it not.
    """

    attribute: Attribute
    inside: frozenset[Object]
    outside: frozenset[Object]

    @property
    def sequences(self) -> int:
        """Number of sequences with an object that has it."""
        return len({sequence for sequence, _ in self.inside})


@dataclass(frozen=True)
class AttributeScores:
    """The objects of a comparison by their attributes.

    Attributes:
        comparison: what is compared.
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        objects: all that were scored and that some annotation shows, in the dataset's order.
    """

    comparison: Comparison
    figure: str
    objects: tuple[ObjectAttributes, ...]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """One for each attribute, those that no object has included."""
        return tuple(self._group(attribute) for attribute in ATTRIBUTES)

    @property
    def keys(self) -> frozenset[Object]:
        """All objects."""
        return frozenset((each.sequence, each.object_id) for each in self.objects)

    @property
    def shown(self) -> tuple[Group, ...]:
        """The groups of attributes that some object has."""
        return tuple(group for group in self.groups if group.inside)

    def means(self, objects: Iterable[Object]) -> tuple[Estimate | None, ...]:
        """Mean of each entry over those of these objects that it has; None where it has none.

        As everywhere, only what competes and has all of them has an interval.
        """
        wanted = tuple(objects)
        entries = self.comparison.entries
        values = [self._clusters(entry, wanted) for entry in entries]
        found = iter(estimate_means([each for each in values if each], draws()))
        return tuple(
            self._with_interval(next(found), entry, len(wanted)) if each else None
            for entry, each in zip(entries, values, strict=True)
        )

    def standings(self, objects: Iterable[Object]) -> Standings:
        """Who is ahead of whom in the mean over these objects, and whether that can be told."""
        wanted = tuple(objects)
        values = [self._clusters(entry, wanted) for entry in self.comparison.entries]
        return standings_of(self.comparison, values, Counter(sequence for sequence, _ in wanted))

    def gap(self, entry: Entry, group: Group) -> Estimate | None:
        """Mean of an entry over objects with an attribute less that over the others."""
        inside, outside = (
            self._clusters(entry, objects) for objects in (group.inside, group.outside)
        )
        if not inside or not outside:
            return None
        found = estimate_contrast(inside, outside, draws())
        return self._with_interval(found, entry, len(self.objects))

    def gain(self, entry: Entry, objects: Iterable[Object]) -> Estimate | None:
        """Mean of an entry less that of the one that all are compared with; paired by object."""
        other = self.comparison.against
        if other is None or entry is other or not self.comparison.comparable(entry, other):
            return None
        wanted = tuple(objects)
        mine, theirs = (self._values(one) for one in (entry, other))
        pairs = {key: mine[key] - theirs[key] for key in wanted if key in mine and key in theirs}
        return estimate_mean(_by_sequence(pairs), draws()) if pairs else None

    def _with_interval(self, found: Estimate, entry: Entry, objects: int) -> Estimate:
        """What was estimated, its interval only if the entry competes and has so many objects."""
        if self.comparison.competes(entry) and found.values == objects:
            return found
        return replace(found, low=math.nan, high=math.nan)

    def _group(self, attribute: Attribute) -> Group:
        keys = {(each.sequence, each.object_id): each.has(attribute.name) for each in self.objects}
        return Group(
            attribute,
            frozenset(key for key, has in keys.items() if has),
            frozenset(key for key, has in keys.items() if not has),
        )

    def _clusters(self, entry: Entry, objects: Iterable[Object]) -> Clusters:
        values = self._values(entry)
        return _by_sequence({key: values[key] for key in sorted(objects) if key in values})

    def _values(self, entry: Entry) -> Mapping[Object, float]:
        """The figure of each object of an entry that has it."""
        return {
            (name, object_id): value
            for name in self.comparison.sequences
            if name in entry.outcomes
            for object_id, value in zip(
                entry.outcomes[name].ids, entry.outcomes[name].values(self.figure), strict=False
            )
            if math.isfinite(value)
        }


def attribute_scores(
    comparison: Comparison, runs: Iterable[Run], figure: str, places: DatasetOptions
) -> AttributeScores:
    """The scores of a comparison by attributes, which are measured from the dataset's annotations.

    Args:
        comparison: of these runs.
        runs: that it is made from, and any others.
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        places: where the dataset lies.

    Raises:
        UsageError: the dataset does not open, or lacks a sequence.
        DataError: an annotation cannot be read, or a sequence is not what a run was made on.
    """
    names = {entry.manifest.run for entry in comparison.entries if entry.manifest}
    kept = [run for run in runs if run.manifest.run in names]
    scored = tuple(name for name in comparison.sequences if name in comparison.objects)
    protocol = protocols.get(comparison.protocol)
    found: list[ObjectAttributes] = []
    for video in videos_of(kept[0].manifest, scored, places) if scored else ():
        _check_same(video, kept)
        ids = {
            object_id
            for entry in comparison.entries
            if video.name in entry.outcomes
            for object_id in entry.outcomes[video.name].ids
        }
        found += [each for each in attributes_of(video, protocol) if each.object_id in ids]
    return AttributeScores(comparison, figure, tuple(found))


def _check_same(video: Video, runs: Iterable[Run]) -> None:
    """Raise `DataError` unless a sequence is what these runs were made on."""
    for run in runs:
        for record in run.records:
            made_on = record.key_parts.get("sequence_sha256")
            if record.sequence != video.name or made_on is None:
                continue
            if made_on != video.fingerprint():
                raise DataError(
                    f"sequence {video.name} is not what it was when the run {run.manifest.run} was "
                    "made; give the place of the dataset as it was, or run again"
                )


def _by_sequence(values: Mapping[Object, float]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for (sequence, _), value in values.items():
        found.setdefault(sequence, []).append(value)
    return found
