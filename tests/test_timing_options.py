"""Options about speed go with the table that they are about."""

import json
from pathlib import Path
from typing import Any

import pytest

from vosbench.cli import main
from vosbench.errors import UsageError
from vosbench.reports.options import ReportOptions
from vosbench.speed.conventions import CONVENTIONS
from vosbench.timing_options import timing_request

NOTHING: dict[str, Any] = {
    "conventions": None,
    "reference": None,
    "full": False,
    "across_machines": False,
}


def test_what_is_asked_for_becomes_options_of_a_report() -> None:
    asked = timing_request("timing", **{**NOTHING, "conventions": ("aot",)})
    assert ReportOptions(**asked).conventions == ("aot",)
    asked = timing_request("timing", **{**NOTHING, "reference": "a", "full": True})
    assert (ReportOptions(**asked).reference, ReportOptions(**asked).full) == ("a", True)


def test_any_table_may_be_asked_to_compare_across_machines() -> None:
    asked = timing_request("overall", **{**NOTHING, "across_machines": True})
    assert ReportOptions(**asked).across_machines


@pytest.mark.parametrize(
    ("option", "value"), [("conventions", ("aot",)), ("reference", "a"), ("full", True)]
)
def test_other_tables_have_no_such_option(option: str, value: object) -> None:
    with pytest.raises(UsageError, match="ask for it with --table timing"):
        timing_request("overall", **{**NOTHING, option: value})


def test_conventions_stand_alone() -> None:
    with pytest.raises(UsageError, match="leave --reference out, or --convention"):
        timing_request("timing", **{**NOTHING, "conventions": ("aot",), "reference": "a"})


def test_a_timed_run_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(arguments)
        shown = capsys.readouterr()
        return int(left.value.code or 0), shown.out + shown.err

    monkeypatch.chdir(tmp_path)
    run = ("run", "--method", "copy-first", "--sequences", "sample-4-car", "--no-warm-up")
    assert call(*run, "--repetitions", "3")[0] == 0
    code, text = call("report", "--table", "timing", "--reference", "copy-first", "--full")
    assert code == 0
    assert "Timing (VBT-1) on sample" in text
    assert "copy-first: mode streaming, without warm-up, " in text
    code, text = call(
        "report", "--table", "timing", "--reference", "copy-first", "--format", "json"
    )
    whole, *others = json.loads(text)
    assert (code, whole["times_reference"], whole["reference_paired"]) == (0, 1.0, True)
    assert [row["level"] for row in others] == ["pass"] * 3 + ["sequence"] * 3
    assert call("report", "--table", "timing", "--convention", "all,aot")[0] == 0
    assert call("report", "--table", "timing", "--convention", "aott") == (
        1,
        "Error: no convention 'aott' (did you mean aot?); the conventions are "
        f"{', '.join(CONVENTIONS)}, or all\n",
    )
    code, text = call("report", "--table", "overall", "--full")
    assert (code, text[:34]) == (1, "Error: --full is about table timin")
