"""The anytime figure: what it draws, where names stand, and the files it leaves."""

import io
import re
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import PIL.Image
import pytest

from tests.reports.timed_runs import OTHER_MACHINE
from vosbench.ablation import Line
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.ablation.anytime import curves, figure, write
from vosbench.reports.ablation.lines import Layout, layout
from vosbench.reports.options import ReportOptions

MakeRun = Callable[..., Run]


@pytest.fixture
def two(make_run: MakeRun) -> Layout:
    """Two lines over three columns, an oracle below, one place of it incomplete."""

    def line(label: str, add: float, oracle: bool) -> Line:
        runs = {}
        for steps in (0, 5, 50):
            base = add + steps / 200
            figures = {f"s{n}": [base + n / 20] for n in range(7)}
            if oracle and steps == 5:
                figures["s0"] = "failed"  # type: ignore[assignment]
            runs[steps] = make_run(
                "m",
                figures,
                run=f"{label}-{steps}-{oracle}",
                settings={"steps": steps},
                seconds=1 + steps,
                sees_annotations=oracle,
            )
        return Line(label, runs, oracle=oracle)

    lines = (line("plain", 0.1, False), line("learned", 0.2, False), line("plain", 0.3, True))
    return layout(lines, ReportOptions())


def test_a_curve_holds_steps_seconds_and_quality(two: Layout) -> None:
    plain, learned, oracle = curves(two, "J")
    assert [point.steps for point in plain.points] == [0, 5, 50]
    assert [point.seconds for point in plain.points] == pytest.approx([0.1, 0.6, 5.1])  # 10 frames
    assert plain.points[1].quality.mean == pytest.approx(0.1 + 5 / 200 + 3 / 20)
    assert (plain.place, learned.place, oracle.place) == (0, 1, 0)
    assert [point.complete for point in oracle.points] == [True, False, True]


def test_blocks_are_rows_and_every_name_is_written_once(two: Layout) -> None:
    drawn = figure(curves(two, "J"), "J", two.comparison)
    labels = [axes.get_ylabel() for axes in drawn.axes if axes.get_ylabel()]
    assert labels == ["J (%)", "J, true boxes (%)"]
    names = [text.get_text() for axes in drawn.axes for text in axes.texts]
    assert sorted(names) == ["learned", "plain"]
    panels = [axes for axes in drawn.axes if axes.get_xlabel()]
    assert len(panels) == 4
    assert len({axes.get_ylim() for axes in panels}) == 1


def test_points_that_lack_objects_are_hollow(two: Layout) -> None:
    drawn = figure(curves(two, "J"), "J", two.comparison)
    hollow = [
        list(line.get_xdata())
        for axes in drawn.axes
        for line in axes.lines
        if line.get_markerfacecolor() == "white"
    ]
    assert hollow == [[pytest.approx(0.6)], [5]]
    below = " ".join(text.get_text() for text in drawn.texts)
    assert "Hollow: over a part of the objects only." in below


def test_a_single_point_shows_its_interval_too(make_run: MakeRun) -> None:
    run = make_run("m", {f"s{n}": [0.5 + n / 20] for n in range(7)}, settings={"steps": 50})
    made = layout([Line("alone", {50: run})], ReportOptions())
    ((point,),) = (curve.points for curve in curves(made, "J"))
    drawn = figure(curves(made, "J"), "J", made.comparison)
    _, steps = (axes for axes in drawn.axes if axes.get_xlabel())
    bar = next(line for line in steps.lines if len(line.get_xdata()) == 2)
    assert list(bar.get_ydata()) == pytest.approx([100 * end for end in point.band])
    assert point.band[0] < point.quality.mean < point.band[1]
    low, high = steps.get_xlim()
    assert 30 < low < 50 < high < 70  # no room for numbers of steps that nobody made


def test_what_is_not_drawn_and_what_was_timed_on_what_is_told(
    make_run: MakeRun, tmp_path: Path
) -> None:
    steps = {"settings": {"steps": 5}}
    runs = (
        make_run("here", {"a": [0.5]}, **steps),
        make_run("there", {"a": [0.6]}, machine=OTHER_MACHINE, **steps),
        make_run("copy", {"a": [0.2]}),
    )
    out = tmp_path / "a.svg"
    with mpl.rc_context({"svg.fonttype": "none"}):
        figures.draw("anytime", runs, ReportOptions(), out)
    said = " ".join(re.findall("<text[^>]*>([^<]*)<", out.read_text()))
    assert "Not drawn, without a number of steps: copy." in said
    assert "Speeds differ in machine: they do not compare" in said
    assert "here timed on Test CPU" in said and "there timed on Other CPU" in said
    assert list(pd.read_csv(out.with_suffix(".csv"))["run"]) == ["here-1", "there-1"]


def test_texts_stay_apart_and_inside(two: Layout) -> None:
    drawn = figure(curves(two, "J"), "J", two.comparison)
    drawn.savefig(io.BytesIO(), format="png")  # places everything
    panels = [axes for axes in drawn.axes if axes.get_xlabel()]
    for axes in panels:
        labels = [text for text in axes.get_xticklabels() if text.get_text()]
        extents = [text.get_window_extent() for text in (*labels, axes.xaxis.label)]
        for extent in extents:
            assert drawn.bbox.x0 <= extent.x0 and extent.x1 <= drawn.bbox.x1
        for left, right in pairwise(extents[:-1]):
            assert left.x1 < right.x0
    for one, other in combinations(panels, 2):
        boxes = (axes.get_tightbbox() for axes in (one, other))
        first, second = (box for box in boxes if box is not None)
        apart = first.x1 <= second.x0 or second.x1 <= first.x0
        assert apart or first.y0 >= second.y1 or second.y0 >= first.y1


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_files_are_a_picture_and_its_data(two: Layout, tmp_path: Path, kind: str) -> None:
    picture, data = write(tmp_path / "new" / f"curve.{kind}", two, "J")
    begin = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    assert picture.read_bytes().startswith(begin)
    rows = pd.read_csv(data)
    assert list(rows["steps"]) == [0, 5, 50] * 3
    assert list(rows["state"].unique()) == ["done", "incomplete"]
    assert (rows["low"] < rows["mean"]).all()


def test_the_same_data_give_the_same_bytes(two: Layout, tmp_path: Path) -> None:
    one, other = (write(tmp_path / f"{name}.svg", two, "J")[0] for name in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_the_picture_is_not_empty(two: Layout, tmp_path: Path) -> None:
    picture, _ = write(tmp_path / "curve.png", two, "J")
    image = np.asarray(PIL.Image.open(picture).convert("RGB"))
    assert image.shape[1] == 840
    assert (image == (0x00, 0x72, 0xB2)).all(-1).sum() > 500  # the first colour


def test_a_name_that_is_no_picture_is_refused(two: Layout, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"curve.pgn .*did you mean png\?.* \.png or \.svg or"):
        write(tmp_path / "curve.pgn", two, "J")
