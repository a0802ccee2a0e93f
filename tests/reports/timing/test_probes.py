"""How unlike the machines of a table are, and what of it may be compared."""

import json

import pytest

from tests.reports.conftest import MACHINE
from tests.reports.timed_runs import OTHER_MACHINE, timed_run
from vosbench.records import Run
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Table
from vosbench.reports.timing.table import build

HERE = {**MACHINE, "probe": {"matmul": 0.010, "decode": 0.002}}
THERE = {**OTHER_MACHINE, "probe": {"matmul": 0.025, "decode": 0.001}}
NOWHERE = {**MACHINE, "id": "cccc"}


def table(*runs: Run, reference: str | None = None) -> Table:
    (only,) = build(runs, ReportOptions(reference=reference))
    return only


@pytest.fixture
def runs() -> tuple[Run, ...]:
    """Two methods on each of two machines; a second run on the first machine probed it better."""
    return (
        timed_run("ref", [1.0, 1.0], machine={**HERE, "probe": {"matmul": 0.011, "decode": 0.002}}),
        timed_run("a", [0.5, 0.5], machine=HERE),
        timed_run("ref", [10.0], run="ref-2", machine=THERE, label="ref there"),
        timed_run("a", [2.0], run="a-2", machine=THERE, label="a there"),
    )


def test_other_machines_are_multiples_of_the_first(runs: tuple[Run, ...]) -> None:
    made = table(*runs)
    assert [text for text in made.footnotes if "probe" in text] == [
        "Reference probe on machine aaaa: matmul 10.0 ms, decode 2.00 ms.",
        "Reference probe on machine bbbb, in times as long: matmul × 2.50, decode × 0.50.",
    ]
    assert made.footnotes[-1] == (
        "What may be compared across machines is × METHOD, which --reference METHOD adds."
    )


def test_beside_the_column_that_compares(runs: tuple[Run, ...]) -> None:
    made = table(*runs, reference="ref")
    text = " ".join(render([made], "text").split())
    assert "× ref: amortised fps over that of ref on its own machine" in text
    assert "in times as long: matmul × 2.50, decode × 0.50." in text
    assert "--reference METHOD adds" not in text


def test_the_data_hold_seconds_and_ratios(runs: tuple[Run, ...]) -> None:
    rows = [row for row in json.loads(render([table(*runs)], "json")) if row["level"] == "run"]
    assert [row["probe_matmul_seconds"] for row in rows] == [0.011, 0.010, 0.025, 0.025]
    assert [row["probe_matmul_ratio"] for row in rows] == pytest.approx([1.0, 1.0, 2.5, 2.5])
    assert [row["probe_decode_ratio"] for row in rows] == pytest.approx([1.0, 1.0, 0.5, 0.5])
    assert {row["probe_ratio_to"] for row in rows} == {"aaaa"}


def test_one_machine_is_in_no_relation(runs: tuple[Run, ...]) -> None:
    (whole, *_) = json.loads(render([table(*runs[:2])], "json"))
    assert whole["probe_matmul_seconds"] == 0.011
    assert "probe_matmul_ratio" not in whole


def test_a_machine_without_a_probe_is_named(runs: tuple[Run, ...]) -> None:
    made = table(timed_run("bare", [1.0], machine=NOWHERE), *runs)
    assert (
        "No reference probe on machine cccc: runs with --repetitions above 1 make one."
        in made.footnotes
    )
    assert "Reference probe on machine aaaa: matmul 10.0 ms, decode 2.00 ms." in made.footnotes
    rows = [row for row in made.tidy if row["level"] == "run"]
    assert [row["probe_matmul_ratio"] for row in rows] == [None, 1.0, 1.0, 2.5, 2.5]
    assert rows[0]["probe_ratio_to"] is None
