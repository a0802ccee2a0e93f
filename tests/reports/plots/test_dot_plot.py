"""The dot plot: its rows, marks and lines, what is said of them, and the files it leaves."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.compared.choice import comparison_of, two_methods
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.curve_looks import COLOURS
from vosbench.reports.plots.dot_plot import figure
from vosbench.reports.plots.pairs import Paired

MakeRun = Callable[..., Run]
NAMES = ("blackswan", "cows", "dog", "goat", "parkour", "libby", "camel")


@pytest.fixture
def runs(make_run: MakeRun) -> tuple[Run, ...]:
    """Two that take turns, on seven sequences; the last is level."""
    first = {name: [0.5 + number / 20] for number, name in enumerate(NAMES)}
    other = {name: [0.64] for name in NAMES}
    other["camel"] = first["camel"]
    return make_run("one", first), make_run("two", other)


def paired(runs: tuple[Run, ...], **asked: Any) -> Paired:
    options = ReportOptions(**{"metric": "J", **asked})
    comparison = comparison_of(runs, options)
    first, other = two_methods(comparison, "dot-plot")
    return Paired(comparison, first, other, options.metric)


def texts(made: Figure) -> list[str]:
    return [text.get_text() for where in (made, *made.axes) for text in where.texts]


def test_a_row_has_two_marks_and_the_line_of_the_one_ahead(runs: tuple[Run, ...]) -> None:
    found = paired(runs)
    made = figure(found)
    (axes,) = (each for each in made.axes if each.get_xlabel() == "J (%)")
    for row, pair in enumerate(found.pairs):
        line, other, first = (each for each in axes.lines if list(each.get_ydata())[:1] == [row])
        assert list(first.get_xdata()) == [pytest.approx(100 * pair.means[0])]
        assert list(other.get_xdata()) == [pytest.approx(100 * pair.means[1])]
        assert (first.get_marker(), other.get_marker()) == ("o", "D")
        ahead = 0 if pair.difference > 0 else 1
        colour = "#555555" if pair.sequence == "camel" else COLOURS[ahead]
        assert to_hex(line.get_color()) == colour.lower()
        assert line.get_linestyle() == ("--" if pair.difference < 0 else "-")
    shown = texts(made)
    assert [shown.count(name) for name in NAMES] == [1] * 7
    assert "−14.0" in shown
    assert "0.0" in shown
    assert "7 objects" in shown


def test_the_mean_has_its_paired_interval(runs: tuple[Run, ...]) -> None:
    found = paired(runs)
    interval = found.difference.interval
    assert interval is not None
    made = figure(found)
    assert f"[{100 * interval[0]:+.1f}, {100 * interval[1]:+.1f}]".replace("-", "−") in texts(made)
    (axes,) = (each for each in made.axes if each.get_xlabel() == "J (%)")
    (bar,) = (line for line in axes.lines if line.get_marker() == "|")
    ends = [100 * (found.means[1] + end) for end in interval]
    assert list(bar.get_xdata()) == pytest.approx(ends)


@pytest.mark.parametrize("count", [1, 12, 90])
def test_rows_keep_their_room_and_texts_stay_apart(count: int, make_run: MakeRun) -> None:
    made = (
        make_run(f"m{place}", {f"horsejump-high-{n}": [(n + place) % 9 / 9] for n in range(count)})
        for place in (0, 1)
    )
    drawn = figure(paired(tuple(made)))
    drawn.savefig(io.BytesIO(), format="png")  # places everything
    boxes = [
        text.get_window_extent()
        for where in (drawn, *drawn.axes)
        for text in where.texts
        if text.get_text()
    ]
    for number, box in enumerate(boxes):
        assert drawn.bbox.x0 <= box.x0 and box.x1 <= drawn.bbox.x1
        for other in boxes[number + 1 :]:
            apart = box.x1 <= other.x0 or other.x1 <= box.x0
            assert apart or min(box.y1, other.y1) - max(box.y0, other.y0) < 3  # hollow ascenders


def test_quoted_marks_are_hollow_and_differences_wait_to_be_asked_for(
    runs: tuple[Run, ...],
) -> None:
    made = figure(paired(runs[:1], against="osvos"))
    shown = texts(made)
    assert not any(text.startswith(("+", "−")) for text in shown)
    below = " ".join(shown)
    assert "Hollow: published by others, not measured here." in below
    assert "--across-levels" in below
    (axes,) = (each for each in made.axes if each.get_xlabel() == "J (%)")
    faces = {line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "D"}
    assert faces == {"white"}
    asked = texts(figure(paired(runs[:1], against="OSVOS", across_levels=True)))
    assert any(text.startswith("−") for text in asked)


def test_sequences_of_one_are_named_below(make_run: MakeRun) -> None:
    made = figure(
        paired(
            (make_run("a", {"cow": [0.5], "dog": [0.5]}), make_run("b", {"cow": [0.4], "owl": [1]}))
        )
    )
    below = " ".join(texts(made))
    assert "Only a has dog. Only b has owl." in below
    assert "No interval of the mean difference: 1 sequence" in below


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_files_are_a_picture_and_its_data(
    runs: tuple[Run, ...], tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"dots.{kind}"
    figures.draw("dot-plot", runs, ReportOptions(metric="J&F"), out)
    first = out.read_bytes()
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind])
    rows = pd.read_csv(out.with_suffix(".csv"))
    assert list(rows["sequence"][-2:]) == ["blackswan", "MEAN"]
    assert (rows["score"] - rows["against_score"]).to_list() == pytest.approx(rows["difference"])
    figures.draw("dot-plot", runs, ReportOptions(metric="J&F"), out)
    assert out.read_bytes() == first


def test_what_cannot_be_drawn_is_refused_in_a_sentence(
    runs: tuple[Run, ...], make_run: MakeRun, tmp_path: Path
) -> None:
    def draw(*made: Run, **asked: Any) -> None:
        figures.draw("dot-plot", made, ReportOptions(**asked), tmp_path / "a.png")

    third = make_run("three", {"cow": [0.5]})
    with pytest.raises(UsageError, match=r"there is only one; run another one"):
        draw(runs[0])
    with pytest.raises(UsageError, match=r"there are one, two and three; choose two with --method"):
        draw(*runs, third)
    with pytest.raises(UsageError, match="one and three share none"):
        draw(runs[0], third)
    with pytest.raises(UsageError, match="'tow'"):
        draw(*runs, against="tow")
    with pytest.raises(UsageError, match="--against one may be any of one"):
        draw(*runs, make_run("one", {"cow": [0.5]}, run="one-2", seed=1), against="one")
    with pytest.raises(UsageError, match="one dataset, and there are"):
        draw(*runs, make_run("a", {"s": [0.5]}, dataset="two"))
    assert not list(tmp_path.iterdir())
