"""A verdict as workflow commands of GitHub Actions, which pull requests show as annotations.

Escapes as in GitHub's own toolkit (packages/core/src/command.ts): `%`, carriage return and line
feed in messages, and `:` and `,` in properties too.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding, Verdict
from vosbench.one_line import one_line
from vosbench.reports.gate.text import headline

SHOWN = 10
"""Annotations of one level that GitHub shows of one step; it drops further ones."""

_LEVELS = {REGRESSION: "error", INCONCLUSIVE: "warning", PASS: "notice"}


def render_annotations(verdict: Verdict) -> str:
    """One error a regression, one warning where nothing can be said; a notice if all passed."""
    lines: list[str] = []
    for outcome in (REGRESSION, INCONCLUSIVE):
        lines += _limited(verdict, outcome, verdict.told(outcome))
    if not lines:
        lines = [_command(verdict, verdict.outcome, "", headline(verdict))]
    return "".join(f"{line}\n" for line in lines)


def _limited(verdict: Verdict, outcome: str, findings: Sequence[Finding]) -> Iterator[str]:
    """As many as GitHub shows; the last of them says how many more there are."""
    shown = findings if len(findings) <= SHOWN else findings[: SHOWN - 1]
    for each in shown:
        yield _command(verdict, outcome, f"{each.gate}: {each.what}", each.why)
    more = len(findings) - len(shown)
    if more:
        yield _command(verdict, outcome, f"{more} more", "see the summary of the job, or its log")


def _command(verdict: Verdict, outcome: str, title: str, message: str) -> str:
    properties = {}
    if not PurePath(verdict.baseline).is_absolute():
        properties["file"] = verdict.baseline
    properties["title"] = ": ".join(part for part in ("vosbench gate", outcome, title) if part)
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_LEVELS[outcome]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """A message that ends where it ends.

    >>> _data("50 % off")
    '50 %25 off'
    """
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
