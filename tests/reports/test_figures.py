"""Figures by name, and what the help of `vosbench report` says of them and of tables."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from vosbench.errors import UsageError
from vosbench.reports import figures, tables
from vosbench.reports.command import report_command
from vosbench.reports.compared.choice import only
from vosbench.reports.kinds import Kind, maker
from vosbench.reports.options import ReportOptions


def test_an_unknown_figure_suggests_the_closest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no figure 'antime' \(did you mean anytime\?\).*stream"):
        figures.draw("antime", (), ReportOptions(), tmp_path / "a.png")


@pytest.mark.parametrize("name", figures.names())
def test_every_figure_needs_runs_and_the_name_of_a_picture(name: str, tmp_path: Path) -> None:
    end = figures.FIGURES[name].ends[0]
    with pytest.raises(UsageError, match="no runs in runs"):
        figures.draw(name, (), ReportOptions(), tmp_path / f"a.{end}")
    with pytest.raises(UsageError, match=rf"its name must end in \.{end}"):
        figures.draw(name, (), ReportOptions(), tmp_path / "a.txt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "option", "asked"),
    [
        ("anytime", "--published", {"published": ("OSVOS",)}),
        ("streaming", "--published", {"published": ("OSVOS",)}),
        ("streaming", "--against", {"against": "m"}),
        ("extremes", "--against", {"against": "m"}),
        ("differences", "--across-levels", {"across_levels": True}),
    ],
)
def test_what_a_figure_does_not_look_at_is_refused(
    name: str, option: str, asked: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=f"figure {name} does not look at {option}; leave it out"):
        figures.draw(name, (), ReportOptions(**asked), tmp_path / "a.png")


@pytest.mark.parametrize(
    ("kinds", "what", "takes"),
    [
        (figures.FIGURES, "draw", ["runs", "options", "out"]),
        (tables.TABLES, "build", ["runs", "options"]),
    ],
)
def test_every_kind_is_made_by_its_module(
    kinds: dict[str, Kind], what: str, takes: list[str]
) -> None:
    for name in kinds:
        made = inspect.signature(getattr(maker(kinds, name, "kind"), what))
        assert list(made.parameters) == takes, name


def test_the_help_lists_all_with_what_they_show() -> None:
    shown = CliRunner().invoke(report_command(print), ["--help"], terminal_width=100).output  # type: ignore[arg-type]
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    for kinds in (tables.TABLES, figures.FIGURES):
        for name, kind in kinds.items():
            assert len(kind.summary) < 76, f"{name} does not fit a line"
            assert f"{name} {kind.summary}." in lines


def test_the_help_imports_nothing_that_draws_or_counts() -> None:
    code = (
        "import sys; from vosbench.cli import main\n"
        "try: main(['report', '--help'])\n"
        "finally: assert not {'torch', 'scipy', 'pandas', 'matplotlib', 'PIL'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_figure_shows_one_dataset() -> None:
    assert only(["a"], str) == "a"
    with pytest.raises(UsageError, match="one dataset, and there are a, b; choose --dataset"):
        only(["a", "b"], str)
