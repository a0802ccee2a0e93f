"""Findings about files: those that cannot be read, and those that do not belong."""

from collections.abc import Container, Iterable

from vosbench.doctor.evidence import Evidence, Side
from vosbench.doctor.finding import Finding, Severity, Subject
from vosbench.doctor.mask_reading import Fault
from vosbench.doctor.rules import Rules
from vosbench.doctor.sequence_files import Content
from vosbench.doctor.words import be, hold
from vosbench.masks import MAX_PIXELS
from vosbench.wording import first_few

THING: dict[Subject, str] = {"masks": "mask", "annotations": "annotation", "images": "image"}
"""One of them, in a sentence."""

_AGAIN = "copy or unpack {it} again"
_MENDS: dict[Fault, str] = {
    "unreadable-file": "make {it} readable, or copy {it} again",
    "empty-file": _AGAIN,
    "not-png": "save label maps as PNG; no other format keeps ids as they are",
    "corrupt-file": _AGAIN,
    "too-large": "save {it} in the size of the frames",
    "id-above-255": "number the objects from 1 on and save with 8 bits",
}


def severity(indices: Iterable[int], scored: Container[int]) -> Severity:
    """An error where any of these frames counts for the score, else a warning."""
    return "error" if any(index in scored for index in indices) else "warning"


def unreadable(
    evidence: Evidence, side: Side, subject: Subject, scored: Container[int]
) -> list[Finding]:
    """Files that hold no label map, one finding a fault."""
    return [
        evidence.finding(
            subject,
            fault,
            severity(details, scored),
            f"{evidence.some(details, THING[subject])} {_said(fault, details)}",
            _MENDS[fault].format(it="it" if len(details) == 1 else "them"),
            frames=details,
        )
        for fault, details in side.faults.items()
    ]


def several_objects(
    evidence: Evidence, side: Side, subject: Subject, rules: Rules, scored: Container[int]
) -> list[Finding]:
    """Masks with several ids where a folder stands for one object."""
    if not rules.one_object or side.blurred:
        return []
    several = {ids: where for ids, where in side.ids.items() if len(ids) > 1}
    if not several:
        return []
    frames = sorted(index for where in several.values() for index in where)
    shown = ", ".join(map(str, next(iter(several))))
    return [
        evidence.finding(
            subject,
            "several-objects",
            severity(frames, scored),
            f"{evidence.some(frames, THING[subject])} {hold(len(frames))} several ids ({shown}), "
            "but the folder stands for one object",
            "store 0 and one other value; every object has a folder of its own",
            frames=frames,
        )
    ]


def strays(content: Content, sequence: str, subject: Subject) -> list[Finding]:
    """Files and folders that have no business in a folder of masks; the folder cannot be read."""
    if content.refused:
        sentence = f"the folder {content.folder} cannot be read: {content.refused}"
        return [
            Finding(
                code="unreadable-folder",
                severity="error",
                sequence=sequence,
                subject=subject,
                sentence=sentence,
                mend="make it readable, or copy it again",
            )
        ]
    others = [name for name in content.masks if not name.endswith(".png")]
    names = [*content.strays, *(f"{name}/" for name in content.folders)]
    if subject == "annotations":
        folders = [] if content.of_objects else names[len(content.strays) :]
        names = [*content.strays, *others, *folders]
    if not names:
        return []
    sentence = f"beside masks, {content.folder} holds {first_few(names)}"
    return [
        Finding(
            code="stray-files",
            severity="warning",
            sequence=sequence,
            subject=subject,
            sentence=sentence,
            mend="nothing reads them here, but other evaluators may trip over them; move them",
        )
    ]


def _said(fault: Fault, details: dict[int, str]) -> str:
    """What is wrong with these files, after their names."""
    number, first = len(details), next(iter(details.values()))
    if fault == "empty-file":
        return f"{be(number)} empty (0 bytes)"
    if fault == "not-png":
        kinds = ", ".join(sorted({kind for kind in details.values() if kind}))
        return f"{be(number)} no PNG" + (f" but {kinds} under its name" if kinds else "")
    if fault == "corrupt-file":
        return f"{be(number)} corrupt or cut off ({first})"
    if fault == "too-large":
        return f"{be(number)} not decoded: {first}, more than {MAX_PIXELS}"
    if fault == "id-above-255":
        highest = max(map(int, details.values()))
        return f"{hold(number)} values above 255, up to {highest}: 16 bits are no label map"
    return f"cannot be read ({first})"
