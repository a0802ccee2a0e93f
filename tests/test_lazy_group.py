"""Commands that are made when they are asked for."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.scoring.clip_folders import blob, write_masks
from vosbench.cli import commands
from vosbench.lazy_group import LazyGroup


@pytest.fixture
def made() -> list[str]:
    """Names of the commands that were made so far."""
    return []


@pytest.fixture
def group(made: list[str]) -> LazyGroup:
    @click.group(cls=LazyGroup)
    def group() -> None:
        pass

    assert isinstance(group, LazyGroup)

    @group.command()
    def now() -> None:
        """There from the start."""

    for name in ("walk", "run"):

        @group.later(name)
        def make(name: str = name) -> click.Command:
            made.append(name)
            return click.Command(name, callback=lambda: click.echo(name), help=f"To {name}.")

    return group


def test_only_the_command_that_is_called_is_made(group: LazyGroup, made: list[str]) -> None:
    result = CliRunner().invoke(group, ["run"])
    assert (result.output, made) == ("run\n", ["run"])
    CliRunner().invoke(group, ["run"])
    assert made == ["run"]


def test_help_lists_all_commands_sorted(group: LazyGroup, made: list[str]) -> None:
    shown = CliRunner().invoke(group, ["--help"]).output
    assert [line.split()[0] for line in shown.splitlines()[-3:]] == ["now", "run", "walk"]
    assert "To walk." in shown
    assert sorted(made) == ["run", "walk"]


def test_an_unknown_command_makes_none(group: LazyGroup, made: list[str]) -> None:
    result = CliRunner().invoke(group, ["fly"])
    assert result.exit_code != 0
    assert "No such command" in result.output
    assert made == []


def test_help_of_vosbench_lists_all_commands() -> None:
    shown = CliRunner().invoke(commands, ["--help"]).output
    listed = [line.split()[0] for line in shown[shown.index("Commands:") :].splitlines()[1:]]
    wanted = {"run", "evaluate", "score", "report", "methods", "datasets", "train", "weights"}
    assert wanted | {"ablate", "verify", "diff", "doctor"} <= set(listed)
    assert listed == sorted(listed)


# what a start of `vosbench score` costs must not depend on methods, networks and plots
HEAVY = ("torch", "torchvision", "pandas", "matplotlib", "vosbench.registry", "vosbench.runner")


def test_score_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    for side in ("truth", "masks"):
        write_masks(tmp_path / side / "cows", [blob()] * 3)
    script = (
        "import json, sys\n"
        "from vosbench.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    print(json.dumps([end.code, sorted(sys.modules)]))\n"
    )
    arguments = ["score", tmp_path / "masks", "--annotations", tmp_path / "truth"]
    for protocol in ("davis2017", "all"):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments, "--protocol", protocol],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd=Path(__file__).resolve().parents[1],
        )
        code, modules = json.loads(done.stdout.splitlines()[-1])
        assert code == 0
        assert "vosbench.scoring.folders" in modules
        assert not set(modules).intersection(HEAVY)
