"""Findings about the annotations of one sequence."""

from vosbench.arrays import VOID
from vosbench.doctor.evidence import Evidence
from vosbench.doctor.file_checks import several_objects, unreadable
from vosbench.doctor.finding import Finding
from vosbench.doctor.rules import Rules
from vosbench.doctor.words import be, hold, ids, pixels
from vosbench.wording import counted


def annotation_findings(evidence: Evidence, rules: Rules) -> list[Finding]:
    """All that is wrong, or worth knowing, with what was read of a sequence's annotations."""
    scored = rules.protocol.scored_frames(len(evidence.frames))
    findings = [
        *_short(evidence, rules),
        *unreadable(evidence, evidence.truth, "annotations", range(len(evidence.frames))),
        *_colours(evidence),
        *_sizes(evidence),
        *_blurred(evidence),
        *_first_empty(evidence, rules),
        *_gaps(evidence, rules),
        *_late(evidence, rules, scored),
        *_void(evidence, rules),
        *several_objects(
            evidence, evidence.truth, "annotations", rules, range(len(evidence.frames))
        ),
    ]
    nothing = not evidence.counted_ids and not rules.one_object
    if nothing and not _told_otherwise(evidence, rules, findings):
        findings.append(nothing_counts(evidence.sequence, rules))
    return findings


def nothing_counts(sequence: str, rules: Rules) -> Finding:
    """That a sequence has no object in a frame that counts."""
    return Finding(
        code="nothing-counts",
        severity="error",
        sequence=sequence,
        subject="annotations",
        sentence=f"{sequence} has no annotated object in a frame that counts under protocol "
        f"{rules.name}",
        mend="leave the sequence out",
    )


def is_white(evidence: Evidence) -> bool:
    """Whether the annotations are one object painted white: 0 and 255, nothing else."""
    return evidence.truth.all_ids == (VOID,)


def _told_otherwise(evidence: Evidence, rules: Rules, findings: list[Finding]) -> bool:
    """Whether something else says why no object counts, or none can be known."""
    white_as_void = is_white(evidence) and rules.void
    return white_as_void or any(finding.severity == "error" for finding in findings)


def _short(evidence: Evidence, rules: Rules) -> list[Finding]:
    number = len(evidence.frames)
    if rules.protocol.scored_frames(number):
        return []
    return [
        evidence.finding(
            "annotations",
            "short-sequence",
            "error",
            f"{evidence.sequence} has {counted(number, 'frame')}, of which protocol {rules.name} "
            "scores none",
            "leave the sequence out",
            frames=range(number),
        )
    ]


def _colours(evidence: Evidence) -> list[Finding]:
    frames = list(evidence.truth.coloured)
    if not frames:
        return []
    return [
        evidence.finding(
            "annotations",
            "colour-masks",
            "error",
            f"{evidence.some(frames, 'annotation')} {be(len(frames))} in colour (RGB, RGBA or "
            "grey with alpha), not label maps",
            "take the palette PNGs of the dataset as it unzips",
            frames=frames,
        )
    ]


def _sizes(evidence: Evidence) -> list[Finding]:
    sizes = evidence.truth.sizes
    if len(sizes) < 2:
        return []
    usual = max(sizes, key=lambda size: len(sizes[size]))
    frames = sorted(i for size in sizes if size != usual for i in sizes[size])
    others = ", ".join(pixels(size) for size in sorted(sizes) if size != usual)
    return [
        evidence.finding(
            "annotations",
            "changing-size",
            "error",
            f"{evidence.some(frames, 'annotation')} "
            f"{be(len(frames))} {others} pixels, the others {pixels(usual)}",
            "take all frames of a sequence from one resolution of the dataset",
            frames=frames,
        )
    ]


def _blurred(evidence: Evidence) -> list[Finding]:
    side = evidence.truth
    frames = side.blurred
    if not frames:
        return []
    return [
        evidence.finding(
            "annotations",
            "blurred-ids",
            "error",
            f"{evidence.some(frames, 'annotation')} "
            f"{hold(len(frames))} {counted(len(side.thin_ids), 'id')} that are only seams and "
            f"noise, {side.thin_pixels} pixels altogether: resized with interpolation, or "
            "compressed",
            "take the label maps of the dataset as it unzips; resize by nearest neighbour only",
            frames=frames,
            objects=tuple(sorted(side.thin_ids)),
        )
    ]


