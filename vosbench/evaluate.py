"""Masks against annotations under a protocol: scores a frame, an object, and over all objects."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Sequence as Some
from dataclasses import dataclass

import numpy as np

from vosbench.arrays import VOID, BinaryMask
from vosbench.comparing import Comparing, Predicted, Truth, score_sheets
from vosbench.counting import Series, Span, series_of
from vosbench.errors import DataError
from vosbench.metrics.aggregate import Decay, mean_statistic, statistic, variability
from vosbench.metrics.protocols import ExtraIds, Protocol
from vosbench.records import ObjectScore, Statistic
from vosbench.score_sheet import ScoreSheet
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
        left_out: ids that are annotated, but in no frame that counts.
    """

    sequence: str
    protocol: str
    frames: tuple[FrameScore, ...]
    objects: tuple[ObjectScore, ...]
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True)
class Summary:
    """Means over objects, whatever sequence they are from: the global figures of DAVIS.

    Attributes:
        objects: number of objects.
        frames: frames that counted, added up over objects.
        variability: mean of V, under protocols that have it.
    """

    objects: int
    frames: int
    J: Statistic
    F: Statistic
    variability: float | None = None

    @property
    def J_and_F(self) -> float:
        """Mean of J and F."""
        return (self.J.mean + self.F.mean) / 2


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
    if not scores.objects:
        raise nothing_counts(sequence.name, protocol)
    return scores


def evaluate(
    truth: Truth,
    predictions: Some[Predicted],
    rules: Rules,
    *,
    spans: Mapping[int, Span] | None = None,
) -> tuple[SequenceScores, ...]:
    """Scores of several predictions of one sequence; the annotations are read once.

    There may be no object among them, where the protocol takes objects from frames that count.

    Args:
        truth: as the sequence of `evaluate_sequence`.
        predictions: each as `predicted` of `evaluate_sequence`.
        rules: protocol and options.
        spans: as in `vosbench.counting.series_of`.

    Raises:
        DataError: as `evaluate_sequence`.
    """
    (sheets,) = score_sheets(truth, predictions, [Comparing.under([rules.protocol])])
    return tuple(scores_of(sheet, rules, spans=spans) for sheet in sheets)


def scores_of(
    sheet: ScoreSheet, rules: Rules, *, spans: Mapping[int, Span] | None = None
) -> SequenceScores:
    """What a protocol makes of masks that are compared already.

    Raises:
        DataError: the annotations do not fit the protocol, or an id is not scored.
    """
    _check_ids(sheet, rules)
    chosen = series_of(sheet, rules.protocol, spans)
    return SequenceScores(
        sequence=sheet.sequence,
        protocol=rules.protocol.name,
        frames=_frame_scores(sheet, chosen),
        objects=tuple(_object_score(sheet, series, rules) for series in chosen),
        left_out=_left_out(sheet, chosen, rules.protocol),
    )


def nothing_counts(sequence: str, protocol: Protocol) -> DataError:
    """The error of a sequence without an object to score."""
    return DataError(
        f"sequence {sequence} has no object in a frame that counts under protocol "
        f"{protocol.name}; leave the sequence out"
    )


def summarise(scores: Iterable[ObjectScore]) -> Summary:
    """Means over all objects; an object of a short sequence weighs as much as any other.

    Raises:
        ValueError: there is no object.
    """
    objects = tuple(scores)
    spread = [score.variability for score in objects if score.variability is not None]
    return Summary(
        objects=len(objects),
        frames=sum(score.frames for score in objects),
        J=mean_statistic(score.J for score in objects),
        F=mean_statistic(score.F for score in objects),
        variability=float(np.mean(spread)) if spread else None,
    )


def _left_out(sheet: ScoreSheet, chosen: Some[Series], protocol: Protocol) -> tuple[int, ...]:
    """Annotated ids that are not among the objects; none where the protocol merges them."""
    if protocol.objects == "merged":
        return ()
    return tuple(sorted(sheet.known_ids - {each.object_id for each in chosen} - {protocol.void}))


