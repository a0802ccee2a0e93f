"""docs/gates.md is true: its rules are the defaults, what it says to type can be pasted."""

import inspect
import re
import shlex
import subprocess
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pytest

from tests.gate.small_clips import write_method
from vosbench import errors
from vosbench.cli import commands, main
from vosbench.gate.findings import GATES
from vosbench.gate.rule_files import read_rules
from vosbench.gate.rules import GateRules
from vosbench.pytest_plugin import Gate

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "gates.md").read_text(encoding="utf-8")


def block(marker: str) -> str:
    """The fenced block after an HTML comment."""
    found = re.search(rf"<!-- {marker} -->\n```\w+\n(.*?)```\n", PAGE, re.DOTALL)
    assert found, f"docs/gates.md has no block marked {marker!r}"
    return found[1]


def rows(head: str) -> list[list[str]]:
    """Cells of the table that begins with this line."""
    lines = PAGE.split(head)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines]


def workflow() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    loaded: dict[str, Any] = yaml.safe_load(block("workflow"))
    return loaded


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow()["jobs"]["gate"]["steps"]
    return found


def gate_line() -> list[str]:
    """What the workflow says to vosbench, in words."""
    (line,) = (step["run"] for step in steps() if step.get("run", "").startswith("vosbench gate"))
    return shlex.split(line)


def options_of(command: str) -> set[str]:
    made = commands.get_command(click.Context(commands), command)
    assert made is not None
    return {option for parameter in made.params for option in parameter.opts}


def test_the_exit_codes_are_those_of_vosbench() -> None:
    told = {name: int(code) for name, code, _ in rows("| answer | exit code | when |")}
    assert told == {
        "pass": errors.OK,
        "regression": errors.REGRESSION,
        "inconclusive": errors.INCONCLUSIVE,
    }


def test_every_gate_is_there() -> None:
    assert tuple(row[0] for row in rows("| gate | asks | a regression if |")) == GATES


def test_the_rules_are_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(block("rules"))
    assert read_rules(file) == GateRules()
    stated, defaults = tomllib.loads(block("rules")), asdict(GateRules())
    assert tuple(stated.pop("gates")) == defaults["gates"]
    for gate, rules in stated.items():
        assert rules == defaults[gate], f"all rules of {gate}, with their defaults"


def test_the_workflow_is_one_that_github_takes() -> None:
    made = workflow()
    assert {"name", "permissions", "jobs"} <= set(made)
    assert True in made or "on" in made  # YAML 1.1 reads `on` as true
    for step in steps():
        assert ("run" in step) != ("uses" in step)


def test_every_option_of_vosbench_exists() -> None:
    said = re.findall(r"vosbench (gate|baseline)((?: [^`\n;|]*)?)", PAGE)
    said += [("gate", " ".join(gate_line()))]
    asked = {
        (command, option) for command, rest in said for option in re.findall(r"--[a-z-]+", rest)
    }
    assert ("gate", "--github") in asked and ("baseline", "--add-platform") in asked
    for command, option in asked:
        assert option in options_of(command), f"vosbench {command} has no {option}"


def test_the_command_of_the_workflow_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    method = write_method(tmp_path / "made").read_text().replace('"mover"', '"my-method"')
    Path("my_method.py").write_text(method)
    Path("baselines").mkdir()
    Path("baselines/gate.toml").write_text(block("rules"))
    program, gate, *words = gate_line()
    made = "baseline baselines/my-method.json --method my-method --plugin my_method.py"
    some = "--dataset synthetic --count 1 --only exact,quality,counted"
    assert ended(*made.split(), *some.split()) == 0
    assert (program, ended(gate, *words)) == ("vosbench", 0)
    assert "\n::notice file=baselines/my-method.json," in capsys.readouterr().out
    assert Path("summary.md").read_text(encoding="utf-8").startswith("## ✅ pass: my-method")
    assert 'failures="0"' in Path("gate.xml").read_text(encoding="utf-8")
    Path("my_method.py").write_text(method.replace("+ 0 *", "+ 3 *"))
    assert ended(gate, *words) == 3
    assert "\n::error file=baselines/my-method.json," in capsys.readouterr().out
    assert Path("summary.md").read_text(encoding="utf-8").count("\n## ❌ regression") == 1


def ended(*words: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as left:
        main(words)
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_test_on_the_page_asks_what_the_fixture_takes() -> None:
    class Asked:
        def check(self, *arguments: object, **named: object) -> None:
            bound = inspect.signature(Gate.check).bind(self, *arguments, **named)
            assert bound.arguments["method"] == "my-method"

    names: dict[str, Any] = {}
    exec(block("test"), names)
    names["test_my_method"](Asked())


def test_all_that_a_test_may_ask_is_told() -> None:
    told = re.findall(r"`(\w+)", PAGE.split("## In a test")[1].split("## How")[0])
    seldom = {"images", "annotations", "resolution", "split", "dataset_seed"}
    asked = {*inspect.signature(Gate.check).parameters} - {"self", "method", "baseline", "dataset"}
    assert asked - seldom <= set(told)


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (3, 1), (4, 125), (1, 255), (5, 255)])
def test_bisecting_blames_a_commit_for_a_regression_only(
    tmp_path: Path, code: int, expected: int
) -> None:
    (tmp_path / "vosbench").write_text(f"#!/bin/sh\nexit {code}\n")
    (tmp_path / "vosbench").chmod(0o755)
    (line,) = (line for line in block("bisect").splitlines() if "bisect run" in line)
    words = shlex.split(line)
    assert words[:3] == ["git", "bisect", "run"]
    done = subprocess.run(words[3:], env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert done.returncode == expected
