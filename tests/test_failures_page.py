"""docs/failures.md is true: its kinds, its thresholds, and the figures of its example."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from tests.failures.made_failures import SIZE, during, film, kept_run, zoo
from vosbench import kept_frames
from vosbench.failures import joining, rules
from vosbench.failures.events import KINDS
from vosbench.metrics.tolerance import tolerance_radius
from vosbench.reports import tables
from vosbench.reports.table import shown
from vosbench.reports.tables import ReportOptions

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "failures.md").read_text(encoding="utf-8")


def table(*columns: str) -> list[list[str]]:
    """Rows of the table with these columns."""
    head = f"| {' | '.join(columns)} |\n| {' | '.join('---' for _ in columns)} |\n"
    assert PAGE.count(head) == 1
    body = PAGE.split(head)[1].split("\n\n")[0]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in body.splitlines()]


def test_kinds_are_those_there_are_in_the_order_of_the_rules() -> None:
    names = [row[0] for row in table("kind", "a frame is of it if")]
    assert sorted(names) == sorted(KINDS)
    order = re.findall(r"^    \d+\. (.*?),? where", rules.kind_of.__doc__ or "", re.MULTILINE)
    assert [name for each in order for name in each.split(" or ")] == ["none", *names]


def test_thresholds_are_those_that_apply() -> None:
    stated = {what: float(Fraction(value)) for what, value, _ in table("what", "value", "why")}
    assert stated == {
        "slight loss": rules.SLIGHT,
        "most": rules.MOST,
        "region right": rules.FOUND,
        "next to nothing": rules.NEXT_TO_NOTHING,
        "small": pytest.approx(rules.SMALL),
        "became smaller": rules.SHRUNK,
        "frames bridged": joining.BRIDGED,
    }


def test_the_example_gives_the_figures_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (SIZE, tolerance_radius(SIZE)) == ((120, 160), 2)
    square, large = {1: (30, 50, 60, 60)}, {1: (27, 47, 66, 66)}
    data = zoo({"first": film(square), "second": film(square)})
    answers = {
        "first": film(square, during(2, 8, large)),
        "second": film(square, during(4, 6, {})),
    }
    monkeypatch.setattr(kept_frames, "dataset_of", lambda manifest, places: data)
    made = kept_run(tmp_path, data, "example", answers)
    options = ReportOptions(runs_folder=str(tmp_path))
    _, kinds = tables.build("failures", (made,), options)
    assert table("kind", "points", "events") == [
        [shown(cell, column) for cell, column in zip(row.cells, kinds.columns, strict=True)]
        for row in kinds.rows
    ]
