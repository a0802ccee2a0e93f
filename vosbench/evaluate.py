"""Masks against annotations under a protocol: scores a frame, an object, and over all objects."""

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Some
from dataclasses import dataclass

import numpy as np

from vosbench.arrays import VOID, BinaryMask
from vosbench.errors import DataError
from vosbench.metrics.aggregate import Decay, mean_statistic, statistic, variability
from vosbench.metrics.counting import Series, Span, series_of
from vosbench.metrics.protocols import ExtraIds, Protocol
from vosbench.records import ObjectScore, Statistic
from vosbench.score_sheet import Comparing, Predicted, ScoreSheet, Truth, score_sheets
from vosbench.sequence import Sequence


@dataclass(frozen=True, slots=True)
class FrameScore:
    """J and F of one object in one frame, fractions in 0..1."""

    object_id: int
    frame: str
    J: float
    F: float


@dataclass(frozen=True)
class SequenceScores:
    """Scores of one sequence.

    Attributes:
        sequence: its name.
        protocol: name of the protocol.
        frames: one row a frame and object that count, in the order of the frames, then of the ids.
        objects: one an object, ids ascending.
    """

    sequence: str
    protocol: str
    frames: tuple[FrameScore, ...]
    objects: tuple[ObjectScore, ...]


@dataclass(frozen=True)
class Summary:
    """Means over objects, whatever sequence they are from: the global figures of DAVIS.

    Attributes:
        objects: number of objects.
        frames: frames that counted, added up over objects.
    """

    objects: int
    frames: int
    J: Statistic
    F: Statistic


@dataclass(frozen=True)
class Rules:
    """A protocol, and what a user may say besides.

    Attributes:
        protocol: from `vosbench.metrics.protocols`.
        extra_ids: whether an id in a prediction that is no object is an error or left out; as the
            protocol has it unless given.
        decay: how decay is computed.
    """

    protocol: Protocol
    extra_ids: ExtraIds | None = None
    decay: Decay = "exact"


def evaluate_sequence(
    sequence: Sequence, predicted: Predicted, protocol: Protocol
) -> SequenceScores:
    """Scores of the masks of one sequence, read one frame at a time.

    Args:
        sequence: its first frame must be annotated, and all that count unless the protocol passes
            over those that are not.
        predicted: frame index → label map; asked for frames that count only, once each, in order.
        protocol: from `vosbench.metrics.protocols`.

    Raises:
        DataError: the sequence is too short for the protocol, its annotations do not fit it, or a
            prediction has another size than the annotation or an id that is not scored.
    """
    truth = Truth(sequence.name, sequence.frames, sequence.read_annotation)
    (scores,) = evaluate(truth, [predicted], Rules(protocol))
    return scores


def evaluate(
    truth: Truth,
    predictions: Some[Predicted],
    rules: Rules,
    *,
    spans: Mapping[int, Span] | None = None,
) -> tuple[SequenceScores, ...]:
    """Scores of several predictions of one sequence; the annotations are read once.

    Args:
        truth: as the sequence of `evaluate_sequence`.
        predictions: each as `predicted` of `evaluate_sequence`.
        rules: protocol and options.
        spans: as in `vosbench.metrics.counting.series_of`.

    Raises:
        DataError: as `evaluate_sequence`.
    """
    sheets = score_sheets(truth, predictions, Comparing.under([rules.protocol]))
    return tuple(scores_of(sheet, truth, rules, spans=spans) for sheet in sheets)


def scores_of(
    sheet: ScoreSheet,
    truth: Truth,
    rules: Rules,
    *,
    spans: Mapping[int, Span] | None = None,
) -> SequenceScores:
    """What a protocol makes of masks that are compared already.

    Raises:
        DataError: the annotations do not fit the protocol, or an id is not scored.
    """
    _check_ids(sheet, truth, rules)
    chosen = series_of(sheet, rules.protocol, spans)
    if not chosen:
        raise DataError(
            f"sequence {truth.sequence} has no object in a frame that counts under protocol "
            f"{rules.protocol.name}; leave the sequence out"
        )
    return SequenceScores(
        sequence=truth.sequence,
        protocol=rules.protocol.name,
        frames=_frame_scores(sheet, truth, chosen),
        objects=tuple(_object_score(sheet, truth, series, rules) for series in chosen),
    )


