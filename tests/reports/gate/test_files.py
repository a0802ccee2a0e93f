import json
from pathlib import Path

import pytest

from tests.reports.gate.made_verdicts import HOSTILE, MIXED, PASSED, hostile
from vosbench.atomic import CannotWriteError
from vosbench.gate.findings import Finding, Verdict
from vosbench.reports.gate.files import write_files


def test_the_summary_is_added_to(tmp_path: Path) -> None:
    summary = tmp_path / "new" / "summary.md"
    write_files(MIXED, summary=summary, junit=None, json=None)
    write_files(PASSED, summary=summary, junit=None, json=None)
    text = summary.read_text(encoding="utf-8")
    assert text.index("## ❌ regression") < text.index("## ✅ pass")
    assert [path.name for path in summary.parent.iterdir()] == ["summary.md"]


def test_json_has_everything_and_the_verdict_first(tmp_path: Path) -> None:
    off = Finding("quality", "J", "regression", "gone", baseline=0.1, measured=float("nan"))
    verdict = Verdict("mover", "b.json", (off,), ("a note",))
    write_files(verdict, summary=None, junit=None, json=tmp_path / "v.json")
    found = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    assert list(found)[:2] == ["outcome", "exit_code"]
    assert (found["outcome"], found["exit_code"], found["notes"]) == ("regression", 3, ["a note"])
    assert found["findings"][0]["baseline"] == 0.1 and found["findings"][0]["measured"] is None


def test_text_of_the_worst_kind_is_written_and_read_again(tmp_path: Path) -> None:
    summary, junit, facts = (tmp_path / f"v.{end}" for end in ("md", "xml", "json"))
    write_files(hostile("regression"), summary=summary, junit=junit, json=facts)
    assert all(path.read_text(encoding="utf-8") for path in (summary, junit))
    assert json.loads(facts.read_text(encoding="utf-8"))["baseline"] == HOSTILE


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWriteError, match="its folder is a file"):
        write_files(PASSED, summary=None, junit=tmp_path / "file" / "v.xml", json=None)
