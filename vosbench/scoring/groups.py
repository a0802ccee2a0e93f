"""Seen and unseen objects apart: the figure G of YouTube-VOS and LVOS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vosbench.errors import DataError
from vosbench.evaluate import Summary, summarise
from vosbench.metrics.aggregate import mean_statistic
from vosbench.records import ObjectScore
from vosbench.scoring.object_meta import ObjectMeta
from vosbench.wording import first_few

SEEN, UNSEEN = "seen", "unseen"


@dataclass(frozen=True)
class Unseen:
    """What training does not show, as a file lists it.

    Attributes:
        path: of the file.
        names: its lines: categories, sequences, or objects as `SEQUENCE/ID`.
        categories: what each object is, by (sequence, id).
    """

    path: Path
    names: frozenset[str]
    categories: Mapping[tuple[str, int], str]

    def group(self, score: ObjectScore) -> str:
        """`"seen"` or `"unseen"`."""
        return UNSEEN if self.names & self._names_of(score) else SEEN

    def check(self, scores: Iterable[ObjectScore]) -> None:
        """Raise `DataError` where the list cannot be meant for these objects.

        Raises:
            DataError: all are seen, or none is.
        """
        scored = tuple(scores)
        groups = {self.group(score) for score in scored}
        if groups == {SEEN, UNSEEN}:
            return
        known = "; categories need --meta too" if not self.categories else ""
        raise DataError(
            f"by {self.path} ({first_few(sorted(self.names)) or 'no line'}) every object scored "
            f"is {groups.pop()}, but G is the mean over both groups; a line is a sequence, "
            f"SEQUENCE/ID, or a category{known}"
        )

    def _names_of(self, score: ObjectScore) -> set[str]:
        category = self.categories.get((score.sequence, score.object_id))
        names = {score.sequence, f"{score.sequence}/{score.object_id}"}
        return names if category is None else names | {category}


def read_unseen(path: Path, meta: ObjectMeta | None) -> Unseen:
    """The list in a file, one name a line.

    Raises:
        DataError: it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the list of what is unseen {path} cannot be read: {error}") from error
    names = frozenset(line.strip() for line in lines if line.strip())
    return Unseen(path, names, {} if meta is None else meta.categories)


def by_group(scores: Iterable[ObjectScore], unseen: Unseen) -> dict[str, Summary]:
    """Means of the seen and of the unseen objects.

    Raises:
        DataError: as `Unseen.check`.
    """
    scored = tuple(scores)
    unseen.check(scored)
    return {
        group: summarise(score for score in scored if unseen.group(score) == group)
        for group in (SEEN, UNSEEN)
    }


def over_groups(groups: Mapping[str, Summary]) -> Summary:
    """Means over groups, whatever their size: G is (J + F) / 2 of them."""
    return Summary(
        objects=sum(group.objects for group in groups.values()),
        frames=sum(group.frames for group in groups.values()),
        J=mean_statistic(group.J for group in groups.values()),
        F=mean_statistic(group.F for group in groups.values()),
        variability=_mean([group.variability for group in groups.values()]),
    )


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
