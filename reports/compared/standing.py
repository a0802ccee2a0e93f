"""Who is ahead of whom, and whether these sequences can tell: ranks, letters, the best group."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.estimates import clusters, draws
from vosbench.reports.table import written
from vosbench.resolution import POWER, smallest_difference
from vosbench.significance import Comparisons, compare_all, letter, letter_groups
from vosbench.statistics import LEVEL, RESAMPLES, Clusters, fewest
from vosbench.wording import counted


@dataclass(frozen=True)
class Standing:
    """Where one entry stands among those of its level of trust.

    Attributes:
        rank: from 1; means that print alike share one. None where it has no mean or no company.
        letters: entries that share one are not told apart; empty where nothing can be told.
        top: whether it is the best, or not told apart from the best.
    """

    rank: int | None = None
    letters: str = ""
    top: bool = False


@dataclass(frozen=True)
class Standings:
    """Standings of the entries of a comparison by one figure.

    Attributes:
        each: one an entry, in their order.
        sequences: number of sequences behind them.
        pairs: number of pairs that were compared.
        smallest: the smallest difference that each pair would resolve, infinite where none is large
            enough; empty where there are too few sequences.
        across_levels: whether all levels of trust were compared with each other.
    """

    each: tuple[Standing, ...]
    sequences: int
    pairs: int
    smallest: tuple[float, ...]
    across_levels: bool = False

    @property
    def possible(self) -> bool:
        """Whether there were sequences enough to tell anything apart."""
        return self.sequences >= fewest()


def standings(
    comparison: Comparison,
    figure: str,
    direction: str = "up",
    *,
    sequences: Sequence[str] | None = None,
) -> Standings:
    """Standings by the mean of a figure over all objects, within each level of trust.

    Only entries that have the figure of all objects take part.

    Args:
        figure: one of `vosbench.reports.compared.entries.FIGURES`.
        direction: `"up"` if higher is better, `"down"` if lower is.
        sequences: that the means are over; all of the comparison unless given.
    """
    names = comparison.sequences if sequences is None else tuple(sequences)
    values = [clusters(entry, figure, names) for entry in comparison.entries]
    objects = {name: comparison.objects.get(name) for name in names}
    return standings_of(comparison, values, objects, direction)


def standings_of(
    comparison: Comparison,
    values: Sequence[Clusters],
    objects: Mapping[str, int | None],
    direction: str = "up",
) -> Standings:
    """Standings by means over some objects, within each level of trust.

    Args:
        values: of the objects of each entry, by sequence; only entries that have a finite one of
            every object take part.
        objects: how many there are in each sequence; None where nobody knows.
        direction: `"up"` if higher is better, `"down"` if lower is.
    """
    found: dict[int, Standing] = {}
    smallest: list[float] = []
    groups = pairs = 0
    for places in _levels(comparison, values, objects).values():
        taking_part = [values[place] for place in places]
        means = [math.fsum(chain(*one.values())) / _count(one) for one in taking_part]
        scores = means if direction == "up" else [-mean for mean in means]
        compared = compare_all(taking_part, draws())
        order = sorted(range(len(places)), key=lambda place: -scores[place])
        members = letter_groups(order, compared.apart) if compared.possible else ()
        ranks = _ranks(scores, order)
        for number, place in enumerate(places):
            own = [groups + index for index, group in enumerate(members) if number in group]
            found[place] = Standing(
                rank=ranks[number],
                letters="".join(map(letter, own)),
                top=compared.possible and not compared.told_apart(order[0], number),
            )
        groups += len(members)
        pairs += len(places) * (len(places) - 1) // 2
        smallest += _smallest(taking_part, compared)
    each = tuple(found.get(place, Standing()) for place in range(len(comparison.entries)))
    return Standings(each, len(objects), pairs, tuple(smallest), comparison.across_levels)


def ranks(comparison: Comparison, values: Sequence[float | None]) -> tuple[int | None, ...]:
    """Rank of each single value, one an entry, within its level of trust; the highest is 1.

    None for what is missing or competes with nothing else.
    """
    levels: dict[str, list[int]] = {}
    for place, (entry, value) in enumerate(zip(comparison.entries, values, strict=True)):
        level = comparison.level(entry)
        if level is not None and value is not None:
            levels.setdefault(level, []).append(place)
    found: dict[int, int] = {}
    for places in levels.values():
        if len(places) > 1:
            scores = [value for place in places if (value := values[place]) is not None]
            order = sorted(range(len(scores)), key=lambda place: -scores[place])
            found |= dict(zip(places, _ranks(scores, order), strict=True))
    return tuple(found.get(place) for place in range(len(values)))


def footnotes(found: Standings, figure: str, *, intervals: bool) -> tuple[str, ...]:
    """How means are told apart, and how well these sequences can.

    Args:
        figure: as a reader sees it; that of `found`.
        intervals: whether the table shows any of means.
    """
    if not found.possible:
        few = counted(found.sequences, "sequence")
        if not found.pairs:
            return (f"Means over {few} have no interval ({fewest()} are the fewest).",)
        return (
            f"{few} cannot tell means apart, nor how far off they are ({fewest()} are the fewest): "
            "no mean is marked as best.",
        )
    how = (
        f"{100 * LEVEL:g} % intervals of means: sequences drawn anew with all their objects "
        f"({RESAMPLES} times, percentiles expanded for few sequences)."
    )
    said = (how,) if intervals else ()
    if not found.pairs:
        return said
    return (
        *said,
        f"Letters: means {_levels_of(found)} that share one are not told apart by these "
        f"{found.sequences} sequences at {100 * LEVEL:g} %{_at_once(found.pairs)} (paired "
        "differences, sequences drawn anew, largest |t|).",
        _resolution(found, figure),
    )


def best_means(found: Standings) -> str:
    """What a mark on a mean over objects says, as a part of a sentence."""
    return (
        f"the best mean {_levels_of(found)} and all that these {found.sequences} sequences do not "
        f"tell from it ({100 * LEVEL:g} %)"
    )


def best_quality_and_speed(found: Standings) -> str:
    """What marks say in a table with a row a method, in columns of means and of speeds."""
    if not found.possible:
        return "best speed of its column, ties included."
    return f"of quality: {best_means(found)}; of speed: the best, ties included."


def best_in_rows(found: Standings) -> str:
    """What marks say in a table with a row a sequence or object and the means below."""
    within = "over all levels of trust" if found.across_levels else "within one level of trust"
    single = f"best of its row {within}, a single value each"
    return f"{single}; of means: {best_means(found)}." if found.possible else f"{single}."


def _levels_of(found: Standings) -> str:
    return "of all levels of trust" if found.across_levels else "of one level of trust"


def _resolution(found: Standings, figure: str) -> str:
    possible = [value for value in found.smallest if value <= 1]  # no means lie further apart
    least, middle, most = (
        written(chosen(possible), "percent") if possible else "" for chosen in (min, median, max)
    )
    many = f"median over pairs {middle} points, {least} to {most}"
    hopeless = len(found.smallest) - len(possible)
    said = [many if len(possible) > 1 else f"{middle} points"] if possible else []
    if hopeless:
        said.append(f"none for {counted(hopeless, 'pair')}, alike but for a few sequences")
    return (
        f"Smallest true difference in {figure} that so many sequences tell apart in "
        f"{100 * POWER:g} % of experiments, if their spread is the one seen: "
        f"{'; '.join(said)}."
    )


def _at_once(pairs: int) -> str:
    return f", all {pairs} pairs at once" if pairs > 1 else ""


def _levels(
    comparison: Comparison, values: Sequence[Clusters], objects: Mapping[str, int | None]
) -> Mapping[str, list[int]]:
    """Places of the entries that take part, by level, where there are two or more."""
    levels: dict[str, list[int]] = {}
    for place, (entry, one) in enumerate(zip(comparison.entries, values, strict=True)):
        level = comparison.level(entry)
        known = {name: sum(map(math.isfinite, one.get(name, ()))) for name in objects}
        if level is not None and objects and known == objects:
            levels.setdefault(level, []).append(place)
    return {level: places for level, places in levels.items() if len(places) > 1}


def _count(values: Clusters) -> int:
    return sum(map(len, values.values()))


def _ranks(scores: Sequence[float], order: Sequence[int]) -> list[int]:
    """Rank of each score, the highest first; those that print alike share one."""
    first: dict[str, int] = {}
    for rank, place in enumerate(order, 1):
        first.setdefault(written(scores[place], "percent"), rank)
    return [first[written(score, "percent")] for score in scores]


def _smallest(values: Sequence[Clusters], compared: Comparisons) -> list[float]:
    """The smallest difference that each pair would resolve."""
    return [
        smallest_difference(values[one], values[other], critical=critical)
        for (one, other), critical in compared.critical.items()
    ]
