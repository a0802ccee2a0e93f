import re
from dataclasses import replace

import pytest

from tests.reports.gate.made_verdicts import HOSTILE, MIXED, NOTHING, PASSED, STEPS, hostile
from vosbench.reports.gate.annotations import SHOWN, render_annotations

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
"""As the runner of GitHub Actions reads a line: no `:` in properties, none but `,` between them."""


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What the runner reads: level, properties and message, with escapes taken back."""
    found = []
    for line in text.splitlines():
        matched = COMMAND.fullmatch(line)
        assert matched, line
        level, properties, message = matched.groups()
        pairs = (part.split("=", 1) for part in properties.split(","))
        found.append((level, {name: plain(value) for name, value in pairs}, plain(message)))
    return found


def plain(text: str) -> str:
    for escape, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r")):
        text = text.replace(escape, character)
    assert not re.search("%(?!25)", text)
    return text.replace("%25", "%")


def test_an_error_a_regression_and_a_warning_where_nothing_can_be_said() -> None:
    error, warning = commands(render_annotations(MIXED))
    assert error == (
        "error",
        {
            "file": "baselines/mover.json",
            "title": "vosbench gate: regression: counted: inner steps",
        },
        "5 more inner steps than then",
    )
    assert warning[0] == "warning" and "seed was 0" in warning[2]


def test_a_pass_is_one_notice_and_nothing_looked_at_a_warning() -> None:
    ((level, properties, _),) = commands(render_annotations(PASSED))
    assert level == "notice" and properties["title"] == "vosbench gate: pass"
    ((level, _, message),) = commands(render_annotations(NOTHING))
    assert level == "warning" and "nothing was looked at" in message


@pytest.mark.parametrize("verdict", ["regression", "inconclusive", "pass"])
def test_no_text_ends_a_property_or_begins_a_command(verdict: str) -> None:
    ((_, properties, message),) = commands(render_annotations(hostile(verdict)))
    assert set(properties) == {"file", "title"}
    assert "::error::x, y: 100%" in message
    assert "\n" not in message and HOSTILE not in message


def test_a_file_elsewhere_is_not_marked() -> None:
    ((_, properties, _),) = commands(render_annotations(replace(PASSED, baseline="/b/mover.json")))
    assert "file" not in properties


def test_more_than_github_shows_are_counted() -> None:
    many = replace(MIXED, findings=(STEPS,) * (SHOWN + 4))
    found = commands(render_annotations(many))
    assert len(found) == SHOWN
    assert found[-1][1]["title"] == "vosbench gate: regression: 5 more"
    assert len(commands(render_annotations(replace(MIXED, findings=(STEPS,) * SHOWN)))) == SHOWN
