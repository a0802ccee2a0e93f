"""The figure of live video: curves, levels, names, strokes, and the files it leaves."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.reports.made_streams import REQUEST
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.options import ReportOptions
from vosbench.reports.streaming.curve import FPS, Curve, curves, figure, replay, write

MakeRun = Callable[..., Run]


@pytest.fixture
def runs(make_run: MakeRun) -> tuple[Run, ...]:
    """Two that are timed, one of them with a failure, and one that is not."""
    return (
        make_run("good", {"cow": [0.9], "dog": [0.7]}),
        make_run("bad", {"cow": [0.5], "dog": "it broke"}),
        make_run("stored", {"cow": [0.3], "dog": [0.3]}, imported=True),
    )


def asked(metric: str = "J", **changes: Any) -> ReportOptions:
    return ReportOptions(metric=metric, streaming=replace(REQUEST, **changes))


def drawn(runs: tuple[Run, ...], options: ReportOptions) -> tuple[Curve, ...]:
    (of,) = replay(runs, options)
    return curves(of, options)


def test_a_curve_is_a_method_on_a_device_by_frame_rate(runs: tuple[Run, ...]) -> None:
    good, bad = drawn(runs, asked(fps=(30.0, 10.0)))  # in any order
    assert good.offline == pytest.approx(0.8)
    assert [fps for fps, _ in good.points] == [10, 30]
    assert [score for _, score in good.points] == pytest.approx([0.8 / 2, 0.8 / 4])
    assert (good.complete, bad.complete) == (True, False)
    assert [fps for fps, _ in drawn(runs, asked())[0].points] == list(FPS)


def panel(made: Figure) -> Axes:
    (found,) = (axes for axes in made.axes if axes.get_xlabel())
    return found


def key_of(made: Figure) -> list[str]:
    return [text.get_text() for axes in made.axes for text in axes.texts]


def below(made: Figure) -> str:
    return " ".join(text.get_text() for text in made.texts)


def test_the_figure_names_each_method_once_and_tells_devices_apart(runs: tuple[Run, ...]) -> None:
    options = asked(slower=(1.0, 2.0))
    (of,) = replay(runs, options)
    made = figure(drawn(runs, options), of, options)
    assert key_of(made) == ["good", "bad", "device as measured", "2 times slower"]
    axes = panel(made)
    assert len(axes.get_xticks()) == 1 + len(FPS)
    assert axes.get_xscale() == "log"
    strokes = [line.get_linestyle() for line in axes.lines if len(line.get_xdata()) == len(FPS)]
    assert strokes == ["-", "-", "--", "--"]
    assert "Policy queue" in below(made)
    assert "Hollow: over a part of the objects only." in below(made)
    assert "Test CPU" in below(made)
    assert "Not drawn: stored (re-scored) (masks that existed already have no times)." in below(
        made
    )


def test_one_device_needs_no_name_but_a_word_on_others(runs: tuple[Run, ...]) -> None:
    options = asked()
    (of,) = replay(runs[:1], options)
    made = figure(drawn(runs[:1], options), of, options)
    assert key_of(made) == ["good"]
    assert "read at k times the frame rate" in below(made)


def test_levels_stand_inside_and_names_of_ticks_apart(runs: tuple[Run, ...]) -> None:
    options = asked()
    (of,) = replay(runs, options)
    made = figure(drawn(runs, options), of, options)
    made.savefig(io.BytesIO(), format="png")  # places everything
    axes = panel(made)
    low, high = axes.get_xlim()
    for line in axes.lines:
        assert low <= min(line.get_xdata()) and max(line.get_xdata()) <= high
    labels = [text for text in axes.get_xticklabels() if text.get_text()]
    assert [labels[0].get_text(), labels[-1].get_text()] == ["offline", "60"]
    for left, right in pairwise(text.get_window_extent() for text in labels):
        assert left.x1 < right.x0


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_files_are_a_picture_and_its_data(
    runs: tuple[Run, ...], tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "new" / f"live.{kind}"
    figures.draw("streaming", runs, asked(fps=(5.0, 10.0)), out)
    begin = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    assert out.read_bytes().startswith(begin)
    rows = pd.read_csv(out.with_suffix(".csv"))
    assert list(rows["fps"]) == [5, 5, 5, 10, 10, 10]
    assert list(rows["state"]) == ["done", "incomplete", "missing"] * 2


def test_the_same_data_give_the_same_bytes_and_not_an_empty_picture(
    runs: tuple[Run, ...], tmp_path: Path
) -> None:
    (of,) = replay(runs, asked())
    one, other = (write(tmp_path / f"{name}.png", of, asked())[0] for name in "ab")
    assert one.read_bytes() == other.read_bytes()
    image = np.asarray(PIL.Image.open(one).convert("RGB"))
    assert (image == (0x00, 0x72, 0xB2)).all(-1).sum() > 500  # the first colour


def test_what_cannot_be_drawn_is_refused(
    runs: tuple[Run, ...], make_run: MakeRun, tmp_path: Path
) -> None:
    out = tmp_path / "live.png"
    with pytest.raises(UsageError, match="nothing to draw: masks that existed already have no"):
        figures.draw("streaming", runs[2:], asked(), out)
    with pytest.raises(UsageError, match="a figure shows one dataset, and there are"):
        figures.draw("streaming", (*runs, make_run("a", {"s": [0.5]}, dataset="two")), asked(), out)
    with pytest.raises(UsageError, match="tells 4 devices apart, and --slower names 5"):
        figures.draw("streaming", runs, asked(slower=(1.0, 2.0, 3.0, 4.0, 5.0)), out)
    assert not out.exists()
