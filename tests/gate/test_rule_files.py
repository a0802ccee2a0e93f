"""Rules from a file: what is left out has its default, what means nothing is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from vosbench.errors import DataError, UsageError
from vosbench.gate.rule_files import read_rules
from vosbench.gate.rules import ExactRules, GateRules, QualityRules, TimedRules


def read(tmp_path: Path, text: str) -> GateRules:
    file = tmp_path / "gate.toml"
    file.write_text(text)
    return read_rules(file)


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "") == GateRules()


def test_what_is_said_is_taken(tmp_path: Path) -> None:
    text = """
    gates = ["exact", "quality"]
    allow = ["weights"]
    [exact]
    masks = false
    elsewhere = "quality"
    [quality]
    figure = "J"
    drop = 0
    [timed]
    passes = 5
    level = 0.99
    """
    assert read(tmp_path, text) == GateRules(
        gates=("exact", "quality"),
        allow=("weights",),
        exact=ExactRules(masks=False, elsewhere="quality"),
        quality=QualityRules(figure="J", drop=0.0),
        timed=replace(TimedRules(), passes=5, level=0.99),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('gates = ["exat"]', "did you mean exact?"),
        ("gates = []", "expected different values"),
        ('gates = ["comparable"]', "'comparable'"),
        ('allow = ["settings"]', "it may have weights"),
        ("[quality]\ndorp = 1", "unknown key 'dorp' (did you mean drop?)"),
        ("[quality]\ndrop = -1", "expected 0 or more"),
        ("[quality]\nlevel = 1", "expected more than 0 and less than 1"),
        ('[quality]\nfigure = "G"', "expected J or F or J&F"),
        ("[exact]\nmasks = 1", "expected true or false"),
        ("[timed]\npasses = 1.5", "expected a whole number"),
        ('[exact]\nelsewhere = "pass"', "expected inconclusive or quality"),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert "gate.toml" in str(refused.value)


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read as TOML"):
        read(tmp_path, "gates =")
    with pytest.raises(UsageError, match="there is no file"):
        read_rules(tmp_path / "nowhere.toml")
