"""A verdict as plain text, for a terminal or a log."""

from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Verdict
from vosbench.one_line import one_line

ORDER = (REGRESSION, INCONCLUSIVE, PASS)
"""What is told first: what one has to act on."""

_COLOURS = {REGRESSION: "1;31", INCONCLUSIVE: "1;33", PASS: "1;32"}


def render_text(verdict: Verdict, *, ansi: bool = False) -> str:
    """The verdict on the first line, then each finding on one of its own, the worst first.

    Args:
        ansi: whether verdicts are coloured.
    """

    def marked(outcome: str, rest: str) -> str:
        return f"\x1b[{_COLOURS[outcome]}m{outcome}\x1b[0m{rest}" if ansi else outcome + rest

    lines = [marked(verdict.outcome, f": {one_line(headline(verdict))}")]
    for outcome in ORDER:
        for each in verdict.told(outcome):
            lines.append(marked(outcome, one_line(f": {each.gate}: {each.why}")))
    lines += [one_line(note) for note in verdict.notes]
    return "".join(f"{line}\n" for line in lines)


def headline(verdict: Verdict) -> str:
    """What was held to what; says so where nothing was looked at.

    >>> headline(Verdict("mover", "base.json", ()))
    'mover held to base.json; nothing was looked at'
    """
    what = f"{verdict.method or 'a run'} held to {verdict.baseline}"
    return what if verdict.findings else f"{what}; nothing was looked at"
