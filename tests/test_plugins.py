"""Modules of plug-ins are found and read without being imported."""

import sys
from pathlib import Path

import pytest

from vosbench.errors import UsageError
from vosbench.plugins import Source, find_sources, read_literal

GROUP = "vosbench.methods"


def source_of(file: Path, text: str) -> Source:
    file.write_text(text, encoding="utf-8")
    return find_sources(GROUP, [file])[-1]


def test_built_in_modules_come_first_and_private_ones_not_at_all() -> None:
    modules = [source.module for source in find_sources(GROUP)]
    assert "vosbench.methods.copy_first" in modules
    assert not any(module.rpartition(".")[2].startswith("_") for module in modules)


def test_reading_a_file_does_not_run_it(tmp_path: Path) -> None:
    source = source_of(tmp_path / "loud.py", '"""First.\n\nMore."""\nVARIANTS = {"a": 1}\n1 / 0\n')
    statement = read_literal(source, "VARIANTS")
    assert (statement.summary, statement.value) == ("First.", {"a": 1})
    with pytest.raises(UsageError, match=r"loud.py cannot be imported: ZeroDivisionError"):
        source.load()
    assert source.module not in sys.modules


def test_annotated_assignments_count_and_absent_ones_are_none(tmp_path: Path) -> None:
    source = source_of(tmp_path / "a.py", "VARIANTS: dict[str, object] = {'a': {}}\nother: int\n")
    assert read_literal(source, "VARIANTS").value == {"a": {}}
    assert read_literal(source, "other").value is None
    assert read_literal(source, "DATASETS").value is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("VARIANTS = make()", "line 1, must be a literal"),
        ("VARIANTS = {", "cannot be read as Python"),
        ("\0", "cannot be read as Python"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_literal(source_of(tmp_path / "bad.py", text), "VARIANTS")


def test_a_missing_file_is_a_problem_of_its_source(tmp_path: Path) -> None:
    source = find_sources(GROUP, [tmp_path / "absent.py"])[-1]
    with pytest.raises(UsageError, match="does not exist"):
        read_literal(source, "VARIANTS")


def test_an_edited_file_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "edited.py"
    assert source_of(file, "value = 1").load().value == 1
    assert source_of(file, "value = 22").load().value == 22


def test_two_files_of_one_name_are_two_modules(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = source_of(tmp_path / "a" / "same.py", "value = 1")
    two = source_of(tmp_path / "b" / "same.py", "value = 2")
    assert (one.load().value, two.load().value) == (1, 2)
    assert one.module != two.module
