"""The plot of a history: panels, marks, names, and the data beside it."""

import itertools
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from tests.history.kept_results import history
from vosbench.history.blame import Blame
from vosbench.history.command import FoundStep
from vosbench.history.commits import Commits
from vosbench.history.reading import read_results
from vosbench.history.series import Series, series_of
from vosbench.reports.history.plot import figure, write_plot
from vosbench.reports.plots.curve_looks import COLOURS

COMMITS = [f"{number + 0xABCDEF0:07x}" + "0" * 33 for number in range(12)]


def found(folder: Path, **facts: object) -> tuple[tuple[Series, ...], list[FoundStep]]:
    history(folder, [0.8] * 7 + [0.6] * 5, commits=COMMITS, **facts)
    series = series_of(read_results(folder).results, Commits())
    steps = [FoundStep(each, step, Blame("", "")) for each in series for step in each.steps]
    return series, steps


def texts(made: Figure) -> list[str]:
    return [text.get_text() for where in (made, *made.axes) for text in where.texts]


def panels(made: Figure) -> list[Axes]:
    """All axes but that of the key."""
    return [axes for axes in made.axes if axes.axison]


def test_a_step_is_marked_where_it_is(tmp_path: Path) -> None:
    series, steps = found(tmp_path)
    made = figure([series[0]], steps)
    (axes,) = panels(made)
    lines = [line for line in axes.lines if to_hex(line.get_color()) == COLOURS[1].lower()]
    assert [list(line.get_xdata()) for line in lines] == [[6.5] * 3]
    assert f"{COMMITS[7][:7]}: −15.0 points" in texts(made)
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == [commit[:7] for commit in COMMITS]


def test_results_of_dirty_trees_are_hollow_and_said(tmp_path: Path) -> None:
    series, steps = found(tmp_path, dirty=[number == 3 for number in range(12)])
    made = figure([series[0]], steps)
    (axes,) = panels(made)
    hollow = [
        line
        for line in axes.lines
        if line.get_marker() == "o" and line.get_markerfacecolor() == "white"
    ]
    assert [list(line.get_xdata()) for line in hollow] == [[3]]
    assert any("not committed" in text for text in texts(made))


def test_names_of_results_never_touch(tmp_path: Path) -> None:
    many = [f"{number + 0xABC0000:07x}" + "0" * 33 for number in range(90)]
    history(tmp_path, [0.8] * 50 + [0.6] * 40, commits=many)
    series = series_of(read_results(tmp_path).results, Commits())
    steps = [FoundStep(each, step, Blame("", "")) for each in series for step in each.steps]
    made = figure([series[0]], steps)
    made.draw_without_rendering()
    (axes,) = panels(made)
    boxes = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
    assert len(boxes) > 15
    assert all(one.x1 <= other.x0 for one, other in itertools.pairwise(boxes))
    assert many[50][:7] in [label.get_text() for label in axes.get_xticklabels()]


def test_panels_of_the_same_results_share_their_names(tmp_path: Path) -> None:
    series, steps = found(tmp_path)
    made = figure(series[:3], steps)
    named = [any(label.get_text() for label in axes.get_xticklabels()) for axes in panels(made)]
    assert named == [False, False, True]


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_files_and_data_are_equal_for_equal_results(tmp_path: Path, kind: str) -> None:
    series, steps = found(tmp_path / "results")
    one, data = write_plot(tmp_path / f"one.{kind}", series, steps)
    other, _ = write_plot(tmp_path / f"other.{kind}", series, steps)
    assert one.read_bytes() == other.read_bytes()
    rows = pd.read_csv(data)
    means = rows[(rows["figure"] == "J") & rows["sequence"].isna()]
    assert means["value"].tolist() == [0.8] * 7 + [0.6] * 5 == means["level"].tolist()
    assert means["step"].dropna().to_dict() == {means.index[7]: pytest.approx(-0.2)}
    assert "bear" in rows["sequence"].tolist()  # a sequence with a step has a panel
