"""J and F of objects over the frames of a sequence, beside what fails there and when."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as Frames
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from vosbench.errors import UsageError
from vosbench.evaluate import FrameScore
from vosbench.failures.events import FailureEvent
from vosbench.failures.mining import mine
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import METRICS, Entry
from vosbench.reports.compared.tidy import TidyRow, identity
from vosbench.reports.options import ReportOptions


@dataclass(frozen=True)
class Curve:
    """One object by one method.

    Attributes:
        entry: the method.
        place: of the method among all of the figure.
        scores: by index of the frame, ascending; only frames that count.
        events: in which it goes wrong, by their first frame.
    """

    entry: Entry
    place: int
    scores: Mapping[int, FrameScore]
    events: tuple[FailureEvent, ...]

    def values(self, metric: str) -> list[float]:
        """`"J"` or `"F"` in each frame that counts, fractions."""
        return [score.J if metric == "J" else score.F for score in self.scores.values()]


@dataclass(frozen=True)
class ObjectScores:
    """One object of a sequence, by all methods that have it.

    Attributes:
        sequence: its name.
        object_id: as the protocol counts objects.
        frames: names of all frames of the sequence.
        absent: indices of annotated frames without the object.
        curves: one a method.
    """

    sequence: str
    object_id: int
    frames: tuple[str, ...]
    absent: Frames[int]
    curves: tuple[Curve, ...]

    @cached_property
    def counting(self) -> range:
        """From the first frame that counts to the last one; between them some may not."""
        counting = {index for curve in self.curves for index in curve.scores}
        return range(min(counting), max(counting) + 1)


def object_scores(
    runs: Sequence[Run], comparison: Comparison, names: Sequence[str], options: ReportOptions
) -> tuple[ObjectScores, ...]:
    """The objects of these sequences, in their order.

    Raises:
        UsageError: the dataset does not open, or lacks a sequence.
        DataError: masks, scores or annotations are not those that a run was made on and made.
    """
    shown = {one.manifest.run: one for one in comparison.entries if one.manifest}
    kept = kept_sequences(
        [run for run in runs if run.manifest.run in shown],
        folder=Path(options.runs_folder),
        places=options.places,
        only=names,
    )
    objects = sum(comparison.objects.values())
    found: list[ObjectScores] = []
    for name in names:
        by_run = kept.get(name, {})
        there = [(one, by_run[run]) for run, one in shown.items() if run in by_run]
        found += _of_sequence(there, tuple(shown.values()), objects)
    return tuple(found)


def _of_sequence(
    there: Sequence[tuple[Entry, KeptSequence]], entries: Sequence[Entry], objects: int
) -> Iterator[ObjectScores]:
    if not there:
        return
    video = there[0][1].video
    places = {frame: index for index, frame in enumerate(video.frames)}
    scores = [{(s.object_id, places[s.frame]): s for s in kept.scores()} for _, kept in there]
    events = [mine(kept, objects=objects) for _, kept in there]
    ids = sorted({object_id for each in scores for object_id, _ in each})
    absent = _absent(there[0][1], ids)
    for object_id in ids:
        curves = (
            Curve(
                entry,
                entries.index(entry),
                {index: score for (known, index), score in own.items() if known == object_id},
                tuple(event for event in mined if event.object_id == object_id),
            )
            for (entry, _), own, mined in zip(there, scores, events, strict=True)
        )
        yield ObjectScores(
            video.name,
            object_id,
            tuple(video.frames),
            absent[object_id],
            tuple(curve for curve in curves if curve.scores),
        )


def _absent(kept: KeptSequence, ids: Sequence[int]) -> Mapping[int, Frames[int]]:
    """Indices of annotated frames without each of these objects."""
    found: dict[int, set[int]] = {object_id: set() for object_id in ids}
    for index in range(len(kept.video.frames)):
        truth = kept.annotation(index)
        if truth is not None:
            there = set(np.unique(truth).tolist())
            for object_id in ids:
                if object_id not in there:
                    found[object_id].add(index)
    return found


def chosen_sequences(comparison: Comparison, options: ReportOptions) -> tuple[tuple[str, ...], str]:
    """Sequences to show, and why these; all that were asked for, else the one that tells most.

    That is where the first method loses most against the one that all are compared with, where
    several methods differ most, or the lowest one of a single method.

    Raises:
        UsageError: no run has a score.
    """
    own = [one for one in comparison.entries if not one.quoted]
    if options.sequences is not None:
        done = {name for one in own for name in one.done(comparison.sequences)}
        names = tuple(name for name in comparison.sequences if name in done)
        if names:
            return names, ""
    figure = METRICS[options.metric]
    scores = {
        name: {
            one.title: mean
            for one in comparison.entries
            if name in one.outcomes and (mean := one.outcomes[name].mean(figure)) is not None
        }
        for name in comparison.sequences
    }
    other = comparison.against
    first = next((one for one in own if one is not other), own[0])
    if other is not None and other is not first:
        titles = (other.title, first.title)
        why = f"where {first.title} loses most against {other.title}"
        losses = {
            n: s[titles[0]] - s[titles[1]] for n, s in scores.items() if s.keys() >= {*titles}
        }
    elif len(own) > 1:
        why = "where the methods differ most"
        ours = {name: [s[one.title] for one in own if one.title in s] for name, s in scores.items()}
        losses = {name: max(s) - min(s) for name, s in ours.items() if len(s) > 1}
    else:
        why = f"the lowest of {first.title}"
        losses = {n: -s[first.title] for n, s in scores.items() if first.title in s}
    if not losses:
        raise UsageError(
            "figure score-curves needs sequences that are scored by every method that it compares, "
            f"and there is none on {comparison.dataset}; choose some with --sequences or --method"
        )
    return (max(losses, key=lambda name: losses[name]),), why


def rows(comparison: Comparison, shown: Sequence[ObjectScores]) -> Iterator[TidyRow]:
    """A row for each frame of each object by each method, and one for each failure."""
    for each in shown:
        for curve in each.curves:
            about = {
                **identity(curve.entry, comparison),
                "sequence": each.sequence,
                "object": each.object_id,
            }
            for index, frame in enumerate(each.frames):
                score = curve.scores.get(index)
                yield {
                    **about,
                    "what": "frame",
                    "index": index,
                    "frame": frame,
                    "counts": score is not None,
                    "J": score.J if score else None,
                    "F": score.F if score else None,
                    "absent": index in each.absent,
                }
            for event in curve.events:
                yield {
                    **about,
                    "what": "failure",
                    "kind": event.kind,
                    "first": event.first,
                    "last": event.last,
                    "worst": event.worst,
                    "frames": event.frames,
                    "price": event.price,
                }
