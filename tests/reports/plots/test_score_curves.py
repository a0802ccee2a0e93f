"""Curves of J and F: which sequence, which frames count, what fails where, and the files."""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.failures.made_failures import FRAMES, during, film, kept_run, zoo
from vosbench import kept_frames
from vosbench.errors import UsageError
from vosbench.failures.events import DRIFT, GHOST, LOST
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.compared.choice import comparison_of
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots import score_curves
from vosbench.reports.plots.frame_scores import ObjectScores, chosen_sequences, object_scores
from vosbench.store import load_runs

HERE, PAIR = {1: (20, 20, 40, 40)}, {1: (20, 20, 40, 40), 2: (20, 100, 40, 40)}
ADRIFT = {1: (70, 100, 40, 40)}
ZOO = zoo({"one": film(HERE), "two": film(PAIR, during(5, 7, HERE))})
WEAK = {
    "one": film(HERE, during(2, 5, {}) | during(8, 9, ADRIFT)),
    "two": film(PAIR, during(3, 4, {2: PAIR[2]})),  # object 2 stays when it is gone
}
STRONG = {"one": film(HERE, during(3, 5, {})), "two": film(PAIR, during(5, 7, HERE))}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    kept_run(folder, ZOO, "weak", WEAK)
    kept_run(folder, ZOO, "strong", STRONG)
    return folder


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kept_frames, "dataset_of", lambda manifest, places: ZOO)
    yield


def runs_in(folder: Path) -> tuple[Run, ...]:
    """The weak one first; both as if the masks were made here."""
    found = sorted(load_runs(folder), key=lambda run: run.manifest.method, reverse=True)
    return tuple(replace(run, manifest=replace(run.manifest, imported=False)) for run in found)


def asked(folder: Path, **more: Any) -> ReportOptions:
    return ReportOptions(runs_folder=str(folder), **more)


def scores(folder: Path, *names: str) -> tuple[ObjectScores, ...]:
    runs, options = runs_in(folder), asked(folder)
    return object_scores(runs, comparison_of(runs, options), names, options)


def drawn(folder: Path, *names: str) -> Figure:
    runs, options = runs_in(folder), asked(folder)
    comparison = comparison_of(runs, options)
    return score_curves.figure("title", scores(folder, *names), comparison)


def panels(made: Figure) -> list[Axes]:
    return [axes for axes in made.axes if axes.get_ylabel()]


def texts(made: Figure) -> list[str]:
    return [text.get_text() for where in (made, *made.axes) for text in where.texts]


def test_the_sequence_that_tells_most_is_shown(kept: Path) -> None:
    runs = runs_in(kept)

    def chosen(some: tuple[Run, ...], **more: Any) -> tuple[tuple[str, ...], str]:
        options = asked(kept, **more)
        return chosen_sequences(comparison_of(some, options), options)

    assert chosen(runs) == (("one",), "where the methods differ most")
    assert chosen(runs, against="strong") == (("one",), "where weak loses most against strong")
    _, why = chosen(runs, against="weak")  # the first one
    assert why == "where strong loses most against weak"
    assert chosen(runs[:1]) == (("one",), "the lowest of weak")
    assert chosen(runs, sequences=("two", "one")) == (("one", "two"), "")


def test_a_curve_has_the_frames_that_count_and_its_failures(kept: Path) -> None:
    first, second = scores(kept, "two")
    assert (first.object_id, second.object_id) == (1, 2)
    assert (first.absent, second.absent) == (set(), {5, 6, 7})
    assert first.counting == range(1, FRAMES - 1)
    weak, strong = first.curves
    assert (weak.entry.title, weak.place, strong.place) == ("weak", 0, 1)
    assert [index for index, score in weak.scores.items() if score.J == 0] == [3, 4]
    assert [(event.kind, event.first, event.last) for event in weak.events] == [(LOST, 3, 4)]
    assert strong.events == ()
    (gone,) = second.curves[0].events
    assert (gone.kind, gone.first, gone.last) == (GHOST, 5, 7)


