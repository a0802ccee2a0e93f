"""What the doctor finds, as data: one finding for one kind of fault in one sequence or folder."""

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]
"""`error`: scores would be wrong or impossible. `warning`: they are what they seem, but look."""

Subject = Literal["masks", "annotations", "images", "list"]
"""Of which files something was found: predicted masks, annotations, images, list of sequences."""

FOLDER = ""
"""Sequence of a finding that concerns the whole folder."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One kind of fault in one sequence, or in the folder as a whole.

    Attributes:
        code: what it is, stable and in kebab-case; `docs/doctor.md` lists them.
        severity: whether scores would be wrong or impossible.
        sequence: its name; `FOLDER` for the folder as a whole.
        subject: of which files it was found.
        sentence: what was found, in words, without full stop.
        mend: what to do about it, in words, without full stop.
        frames: names of all frames concerned, in order.
        objects: ids concerned, ascending.
        sequences: names of all sequences concerned, for findings about the folder.
        fixable: whether `--fix` mends it.
    """

    code: str
    severity: Severity
    sequence: str
    subject: Subject
    sentence: str
    mend: str
    frames: tuple[str, ...] = ()
    objects: tuple[int, ...] = ()
    sequences: tuple[str, ...] = ()
    fixable: bool = False


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What was looked at.

    Attributes:
        predictions: folder of masks; empty where annotations alone were examined.
        annotations: folder of annotations, or the dataset.
        protocol: name of the protocol whose rules were held against it.
        sequences: their number.
        frames: number of annotated frames in them.
        objects: number of objects that the protocol scores, added up over sequences.
    """

    predictions: str
    annotations: str
    protocol: str
    sequences: int
    frames: int
    objects: int


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All findings, errors first, then in the order of the sequences and of their codes."""

    examined: Examined
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """Number of findings because of which scores would be wrong or impossible."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Number of the other findings."""
        return len(self.findings) - self.errors

    @property
    def fixable(self) -> int:
        """Number of findings that `--fix` mends."""
        return sum(finding.fixable for finding in self.findings)


def in_order(findings: list[Finding], sequences: tuple[str, ...]) -> tuple[Finding, ...]:
    """Findings as a reader wants them: errors first, the folder before its sequences."""
    place = {name: at for at, name in enumerate((FOLDER, *sequences))}

    def key(finding: Finding) -> tuple[bool, int, str, tuple[str, ...]]:
        return (
            finding.severity != "error",
            place.get(finding.sequence, len(place)),
            finding.code,
            (*finding.frames[:1], finding.sentence),
        )

    return tuple(sorted(findings, key=key))


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding under the keys that `docs/doctor.md` documents."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "subject": finding.subject,
        "sequence": finding.sequence or None,
        "sequences": list(finding.sequences),
        "frames": list(finding.frames),
        "frame_count": len(finding.frames),
        "objects": list(finding.objects),
        "sentence": finding.sentence,
        "mend": finding.mend,
        "fixable": finding.fixable,
    }
