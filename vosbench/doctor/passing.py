"""One pass over the files of a sequence, frame by frame."""

from collections.abc import Callable
from functools import partial

import numpy as np

from vosbench.arrays import Mask
from vosbench.doctor.blur import seams_and_jumps, thin_ids
from vosbench.doctor.evidence import Evidence
from vosbench.doctor.mask_reading import Known, Reading
from vosbench.doctor.relabelling import LEAST_OVERLAP, exchanged_ids
from vosbench.doctor.rules import Counts, Rules, ids_of

ReadTruth = Callable[[int], Reading | None]
"""Frame index → what the file of its annotation holds; None where there is no file."""

ReadPredicted = Callable[[int, Known], Reading | None]
"""Frame index and ids whose colours mean ids → what the file of its mask holds, or None."""

_FEWEST_THIN_PREDICTED = 4
_FEWEST_THIN_ANNOTATED = 8  # nobody annotates so many objects of which none fills 3×3 pixels
_WHITE = 255


def gather(
    sequence: str,
    frames: tuple[str, ...],
    rules: Rules,
    *,
    truth: ReadTruth,
    predicted: ReadPredicted | None = None,
    each: Callable[[], None] = lambda: None,
) -> Evidence:
    """Evidence of one sequence; every file is read once, and four label maps at most are kept.

    Args:
        sequence: its name.
        frames: names of its annotated frames.
        rules: of the protocol.
        truth: reads an annotation.
        predicted: reads a predicted mask; None where annotations alone are examined.
        each: called after every frame.
    """
    evidence = Evidence(sequence, frames)
    first_truth: Mask | None = None
    first_mask: Mask | None = None
    known: set[int] = set()
    for index in range(len(frames)):
        annotation = evidence.truth.add(index, truth(index))
        mask = None
        if predicted is not None:
            reading = predicted(index, partial(_known, rules, known, annotation))
            mask = evidence.predicted.add(index, reading)
        if index == 0:
            first_truth, first_mask = annotation, mask
        _count(evidence, index, annotation, mask, known, rules)
        known.update(rules.scored_ids(evidence.truth.latest, evidence.truth.latest))
        evidence.truth_like_first += _equal(annotation, first_truth)
        evidence.like_first += _equal(mask, first_mask)
        each()
    evidence.scored_ids = rules.scored_ids(evidence.truth.first_ids or (), evidence.truth.all_ids)
    evidence.counted_ids = rules.counted_ids(evidence.scored_ids, evidence.truth.ids, len(frames))
    return evidence


def _known(rules: Rules, known: set[int], annotation: Mask | None) -> frozenset[int] | None:
    if rules.merged:
        return None
    shown = () if annotation is None else ids_of(_counts(annotation))
    return frozenset(known | set(rules.scored_ids(shown, shown)))


def _count(
    evidence: Evidence,
    index: int,
    annotation: Mask | None,
    mask: Mask | None,
    known: set[int],
    rules: Rules,
) -> None:
    """Note which ids a frame shows and how annotation and mask overlap."""
    if annotation is not None and mask is not None and annotation.shape == mask.shape:
        overlap = _overlap(annotation, mask)
        evidence.overlap += overlap
        if index == 0:
            evidence.first_overlap = overlap
        of_truth, of_mask = overlap.sum(axis=1), overlap.sum(axis=0)
        if not rules.merged and len(ids_of(of_mask)) > 1:
            _note_exchange(evidence, index, overlap)
    else:
        of_truth, of_mask = _counts(annotation), _counts(mask)
        if annotation is not None and mask is not None:
            key = (mask.shape[0], mask.shape[1]), (annotation.shape[0], annotation.shape[1])
            evidence.misfits.setdefault(key, []).append(index)
    if annotation is not None:
        evidence.truth.count(index, of_truth)
        thin = thin_ids(annotation, of_truth, known=frozenset(), fewest=_FEWEST_THIN_ANNOTATED)
        evidence.truth.note_blur(index, thin, of_truth)
    if mask is not None:
        evidence.predicted.count(index, of_mask)
        seen = known | set(evidence.truth.latest) | ({_WHITE} if rules.merged else set())
        thin = thin_ids(mask, of_mask, known=seen, fewest=_FEWEST_THIN_PREDICTED)
        evidence.predicted.note_blur(index, thin, of_mask)
        if not thin and len(evidence.predicted.latest) > 1:
            _count_seams(evidence, index, mask)


def _note_exchange(evidence: Evidence, index: int, overlap: Counts) -> None:
    """Note objects that bear each other's ids in this frame."""
    moved = exchanged_ids(overlap, least=LEAST_OVERLAP)
    if moved and set(moved) == set(moved.values()):
        evidence.exchanged.setdefault(tuple(moved.items()), []).append(index)


def _count_seams(evidence: Evidence, index: int, mask: Mask) -> None:
    seams, jumps = seams_and_jumps(mask)
    evidence.seams += seams
    evidence.jumps += jumps
    if seams:
        evidence.seamed.append(index)


def _overlap(annotation: Mask, mask: Mask) -> Counts:
    """Pixels by annotated and predicted id, `int64 256×256`."""
    both = annotation.astype(np.uint16) << 8 | mask  # h×w
    return np.bincount(both.ravel(), minlength=1 << 16).reshape(256, 256)


def _counts(mask: Mask | None) -> Counts:
    """Pixels by id, `int64 256`."""
    if mask is None:
        return np.zeros(256, np.int64)
    return np.bincount(mask.ravel(), minlength=256)


def _equal(mask: Mask | None, first: Mask | None) -> bool:
    return mask is not None and first is not None and np.array_equal(mask, first)