def test_panels_show_curves_and_shade_what_does_not_apply(kept: Path) -> None:
    made = drawn(kept, "one", "two")
    assert [axes.get_ylabel() for axes in panels(made)] == ["J (%)", "F (%)"] * 3
    for axes, (each, metric) in zip(
        panels(made),
        [(each, metric) for each in scores(kept, "one", "two") for metric in "JF"],
        strict=True,
    ):
        for line, curve in zip(axes.lines, each.curves, strict=True):
            assert list(line.get_xdata()) == list(curve.scores)
            assert list(line.get_ydata()) == [100 * value for value in curve.values(metric)]
        hatched = [patch for patch in axes.patches if patch.get_hatch()]
        spans = sorted(
            patch.get_extents().transformed(axes.transData.inverted()).intervalx.tolist()
            for patch in hatched
        )
        assert np.ravel(spans) == pytest.approx([-0.5, 0.5, FRAMES - 1.5, FRAMES - 0.5])
        assert len(axes.patches) - len(hatched) == (1 if each.absent else 0)
        assert [axes.get_xticks()[0], axes.get_xticks()[-1]] == [0, FRAMES - 1]
    shown = texts(made)
    assert shown.count(LOST) == 3  # weak in both sequences, strong in one
    assert (shown.count(DRIFT), shown.count(GHOST)) == (1, 1)
    assert "object 2" in shown
    below = " ".join(shown)
    assert "Hatched: frames that do not count under davis2017." in below
    assert "Grey: the object is not there." in below


def test_one_object_needs_no_head_and_its_bars_span_the_failures(kept: Path) -> None:
    made = drawn(kept, "one")
    assert "one" not in texts(made)
    (bars,) = (axes for axes in made.axes if DRIFT in [text.get_text() for text in axes.texts])
    width = bars.get_xlim()[1]
    spans = [np.array(line.get_xdata()) for line in bars.lines if len(line.get_xdata()) == 2]
    assert len(spans) == 3
    found = [span * FRAMES / width - 0.5 for span in spans]
    expected = [(1.5, 5.5), (7.5, 9.5), (2.5, 5.5)]  # half a frame around both ends
    assert np.ravel(found) == pytest.approx(np.ravel(expected), abs=0.05)


def test_texts_stay_apart_and_inside(kept: Path) -> None:
    made = drawn(kept, "one", "two")
    made.savefig(io.BytesIO(), format="png")  # places everything
    boxes = [
        text.get_window_extent()
        for where in (made, *made.axes)
        for text in where.texts
        if text.get_text()
    ]
    for box in boxes:
        assert made.bbox.x0 <= box.x0 and box.x1 <= made.bbox.x1
    for box, other in combinations(boxes, 2):
        apart = box.x1 <= other.x0 or other.x1 <= box.x0
        assert apart or min(box.y1, other.y1) - max(box.y0, other.y0) < 3


def test_of_many_methods_the_failures_of_the_first_are_marked(kept: Path) -> None:
    (one,) = scores(kept, "one")
    curves = tuple(replace(one.curves[place % 2], place=place) for place in range(10))
    runs = runs_in(kept)
    made = score_curves.figure(
        "ten", [replace(one, curves=curves)], comparison_of(runs, asked(kept))
    )
    assert texts(made).count(LOST) == 1
    assert "Bars: frames in which masks of weak fail" in " ".join(texts(made))
    assert len({line.get_color() for line in panels(made)[0].lines}) == 8
    looks = {(line.get_color(), line.get_marker()) for line in panels(made)[0].lines}
    assert len(looks) == 10


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_files_are_a_picture_and_its_data(kept: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"curves.{kind}"
    options = asked(kept, sequences=("two",))
    figures.draw("score-curves", runs_in(kept), options, out)
    first = out.read_bytes()
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind])
    data = pd.read_csv(out.with_suffix(".csv"))
    frames = data[data["what"] == "frame"]
    assert len(frames) == 2 * 2 * FRAMES
    assert frames[~frames["counts"].astype(bool)]["index"].unique().tolist() == [0, FRAMES - 1]
    weak = frames[(frames["title"] == "weak") & (frames["object"] == 1)].set_index("index")
    assert weak["J"].loc[2:5].tolist() == [1, 0, 0, 1]
    failures = data[data["what"] == "failure"]
    assert sorted(failures["kind"]) == sorted([GHOST, LOST])
    figures.draw("score-curves", runs_in(kept), options, out)
    assert out.read_bytes() == first


def test_what_cannot_be_drawn_is_refused_in_a_sentence(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_curves, "MOST", 1)
    out = tmp_path / "a.png"
    with pytest.raises(UsageError, match="shows 1 objects at most, and two have 2; choose fewer"):
        figures.draw("score-curves", runs_in(kept), asked(kept, sequences=("two",)), out)
    failed = tuple(
        replace(run, records=tuple(replace(r, state="failed") for r in run.records))
        for run in runs_in(kept)
    )
    with pytest.raises(UsageError, match="needs sequences that are scored by every method"):
        figures.draw("score-curves", failed, asked(kept), out)
    assert not out.exists()
