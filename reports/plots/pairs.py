"""Two methods on the same sequences: what both were scored on, who is ahead, and by how much."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.estimates import difference_estimate, paired
from vosbench.reports.compared.tidy import MEAN, TidyRow
from vosbench.statistics import Estimate


@dataclass(frozen=True)
class Pair:
    """One sequence, as both methods segment it.

    Attributes:
        sequence: its name.
        first: scores of those of its objects that both have, by the first method.
        other: by the other one, in the same order; one at least.
    """

    sequence: str
    first: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def means(self) -> tuple[float, float]:
        """Of the first and the other one over the objects."""
        return fmean(self.first), fmean(self.other)

    @property
    def difference(self) -> float:
        """Mean of the first one, less that of the other."""
        return fmean(self.first) - fmean(self.other)


@dataclass(frozen=True)
class Paired:
    """Two methods of a comparison.

    Attributes:
        comparison: that they are from.
        first: the one that is looked at.
        other: what it is compared with.
        metric: `"J"`, `"F"` or `"J&F"`.
    """

    comparison: Comparison
    first: Entry
    other: Entry
    metric: str

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """What both have: where the first one is furthest ahead first.

        Those that are not compared are in the order of the first one's scores.
        """
        both = [
            Pair(name, *zip(*values, strict=True))
            for name, values in self._values.items()
            if values
        ]
        if not self.compared:
            return tuple(sorted(both, key=lambda pair: (-pair.means[0], pair.sequence)))
        return tuple(sorted(both, key=lambda pair: (-pair.difference, pair.sequence)))

    @property
    def compared(self) -> bool:
        """Whether a difference between them may be shown."""
        return self.comparison.comparable(self.first, self.other)

    @cached_property
    def difference(self) -> Estimate:
        """Its mean over the objects that both have, with its interval.

        Raises:
            ValueError: there is no pair.
        """
        found = difference_estimate(
            self.first, self.other, METRICS[self.metric], self.comparison.sequences
        )
        if found is None:
            raise ValueError(f"{self.first.title} and {self.other.title} share no object")
        return found

    @property
    def means(self) -> tuple[float, float]:
        """Of both over the objects that both have."""
        first = [score for pair in self.pairs for score in pair.first]
        other = [score for pair in self.pairs for score in pair.other]
        return fmean(first), fmean(other)

    @property
    def objects(self) -> int:
        """Number of objects that both have."""
        return sum(len(pair.first) for pair in self.pairs)

    def only(self, one: Entry) -> tuple[str, ...]:
        """Sequences that one of them has and the other does not."""
        paired = {pair.sequence for pair in self.pairs}
        return tuple(name for name in one.done(self.comparison.sequences) if name not in paired)

    def neither(self) -> tuple[str, ...]:
        """Sequences that none of them has."""
        there = {*self.first.done(self.comparison.sequences)}
        there |= {*self.other.done(self.comparison.sequences)}
        return tuple(name for name in self.comparison.sequences if name not in there)

    def rows(self) -> Iterator[TidyRow]:
        """A row for each sequence, then one with the means over objects."""
        for pair in self.pairs:
            yield self._row(pair.sequence, len(pair.first), pair.means)
        for one, place in ((self.first, 0), (self.other, 1)):
            for name in self.only(one):
                alone = one.outcomes[name]
                mean = alone.mean(METRICS[self.metric])
                means = (mean, None) if place == 0 else (None, mean)
                yield self._row(name, alone.scored, means)
        if self.pairs:
            interval = self.difference.interval if self.compared else None
            yield self._row(MEAN, self.objects, self.means, interval)

    def _row(
        self,
        name: str,
        objects: int,
        means: tuple[float | None, float | None],
        interval: tuple[float, float] | None = None,
    ) -> TidyRow:
        first, other = means
        known = self.compared and first is not None and other is not None
        low, high = interval or (None, None)
        return {
            "dataset": self.comparison.dataset,
            "variant": self.comparison.variant or None,
            "protocol": self.comparison.protocol or None,
            "sequence": name,
            "objects": objects,
            "metric": self.metric,
            "method": self.first.title,
            "trust": self.first.trust,
            "score": first,
            "against": self.other.title,
            "against_trust": self.other.trust,
            "against_score": other,
            "difference": first - other if known else None,  # type: ignore[operator]
            "low": low,
            "high": high,
        }

    @cached_property
    def _values(self) -> Mapping[str, list[tuple[float, float]]]:
        """Scores of the objects that both have, by sequence."""
        names = self.comparison.sequences
        first, other = paired(self.first, self.other, METRICS[self.metric], names)
        return {
            name: [
                pair
                for pair in zip(first[name], other[name], strict=True)
                if all(map(math.isfinite, pair))
            ]
            for name in first
        }
