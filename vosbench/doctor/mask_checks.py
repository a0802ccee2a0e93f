"""Findings about the predicted masks of one sequence: how they are stored, and what they show."""

from collections.abc import Container

from vosbench.doctor.evidence import Evidence
from vosbench.doctor.file_checks import several_objects, severity, unreadable
from vosbench.doctor.finding import Finding
from vosbench.doctor.relabelling import Relabelling, annotated_objects, is_white
from vosbench.doctor.rules import Rules
from vosbench.doctor.words import be, hold, ids, pixels
from vosbench.wording import counted

_MOST_SEAMS = 0.3
_FEWEST_SEAMS = 50
"""Share of edges between distant ids that pass through one in between, and their pixels, from which
masks look interpolated; drawn ones have next to none."""


def mask_findings(evidence: Evidence, rules: Rules, labels: Relabelling) -> list[Finding]:
    """All that is wrong, or worth knowing, with what was read of a sequence's predicted masks."""
    scored = rules.protocol.scored_frames(len(evidence.frames))
    return [
        *unreadable(evidence, evidence.predicted, "masks", scored),
        *several_objects(evidence, evidence.predicted, "masks", rules, scored),
        *_colours(evidence, scored),
        *_sizes(evidence, scored),
        *_blurred(evidence, scored),
        *_seams(evidence, rules),
        *_painted(evidence, rules, labels),
        *_missing_objects(evidence, rules, labels),
        *_lifeless(evidence),
    ]


def _colours(evidence: Evidence, scored: Container[int]) -> list[Finding]:
    """Ids stored as colours: those that can be turned back, then those that cannot."""
    findings = []
    coloured = evidence.predicted.coloured
    for mendable in (True, False):
        frames = [index for index, strange in coloured.items() if (strange == 0) == mendable]
        if not frames:
            continue
        if mendable:
            tail = "every colour is that of an id in DAVIS' palette, or a grey value that is one"
            mend = "--fix NEW_FOLDER turns colours back into ids, in a copy"
        else:
            most = max(coloured[index] for index in frames)
            tail = f"up to {counted(most, 'colour')} in one of them belong to no object"
            mend = "save the ids themselves, as a palette or grey PNG, before anything else is done"
        findings.append(
            evidence.finding(
                "masks",
                "colour-masks",
                severity(frames, scored),
                f"{evidence.some(frames, 'mask')} {be(len(frames))} in colour (RGB, RGBA or grey "
                f"with alpha), not label maps; {tail}",
                mend,
                frames=frames,
                fixable=mendable,
            )
        )
    return findings


def _sizes(evidence: Evidence, scored: Container[int]) -> list[Finding]:
    findings = []
    for (found, wanted), frames in sorted(evidence.misfits.items()):
        transposed = found == wanted[::-1]
        sentence = (
            f"{evidence.some(frames, 'mask')} {be(len(frames))} {pixels(found)} pixels "
            f"(width×height), the annotations {pixels(wanted)}"
        )
        mend = "save masks in the size of the annotations; they are never resized"
        if transposed:
            sentence += ": width and height are exchanged"
            mend = "transpose the arrays before they are saved; rows come first, h×w"
        findings.append(
            evidence.finding(
                "masks",
                "transposed" if transposed else "wrong-size",
                severity(frames, scored),
                sentence,
                mend,
                frames=frames,
            )
        )
    return findings


def _blurred(evidence: Evidence, scored: Container[int]) -> list[Finding]:
    side = evidence.predicted
    if not side.blurred:
        return []
    return [
        evidence.finding(
            "masks",
            "blurred-ids",
            severity(side.blurred, scored),
            f"{evidence.some(side.blurred, 'mask')} {hold(len(side.blurred))} "
            f"{counted(len(side.thin_ids), 'id')} that no object has and that are only seams and "
            f"noise, {side.thin_pixels} pixels altogether",
            "masks were smoothed, resized with interpolation or compressed as JPEG: resize label "
            "maps by nearest neighbour and save them as PNG",
            frames=side.blurred,
            objects=tuple(sorted(side.thin_ids)),
        )
    ]


