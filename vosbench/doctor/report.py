"""Findings as text for people, and as JSON for programs."""

import json
import textwrap
from pathlib import Path
from typing import Any

from vosbench.doctor.finding import Diagnosis, Examined, Finding, finding_json
from vosbench.one_line import one_line
from vosbench.wording import counted

WIDTH = 100
"""Columns of the text."""

_INDENT = " " * 9


def as_text(
    diagnosis: Diagnosis, *, mended: Diagnosis | None = None, copy: Path | None = None
) -> str:
    """One block a finding, most severe first, then a line that sums up.

    Args:
        diagnosis: of the folder, or of the mended copy of it.
        mended: of the folder that was mended, if one was.
        copy: the mended copy.
    """
    lines: list[str] = []
    if mended is not None and copy is not None:
        lines += _mended(mended, copy)
    for finding in diagnosis.findings:
        lines += [*_block(finding), ""]
    lines += _wrapped(_summary(diagnosis, remaining=copy is not None), "")
    return "\n".join(lines) + "\n"


def as_json(
    diagnosis: Diagnosis, *, mended: Diagnosis | None = None, copy: Path | None = None
) -> str:
    """The same as JSON, under the keys that `docs/doctor.md` documents."""
    before = () if mended is None else mended.findings
    record: dict[str, Any] = {
        "examined": _examined_json(diagnosis.examined),
        "errors": diagnosis.errors,
        "warnings": diagnosis.warnings,
        "fixable": diagnosis.fixable,
        "findings": [finding_json(finding) for finding in diagnosis.findings],
        "copy": None if copy is None else str(copy),
        "mended": [finding_json(finding) for finding in before if finding.fixable],
    }
    # Escaped, since names of files need not be text.
    return json.dumps(record, indent=1) + "\n"


def _block(finding: Finding) -> list[str]:
    where = finding.sequence or f"all {finding.subject}"
    head = f"{finding.severity:<7}  {finding.code}  {where}"
    return [
        one_line(head),
        *_wrapped(f"{_capital(finding.sentence)}."),
        *_wrapped(f"→ {_capital(finding.mend)}."),
    ]


def _mended(before: Diagnosis, copy: Path) -> list[str]:
    """What was mended, one line a finding."""
    fixed = [finding for finding in before.findings if finding.fixable]
    were = "was" if len(fixed) == 1 else "were"
    outcome = f"in which {counted(len(fixed), 'finding')} {were} mended:"
    if not fixed:
        outcome = "as it was; there was nothing to mend"
    lines = [one_line(f"{copy} is a copy {outcome}")]
    lines += [one_line(f"  {finding.code}  {finding.sequence}".rstrip()) for finding in fixed]
    return [*lines, ""]


def _summary(diagnosis: Diagnosis, *, remaining: bool) -> str:
    examined = diagnosis.examined
    what = (
        f"{counted(examined.sequences, 'sequence')}, {counted(examined.frames, 'frame')}, "
        f"{counted(examined.objects, 'object')} under {examined.protocol}"
    )
    if not diagnosis.findings:
        return f"Nothing {'more ' if remaining else ''}found in {what}."
    found = f"{counted(diagnosis.errors, 'error')}, {counted(diagnosis.warnings, 'warning')}"
    line = f"{found}{' left' if remaining else ''} in {what}"
    if diagnosis.fixable:
        line += f"; --fix NEW_FOLDER mends {diagnosis.fixable}"
    return f"{line}."


def _examined_json(examined: Examined) -> dict[str, Any]:
    return {
        "predictions": examined.predictions or None,
        "annotations": examined.annotations,
        "protocol": examined.protocol,
        "sequences": examined.sequences,
        "frames": examined.frames,
        "objects": examined.objects,
    }


def _wrapped(text: str, indent: str = _INDENT) -> list[str]:
    """Lines of at most `WIDTH` columns; a path is never broken."""
    return textwrap.wrap(
        one_line(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + ("  " if text.startswith("→") else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _capital(sentence: str) -> str:
    """The sentence with a capital, unless it begins with an option or a path."""
    return sentence[:1].upper() + sentence[1:] if sentence[:1].isalpha() else sentence
