"""Tables of a history: what is said of steps, and which series are shown under which name."""

from pathlib import Path

from tests.history.kept_results import history, keep
from vosbench.history.blame import blame
from vosbench.history.command import FoundStep
from vosbench.history.commits import Commits
from vosbench.history.reading import read_results
from vosbench.history.series import Series, series_of
from vosbench.reports.history.table import tables_of
from vosbench.reports.history.titles import titles
from vosbench.reports.table import Table


def read(folder: Path) -> tuple[Series, ...]:
    return series_of(read_results(folder).results, Commits())


def shown(series: tuple[Series, ...], *, every: bool = False) -> tuple[Table, ...]:
    steps = [
        FoundStep(each, step, blame(each, step, Commits()))
        for each in series
        for step in each.steps
    ]
    return tables_of(series, steps, every=every)


def column(table: Table, key: str) -> list[object]:
    place = [column.key for column in table.columns].index(key)
    return [row.cells[place].value for row in table.rows]


def test_what_is_worse_and_lasts_comes_first(tmp_path: Path) -> None:
    history(tmp_path, [0.8] * 6 + [0.6] * 6, seconds=[3.0] * 6 + [2.0] * 6)
    steps, _ = shown(read(tmp_path))
    assert column(steps, "verdict")[-1] == "better"
    assert set(column(steps, "verdict")[:-1]) == {"worse"}
    assert column(steps, "change")[-1] == "+50.0 %"


def test_what_was_undone_says_so(tmp_path: Path) -> None:
    history(tmp_path, [0.8] * 6 + [0.6] * 6 + [0.8] * 6)
    steps, _ = shown(read(tmp_path))
    assert set(column(steps, "verdict")) == {"better", "worse, undone since"}


def test_another_version_beside_a_step_is_noted(tmp_path: Path) -> None:
    versions = [{"torch": "2.1"}] * 6 + [{"torch": "2.2"}] * 6
    history(tmp_path, [0.8] * 6 + [0.6] * 6, versions=versions, commits=["a" * 40] * 12)
    steps, _ = shown(read(tmp_path))
    assert "changed as well: torch 2.1 → 2.2" in steps.notes
    assert any("same commit" in note for note in steps.notes)


def test_no_step_is_said(tmp_path: Path) -> None:
    history(tmp_path, [0.8] * 12)
    (series,) = shown(read(tmp_path))
    assert series.footnotes[0] == "No figure has changed for good."
    assert column(series, "steps") == [0, 0, 0, 0]
    assert any("1 figure of single sequences" in note for note in series.footnotes)
    (everything,) = shown(read(tmp_path), every=True)
    assert "J&F, bear" in column(everything, "figure")


def test_back_and_forth_is_said(tmp_path: Path) -> None:
    history(tmp_path, ([0.8] * 5 + [0.6] * 5) * 3)
    (series,) = shown(read(tmp_path))
    assert any("Back and forth" in note and "J&F" in note for note in series.footnotes)


def test_no_two_series_of_a_figure_are_called_alike(tmp_path: Path) -> None:
    for number, facts in enumerate(
        (
            {"settings": {"steps": 5}},
            {"settings": {"steps": 10}},
            {"settings": {"steps": 10}, "seed": 1},
            {"settings": {"steps": 10}, "dataset": "other"},
            {"settings": {"steps": 10}, "machine": {"id": "bbbb"}},
        )
    ):
        keep(tmp_path / str(number), {"bear": [0.8]}, **facts)
    every = read(tmp_path)
    called = [
        (each.figure.name, each.figure.sequence, title)
        for each, title in zip(every, titles(every), strict=True)
    ]
    assert len(set(called)) == len(called)
    assert ("J&F", "", "copy-first on davis2016, seed 0, steps 5") in called
    assert ("J&F", "", "copy-first on other") in called