def _first_empty(evidence: Evidence, rules: Rules) -> list[Finding]:
    first = evidence.truth.first_ids
    if first is None or rules.one_object or (is_white(evidence) and not rules.merged):
        return []
    if any(i != VOID or not rules.void for i in first):
        return []
    found = "nothing but void (255)" if first else "no object"
    late = [i for i in evidence.truth.all_ids if i != VOID]
    own = rules.objects == "own" and bool(late)
    mend = "annotate its first frame, or leave the sequence out"
    if late and not own:
        mend += "; objects that appear later are what --protocol youtube-vos is for"
    return [
        evidence.finding(
            "annotations",
            "first-annotation-empty",
            "warning" if own else "error",
            f"the first annotation of {evidence.sequence} ({evidence.frames[0]}) holds {found}"
            + ("" if own else f", but protocol {rules.name} starts from its objects"),
            "objects are scored from where they appear" if own else mend,
            frames=[0],
        )
    ]


def _gaps(evidence: Evidence, rules: Rules) -> list[Finding]:
    if rules.objects != "first":
        return []
    gaps = tuple(i for i in evidence.scored_ids if i not in evidence.truth.all_ids)
    if not gaps:
        return []
    number = len(gaps)
    return [
        evidence.finding(
            "annotations",
            "id-gaps",
            "warning",
            f"the annotations of {evidence.sequence} have objects up to "
            f"{evidence.scored_ids[-1]}, but no {ids(gaps)}",
            f"nothing has to be done, but know that protocol {rules.name} counts "
            f"{'it as an object' if number == 1 else 'them as objects'}, J = F = 1 where the "
            "prediction lacks it too",
            objects=gaps,
        )
    ]


def _late(evidence: Evidence, rules: Rules, scored: range) -> list[Finding]:
    """Objects that the first annotation lacks."""
    first = evidence.truth.first_ids
    if rules.objects != "first" or not first or evidence.truth.blurred:
        return []
    late = {i for i in evidence.truth.all_ids if i not in {*first, VOID}}
    if not late:
        return []
    frames = evidence.truth.showing(late)
    refused = tuple(sorted(i for i in late if i not in evidence.scored_ids))
    admitted = tuple(sorted(late - set(refused)))
    shown = refused or admitted
    sentence = (
        f"{ids(shown, 'object')} of {evidence.sequence} "
        f"{'appears' if len(shown) == 1 else 'appear'} after the first frame (from "
        f"{evidence.frames[frames[0]]} on), "
    )
    if refused:
        sentence += f"but protocol {rules.name} takes objects from the first annotation"
        mend = "score with --protocol youtube-vos, which takes objects from their own first frame"
    else:
        sentence += (
            f"and protocol {rules.name} counts {'it' if len(shown) == 1 else 'them'} from the "
            "first frame on"
        )
        mend = "--protocol youtube-vos counts objects from their own first frame"
    return [
        evidence.finding(
            "annotations",
            "late-objects",
            "error" if refused and any(i in scored for i in frames) else "warning",
            sentence,
            mend,
            frames=frames,
            objects=tuple(sorted(late)),
        )
    ]


def _void(evidence: Evidence, rules: Rules) -> list[Finding]:
    if is_white(evidence) or rules.one_object:
        return []
    frames = evidence.truth.showing({VOID})
    if not frames or VOID in evidence.truth.thin_ids or evidence.truth.blurred:
        return []
    if rules.merged:
        meaning, mend = "reads it as object", "score with --protocol davis2017 if it is none"
    elif rules.void:
        meaning = "reads it as background"
        mend = "nothing has to be done, but know that what is predicted there counts as wrong"
    else:
        meaning = "reads it as one more object"
        mend = "score with --protocol davis2017, which reads it as background"
    return [
        evidence.finding(
            "annotations",
            "void",
            "warning",
            f"{evidence.some(frames, 'annotation')} "
            f"{hold(len(frames))} void (255), {evidence.truth.pixels[VOID]} pixels altogether; "
            f"protocol {rules.name} {meaning}",
            mend,
            frames=frames,
            objects=(VOID,),
        )
    ]
