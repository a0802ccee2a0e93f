"""Slower code is caught through the commands, whatever takes turns with it."""

import json
from pathlib import Path

import pytest

from tests.gate.small_clips import NAMES, Place, write_clip, write_method
from tests.gate.test_sides import git
from vosbench.gate import pace

WORK = "[np.sort(np.random.default_rng(0).random(6000)) for _ in range({rounds})]"
"""Takes as long as there are rounds: 18 of them 1.5 times as long as 12."""

RULES = """
[timed]
against = "{against}"
level = 0.99
passes = {passes}
most = {most}
seconds = 60
"""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples of a twentieth of a second, so that tests end soon."""
    monkeypatch.setattr(pace, "SAMPLE_SECONDS", 0.05)
    monkeypatch.setattr(pace, "REFERENCE_SECONDS", 0.05)


@pytest.fixture
def clip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    """A folder with one clip."""
    write_clip(tmp_path / "clips", NAMES[0], frames=11)
    return Place(tmp_path, capsys)


def method(place: Place, rounds: int) -> Path:
    """That does some work with each frame; a repository of its own."""
    return write_method(place.folder / "method", body=WORK.format(rounds=rounds))


def rules(place: Place, against: str, *, passes: int, most: int) -> Path:
    file = place.folder / "gate.toml"
    file.write_text(RULES.format(against=against, passes=passes, most=most))
    return file


def made(place: Place, file: Path, asked: Path) -> None:
    where = ("--dataset", "folders", "--root", place.folder / "clips")
    arguments = ("--method", "mover", *where, "--plugin", file, "--rules", asked)
    told = place.call("baseline", place.file, *arguments, "--only", "timed")
    assert told.code == 0, told.err


def test_a_frame_half_as_slow_again_beside_the_workload(short: None, clip: Place) -> None:
    del short
    asked = rules(clip, "workload", passes=10, most=60)
    then = method(clip, 12)
    made(clip, then, asked)
    told = clip.gate("--rules", asked, plugin=then, only="timed")
    assert told.code == 0, told.out
    assert "all later frames of bear take" in told.out

    now = method(clip, 18)
    told = clip.gate("--rules", asked, plugin=now, only="timed")
    assert told.code == 3, told.out
    assert "regression: timed: all later frames of bear take" in told.out
    assert "more than the 1.25 times that are allowed" in told.out

    facts = json.loads(clip.file.read_text())
    facts["pace"]["machine"] = "ba9876543210"
    clip.file.write_text(json.dumps(facts))
    told = clip.gate("--rules", asked, plugin=now, only="timed")
    assert told.code == 4
    assert told.out.startswith("inconclusive")
    assert "another machine's timing: the baseline was timed on machine ba9876543210" in told.out


def test_a_frame_half_as_slow_again_beside_the_commit_of_the_baseline(
    short: None, clip: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    del short
    file = method(clip, 12)
    git(file.parent, "init", "--quiet")
    git(file.parent, "add", "mover.py")
    git(file.parent, "commit", "--quiet", "--message", "then")
    monkeypatch.chdir(file.parent)
    asked = rules(clip, "commit", passes=14, most=84)
    made(clip, file, asked)
    commit = git(file.parent, "rev-parse", "HEAD").strip()

    method(clip, 18)
    told = clip.gate("--rules", asked, plugin=file, only="timed")
    assert told.code == 3, told.out
    assert "regression: timed: all later frames of bear take" in told.out
    assert f"of commit {commit[:12]}, which took turns with it" in told.out
    assert len(git(file.parent, "worktree", "list").splitlines()) == 1

    facts = json.loads(clip.file.read_text())
    facts["made"]["commit"] = "0" * 40
    clip.file.write_text(json.dumps(facts))
    told = clip.gate("--rules", asked, plugin=file, only="timed")
    assert told.code == 4
    assert "cannot be checked out" in told.out
