"""A verdict as JUnit XML, which most CI systems show as tests."""

from xml.etree import ElementTree

from vosbench.gate.findings import INCONCLUSIVE, REGRESSION, Finding, Verdict
from vosbench.one_line import one_line
from vosbench.reports.gate.figures import change, figure
from vosbench.reports.gate.text import headline


def render_junit(verdict: Verdict) -> str:
    """One test a finding: a regression fails, what is inconclusive is skipped with its reason.

    A verdict without findings is one skipped test, so that it cannot be taken for a pass.
    """
    cases = [_case(each) for each in verdict.findings] or [_nothing(verdict)]
    sums = {
        "tests": str(len(cases)),
        "failures": str(len(verdict.told(REGRESSION))),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suites = ElementTree.Element("testsuites", {"name": "vosbench gate", **sums})
    suite = ElementTree.SubElement(
        suites, "testsuite", {"name": one_line(headline(verdict)), **sums}
    )
    suite.extend(cases)
    if verdict.notes:
        notes = (one_line(note) for note in verdict.notes)
        ElementTree.SubElement(suite, "system-out").text = "\n".join(notes)
    ElementTree.indent(suites)
    text: str = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(finding: Finding) -> ElementTree.Element:
    of = f" ({finding.sequence})" if finding.sequence not in finding.what else ""
    case = _named(finding.gate, finding.what + of)
    why = one_line(finding.why)
    if finding.verdict == REGRESSION:
        failure = ElementTree.SubElement(case, "failure", {"message": why, "type": REGRESSION})
        failure.text = one_line(_figures(finding))
    elif finding.verdict == INCONCLUSIVE:
        ElementTree.SubElement(case, "skipped", {"message": f"{INCONCLUSIVE}: {why}"})
    return case


def _nothing(verdict: Verdict) -> ElementTree.Element:
    case = _named("comparable", "findings")
    message = f"{INCONCLUSIVE}: {one_line(headline(verdict))}"
    ElementTree.SubElement(case, "skipped", {"message": message})
    return case


def _named(gate: str, name: str) -> ElementTree.Element:
    names = {"classname": one_line(f"vosbench.gate.{gate}"), "name": one_line(name)}
    return ElementTree.Element("testcase", names)


def _figures(finding: Finding) -> str:
    then, now = (figure(value, finding.unit) for value in (finding.baseline, finding.measured))
    return f"baseline {then}, now {now}, change {change(finding)}"
