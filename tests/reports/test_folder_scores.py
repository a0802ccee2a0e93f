"""Scores of a folder as scripts outside vosbench read them."""

import math
from dataclasses import replace

from vosbench.metrics import protocols
from vosbench.records import ObjectScore, Statistic
from vosbench.reports.folder_scores import build
from vosbench.reports.formats.render import render

DAVIS2017 = protocols.get("davis2017")
SCORES = (
    ObjectScore("cows", 1, 3, Statistic(1 / 3, 1.0, 0.5), Statistic(0.1, 0.0, -0.5)),
    ObjectScore("dogs", 4, 3, Statistic(1.0, 0.0, 0.0), Statistic(0.3, 1.0, 0.0)),
)


def test_csv_has_a_row_an_object_and_ends_with_the_means_over_objects() -> None:
    assert render((build(SCORES, DAVIS2017),), "csv") == (
        "sequence,object,J_mean,J_recall,J_decay,F_mean,F_recall,F_decay\n"
        "cows,1,0.3333333333333333,1.0,0.5,0.1,0.0,-0.5\n"
        "dogs,4,1.0,0.0,0.0,0.3,1.0,0.0\n"
        "GLOBAL,,0.6666666666666666,0.5,0.25,0.2,0.5,-0.25\n"
    )


def test_readers_get_per_cent_and_are_told_so() -> None:
    shown = render((build(SCORES, DAVIS2017),), "text")
    (means,) = [line.split() for line in shown.splitlines() if line.startswith("GLOBAL  ")]
    assert means == ["GLOBAL", "66.7", "50.0", "25.0", "20.0", "50.0", "-25.0"]
    assert "Per cent (fractions × 100). GLOBAL is the mean over all 2 objects." in shown


def test_protocols_with_variability_have_a_column_more() -> None:
    spread = (replace(SCORES[0], variability=0.1), replace(SCORES[1], variability=0.3))
    table = build(spread, protocols.get("lvos"))
    lines = render((table,), "csv").splitlines()
    assert [line.split(",")[-1] for line in lines] == ["V", "0.1", "0.3", "0.2"]
    assert "V: standard deviation of J&F" in " ".join(table.footnotes)


def test_a_decay_that_overflows_is_empty_and_explained() -> None:
    nothing = Statistic(0.5, 1.0, math.nan)
    table = build([ObjectScore("long", 1, 300, nothing, nothing), *SCORES], DAVIS2017)
    rows = render((table,), "csv").splitlines()
    assert rows[1] == "long,1,0.5,1.0,,0.5,1.0,"
    assert [row.split(",")[4] for row in rows[1:]] == ["", "0.5", "0.0", ""]
    assert "overflow 8 bits" in " ".join(table.footnotes)
    assert "overflow 8 bits" not in " ".join(build(SCORES, DAVIS2017).footnotes)


def test_a_folder_of_several_leads_the_rows() -> None:
    table = build(SCORES, DAVIS2017, of="masks")
    assert render((table,), "csv").splitlines()[1].startswith("masks,cows,1,")
    assert table.title == "Scores under protocol davis2017: masks"
