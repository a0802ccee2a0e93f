"""Figures of the first page: what is drawn of which runs, and what may be asked of it."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pictures

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.comparison import compare
from vosbench.reports.html_report import write_report
from vosbench.reports.html_report.index_figures import draw_figures
from vosbench.reports.options import ReportOptions


def drawn(
    folder: Path, runs: tuple[Run, ...], options: ReportOptions, **asked: object
) -> dict[str, Path]:
    asking = replace(options, **asked)  # type: ignore[arg-type]
    (comparison,) = compare(runs, asking)
    return {
        figure.name: folder / figure.picture
        for figure in draw_figures(folder, comparison, runs, asking)
    }


def test_the_page_shows_each_figure_with_its_data(report: Path) -> None:
    page = (report / "index.html").read_text(encoding="utf-8")
    there = sorted(path.name for path in (report / "figures").iterdir())
    assert there == sorted(
        f"{name}.{end}"
        for name in ("failure-cases", "box-plots", "speed-quality")
        for end in ("png", "csv")
    )
    for name in there:
        assert f'"figures/{name}"' in page


def test_sequences_and_frames_of_the_cases_can_be_named(
    runs: tuple[Run, ...], options: ReportOptions, tmp_path: Path
) -> None:
    asked = {"cases": ("cat",), "frames": (1, 2), "methods": ("steady", "shaky")}
    found = drawn(tmp_path, runs, options, **asked)
    with Pictures.open(found["failure-cases"]) as picture:
        assert picture.width > picture.height
    with found["failure-cases"].with_suffix(".csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["sequence"], row["index"]) for row in rows} == {("cat", "1"), ("cat", "2")}
    assert "dot-plot" in found  # there are two methods


def test_without_frames_no_picture_is_looked_at(
    runs: tuple[Run, ...], options: ReportOptions, tmp_path: Path
) -> None:
    assert set(drawn(tmp_path, runs, options, pictures=False)) == {"box-plots", "speed-quality"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"cases": ("cow",)}, "sequence 'cow'"), ({"cases": ("cat",), "frames": (6,)}, "frame 6")],
)
def test_what_is_not_there_is_said_and_nothing_is_written(
    runs: tuple[Run, ...],
    options: ReportOptions,
    tmp_path: Path,
    asked: dict[str, object],
    said: str,
) -> None:
    with pytest.raises(UsageError, match=said):
        write_report(runs, replace(options, **asked), tmp_path / "out")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
