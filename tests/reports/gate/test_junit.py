from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.gate.made_verdicts import HOSTILE, MIXED, NOTHING, PASSED, hostile
from vosbench.gate.findings import Finding, Verdict
from vosbench.reports.gate.junit import render_junit

VERDICTS = ("pass", "regression", "inconclusive")


def suite(verdict: Verdict) -> ElementTree.Element:
    root = ElementTree.fromstring(render_junit(verdict).encode())
    assert root.tag == "testsuites"
    (found,) = root
    assert root.get("tests") == found.get("tests") == str(len(found.findall("testcase")))
    return found


def test_one_test_a_finding() -> None:
    found = suite(MIXED)
    assert [found.get(name) for name in ("tests", "failures", "errors", "skipped")] == [*"3101"]
    passed, skipped, failed = found.findall("testcase")
    assert (passed.get("classname"), passed.get("name")) == ("vosbench.gate.quality", "J&F (mean)")
    assert not list(passed)
    (told,) = skipped
    assert told.tag == "skipped" and "seed was 0 and is 1" in told.get("message", "")
    (told,) = failed
    assert told.tag == "failure" and told.get("message") == "5 more inner steps than then"
    assert told.text == "baseline 10, now 15, change +5 (+50 %)"
    assert found.findtext("system-out") == "not asked: timed"


def test_a_pass_skips_and_fails_nothing() -> None:
    found = suite(PASSED)
    assert [found.get(name) for name in ("tests", "failures", "skipped")] == [*"100"]


def test_nothing_looked_at_is_a_skipped_test() -> None:
    found = suite(NOTHING)
    assert [found.get(name) for name in ("tests", "skipped")] == [*"11"]
    assert "nothing was looked at" in ElementTree.tostring(found, encoding="unicode")


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_worst_text_is_well_formed(verdict: str) -> None:
    (case,) = suite(hostile(verdict)).findall("testcase")
    assert "]]>" in case.get("name", "") and "100%" in case.get("name", "")


@given(text=st.text(), verdict=st.sampled_from(VERDICTS))
def test_any_text_is_well_formed(text: str, verdict: str) -> None:
    finding = Finding("exact", text, verdict, text, text, text, sequence=text)
    suite(Verdict(text, text, (finding,), (text, HOSTILE)))
