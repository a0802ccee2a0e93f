"""The command `vosbench report`: what it is asked for, and what does not go together."""

from pathlib import Path

import pytest

from tests.tiny_runs import ZOO, request, run
from vosbench.cli import commands
from vosbench.command_line import exit_code


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, folder)
    return folder


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "choose what to make: one of --table NAME, --figure NAME and --html FOLDER"),
        (("--table", "overall", "--figure", "anytime"), "choose what to make"),
        (("--table", "overall", "--html", "page"), "choose what to make"),
        (("--figure", "anytime"), "needs a file to write: --out FILE.png"),
        (("--figure", "anytime", "--out", "a.png", "--sort", "J"), "--sort is about tables"),
        (("--figure", "anytime", "--out", "a.png", "--where", "J<5"), "--where is about tables"),
        (("--figure", "anytime", "--out", "a.png", "--top", "3"), "--top is about tables"),
        (("--table", "overall", "--metric", "F"), "table overall does not look at --metric"),
        (("--figure", "clips", "--out", "a.gif", "--metric", "F"), "figure clips does not look at"),
        (("--table", "overall", "--frames", "1,2"), "--frames is for --figure failure-cases or"),
        (("--table", "overall", "--frames", "1,-2"), "--frames takes numbers of frames from 0"),
        (("--table", "overall", "--frames", "1,x"), "such as 1,2,40; not '1,x'"),
        (("--table", "overal"), "no table 'overal' (did you mean overall?)"),
        (
            ("--figure", "anytimes", "--out", "a.png"),
            "no figure 'anytimes' (did you mean anytime?)",
        ),
    ],
)
def test_what_does_not_go_together_is_one_sentence(
    runs: Path, asked: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = exit_code(commands, ["report", *asked, "--runs", str(runs)])
    told = capsys.readouterr()
    assert code == 1
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1
