"""How far the passes of one measurement lie apart, and what may be said in spite of it.

After `torch.utils.benchmark`: the median stands for the passes, the interquartile range for their
spread; above a tenth of the median a figure is noisy, above a quarter it is unstable.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

NOISY = 0.10
"""Interquartile range over median above which a figure is given with a warning."""

UNSTABLE = 0.25
"""The same, above which it should not be relied upon."""


@dataclass(frozen=True)
class Spread:
    """A figure of several passes.

    Attributes:
        samples: one a pass, in their order; a failed pass has the rate 0 or takes for ever (`inf`).
    """

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle sample, or the mean of the two in the middle; `inf` if most passes failed."""
        return quantile(self.samples, 0.5)

    @property
    def quartiles(self) -> tuple[float, float]:
        """A quarter of the samples lies below the one, a quarter above the other."""
        return quantile(self.samples, 0.25), quantile(self.samples, 0.75)

    @property
    def interquartile_range(self) -> float | None:
        """Distance of the quartiles; None for a single pass, which says nothing about spread."""
        if len(self.samples) < 2:
            return None
        low, high = self.quartiles
        return 0.0 if low == high else high - low

    @property
    def relative(self) -> float | None:
        """Interquartile range over median; None for a single pass, `inf` where failures prevail."""
        spread = self.interquartile_range
        if not spread:
            return spread
        middle = self.median
        return spread / middle if middle and math.isfinite(middle) else math.inf

    @property
    def verdict(self) -> str:
        """`"noisy"` or `"unstable"` where the passes lie that far apart, else empty."""
        relative = self.relative or 0.0
        if relative > UNSTABLE:
            return "unstable"
        return "noisy" if relative > NOISY else ""


def spread(samples: Sequence[float]) -> Spread | None:
    """The samples as one figure; None where there are none.

    >>> figure = spread([10.0, 12.0, 11.0])
    >>> figure.median, figure.quartiles, figure.interquartile_range
    (11.0, (10.5, 11.5), 1.0)
    """
    return Spread(tuple(samples)) if samples else None


def quantile(samples: Sequence[float], share: float) -> float:
    """The value that `share` of the samples lie below, between two of them by a straight line.

    Samples may be infinite.

    Raises:
        ValueError: there are no samples.

    >>> quantile([4.0, 1.0, 2.0], 0.75)
    3.0
    """
    if not samples:
        raise ValueError("no samples have no quantile")
    ordered = sorted(samples)
    place = share * (len(ordered) - 1)
    below = int(place)
    part = place - below
    if not part or ordered[below] == ordered[below + 1]:
        return ordered[below]
    return ordered[below] * (1 - part) + ordered[below + 1] * part