def _frame_scores(sheet: ScoreSheet, chosen: Some[Series]) -> tuple[FrameScore, ...]:
    """A row for every frame and object that count."""
    rows: list[list[FrameScore]] = [[] for _ in sheet.frames]
    for series in chosen:
        J, F = (scores.tolist() for scores in sheet.scores_of(series.object_id))
        for row in series.rows.tolist():
            frame = sheet.frame_names[sheet.frames[row]]
            rows[row].append(FrameScore(series.object_id, frame, J[row], F[row]))
    return tuple(score for row in rows for score in row)


def _object_score(sheet: ScoreSheet, series: Series, rules: Rules) -> ObjectScore:
    J, F = (scores[series.rows] for scores in sheet.scores_of(series.object_id))
    return ObjectScore(
        sequence=sheet.sequence,
        object_id=series.object_id,
        frames=series.rows.size,
        J=statistic(J, rules.decay),
        F=statistic(F, rules.decay),
        variability=variability((J + F) / 2) if rules.protocol.variability else None,
    )


def _check_ids(sheet: ScoreSheet, rules: Rules) -> None:
    """Raise `DataError` for ids that the protocol has no place for."""
    protocol = rules.protocol
    first_only = protocol.objects in ("first-annotation", "merged")
    if first_only:
        _check_start(sheet, protocol)
    if (rules.extra_ids or protocol.extra_ids) == "error":
        objects = set(range(max(sheet.first_ids) + 1)) if first_only else sheet.known_ids
        extra = _beyond(sheet.extra_ids, sheet, sheet.predicted, objects - {protocol.void})
        if extra:
            named = f"1 to {max(sheet.first_ids)}" if first_only else "of the annotations"
            _refuse_extra_ids(extra, sheet, f"{protocol.name} scores the objects {named}")


def _check_start(sheet: ScoreSheet, protocol: Protocol) -> None:
    """Raise `DataError` unless the first annotation has all objects."""
    if not sheet.first_ids:
        _refuse_empty_start(sheet, protocol)
    highest = max(sheet.first_ids)
    known = {*range(highest + 1), protocol.void}
    late = _beyond(sheet.late_ids, sheet, sheet.annotated, known)
    if late:
        object_id = min(late, key=lambda each: (late[each], each))
        raise DataError(
            f"object {object_id} is annotated in {sheet.where(late[object_id])}, but protocol "
            f"{protocol.name} takes the objects 1 to {highest} from the first annotation; objects "
            "that appear later are what protocol youtube-vos is for"
        )


def _beyond(
    unknown: Mapping[int, int],
    sheet: ScoreSheet,
    shown: BinaryMask,
    known: Collection[int | None],
) -> dict[int, int]:
    """Ids that are not known, and the frame that shows each first.

    Args:
        unknown: those of them that were not compared.
        sheet: the others.
        shown: whether a row shows an id of the sheet, `bool n×k`.
        known: ids.
    """
    found = {object_id: index for object_id, index in unknown.items() if object_id not in known}
    for column, object_id in enumerate(sheet.ids):
        if object_id not in known and shown[:, column].any():
            found[object_id] = sheet.frames[int(np.argmax(shown[:, column]))]
    return found


def _refuse_empty_start(sheet: ScoreSheet, protocol: Protocol) -> None:
    found = "nothing but void (255)" if sheet.starts_with_void else "no object"
    raise DataError(
        f"the first annotation of sequence {sheet.sequence} ({sheet.frame_names[0]}) holds "
        f"{found}, but protocol {protocol.name} takes the objects from it; annotate it, or score "
        "0/255 annotations under davis2016"
    )


def _refuse_extra_ids(extra: Mapping[int, int], sheet: ScoreSheet, wanted: str) -> None:
    first = min(extra.values())
    ids = sorted(object_id for object_id, index in extra.items() if index == first)
    mend = "remove it, or have such ids ignored (--extra-ids ignore)"
    if set(extra) == {VOID} == sheet.predicted_ids | {VOID}:
        mend = "it looks saved as 0/255: save object 1 as 1, or score under davis2016"
    raise DataError(
        f"the mask of {sheet.where(first)} holds id {', '.join(map(str, ids))}, but protocol "
        f"{wanted}; {mend}"
    )