def _seams(evidence: Evidence, rules: Rules) -> list[Finding]:
    edges = evidence.seams + evidence.jumps
    if rules.merged or evidence.seams < max(_FEWEST_SEAMS, _MOST_SEAMS * edges):
        return []
    share = round(100 * evidence.seams / edges)
    return [
        evidence.finding(
            "masks",
            "interpolated-edges",
            "warning",
            f"{evidence.some(evidence.seamed, 'mask')} {hold(len(evidence.seamed))} lines of one "
            f"id, a pixel wide, between a lower and a higher one, {evidence.seams} pixels "
            f"altogether ({share} % of the edges between such ids)",
            "masks look resized with interpolation, which invents ids at edges: resize label maps "
            "by nearest neighbour",
            frames=evidence.seamed,
        )
    ]


def _painted(evidence: Evidence, rules: Rules, labels: Relabelling) -> list[Finding]:
    """Values that were painted instead of ids."""
    stored = evidence.predicted.all_ids
    objects = annotated_objects(evidence)
    white = is_white(evidence)
    if rules.merged or not objects or not (white or labels.values):
        return []
    frames = evidence.predicted.showing(set(stored))
    if white and len(objects) == 1:
        code, tail = "white-masks", f"255 where object {objects[0]} should be, and 0"
        mend = f"--fix NEW_FOLDER stores {objects[0]} for 255, in a copy"
    elif white:
        code, tail = "white-masks", f"255 and 0, for the {ids(objects, 'object')} together"
        mend = "save one id an object; merged objects can be scored with --protocol davis2016"
    else:
        pairs = ", ".join(f"{value} for {i}" for value, i in labels.values.items())
        code, tail = "grey-colours", f"the grey of DAVIS' colours instead of ids ({pairs})"
        mend = "--fix NEW_FOLDER stores the ids, in a copy"
    return [
        evidence.finding(
            "masks",
            code,
            "error",
            f"{evidence.some(frames, 'mask')} {hold(len(frames))} {tail}",
            mend,
            frames=frames,
            objects=objects,
            fixable=bool(labels.values),
        )
    ]


def _missing_objects(evidence: Evidence, rules: Rules, labels: Relabelling) -> list[Finding]:
    side = evidence.predicted
    if rules.merged or side.blurred or not any(side.ids) or not side.ids:
        return []
    table = labels.table()
    shown = {table[i] for i in side.all_ids}
    lacking = tuple(i for i in annotated_objects(evidence) if i not in shown)
    if not lacking or (is_white(evidence) and not labels.values):
        return []
    return [
        evidence.finding(
            "masks",
            "missing-object",
            "warning",
            f"no mask of {evidence.sequence} shows {ids(lacking, 'object')}, which the "
            "annotations have",
            "check that the method was given all objects; if it lost "
            f"{'it' if len(lacking) == 1 else 'them'} at once, nothing is wrong with the files",
            objects=lacking,
        )
    ]


def _lifeless(evidence: Evidence) -> list[Finding]:
    """Masks that nobody predicted: all empty, or all the same."""
    side = evidence.predicted
    empty = side.ids.get((), [])
    later = [index for index in side.frames if index > 0]
    if later and set(later) <= set(empty) and evidence.truth.pixels[1:].any():
        which = "all masks after the first" if side.first_ids else "all masks"
        sentence = f"{which} of {evidence.sequence} are empty"
        mend = "check that the method ran, and that ids were saved, not probabilities cut to 0"
        return [evidence.finding("masks", "empty-masks", "warning", sentence, mend, frames=empty)]
    number = len(side.frames)
    at_rest = evidence.truth_like_first == len(evidence.truth.frames)
    if number > 2 and evidence.like_first == number and not at_rest:
        sentence = f"all {number} masks of {evidence.sequence} are copies of the first"
        mend = "check that the method was run on every frame, unless copying is what it does"
        return [
            evidence.finding("masks", "copied-masks", "warning", sentence, mend, frames=side.frames)
        ]
    return []
