"""What gates find, and what it comes to: pass, regression or inconclusive."""

from dataclasses import dataclass

from vosbench.errors import INCONCLUSIVE as INCONCLUSIVE_CODE
from vosbench.errors import OK
from vosbench.errors import REGRESSION as REGRESSION_CODE

PASS = "pass"
REGRESSION = "regression"
INCONCLUSIVE = "inconclusive"

COMPARABLE, EXACT, QUALITY, COUNTED, TIMED = "comparable", "exact", "quality", "counted", "timed"
GATES = (COMPARABLE, EXACT, QUALITY, COUNTED, TIMED)
"""Kinds of gates, in the order in which they are told of; the first asks whether two things may be
compared at all."""

_CODES = {PASS: OK, REGRESSION: REGRESSION_CODE, INCONCLUSIVE: INCONCLUSIVE_CODE}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        gate: one of `GATES`.
        what: that was looked at, in words: `masks of bear`, `J&F`, `operator calls in infer`.
        verdict: `PASS`, `REGRESSION` or `INCONCLUSIVE`.
        why: one sentence: what was found, what was expected, and, unless it passed, what to do.
        baseline: the figure of the baseline; a digest or a word where it is no number.
        measured: the figure now.
        unit: of both, as in `vosbench.reports.table.Column`; empty for digests and words.
        sequence: that it is about; empty where it is about all.
    """

    gate: str
    what: str
    verdict: str
    why: str
    baseline: float | int | str | None = None
    measured: float | int | str | None = None
    unit: str = ""
    sequence: str = ""


@dataclass(frozen=True)
class Verdict:
    """All findings, and what they come to.

    Attributes:
        method: that was gated.
        baseline: file of the baseline.
        findings: by gate, then in the order in which they were found.
        notes: sentences that are no finding: what was not asked, and how to see more.
    """

    method: str
    baseline: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """What it comes to: a regression if anything is one, else inconclusive if anything is.

        Inconclusive also if nothing was looked at: a run in which nothing ran has passed nothing.
        """
        verdicts = {finding.verdict for finding in self.findings}
        if REGRESSION in verdicts:
            return REGRESSION
        return PASS if verdicts == {PASS} else INCONCLUSIVE

    @property
    def exit_code(self) -> int:
        """0, 3 or 4 (see `vosbench.errors`)."""
        return _CODES[self.outcome]

    def told(self, verdict: str) -> tuple[Finding, ...]:
        """The findings of one verdict."""
        return tuple(finding for finding in self.findings if finding.verdict == verdict)
