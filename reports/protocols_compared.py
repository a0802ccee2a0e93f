"""One set of masks under every protocol, as two tables: the figures, and why they differ."""

from vosbench.evaluate import Summary
from vosbench.reports.table import Cell, Column, Notes, Row, Table, Value
from vosbench.scoring.consensus import Consensus, Verdict
from vosbench.scoring.consensus_steps import Step


def build(found: Consensus, *, of: str = "") -> tuple[Table, ...]:
    """Figures under each protocol, and the steps that lead from the reference to the others.

    Args:
        found: the masks under every protocol.
        of: their folder, where several are shown.
    """
    figures = _figures(found, of)
    return (figures, _steps(found, of)) if found.steps else (figures,)


def _figures(found: Consensus, of: str) -> Table:
    reference = next(
        (each.summary for each in found.verdicts if each.protocol == found.reference), None
    )
    notes = Notes()
    return Table(
        title=f"The same masks under every protocol{f': {of}' if of else ''}",
        columns=(
            Column("protocol", "protocol"),
            Column("J&F", "J&F", "percent"),
            Column("J", "J", "percent"),
            Column("F", "F", "percent"),
            Column("V", "V", "percent"),
            Column("objects", "objects", "count"),
            Column("frames", "frames", "count"),
            Column("difference", f"Δ {found.reference}" if found.reference else "Δ", "gain"),
        ),
        rows=tuple(_row(verdict, reference, notes) for verdict in found.verdicts),
        notes=notes.texts(),
        footnotes=(
            "Per cent (fractions × 100); frames are added up over objects. "
            "docs/protocols.md numbers the rules of each protocol.",
        ),
        tidy=tuple(_tidy(verdict, of) for verdict in found.verdicts),
    )


def _row(verdict: Verdict, reference: Summary | None, notes: Notes) -> Row:
    summary = verdict.summary
    if summary is None:
        number = notes.number(f"{verdict.protocol} cannot be applied: {verdict.reason}")
        return Row((Cell(verdict.protocol, notes=(number,)), *[Cell()] * 7))
    assert reference is not None, "a protocol that can be applied is held against another one"
    return Row(
        (
            Cell(verdict.protocol),
            Cell(summary.J_and_F),
            Cell(summary.J.mean),
            Cell(summary.F.mean),
            Cell(summary.variability),
            Cell(summary.objects),
            Cell(summary.frames),
            Cell(None if summary is reference else summary.J_and_F - reference.J_and_F),
        )
    )


def _steps(found: Consensus, of: str) -> Table:
    notes = Notes()
    rows = tuple(
        Row(
            (
                Cell(each.protocol),
                Cell(each.rule),
                Cell(each.change, notes=(notes.number(f"{each.sentence}."),)),
            )
        )
        for each in found.steps
    )
    return Table(
        title=f"Why they differ from {found.reference}{f': {of}' if of else ''}",
        columns=(
            Column("protocol", "protocol"),
            Column("rule", "rule"),
            Column("change", "Δ J&F", "gain"),
        ),
        rows=rows,
        notes=notes.texts(),
        footnotes=(
            f"The rules of {found.reference} are changed into those of the other protocol one "
            "after another; the changes add up to its Δ. Rules that change nothing are left out.",
        ),
        tidy=tuple(_tidy_step(each, of) for each in found.steps),
    )


def _tidy(verdict: Verdict, of: str) -> dict[str, Value]:
    summary = verdict.summary
    figures: dict[str, Value] = dict.fromkeys(("J&F", "J", "F", "V", "objects", "frames"))
    if summary is not None:
        figures = {
            "J&F": summary.J_and_F,
            "J": summary.J.mean,
            "F": summary.F.mean,
            "V": summary.variability,
            "objects": summary.objects,
            "frames": summary.frames,
        }
    about: dict[str, Value] = {"predictions": of or None, "protocol": verdict.protocol}
    return {**about, **figures, "reason": verdict.reason or None}


def _tidy_step(step: Step, of: str) -> dict[str, Value]:
    return {
        "predictions": of or None,
        "protocol": step.protocol,
        "rule": step.rule,
        "change": step.change,
        "why": step.sentence,
    }
