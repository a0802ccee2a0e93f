"""Which runs a figure of pictures shows, on which sequences, and what their frames scored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from vosbench.errors import UsageError
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.records import Run
from vosbench.reports.compared.choice import comparison_of
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import ORACLE, RESCORED, Entry, Outcome
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence as published
from vosbench.wording import first_few, suggestion

_NOTHING = Outcome(state="missing")


@dataclass(frozen=True)
class FrameMeans:
    """Means over the objects of one frame, fractions."""

    J: float
    F: float

    @property
    def both(self) -> float:
        """J&F."""
        return (self.J + self.F) / 2


@dataclass(frozen=True)
class Pictured:
    """Runs whose masks can be shown beside each other.

    Attributes:
        comparison: they are in.
        runs: by the title of their entry, in its order.
        options: what was asked for.
    """

    comparison: Comparison
    runs: Mapping[str, Run]
    options: ReportOptions

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those with masks."""
        return tuple(one for one in self.comparison.entries if one.title in self.runs)

    @property
    def leading(self) -> Entry:
        """The first that is not what the others are compared with, or the only one."""
        others = [one for one in self.entries if one is not self.comparison.against]
        return (others or self.entries)[0]

    def kept(self, sequences: Iterable[str]) -> Mapping[str, Mapping[str, KeptSequence]]:
        """By sequence, in the order given, by title, what the runs kept of it.

        Raises:
            UsageError: the dataset does not open, or lacks a sequence of a run.
            DataError: a sequence or its masks are not those that a run was made on or made.
        """
        wanted = tuple(sequences)
        titles = {run.manifest.run: title for title, run in self.runs.items()}
        found = kept_sequences(
            tuple(self.runs.values()),
            folder=Path(self.options.runs_folder),
            places=self.options.places,
            only=wanted,
        )
        return {
            name: {titles[run]: kept for run, kept in found[name].items()}
            for name in wanted
            if name in found
        }


def pictured(runs: Iterable[Run], options: ReportOptions) -> Pictured:
    """The runs that the options let through; all of them have masks.

    Raises:
        UsageError: as `comparison_of`; or a method that is quoted only.
    """
    runs = tuple(runs)
    _check_drawable(runs, options)
    comparison = comparison_of(runs, options)
    by_name = {run.manifest.run: run for run in runs}
    shown = {
        one.title: by_name[one.manifest.run]
        for one in comparison.entries
        if one.manifest is not None
    }
    return Pictured(comparison, shown, options)


def asked_for(names: Iterable[str] | None, shown: Pictured) -> tuple[str, ...]:
    """These sequences, or all; each of them has been scored of some run.

    Raises:
        UsageError: one that none of the runs has scored, or none is scored at all.
    """
    scored = tuple(
        name
        for name in shown.comparison.sequences
        if any(one.outcomes.get(name, _NOTHING).objects for one in shown.entries)
    )
    wanted = scored if names is None else tuple(dict.fromkeys(names))
    if not wanted:
        raise UsageError("there is nothing to draw: no run has masks and scores of any sequence")
    for name in wanted:
        if name not in scored:
            raise UsageError(
                f"none of these runs has masks and scores of sequence {name!r}"
                f"{suggestion(name, scored)}; there are {first_few(scored) or 'none'}"
            )
    return wanted


def losses(shown: Pictured) -> Mapping[str, float]:
    """By sequence, how much J&F the leading method lacks there, most first.

    It lacks what is left to 1, or to the mean of the method that it is compared with; sequences
    without a loss are left out.
    """
    other = shown.comparison.against
    found = {}
    for name in shown.leading.done(shown.comparison.sequences):
        own = shown.leading.mean("J&F", [name])
        best = 1.0 if other is None else other.mean("J&F", [name])
        if own is not None and best is not None and best > own:
            found[name] = best - own
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def frame_means(kept: KeptSequence) -> Mapping[int, FrameMeans]:
    """Means by the index of the frame, of frames that count.

    Raises:
        DataError: the scores of the run cannot be read.
    """
    places = {frame: index for index, frame in enumerate(kept.video.frames)}
    J: dict[int, list[float]] = {}
    F: dict[int, list[float]] = {}
    for score in kept.scores():
        index = places[score.frame]
        J.setdefault(index, []).append(score.J)
        F.setdefault(index, []).append(score.F)
    return {index: FrameMeans(fmean(J[index]), fmean(F[index])) for index in sorted(J)}


def levels(shown: Pictured) -> Iterator[str]:
    """What must be said of masks that were not simply made here."""
    trusts = {one.trust for one in shown.entries}
    if RESCORED in trusts:
        yield "Re-scored: masks that others made, scored here."
    if ORACLE in trusts:
        yield "Oracle: saw annotations; a bound, no result."


def check_frames(indices: Iterable[int], kept: KeptSequence) -> None:
    """Raise `UsageError` for a frame that the sequence does not have."""
    count = len(kept.video)
    for index in indices:
        if index >= count:
            raise UsageError(
                f"sequence {kept.name} has no frame {index}: --frames counts from 0, and its "
                f"{count} frames are 0 to {count - 1}"
            )


def lowest(values: Mapping[int, float], number: int) -> tuple[int, ...]:
    """The keys of the least values, at most `number`, spread out and in order.

    After the least, only what is at least a sixth of the whole range away is taken, while there
    is any: frames side by side show the same.

    >>> lowest({1: 0.9, 2: 0.1, 3: 0.2, 40: 0.3, 80: 0.8}, 2)
    (2, 40)
    """
    if not values:
        return ()
    apart = max(1, (max(values) - min(values)) // 6)
    chosen: list[int] = []
    ranked = sorted(values, key=lambda key: (values[key], key))
    while ranked and len(chosen) < number:
        far = [key for key in ranked if all(abs(key - other) >= apart for other in chosen)]
        chosen.append((far or ranked)[0])
        ranked.remove(chosen[-1])
    return tuple(sorted(chosen))


def _quoted(name: str, dataset: str) -> Entry | None:
    """Published figures by the name of their method, upper or lower case."""
    known = {method.casefold(): method for method in published.names(dataset)}
    method = known.get(name.casefold())
    return published.load(method, dataset) if method is not None else None


def _check_drawable(runs: Sequence[Run], options: ReportOptions) -> None:
    """Raise `UsageError` for methods of which there are figures, but no masks."""
    made = [run.manifest for run in runs]
    called = {name for each in made for name in (each.method, each.label, each.run)}
    quoted = [name for name in options.published if name != options.against]
    quoted += [
        name
        for name in options.methods
        if name not in called and any(_quoted(name, each.dataset) for each in made)
    ]
    for name in quoted:
        raise UsageError(
            f"{name} cannot be drawn: its figures are quoted, and a quotation has no masks; leave "
            "it out, or score its masks first with `vosbench run --method stored --set "
            f"masks=FOLDER --set label={name}`"
        )