def summarise(scores: Iterable[ObjectScore]) -> Summary:
    """Means over all objects; an object of a short sequence weighs as much as any other.

    Raises:
        ValueError: there is no object.
    """
    objects = tuple(scores)
    return Summary(
        objects=len(objects),
        frames=sum(score.frames for score in objects),
        J=mean_statistic(score.J for score in objects),
        F=mean_statistic(score.F for score in objects),
    )


def _frame_scores(sheet: ScoreSheet, truth: Truth, chosen: Some[Series]) -> tuple[FrameScore, ...]:
    """A row for every frame and object that count."""
    rows: list[list[FrameScore]] = [[] for _ in sheet.frames]
    for series in chosen:
        column = sheet.ids.index(series.object_id)
        J, F = sheet.J[:, column].tolist(), sheet.F[:, column].tolist()
        for row in series.rows.tolist():
            frame = truth.frames[sheet.frames[row]]
            rows[row].append(FrameScore(series.object_id, frame, J[row], F[row]))
    return tuple(score for row in rows for score in row)


def _object_score(sheet: ScoreSheet, truth: Truth, series: Series, rules: Rules) -> ObjectScore:
    column = sheet.ids.index(series.object_id)
    J, F = sheet.J[series.rows, column], sheet.F[series.rows, column]
    return ObjectScore(
        sequence=truth.sequence,
        object_id=series.object_id,
        frames=series.rows.size,
        J=statistic(J, rules.decay),
        F=statistic(F, rules.decay),
        variability=variability((J + F) / 2) if rules.protocol.variability else None,
    )


def _check_ids(sheet: ScoreSheet, truth: Truth, rules: Rules) -> None:
    """Raise `DataError` for ids that the protocol has no place for."""
    protocol = rules.protocol
    if protocol.objects not in ("first-annotation", "merged"):
        return
    if not sheet.first_ids:
        _refuse_empty_start(truth, protocol)
    highest = max(sheet.first_ids)
    late = {
        i: at
        for i, at in _beyond(sheet.late_ids, sheet, sheet.annotated, highest).items()
        if i != protocol.void
    }
    if late:
        object_id = min(late, key=lambda each: (late[each], each))
        raise DataError(
            f"object {object_id} is annotated in {truth.where(late[object_id])}, but protocol "
            f"{protocol.name} takes the objects 1 to {highest} from the first annotation; objects "
            "that appear later are what protocol youtube-vos is for"
        )
    extra = _beyond(sheet.extra_ids, sheet, sheet.predicted, highest)
    if extra and (rules.extra_ids or protocol.extra_ids) == "error":
        _refuse_extra_ids(extra, sheet, truth, protocol)


def _beyond(
    unknown: Mapping[int, int], sheet: ScoreSheet, shown: BinaryMask, highest: int
) -> dict[int, int]:
    """Ids above the highest of the first annotation, and the frame that shows each first."""
    found = dict(unknown)
    for column, object_id in enumerate(sheet.ids):
        if object_id > highest and shown[:, column].any():
            found[object_id] = sheet.frames[int(np.argmax(shown[:, column]))]
    return found


def _refuse_empty_start(truth: Truth, protocol: Protocol) -> None:
    first = truth.read(0)
    void = first is not None and bool((first == VOID).any())
    raise DataError(
        f"the first annotation of sequence {truth.sequence} ({truth.frames[0]}) holds "
        f"{'nothing but void (255)' if void else 'no object'}, but protocol {protocol.name} takes "
        "the objects from it; annotate it, or score 0/255 annotations under davis2016"
    )


def _refuse_extra_ids(
    extra: Mapping[int, int], sheet: ScoreSheet, truth: Truth, protocol: Protocol
) -> None:
    first = min(extra.values())
    ids = sorted(object_id for object_id, index in extra.items() if index == first)
    known = sheet.predicted[:, : np.searchsorted(sheet.ids, max(sheet.first_ids), "right")]
    mend = "remove it, or have such ids ignored (--extra-ids ignore)"
    if set(extra) == {VOID} and not known.any():
        mend = "it looks saved as 0/255: save object 1 as 1, or score under davis2016"
    raise DataError(
        f"the mask of {truth.where(first)} holds id {', '.join(map(str, ids))}, but protocol "
        f"{protocol.name} scores the objects 1 to {max(sheet.first_ids)}; {mend}"
    )
