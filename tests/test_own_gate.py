"""The baseline by which CI gates the shipped method: it is there, and it is not stale."""

import re
from pathlib import Path

import click
import pytest

from vosbench.cli import commands
from vosbench.datasets.options import DatasetOptions
from vosbench.gate.facts import Facts, read_baseline
from vosbench.gate.rule_files import read_rules
from vosbench.registry import load_method, open_dataset

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def baseline() -> Facts:
    return read_baseline(ROOT / "baselines" / "eosvos-10.json")


def test_it_is_of_a_clean_checkout_and_small(baseline: Facts) -> None:
    assert baseline.made["commit"] and not baseline.made["dirty"]
    assert (ROOT / "baselines" / "eosvos-10.json").stat().st_size < 50_000


def test_it_has_what_the_rules_ask(baseline: Facts) -> None:
    assert read_rules(ROOT / "baselines" / "gate.toml").gates == ("exact", "quality", "counted")
    assert baseline.masks and baseline.counts is not None and baseline.growth is not None


def test_it_is_of_the_method_as_it_ships(baseline: Facts) -> None:
    shipped = load_method(baseline.method)
    assert not baseline.overrides
    assert dict(baseline.settings) == dict(shipped.settings)


def test_it_is_of_the_whole_sample(baseline: Facts) -> None:
    sample = open_dataset("sample", DatasetOptions())
    assert [each.sequence for each in baseline.sequences] == [s.name for s in sample.sequences]
    assert {each.state for each in baseline.sequences} == {"done"}


def test_ci_asks_what_the_command_takes() -> None:
    gate = commands.get_command(click.Context(commands), "gate")
    assert gate is not None
    known = {option for parameter in gate.params for option in parameter.opts}
    body = SCRIPT.split("gate() {")[1].split("\n}\n")[0]
    asked = set(re.findall(r"--[a-z-]+", body))
    assert {"--rules", "--only", "--github"} == asked & known == asked
    calls = re.findall(r"^gate (\S+)", SCRIPT, re.MULTILINE)
    assert calls == ["exact,quality", "counted"]
