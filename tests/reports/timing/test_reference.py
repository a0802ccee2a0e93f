"""Speeds as a multiple of a reference on the same machine."""

from dataclasses import replace
from typing import Any

import pytest

from tests.reports.conftest import MACHINE
from tests.reports.timed_runs import OTHER_MACHINE, timed_run
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Table
from vosbench.reports.timing.table import build

TUESDAY = [{"session": "tuesday"}] * 3


def table(*runs: Run, **options: Any) -> Table:
    (only,) = build(runs, ReportOptions(**{"reference": "ref", **options}))
    return only


def ratios(made: Table) -> list[Cell]:
    index = [one.key for one in made.columns].index("times_reference")
    return [row.cells[index] for row in made.rows]


def test_passes_of_one_session_are_divided_pass_by_pass() -> None:
    made = table(timed_run("ref", [1.0, 2.0, 4.0]), timed_run("a", [0.5, 1.0, 1.0]))
    reference, own = ratios(made)
    assert (reference.value, reference.spread) == (1.0, 0.0)
    assert own.value == pytest.approx(2.0)  # of 2, 2 and 4
    assert own.spread == pytest.approx(1.0)
    assert own.best and not own.notes


def test_medians_are_divided_where_no_session_is_shared_and_that_is_said() -> None:
    made = table(timed_run("ref", [1.0, 2.0, 4.0]), timed_run("a", [0.5, 1.0, 1.0], facts=TUESDAY))
    (cell,) = ratios(made)[1:]
    assert cell.value == pytest.approx(2.0)
    assert cell.spread is None
    assert [made.notes[n - 1] for n in cell.notes] == [
        "ratio of medians: no session in common with ref"
    ]


def test_each_machine_has_a_reference_of_its_own_and_ratios_compare_across() -> None:
    made = table(
        timed_run("ref", [1.0]),
        timed_run("a", [0.5]),
        timed_run("ref", [10.0], run="ref-2", machine=OTHER_MACHINE, label="ref there"),
        timed_run("a", [2.0], run="a-2", machine=OTHER_MACHINE, label="a there"),
    )
    cells = ratios(made)
    assert [cell.value for cell in cells] == pytest.approx([1.0, 2.0, 1.0, 5.0])
    assert [cell.best for cell in cells] == [False, False, False, True]
    assert not any(row.cells[1].best for row in made.rows)  # fps do not compare


def test_a_machine_without_the_reference_has_no_ratio() -> None:
    made = table(timed_run("ref", [1.0]), timed_run("a", [0.5], machine=OTHER_MACHINE))
    (cell,) = ratios(made)[1:]
    assert cell.value is None
    assert [made.notes[n - 1] for n in cell.notes] == [
        "ref was not timed on this machine in the same mode, with the same threads, torch and flags"
    ]


def test_other_threads_are_another_machine() -> None:
    made = table(
        timed_run("ref", [1.0], machine={**MACHINE, "threads": 1}),
        timed_run("a", [0.5], machine={**MACHINE, "threads": 2}),
    )
    assert [cell.value for cell in ratios(made)] == [1.0, None]


def test_the_reference_need_not_be_in_the_table_itself() -> None:
    made = table(timed_run("ref", [1.0]), timed_run("a", [0.5]), methods=("a",))
    assert [cell.value for cell in ratios(made)] == pytest.approx([2.0])
    assert len(made.rows) == 1


def test_the_reference_of_the_same_session_goes_before_a_later_one() -> None:
    made = table(
        timed_run("ref", [1.0], created="2026-01-01"),
        timed_run("ref", [8.0], run="late", created="2026-02-01", facts=TUESDAY, label="late"),
        timed_run("a", [0.5]),
    )
    assert ratios(made)[2].value == pytest.approx(2.0)


def test_only_sequences_of_both_count_and_that_is_marked() -> None:
    partly = timed_run("ref", [1.0], sequences=(("bear", 1),))
    made = table(partly, timed_run("a", [0.5]))
    (cell,) = ratios(made)[1:]
    assert cell.value == pytest.approx(2.0)
    assert cell.incomplete


def test_an_unknown_reference_names_what_there_is() -> None:
    run = timed_run("alpha", [1.0])
    untimed = timed_run("beta", [1.0])
    untimed = replace(untimed, records=tuple(replace(r, timing=None) for r in untimed.records))
    with pytest.raises(UsageError, match=r"no timed run of 'alpa'.*did you mean alpha\?.*alpha$"):
        table(run, untimed, reference="alpa")
    with pytest.raises(UsageError, match="no timed run of 'beta'"):
        table(run, untimed, reference="beta")


def test_nothing_is_said_of_references_without_one() -> None:
    made = table(timed_run("a", [1.0]), reference=None)
    assert "times_reference" not in {one.key for one in made.columns}
    assert not any("across machines" in text for text in made.footnotes)
