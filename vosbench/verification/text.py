"""What a verification found, as text for people and as JSON for programs."""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from vosbench.one_line import one_line
from vosbench.verification.findings import Drift, ReportCheck, RunCheck, Value
from vosbench.wording import counted, shortened

SHOWN = 10
"""How many values of one cause are listed for people."""


def run_text(check: RunCheck) -> str:
    """Lines about one run: that it comes out, or what does not and why."""
    done = [one for one in check.sequences if one.scores is not None]
    objects = sum(len(one.scores or ()) for one in done)
    frames = sum(one.frame_scores for one in done)
    extent = ", ".join(
        (
            counted(len(done), "sequence"),
            counted(objects, "object"),
            counted(frames, "frame score"),
        )
    )
    lines = [
        _headline(check.run, check.drifts, f"{extent}, bit-equal"),
        *_drift_lines(check.drifts),
        *(f"  failed: sequence {name}: {reason}" for name, reason in check.failures),
        *(f"  note: {note}" for note in check.all_notes),
    ]
    return _joined(lines)


def report_text(check: ReportCheck) -> str:
    """Lines about one report."""
    extent = (
        f"{counted(check.from_masks, 'cell')} from the masks of {counted(len(check.runs), 'run')}, "
        f"bit-equal; {counted(check.from_timings, 'cell')} from stored timings, which masks cannot "
        "give"
    )
    lines = [
        _headline(check.report, check.drifts, extent),
        *_drift_lines(check.drifts),
        *(f"  note: {note}" for note in _report_notes(check)),
    ]
    return _joined(lines)


def verification_json(runs: Iterable[RunCheck], reports: Iterable[ReportCheck]) -> str:
    """An object with `verified`, `drifts`, `runs` and `reports`; the keys stay."""
    checked, read = tuple(runs), tuple(reports)
    drifts = [drift for run in checked for drift in run.drifts]
    drifts += [drift for report in read for drift in report.drifts]
    found = {
        "verified": not drifts,
        "drifts": [_drift(drift) for drift in drifts],
        "runs": [_run(check) for check in checked],
        "reports": [_report(check) for check in read],
    }
    # Escaped, since names of files need not be text.
    return json.dumps(found, indent=2, allow_nan=False) + "\n"


def _headline(what: str, drifts: tuple[Drift, ...], extent: str) -> str:
    if not drifts:
        return f"{what}: verified: {extent}"
    verb = "does" if len(drifts) == 1 else "do"
    return f"{what}: {counted(len(drifts), 'stored value')} {verb} not come out again"


def _drift_lines(drifts: Iterable[Drift]) -> Iterator[str]:
    """One sentence a cause, then the values that it explains."""
    groups: dict[tuple[str, str, str], list[Drift]] = {}
    for drift in drifts:
        groups.setdefault((drift.sequence, drift.cause, drift.why), []).append(drift)
    for (sequence, cause, why), members in groups.items():
        yield f"  {sequence or 'whole run'}, {cause}: {why}"
        for drift in members[:SHOWN]:
            if drift.stored is not None or drift.recomputed is not None:
                yield f"    {_where(drift)}: {_shown(drift.stored)} → {_shown(drift.recomputed)}"
        if len(members) > SHOWN:
            yield f"    and {len(members) - SHOWN} more (--format json lists all)"


def _where(drift: Drift) -> str:
    parts = [
        drift.file,
        f"object {drift.object_id}" if drift.object_id is not None else "",
        f"frame {drift.frame}" if drift.frame is not None else "",
        drift.figure,
    ]
    return ", ".join(filter(None, parts))


def _shown(value: Value) -> str:
    return "nothing" if value is None else shortened(value)


def _report_notes(check: ReportCheck) -> Iterator[str]:
    if check.quoted:
        yield f"quoted figures are not verified, nothing here made them: {', '.join(check.quoted)}"
    yield from check.notes


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{one_line(line)}\n" for line in lines)


def _drift(drift: Drift) -> dict[str, Any]:
    return {
        "run": drift.run,
        "sequence": drift.sequence or None,
        "object": drift.object_id,
        "frame": drift.frame,
        "figure": drift.figure,
        "stored": _plain(drift.stored),
        "recomputed": _plain(drift.recomputed),
        "cause": drift.cause,
        "why": drift.why,
        "file": drift.file,
    }


def _plain(value: Value) -> Value:
    """A value that strict JSON can hold; all others as text, unlike nothing.

    A report may hold anything, lists of NaN too.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _run(check: RunCheck) -> dict[str, Any]:
    return {
        "run": check.run,
        "sequences": [
            {
                "sequence": one.sequence,
                "verified": one.scores is not None and not one.drifts,
                "objects": len(one.scores or ()),
                "frame_scores": one.frame_scores,
                "failed": one.failed or None,
            }
            for one in check.sequences
        ],
        "notes": list(check.all_notes),
    }


def _report(check: ReportCheck) -> dict[str, Any]:
    return {
        "report": check.report,
        "runs": list(check.runs),
        "cells_from_masks": check.from_masks,
        "cells_from_timings": check.from_timings,
        "quoted": list(check.quoted),
        "notes": list(check.notes),
    }
