"""Figure `attributes`: files, data, and what is drawn."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports.attribute_runs import CALM, SMALL, dataset, scored
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.attributes import plot as attribute_plot
from vosbench.reports.attributes.scores import attribute_scores
from vosbench.reports.compared.comparison import compare
from vosbench.reports.options import ReportOptions

KINDS = {"ant": (SMALL,), "bear": (CALM, SMALL), "cow": (CALM,)}
FIGURES = {"ant": [0.2], "bear": [0.9, 0.4], "cow": [0.8]}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_it_is_written_with_its_data(
    kind: str, tmp_path: Path, make_run: Callable[..., Run]
) -> None:
    places = dataset(tmp_path, KINDS)
    runs = tuple(scored(make_run, name, FIGURES) for name in ("one", "two"))
    out = tmp_path / f"attributes.{kind}"
    figures.draw("attributes", runs, ReportOptions(metric="J", places=places), out)
    first = out.read_bytes()
    figures.draw("attributes", runs, ReportOptions(metric="J", places=places), out)
    assert out.read_bytes() == first
    with out.with_suffix(".csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["title"], row["attribute"]) for row in rows] == [
        ("one", "low resolution"),
        ("two", "low resolution"),
    ]
    assert float(rows[0]["with"]) == pytest.approx(0.3)
    assert float(rows[0]["without"]) == pytest.approx(0.85)


def test_marks_stand_at_the_means(tmp_path: Path, make_run: Callable[..., Run]) -> None:
    runs = (scored(make_run, "tracker", FIGURES),)
    (comparison,) = compare(runs, ReportOptions())
    scores = attribute_scores(comparison, runs, "J_mean", dataset(tmp_path, KINDS))
    made = attribute_plot.figure(scores, "J")
    panel = next(axes for axes in made.axes if axes.get_xlabel() == "J (%)")
    marks = sorted(float(line.get_xdata()[0]) for line in panel.lines if line.get_marker() == "o")  # type: ignore[index,arg-type]
    assert marks == pytest.approx([30, 85])
    written = {text.get_text() for text in panel.texts}
    assert {"low resolution", "2 of 4 objects"} <= written


def test_nothing_to_draw_is_said(tmp_path: Path, make_run: Callable[..., Run]) -> None:
    places = dataset(tmp_path, {"cow": (CALM,)})
    runs = (scored(make_run, "tracker", {"cow": [0.8]}),)
    with pytest.raises(UsageError, match="no object that was scored has an attribute"):
        figures.draw("attributes", runs, ReportOptions(places=places), tmp_path / "a.png")
