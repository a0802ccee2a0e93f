import pytest
from markdown_it import MarkdownIt

from tests.reports.gate.made_verdicts import MIXED, NOTHING, PASSED, hostile
from vosbench.reports.gate.markdown import render_markdown


def test_the_verdict_comes_first_and_what_passed_is_folded_away() -> None:
    text = render_markdown(MIXED)
    assert text.startswith("## ❌ regression: mover held to baselines/mover.json\n")
    told, folded = text.split("<details><summary>1 finding passed</summary>")
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert rows[0] == "| Gate | What | Baseline | Now | Δ | Reason |"
    assert rows[2] == (
        "| ❌ counted | inner steps | 10 | 15 | +5 (+50 %) | 5 more inner steps than then |"
    )
    assert rows[3].startswith("| ⚠️ comparable | seed | 0 | 1 | – |")
    assert "| 75.00 % | 75.10 % | +0.10 points |" in folded
    assert folded.index("</details>") < folded.index("- not asked: timed")


def test_a_pass_has_no_table_but_the_folded_one() -> None:
    text = render_markdown(PASSED)
    assert text.startswith("## ✅ pass: ")
    assert text.index("<details>") < text.index("| Gate |")


def test_nothing_looked_at_is_no_pass() -> None:
    text = render_markdown(NOTHING)
    assert text.startswith("## ⚠️ inconclusive: ") and "nothing was looked at" in text


@pytest.mark.parametrize("verdict", ["regression", "inconclusive", "pass"])
def test_any_text_stays_in_its_cell(verdict: str) -> None:
    page = MarkdownIt("commonmark").enable("table").render(render_markdown(hostile(verdict)))
    assert page.count("<tr>") == 2 and page.count("<td") == 6
    assert "<b>" not in page and "<em>" not in page and "<code>" not in page


def test_what_follows_begins_a_block_of_its_own() -> None:
    assert render_markdown(MIXED).endswith("\n\n") and not render_markdown(MIXED).endswith("\n\n\n")
