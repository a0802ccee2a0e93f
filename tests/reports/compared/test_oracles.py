"""Runs that saw annotations are told from results in every table."""

from collections.abc import Callable

import pytest

from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Table

MakeRun = Callable[..., Run]


@pytest.fixture(params=["per-sequence", "overall"])
def table(request: pytest.FixtureRequest, make_run: MakeRun) -> Table:
    """A table of two runs and an oracle that is better than both."""
    runs = (
        make_run("eosvos-10", {"cow": [0.5], "dog": [0.6]}),
        make_run("eosvos-50", {"cow": [0.6], "dog": [0.7]}),
        make_run(
            "eosvos-10",
            {"cow": [0.9], "dog": [0.9]},
            run="eosvos-10-o",
            overrides={"boxes": "annotation"},
            sees_annotations=True,
        ),
    )
    (made,) = tables.build(request.param, runs, ReportOptions())
    return made


def test_their_names_say_so(table: Table) -> None:
    titles = [column.title for column in table.columns[1:]]
    titles += [str(row.cells[0].value) for row in table.rows]
    assert "eosvos-10 (boxes=annotation) (oracle)" in titles


def test_they_are_never_best(table: Table) -> None:
    best = [cell.value for row in table.rows for cell in row.cells if cell.best]
    assert best
    assert 0.9 not in [pytest.approx(value) for value in best]


def test_a_footnote_says_why(table: Table) -> None:
    (note,) = [text for text in table.footnotes if "annotation of every frame" in text]
    assert note.startswith("eosvos-10 (boxes=annotation) (oracle): ")
    assert "no result" in note


def test_their_trust_is_in_the_data(table: Table) -> None:
    assert {row["trust"] for row in table.tidy} == {"measured", "oracle"}
