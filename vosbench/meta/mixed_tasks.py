"""Tasks of several sources, mixed by weight."""

from collections.abc import Sequence
from fractions import Fraction

from vosbench.errors import UsageError
from vosbench.meta.tasks import TaskDraw, TaskSource

FINEST = 10**9
"""Largest denominator of a share: shares are exact fractions, so that counting never slips."""


class MixedTasks:
    """Tasks of several sources in turn, each as often as its weight says.

    Each source gives its tasks in its own order, none left out. Any stretch of n tasks holds n
    times a source's share of it, to within a task or two: sources take turns rather than being
    drawn, so that no stretch of training lacks one.

    Args:
        sources: weight and source of each; only the ratios of the weights matter.

    Raises:
        UsageError: there is no source, or a weight is not above 0.
    """

    def __init__(self, sources: Sequence[tuple[float, TaskSource]]) -> None:
        if not sources or not all(0 < weight < float("inf") for weight, _ in sources):
            weights = ", ".join(str(weight) for weight, _ in sources) or "none"
            raise UsageError(f"sources need weights above 0, not {weights}")
        self._sources = tuple(source for _, source in sources)
        # Of those tasks that no source before it takes, the share that a source does.
        self._shares = tuple(
            Fraction(weight / sum(later for later, _ in sources[place:])).limit_denominator(FINEST)
            for place, (weight, _) in enumerate(sources)
        )

    def draw(self, number: int) -> TaskDraw:
        """Task `number`."""
        for source, share in zip(self._sources, self._shares, strict=True):
            taken = int(number * share)  # by this source before `number`
            if int((number + 1) * share) > taken:
                return source.draw(taken)
            number -= taken
        raise AssertionError("the last source takes all that is left")
