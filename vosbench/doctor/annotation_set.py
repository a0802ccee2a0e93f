"""Whether masks were made from other annotations than those they are held against.

Two sets of annotations of the same videos agree on what is foreground and differ in what is an
object: DAVIS 2016 merges all objects, the unsupervised set of DAVIS 2017 chooses others. The first
mask of a prediction tells which set it is from, as it was given to the method.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vosbench.arrays import VOID
from vosbench.doctor.annotation_checks import is_white
from vosbench.doctor.evidence import Evidence
from vosbench.doctor.finding import FOLDER, Finding
from vosbench.doctor.relabelling import annotated_objects
from vosbench.doctor.rules import Counts, Rules
from vosbench.wording import counted, first_few

_LEAST_AGREEMENT = 0.6
"""Intersection over union of foregrounds from which they are of the same things."""

EXPLAINED = frozenset({"extra-ids", "missing-object", "white-masks", "swapped-ids"})
"""Codes of findings about masks that a wrong set of annotations explains."""


@dataclass(frozen=True)
class Objects:
    """What a sequence says of the set it is from.

    Attributes:
        sequence: its name.
        white: annotations are one object painted white.
        refuted: masks show objects, and none of them is white.
        annotated: number of objects annotated in the first frame.
        predicted: number of objects in the first mask; where it is missing, in all masks.
        agreement: intersection over union of what is foreground there; 0 where nothing is.
    """

    sequence: str
    white: bool
    refuted: bool
    annotated: int
    predicted: int
    agreement: float

    @property
    def other(self) -> bool:
        """Whether foregrounds agree, and objects do not."""
        return self.agreement >= _LEAST_AGREEMENT and self.annotated != self.predicted


def objects_of(evidence: Evidence) -> Objects:
    """What the evidence about a sequence says of the set it is from."""
    overlap = evidence.overlap if evidence.first_overlap is None else evidence.first_overlap
    first = evidence.predicted.first_ids
    shown = evidence.predicted.all_ids if first is None else first
    annotated = evidence.truth.first_ids or ()
    scored = [i for i in annotated if i in annotated_objects(evidence)]
    blurred = evidence.predicted.blurred or evidence.truth.blurred
    return Objects(
        sequence=evidence.sequence,
        white=is_white(evidence),
        refuted=bool(evidence.predicted.all_ids) and VOID not in evidence.predicted.all_ids,
        annotated=len(scored),
        predicted=len(shown),
        agreement=0.0 if blurred else _agreement(overlap),
    )


def set_findings(
    told: Sequence[Objects], rules: Rules, annotations: str, *, predicted: bool
) -> list[Finding]:
    """At most one finding: annotations of another set, or painted white where ids are wanted.

    Args:
        told: what each sequence says.
        rules: of the protocol.
        annotations: their folder.
        predicted: whether there are masks to compare with.
    """
    if rules.merged:
        return []
    white = [objects for objects in told if objects.white]
    if white:
        return [_white(white, told, rules, annotations, predicted=predicted)]
    telling = [objects for objects in told if max(objects.annotated, objects.predicted) > 1]
    other = [objects for objects in telling if objects.other]
    if not predicted or 2 * len(other) <= len(telling):
        return []
    return [_other(other, annotations)]


def _white(
    white: list[Objects], told: Sequence[Objects], rules: Rules, where: str, *, predicted: bool
) -> Finding:
    several = [objects.sequence for objects in white if objects.predicted > 1]
    sentence = (
        f"the annotations of {counted(len(white), 'sequence')} of {len(told)} hold 0 and 255 only, "
        f"all objects in one, but protocol {rules.name} takes "
        f"{'255 for void' if rules.void else 'every value for an id'}"
    )
    wrong = rules.void or any(objects.refuted for objects in white)
    mend = "score with --protocol davis2016" + ("" if wrong else ", unless masks hold 255 too")
    if predicted and several:
        sentence += (
            f"; the masks have several objects in {counted(len(several), 'sequence')} "
            f"({first_few(several)}): probably {where} is DAVIS 2016, and they are of DAVIS 2017"
        )
        mend += ", or give the annotations of DAVIS 2017"
    return Finding(
        code="wrong-annotation-set" if predicted and several else "white-annotations",
        severity="error" if wrong or several else "warning",
        sequence=FOLDER,
        subject="annotations",
        sentence=sentence,
        mend=mend,
        sequences=tuple(objects.sequence for objects in white),
    )


def _other(other: list[Objects], where: str) -> Finding:
    example = other[0]
    sentence = (
        f"in {counted(len(other), 'sequence')} ({first_few([o.sequence for o in other])}) "
        f"masks and annotations agree on what is foreground, but not on objects: "
        f"{example.sequence} has {counted(example.annotated, 'annotated object')}, its first mask "
        f"shows {example.predicted}"
    )
    if all(objects.predicted == 1 for objects in other):
        guess = "the masks are of the merged objects of DAVIS 2016"
        mend = "make them from these annotations, or score with --protocol davis2016"
    elif all(objects.annotated == 1 for objects in other):
        guess = f"{where} merges objects as DAVIS 2016 does, and the masks are of DAVIS 2017"
        mend = "give the annotations of DAVIS 2017, or score with --protocol davis2016"
    else:
        guess = "one of them is of another set, such as the unsupervised one of DAVIS 2017"
        mend = "give the annotations whose first frames the method was given"
    return Finding(
        code="wrong-annotation-set",
        severity="error",
        sequence=FOLDER,
        subject="annotations",
        sentence=f"{sentence}; probably {guess}",
        mend=mend,
        sequences=tuple(objects.sequence for objects in other),
    )


def _agreement(overlap: Counts) -> float:
    """Intersection over union of what is no background, void left out."""
    union = overlap[:VOID].sum() - overlap[0, 0]
    return float(overlap[1:VOID, 1:].sum() / union) if union else 0.0
