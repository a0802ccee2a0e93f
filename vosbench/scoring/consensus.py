"""One set of masks under every protocol, and why the figures differ.

Masks are compared once, and each protocol chooses from the comparison what counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosbench.comparing import Comparing, score_sheets
from vosbench.errors import DataError
from vosbench.evaluate import Rules, Summary, nothing_counts, scores_of, summarise
from vosbench.metrics.aggregate import Decay
from vosbench.metrics.protocols import PROTOCOLS, ExtraIds, Protocol
from vosbench.processes import each_in_processes
from vosbench.records import ObjectScore
from vosbench.score_sheet import ScoreSheet
from vosbench.scoring.consensus_steps import REFERENCES, Judgement, Step, steps_between
from vosbench.scoring.folders import choose, layout_error, renumbered, rules_for
from vosbench.scoring.groups import Unseen, by_group, over_groups
from vosbench.scoring.object_meta import ObjectMeta
from vosbench.scoring.sequence_folders import MaskSequence, files_of, has_object_folders, parts_of
from vosbench.wording import first_few


@dataclass(frozen=True)
class Verdict:
    """What one protocol makes of the masks.

    Attributes:
        protocol: its name.
        summary: its final figures; None where it cannot be applied.
        objects: scores of its objects.
        reason: why it cannot be applied; empty where it can.
    """

    protocol: str
    summary: Summary | None = None
    objects: tuple[ObjectScore, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Consensus:
    """One folder of masks under every protocol.

    Attributes:
        folder: of the masks.
        verdicts: one a protocol.
        reference: name of the protocol that others are held against; empty if none can be applied.
        steps: differences to it, rule by rule.
        notes: what the user should know about the folder.
    """

    folder: Path
    verdicts: tuple[Verdict, ...]
    reference: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """Comparisons of one sequence, or of one object of it.

    Attributes:
        sheet: ids as they are.
        merged: all ids as one object; None where each object has a folder of its own.
        object_id: of the only object; None where values of the label maps are ids.
    """

    sheet: ScoreSheet
    merged: ScoreSheet | None
    object_id: int | None


_Compared = Sequence[tuple[MaskSequence, Sequence[_Part]]]
"""The sequences of one folder."""


@dataclass(frozen=True)
class _Options:
    extra_ids: ExtraIds | None
    decay: Decay
    meta: ObjectMeta | None
    unseen: Unseen | None


def consensus(
    predictions: Sequence[Path],
    annotations: Path,
    *,
    sequences: Iterable[str] | None = None,
    extra_ids: ExtraIds | None = None,
    decay: Decay = "exact",
    partial_results: bool = False,
    workers: int = 1,
    meta: ObjectMeta | None = None,
    unseen: Unseen | None = None,
) -> tuple[Consensus, ...]:
    """Each folder of masks under every protocol.

    Args:
        predictions: as in `vosbench.scoring.folders.score_folders`, like what is not named here.
        annotations: as there.
        sequences: as there.
        extra_ids: as in `vosbench.evaluate.Rules`.
        decay: as in `vosbench.evaluate.Rules`.
        partial_results: as there.
        workers: as there.
        meta: as there.
        unseen: what training does not show, for protocols that tell seen from unseen objects.

    Raises:
        UsageError: a sequence that is named does not exist, or is named twice.
        DataError: a file is missing or unreadable. What only some protocols refuse is no error.
        MethodError: a process was ended from outside.
    """
    chosen = choose(predictions, annotations, sequences=sequences, partial_results=partial_results)
    results = each_in_processes(_compare, chosen.sequences, workers, size=files_of)
    compared: list[list[tuple[MaskSequence, Sequence[_Part]]]] = [[] for _ in predictions]
    for sequence, members, result in zip(chosen.sequences, chosen.members, results, strict=True):
        for member, parts in zip(members, result, strict=True):
            compared[member].append((sequence, parts))
    options = _Options(extra_ids, decay, meta, unseen)
    return tuple(
        _of_folder(folder, of_folder, options, notes)
        for folder, of_folder, notes in zip(predictions, compared, chosen.notes, strict=True)
    )


def _compare(sequence: MaskSequence) -> tuple[tuple[_Part, ...], ...]:
    """The parts of a sequence for each prediction, compared in every way that a protocol needs."""
    by_id = Comparing.under([each for each in PROTOCOLS if each.objects != "merged"])
    merged = Comparing.under([each for each in PROTOCOLS if each.objects == "merged"])
    ways = [by_id] if has_object_folders(sequence) else [by_id, merged]
    rows = []
    for part in parts_of(sequence, by_id):
        sheets = score_sheets(part.truth, part.predictions, ways)
        rows.append(
            [
                _Part(each[0], each[1] if len(ways) == 2 else None, part.object_id)
                for each in zip(*sheets, strict=True)
            ]
        )
    return tuple(zip(*rows, strict=True))


def _of_folder(
    folder: Path, compared: _Compared, options: _Options, notes: Sequence[str]
) -> Consensus:
    verdicts = {each.name: _verdict(compared, each, options) for each in PROTOCOLS}
    reference = next((name for name in REFERENCES if verdicts[name].summary is not None), "")
    steps: list[Step] = []
    for protocol in PROTOCOLS if reference else ():
        if protocol.name != reference and verdicts[protocol.name].summary is not None:
            steps += steps_between(
                reference,
                protocol,
                lambda rules: _judgement(compared, rules, options),
                listed=options.meta is not None and bool(options.meta.ranges),
            )
    return Consensus(
        folder=folder,
        verdicts=tuple(verdicts.values()),
        reference=reference,
        steps=tuple(steps),
        notes=(*notes, *_extra_ids_note(compared)),
    )


def _verdict(compared: _Compared, protocol: Protocol, options: _Options) -> Verdict:
    try:
        objects, summary = _scored(compared, protocol, options)
    except DataError as error:
        return Verdict(protocol.name, reason=str(error))
    return Verdict(protocol.name, summary, objects)


def _judgement(compared: _Compared, rules: Protocol, options: _Options) -> Judgement | None:
    try:
        return Judgement.of(*_scored(compared, rules, options))
    except DataError:
        return None


def _scored(
    compared: _Compared, protocol: Protocol, options: _Options
) -> tuple[tuple[ObjectScore, ...], Summary]:
    """Scores of all objects and the means over them, or `DataError` as `score_folders`."""
    rules = Rules(protocol, options.extra_ids, options.decay)
    objects = tuple(
        score
        for sequence, parts in compared
        for score in _objects(sequence, parts, rules, options.meta)
    )
    return objects, _summary(objects, protocol, options.unseen)


def _objects(
    sequence: MaskSequence, parts: Sequence[_Part], rules: Rules, meta: ObjectMeta | None
) -> tuple[ObjectScore, ...]:
    found: list[ObjectScore] = []
    for part in parts:
        if part.merged is None and not rules.protocol.object_folders:
            raise layout_error(sequence, rules.protocol)
        merged = part.merged if rules.protocol.objects == "merged" else None
        sheet = part.sheet if merged is None else merged
        spans = (
            None if meta is None else meta.spans(rules.protocol, sequence.name, sheet.frame_names)
        )
        scores = scores_of(sheet, rules_for(rules, part.object_id), spans=spans)
        found += renumbered(scores, part.object_id).objects
    if not found:
        raise nothing_counts(sequence.name, rules.protocol)
    return tuple(found)


def _summary(objects: Sequence[ObjectScore], protocol: Protocol, unseen: Unseen | None) -> Summary:
    if protocol.groups and unseen is not None:
        return over_groups(by_group(objects, unseen))
    return summarise(objects)


def _extra_ids_note(compared: _Compared) -> list[str]:
    """A note on ids that predictions have and no annotation, which protocols take differently."""
    extra = [
        f"{sequence.name} {object_id}"
        for sequence, parts in compared
        for part in parts
        for object_id in _only_predicted(part.sheet)
    ]
    if not extra:
        return []
    refusing = " and ".join(each.name for each in PROTOCOLS if each.objects == "first-annotation")
    return [
        f"predictions show ids that no annotation has ({first_few(extra)}): {refusing} refuses "
        "them unless they are to be ignored (--extra-ids ignore), other protocols never look at "
        "them"
    ]


def _only_predicted(sheet: ScoreSheet) -> list[int]:
    highest = max(sheet.first_ids, default=0)
    only = sheet.predicted_ids - sheet.annotated_ids
    return sorted(object_id for object_id in only if object_id > highest)
