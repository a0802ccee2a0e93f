"""The anytime figure: what it draws, where names stand, and the files it leaves."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.ablation import Line
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.ablation_lines import Layout, layout
from vosbench.reports.anytime import curves, figure, write
from vosbench.reports.curve_looks import spread
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


def test_blocks_are_rows_and_every_name_is_written_once_in_each(two: Layout) -> None:
    drawn = figure(curves(two, "J"), "J", "J on davis2016")
    assert len(drawn.axes) == 6
    labels = [axes.get_ylabel() for axes in drawn.axes[::3]]
    assert labels == ["J (%)", "J, true boxes (%)"]
    names = [[text.get_text() for text in axes.texts if text.get_text()] for axes in drawn.axes]
    assert [sorted(found) for found in names[2::3]] == [["learned", "plain"], ["plain"]]


def test_names_hide_no_data(two: Layout) -> None:
    drawn = figure(curves(two, "J"), "J", "J on davis2016")
    drawn.savefig(io.BytesIO(), format="png")  # places everything
    for _, steps, room in np.reshape(np.array(drawn.axes, dtype=object), (-1, 3)):
        for text in filter(lambda text: text.get_text(), room.texts):
            assert text.get_window_extent().x0 >= steps.get_window_extent().x1
            assert text.get_window_extent().x1 <= drawn.bbox.x1


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
    assert image.shape[1] == 1600
    assert (image == (0x00, 0x72, 0xB2)).all(-1).sum() > 500  # the first colour


def test_a_name_that_is_no_picture_is_refused(two: Layout, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"curve.pgn .*did you mean png\?.* \.png or \.svg or"):
        write(tmp_path / "curve.pgn", two, "J")


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(0.1, 9))
def test_names_keep_apart_in_their_order(wanted: list[float], gap: float) -> None:
    found = spread(wanted, gap)
    assert np.diff(sorted(found)).min(initial=gap) >= gap - 1e-9
    assert np.argsort(wanted, kind="stable").tolist() == np.argsort(found, kind="stable").tolist()
    assert np.mean(found) == pytest.approx(np.mean(wanted), abs=1e-6)


def test_names_with_room_stay_where_they_belong() -> None:
    assert spread([3.0, 1.0, 9.0], 1.5) == [3.0, 1.0, 9.0]
