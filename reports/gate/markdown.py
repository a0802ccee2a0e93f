"""A verdict as Markdown, for the summary of a job or a comment on a pull request."""

from collections.abc import Iterable, Iterator, Sequence

from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, Finding, Verdict
from vosbench.one_line import one_line
from vosbench.reports.formats.markdown import escaped
from vosbench.reports.gate.figures import change, figure
from vosbench.reports.gate.text import headline
from vosbench.wording import counted

_SIGNS = {PASS: "✅", REGRESSION: "❌", INCONCLUSIVE: "⚠️"}
_COLUMNS = ("Gate", "What", "Baseline", "Now", "Δ", "Reason")


def render_markdown(verdict: Verdict) -> str:
    """The verdict as a heading, a table of what is not as it was, and below it what passed."""
    lines = [
        f"## {_SIGNS[verdict.outcome]} {verdict.outcome}: {_text(headline(verdict))}",
        "",
        *_table((*verdict.told(REGRESSION), *verdict.told(INCONCLUSIVE)), marked=True),
        *_folded(verdict.told(PASS)),
        *(f"- {_text(note)}" for note in verdict.notes),
    ]
    return "\n".join(lines).rstrip("\n") + "\n\n"


def _folded(passed: Sequence[Finding]) -> Iterator[str]:
    """What passed, out of the way until it is asked for."""
    if passed:
        yield from (f"<details><summary>{counted(len(passed), 'finding')} passed</summary>", "")
        yield from _table(passed, marked=False)
        yield from ("</details>", "")


def _table(findings: Sequence[Finding], *, marked: bool) -> Iterator[str]:
    """One row a finding; nothing without any."""
    if not findings:
        return
    yield _line(_COLUMNS)
    yield _line(("---", "---", "---:", "---:", "---:", "---"))
    for each in findings:
        sign = f"{_SIGNS[each.verdict]} " if marked else ""
        figures = (figure(value, each.unit) for value in (each.baseline, each.measured))
        cells = (each.what, *figures, change(each), each.why)
        yield _line((f"{sign}{_text(each.gate)}", *map(_text, cells)))
    yield ""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    return escaped(one_line(text))
