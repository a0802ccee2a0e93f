"""Findings about which object bears which id in the predicted masks of one sequence."""

from collections.abc import Mapping

import numpy as np

from vosbench.doctor.evidence import Evidence
from vosbench.doctor.finding import Finding
from vosbench.doctor.relabelling import Relabelling, object_fit, renumbered
from vosbench.doctor.rules import Rules
from vosbench.doctor.words import hold, ids
from vosbench.wording import counted


def id_findings(evidence: Evidence, rules: Rules, labels: Relabelling) -> list[Finding]:
    """Exchanged ids, ids that no object has, and ids in a gap of the annotated ones."""
    return [
        *_exchanged(evidence, labels),
        *_exchanged_in_part(evidence, labels),
        *_extra(evidence, rules, labels),
        *_in_gap(evidence, rules, labels),
    ]


def _exchanged(evidence: Evidence, labels: Relabelling) -> list[Finding]:
    moved = labels.exchanged
    if not moved:
        return []
    overlap = renumbered(evidence.overlap, labels.values)
    before = np.mean([object_fit(overlap, [i], [i]) for i in moved.values()])
    after = np.mean([object_fit(overlap, [i], [label]) for label, i in moved.items()])
    pairs = ", ".join(f"{label} is object {i}" for label, i in moved.items())
    sentence = (
        f"the masks of {evidence.sequence} fit the annotations better with other ids: {pairs} "
        f"(mean overlap {after:.2f} in place of {before:.2f})"
    )
    if labels.proven:
        sentence += ", in the first mask too, which the method was given"
        mend = "--fix NEW_FOLDER renumbers them, in a copy"
    else:
        sentence += ", but the first mask does not show it"
        mend = (
            "renumber them if the method chose the ids itself; if it confused the objects, nothing "
            "is wrong with the files"
        )
    return [
        evidence.finding(
            "masks",
            "swapped-ids",
            "error" if labels.proven else "warning",
            sentence,
            mend,
            frames=evidence.predicted.showing(_stored(moved, labels)),
            objects=tuple(sorted({*moved, *moved.values()})),
            fixable=labels.proven,
        )
    ]


def _exchanged_in_part(evidence: Evidence, labels: Relabelling) -> list[Finding]:
    """Objects that bear each other's ids in some frames, where most of the sequence is right."""
    if labels.exchanged or labels.values:
        return []
    findings = []
    for pairs, frames in evidence.exchanged.items():
        said = ", ".join(f"{label} is object {i}" for label, i in pairs)
        findings.append(
            evidence.finding(
                "masks",
                "swapped-in-part",
                "warning",
                f"{evidence.some(frames, 'mask')} "
                f"{'fits' if len(frames) == 1 else 'fit'} better with other ids ({said}), but "
                "not the sequence as a whole",
                "the method seems to have confused the objects there; nothing is wrong with "
                "the files",
                frames=frames,
                objects=tuple(label for label, _ in pairs),
            )
        )
    return findings


def _extra(evidence: Evidence, rules: Rules, labels: Relabelling) -> list[Finding]:
    extra = labels.extra
    if not extra:
        return []
    values = {value for value in evidence.predicted.all_ids if _meant(value, labels) in extra}
    number = int(evidence.predicted.pixels[sorted(values)].sum())
    frames = evidence.predicted.showing(values)
    highest = evidence.scored_ids[-1]
    scores = f"the objects 1 to {highest}" if rules.objects == "first" else "annotated objects only"
    mend = (
        "--fix NEW_FOLDER makes them background, in a copy, which scores as --extra-ids ignore does"
    )
    if labels.resembling:
        said = ", ".join(f"{label} covers object {i}" for label, i in labels.resembling.items())
        mend = f"renumber them ({said}), or have them ignored (--extra-ids ignore)"
    return [
        evidence.finding(
            "masks",
            "extra-ids",
            "error" if rules.refuses_extra_ids else "warning",
            f"{evidence.some(frames, 'mask')} "
            f"{hold(len(frames))} {ids(tuple(sorted(values)))}, {counted(number, 'pixel')} "
            f"altogether, but protocol {rules.name} scores {scores}",
            mend,
            frames=frames,
            objects=tuple(sorted(values)),
            fixable=not labels.resembling,
        )
    ]


def _in_gap(evidence: Evidence, rules: Rules, labels: Relabelling) -> list[Finding]:
    if rules.objects != "first" or evidence.predicted.blurred:
        return []
    gaps = set(evidence.scored_ids) - set(evidence.truth.all_ids)
    table = labels.table()
    values = {value for value in evidence.predicted.all_ids if table[value] in gaps}
    if not values:
        return []
    frames = evidence.predicted.showing(values)
    found = tuple(sorted(values))
    return [
        evidence.finding(
            "masks",
            "predicted-gap",
            "warning",
            f"{evidence.some(frames, 'mask')} "
            f"{hold(len(frames))} {ids(found)}, which no annotation has, and which protocol "
            f"{rules.name} scores: every such mask counts as 0 in place of 1",
            "remove the id unless the method made it up by itself",
            frames=frames,
            objects=found,
        )
    ]


def _meant(value: int, labels: Relabelling) -> int:
    """The id that a stored value is taken for."""
    meant = labels.values.get(value, value)
    return labels.exchanged.get(meant, meant) if labels.proven else meant


def _stored(moved: Mapping[int, int], labels: Relabelling) -> set[int]:
    """Values in the files behind these ids."""
    back = {i: value for value, i in labels.values.items()}
    return {back.get(label, label) for label in moved}
