"""Blame: the range is right, and the ready command finds the commit that a gate would name."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.history.kept_results import git, history, repository
from vosbench.history.blame import Blame, bisect_command, blame
from vosbench.history.commits import Commits, commits_of
from vosbench.history.reading import read_results
from vosbench.history.series import Series, series_of


def quality(folder: Path, commits: Commits) -> Series:
    every = series_of(read_results(folder).results, commits)
    return next(each for each in every if each.figure.name == "J&F" and not each.figure.sequence)


def stepped(tmp_path: Path, **facts: object) -> tuple[Series, Commits, list[str]]:
    """Every other of 24 commits has a result; the last 4 of 12 are worse."""
    made = repository(tmp_path / "repo", ["0"] * 24)
    folder = tmp_path / "results"
    history(folder, [0.8] * 8 + [0.6] * 4, commits=made[::2], **facts)
    commits = commits_of(tmp_path / "repo", made[::2])
    return quality(folder, commits), commits, made


def test_the_range_is_from_the_last_good_result_to_the_first_bad(tmp_path: Path) -> None:
    series, commits, made = stepped(tmp_path)
    (step,) = series.steps
    found = blame(series, step, commits)
    assert found == Blame(good=made[14], bad=made[16], commits=2, straight=True)
    assert series.regressed and series.worse(step)


def test_commits_decide_on_the_order_not_dates(tmp_path: Path) -> None:
    dates = [f"2026-03-{28 - number:02}T00:00:00+00:00" for number in range(12)]
    series, _, made = stepped(tmp_path, created=dates)
    assert [point.result.commit for point in series.points] == made[::2]
    assert series.by_commit and [step.place for step in series.steps] == [8]


def test_what_else_changed_is_told(tmp_path: Path) -> None:
    versions = [{"torch": "2.1"}] * 8 + [{"torch": "2.2"}] * 4
    series, commits, _ = stepped(tmp_path, versions=versions, dirty=[False] * 8 + [True] * 4)
    found = blame(series, series.steps[0], commits)
    assert found.changed == {"torch": ("2.1", "2.2")}
    assert found.dirty


def test_commits_that_git_does_not_know_go_by_date(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    history(folder, [0.8] * 8 + [0.6] * 4, commits=[f"{number:040x}" for number in range(12)])
    series = quality(folder, Commits())
    (step,) = series.steps
    found = blame(series, step, Commits())
    assert not series.by_commit and step.place == 8
    assert (found.commits, bisect_command(found, "quality", "baseline.json")) == (None, "")


def test_a_commit_on_another_branch_is_not_searched(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo", ["0", "0"])
    git(tmp_path / "repo", "checkout", "--quiet", "-b", "side", made[0])
    (tmp_path / "repo" / "state").write_text("side")
    git(tmp_path / "repo", "commit", "--quiet", "--all", "--message", "side")
    side = git(tmp_path / "repo", "rev-parse", "HEAD")
    commits = commits_of(tmp_path / "repo", [*made, side])
    assert commits.between(made[1], side) == 1
    assert not commits.leads(made[1], side) and commits.leads(made[0], side)
    assert bisect_command(Blame(made[1], side, 1), "quality", "baseline.json") == ""


@pytest.mark.parametrize("name", ["--all", "HEAD", "master", "0123456", ""])
def test_what_is_no_known_commit_is_never_asked_for(tmp_path: Path, name: str) -> None:
    made = repository(tmp_path / "repo", ["0"])
    assert set(commits_of(tmp_path / "repo", [name, *made]).places) == set(made)


def search(tmp_path: Path, states: list[str], gate: str) -> subprocess.CompletedProcess[str]:
    """Run the ready command where `vosbench gate` ends with what each commit holds."""
    made = repository(tmp_path / "repo", states)
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "vosbench"
    fake.write_text(
        '#!/bin/sh\n[ "$1 $3" = "gate --only" ] || exit 99\ngrep -q kept "$2" || exit 98\n'
        "exit $(head -n 1 state)\n"
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    baseline = tmp_path / "it's a baseline.json"
    baseline.write_text("kept")
    found = Blame(made[0], made[-1], len(made) - 1, straight=True)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", bisect_command(found, gate, str(baseline))],
        cwd=tmp_path / "repo",
        env={**os.environ, "PATH": path, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_finds_the_commit_and_skips_what_is_inconclusive(tmp_path: Path) -> None:
    # the one in the middle of 12 is asked first
    answer = search(tmp_path, ["0"] * 6 + ["4"] + ["0"] + ["3"] * 5, "quality")
    assert answer.returncode == 0, answer.stderr
    first = git(tmp_path / "repo", "rev-list", "--reverse", "HEAD").split()
    assert "is the first bad commit" in answer.stdout
    assert "after 8 commits" in answer.stdout, answer.stdout + str(first)


@pytest.mark.parametrize("code", [1, 2, 5])
def test_a_gate_that_could_not_be_asked_blames_no_commit(tmp_path: Path, code: int) -> None:
    answer = search(tmp_path, ["0"] * 4 + [str(code)] * 5 + ["3"] * 2, "quality")
    assert answer.returncode != 0
    assert "first bad commit" not in answer.stdout


def test_a_figure_that_no_gate_sees_has_no_command() -> None:
    assert bisect_command(Blame("a" * 40, "b" * 40, 3, straight=True), "", "baseline.json") == ""
