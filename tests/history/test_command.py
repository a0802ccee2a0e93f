"""`vosbench history`: what it prints and writes, and how it ends."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.history.kept_results import history, keep, repository
from vosbench.cli import commands
from vosbench.command_line import exit_code


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(
        commands, ["history", *map(str, arguments)], standalone_mode=False, obj="vosbench history"
    )


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Path, list[str]]:
    """Results of which the last 5 of 12 are worse, and their repository and its commits."""
    made = repository(tmp_path / "repo", ["0"] * 24)
    history(tmp_path / "results", [0.8] * 7 + [0.6] * 5, commits=made[::2])
    return tmp_path / "results", tmp_path / "repo", made


def test_a_step_is_shown_with_its_commits_and_a_command(
    kept: tuple[Path, Path, list[str]],
) -> None:
    folder, where, made = kept
    answer = run(folder, "--repository", where, "--baseline", "kept.json")
    assert answer.return_value == 0
    assert "-15.0 points" in answer.output
    assert made[12][:7] in answer.output and made[14][:7] in answer.output
    assert f"git bisect start {made[14]} {made[12]} && git bisect run sh -c" in answer.output
    assert f"cp {Path('kept.json').resolve()} " in answer.output
    assert answer.output.count("git bisect start") == 1  # J, F and J&F have one cause


def test_fail_ends_with_3_only_where_worse_lasts(
    kept: tuple[Path, Path, list[str]], tmp_path: Path
) -> None:
    folder, _, _ = kept
    assert run(folder).return_value == 0
    assert run(folder, "--fail").return_value == 3
    history(tmp_path / "mended", [0.8] * 6 + [0.6] * 5 + [0.8] * 5)
    assert run(tmp_path / "mended", "--fail").return_value == 0
    history(tmp_path / "better", [0.6] * 6 + [0.8] * 6)
    assert run(tmp_path / "better", "--fail").return_value == 0


def test_fail_ends_with_3_for_a_step_of_one_sequence(tmp_path: Path) -> None:
    """The mean over both stays as it was."""
    for number in range(12):
        late = number > 5
        J = {"bear": [0.5 if late else 0.6], "cows": [0.6 if late else 0.5]}
        keep(tmp_path / f"{number:02}", J, created=f"2026-01-{number + 1:02}T00:00:00+00:00")
    answer = run(tmp_path, "--fail")
    assert answer.return_value == 3
    assert "J&F, bear" in answer.output
    assert run(tmp_path, "--figures", "fps", "--fail").return_value == 0


def test_what_was_undone_is_shown_but_not_searched(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo", ["0"] * 18)
    history(tmp_path / "results", [0.8] * 6 + [0.6] * 6 + [0.8] * 6, commits=made)
    answer = run(tmp_path / "results", "--repository", tmp_path / "repo")
    assert "worse, undone since" in answer.output
    assert "git bisect" not in answer.output


def test_too_few_results_are_said_in_one_sentence(tmp_path: Path) -> None:
    history(tmp_path, [0.8] * 5)
    answer = run(tmp_path, "--fail")
    assert answer.return_value == 0
    assert answer.output.count("\n") == 1
    assert "a figure has 5 comparable values at most, and it takes 6" in answer.output


def test_an_empty_folder_is_no_error(tmp_path: Path) -> None:
    answer = run(tmp_path)
    assert answer.return_value == 0 and "too few results" in answer.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--figures", "J&G"], "no result has the figure 'J&G' (did you mean J&F?)"),
        (["--method", "copy-frist"], "no result is of 'copy-frist' (did you mean copy-first?)"),
        (["--plot", "history.txt"], "must end in .png or .svg or .pdf"),
        (["--repository", os.sep], "lies in no git repository"),
    ],
)
def test_wrong_options_are_told(
    kept: tuple[Path, Path, list[str]],
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_code(commands, ["history", str(kept[0]), *arguments]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("style", ["text", "md", "latex", "html", "csv", "json", "json-table"])
def test_every_format_names_the_commit(
    kept: tuple[Path, Path, list[str]], style: str, tmp_path: Path
) -> None:
    folder, where, made = kept
    out = tmp_path / "table"
    answer = run(folder, "--repository", where, "--format", style, "--out", out)
    assert answer.return_value == 0
    assert made[14][:7] in out.read_text()


def test_facts_hold_the_command_and_every_series(kept: tuple[Path, Path, list[str]]) -> None:
    folder, where, made = kept
    rows = json.loads(run(folder, "--repository", where, "--format", "json").output)
    steps = [row for row in rows if row["level"] == "step"]
    (quality,) = (row for row in steps if (row["figure"], row["sequence"]) == ("J&F", ""))
    assert quality["change"] == pytest.approx(-0.15)
    assert (quality["last_before"], quality["first_after"]) == (made[12], made[14])
    assert (quality["commits"], quality["verdict"], quality["lasts"]) == (2, "worse", "true")
    assert "exit 125" in quality["command"]
    series = {row["figure"]: row["steps"] for row in rows if row["level"] == "series"}
    assert series == {"J&F": 1, "J": 1, "F": 1, "fps": 0}


def test_what_cannot_be_read_is_said_and_left_out(kept: tuple[Path, Path, list[str]]) -> None:
    folder, _, _ = kept
    (folder / "broken.json").write_text("{")
    answer = run(folder)
    assert answer.return_value == 0
    assert f"Left out: {folder / 'broken.json'} cannot be read" in answer.stderr
