"""The box plots: boxes, dots and names, where they stand, and the files they leave."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.box_plots import figure
from vosbench.reports.plots.boxes import spreads

MakeRun = Callable[..., Run]


@pytest.fixture(scope="module")
def many(make_run: MakeRun) -> Comparison:
    """Ten methods with long names on 60 sequences; the last one fails on most."""
    draws = np.random.default_rng(0)
    runs = [
        make_run(
            f"m{place}",
            {f"horsejump-high-{n}": [draws.beta(9, 2)] for n in range(60)},
            label=f"a-method-with-a-long-name-{place}",
        )
        for place in range(9)
    ]
    zeros = {f"horsejump-high-{n}": [0.0 if n < 50 else 0.9] for n in range(60)}
    (comparison,) = compare([*runs, make_run("zero", zeros)], ReportOptions())
    return comparison


def panels(made: Figure) -> list[Axes]:
    return [axes for axes in made.axes if axes.patches]


def texts(made: Figure) -> list[str]:
    return [text.get_text() for where in (made, *made.axes) for text in where.texts]


def test_every_sequence_is_a_dot_and_every_box_has_its_quartiles(many: Comparison) -> None:
    made = figure(many)
    for axes, of_metric in zip(panels(made), spreads(many).values(), strict=True):
        lines = {str(line.get_label()): line for line in axes.lines}
        for spread, patch in zip(of_metric, axes.patches[1::2], strict=True):
            dots = lines[spread.entry.title]
            assert list(dots.get_xdata()) == [100 * value for value in spread.values.values()]
            assert spread.box is not None
            x, width = patch.get_x(), patch.get_width()  # type: ignore[attr-defined]
            assert (x, x + width) == pytest.approx(
                (100 * spread.box.lower, 100 * spread.box.upper), abs=1e-9
            )
    assert "m0" not in texts(made)


def test_texts_stay_apart_and_inside(many: Comparison) -> None:
    made = figure(many)
    made.savefig(io.BytesIO(), format="png")  # places everything
    for axes in panels(made):
        boxes = [text.get_window_extent() for text in axes.texts]
        for box in boxes:
            assert made.bbox.x0 <= box.x0 and box.x1 <= made.bbox.x1
        for box, other in combinations(boxes, 2):
            apart = box.x1 <= other.x0 or other.x1 <= box.x0
            assert apart or min(box.y1, other.y1) - max(box.y0, other.y0) < 3


def test_dots_stay_in_their_row(many: Comparison) -> None:
    made = figure(many)
    for axes in panels(made):
        for line in axes.lines:
            if len(line.get_xdata()) == 60:
                heights = np.asarray(line.get_ydata())
                assert np.ptp(heights) <= 0.34 + 1e-9  # inches of a band


def test_several_outliers_are_named_while_there_is_room(make_run: MakeRun) -> None:
    figures_ = {f"s{n}": [0.9 + n / 1000] for n in range(60)}
    figures_ |= {f"a-long-name-{n}": [0.1 + n / 1000] for n in range(9)}
    (comparison,) = compare([make_run("m", figures_)], ReportOptions())
    made = figure(comparison)
    made.savefig(io.BytesIO(), format="png")
    axes = panels(made)[0]
    named = [text for text in axes.texts if text.get_text().startswith("a-long")]
    assert 2 <= len(named) < 9
    assert [text.get_text() for text in named] == [f"a-long-name-{n}" for n in range(len(named))]
    for text in named:
        extent = text.get_window_extent()
        assert axes.bbox.x0 <= extent.x0 + 1 and extent.x1 <= axes.bbox.x1 + 1


def test_few_sequences_have_dots_and_no_box(make_run: MakeRun) -> None:
    runs = [make_run("m", {"a": [0.5, 0.7], "b": [0.6]}), make_run("n", {"a": [0.5, 0.7]})]
    (comparison,) = compare(runs, ReportOptions())
    made = figure(comparison)
    assert not panels(made)
    below = " ".join(texts(made))
    assert "No box of fewer than 5 sequences." in below
    assert "the mean over its objects" in below
    assert "† over what is there only, not comparable with the others: n: 1 of 2" in below
    assert "n †" in texts(made)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_files_are_a_picture_and_its_data(make_run: MakeRun, tmp_path: Path, kind: str) -> None:
    names = ("blackswan", "cows", "dog", "goat", "parkour", "libby", "camel")
    runs = (make_run("m", {name: [n / 9] for n, name in enumerate(names)}),)
    options = ReportOptions(published=("OSVOS",))
    out = tmp_path / f"boxes.{kind}"
    figures.draw("box-plots", runs, options, out)
    first = out.read_bytes()
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind])
    data = pd.read_csv(out.with_suffix(".csv"))
    assert set(data["title"]) == {"m", "OSVOS (quoted)"}
    figures.draw("box-plots", runs, options, out)
    assert out.read_bytes() == first


def test_masks_without_a_fault_have_a_scale_too(make_run: MakeRun) -> None:
    run = make_run("m", {"a": [1.0], "b": [1.0]})
    records = tuple(
        replace(each, scores=tuple(replace(score, F=score.J) for score in each.scores))
        for each in run.records
    )
    (comparison,) = compare([replace(run, records=records)], ReportOptions())
    (last,) = (axes for axes in figure(comparison).axes if axes.get_xlabel())
    low, high = last.get_xlim()
    assert low < 100 < high


def test_without_scores_there_is_nothing_to_draw(make_run: MakeRun, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs scores, and no run on davis2016 has any"):
        figures.draw(
            "box-plots", (make_run("m", {"a": "broke"}),), ReportOptions(), tmp_path / "a.png"
        )
