"""Series: the values of one figure of one subject, in the order of commits."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from vosbench.history.commits import Commits
from vosbench.history.results import Figure, Result, Subject
from vosbench.history.steps import LEAST, Course, Step, course

FEWEST = 2 * LEAST
"""Results below which a series has no course: so many lie before and after a step."""


@dataclass(frozen=True)
class Point:
    """One value and the result that it is from."""

    value: float
    result: Result


@dataclass(frozen=True)
class Series:
    """The values of a figure and how they went.

    Attributes:
        subject: what they are of.
        figure: what they are.
        points: in their order.
        by_commit: whether that is the order of commits; else it is that of dates.
        course: pieces and steps, in the unit of the figure; none of fewer than `FEWEST` values.
    """

    subject: Subject
    figure: Figure
    points: tuple[Point, ...]
    by_commit: bool
    course: Course | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Those of the course."""
        return self.course.steps if self.course else ()

    def worse(self, step: Step) -> bool:
        """Whether a step is one for the worse."""
        return (step.size < 0) == self.figure.rises

    def change(self, step: Step) -> float:
        """How far a step goes: a difference of fractions, or a share of what was before."""
        return step.after / step.before - 1 if self.figure.relative else step.size

    @property
    def regressed(self) -> bool:
        """Whether a step for the worse lasts at the end."""
        return any(step.lasts and self.worse(step) for step in self.steps)


def series_of(results: Iterable[Result], commits: Commits) -> tuple[Series, ...]:
    """All series of some results, by subject; figures as results have them, sequences last.

    Commits decide on the order where the repository has all of a series, dates of results among
    those of one commit and otherwise.
    """
    found: dict[tuple[Subject, Figure], list[Point]] = {}
    for result in results:
        for figure, value in result.figures.items():
            if math.isfinite(value):
                found.setdefault((result.subject, figure), []).append(Point(value, result))
    return tuple(
        _series(subject, figure, points, commits)
        for (subject, figure), points in sorted(found.items(), key=_rank)
    )


def _rank(found: tuple[tuple[Subject, Figure], list[Point]]) -> tuple[Subject, bool]:
    """By subject, what is over all before what is of a sequence, else as results have it."""
    (subject, figure), _ = found
    return subject, bool(figure.sequence)


def _series(subject: Subject, figure: Figure, points: list[Point], commits: Commits) -> Series:
    by_commit = all(point.result.commit in commits.places for point in points)

    def place(point: Point) -> tuple[int, datetime, str]:
        made = point.result
        first = commits.places[made.commit] if by_commit else 0
        return first, _date(made.created), made.source

    ordered = tuple(sorted(points, key=place))
    return Series(subject, figure, ordered, by_commit, _course(figure, ordered))


def _course(figure: Figure, points: tuple[Point, ...]) -> Course | None:
    """Pieces and steps; those of what changes by shares are sought among logarithms."""
    values = [point.value for point in points]
    if len(values) < FEWEST:
        return None
    if not figure.relative:
        return course(values, smallest=figure.smallest)
    found = course([math.log(value) for value in values], smallest=math.log1p(figure.smallest))
    return Course(
        pieces=tuple((start, stop, math.exp(level)) for start, stop, level in found.pieces),
        steps=tuple(
            Step(
                step.place, math.exp(step.before), math.exp(step.after), step.confidence, step.lasts
            )
            for step in found.steps
        ),
        noise=found.noise,
        to_and_fro=found.to_and_fro,
    )


def _date(created: str) -> datetime:
    """When a result was made; what says nothing comes first."""
    try:
        date = datetime.fromisoformat(created)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return date if date.tzinfo else date.replace(tzinfo=UTC)
