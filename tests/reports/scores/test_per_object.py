"""Table per-object: each object by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.compared.entries import Outcome
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores.per_object import object_figure
from vosbench.reports.table import Cell, Subject, Table

MakeRun = Callable[..., Run]


def table(*runs: Run, **options: object) -> Table:
    (made,) = tables.build("per-object", runs, ReportOptions(**options))  # type: ignore[arg-type]
    return made


def column(made: Table, place: int) -> dict[object, Cell]:
    return {row.cells[0].value: row.cells[place] for row in made.rows}


def test_a_row_an_object_and_the_mean_over_all(make_run: MakeRun) -> None:
    made = table(make_run("a", {"s": [0.5], "t": [0.25, 0.75]}))
    found = column(made, 1)
    assert [(name, cell.value) for name, cell in found.items()] == [
        ("s/1", 0.5),
        ("t/1", 0.25),
        ("t/2", 0.75),
        ("mean over objects (3)", 0.5),
    ]
    assert found["t/2"].about == Subject("a", "a-1", "t", 2)
    assert made.rows[2].cells[0].about == Subject(sequence="t", object_id=2)


def test_objects_meet_by_their_ids(make_run: MakeRun) -> None:
    first, second = make_run("a", {"t": [0.25, 0.75]}), make_run("b", {"t": [0.5, 1.0]})
    (record,) = second.records
    swapped = tuple(
        replace(score, object_id=number)
        for score, number in zip(record.scores, (5, 1), strict=True)
    )
    second = replace(second, records=(replace(record, scores=swapped),))
    made = table(first, second)
    assert [cell.value for cell in column(made, 1).values()][:3] == [0.25, 0.75, None]
    assert [cell.value for cell in column(made, 2).values()][:3] == [1.0, None, 0.5]
    assert made.notes == ("no such figure of this object",)


def test_objects_without_ids_go_by_their_order() -> None:
    outcome = Outcome(objects=({"J_mean": 0.25}, {"J_mean": 0.75}))
    assert object_figure(outcome, "J_mean", (3, 7), 7) == 0.75
    assert object_figure(outcome, "J_mean", (3, 7, 9), 7) is None


def test_gaps_have_their_reason(make_run: MakeRun) -> None:
    made = table(
        make_run("a", {"s": [0.5], "t": [0.25]}),
        make_run("b", {"s": "out of luck", "t": [0.5]}),
        make_run("c", {"t": [0.5]}),
    )
    assert column(made, 2)["s/1"].notes == (1,)
    assert made.notes == ("failed: out of luck", "not asked for in this run")


def test_a_sequence_that_nobody_has_tells_why(make_run: MakeRun) -> None:
    made = table(make_run("a", {"s": "out of luck", "t": [0.5]}), where=("a>0",))
    assert [row.cells[0].value for row in made.rows] == ["t/1", "mean over objects (1)"]
    made = table(make_run("a", {"s": "out of luck", "t": [0.5]}))
    assert [row.cells[0].value for row in made.rows[:2]] == ["s/?", "t/1"]
    assert column(made, 1)["s/?"].value is None
    assert made.notes == ("failed: out of luck",)
    keys = ("sequence", "object", "J", "state", "reason")
    assert [tuple(row[key] for key in keys) for row in made.tidy] == [
        ("s", None, None, "failed", "failed: out of luck"),
        ("t", 1, 0.5, "done", None),
    ]


def test_published_objects_stand_beside_the_runs(make_run: MakeRun) -> None:
    run = make_run("a", {"bike-packing": [0.5, 0.25]}, dataset="davis2017")
    made = table(run, published=("OSVOS",), metric="J&F")
    quoted = column(made, 2)
    values = [quoted[f"bike-packing/{number}"].value for number in (1, 2)]
    mean = quoted["mean over objects (2)"].value
    assert isinstance(mean, float)
    assert sum(float(value or 0) for value in values) / 2 == pytest.approx(mean)
    assert values[0] != values[1]
    assert all(cell.quoted and not cell.best for cell in quoted.values())


def test_differences_to_a_method(make_run: MakeRun) -> None:
    runs = (make_run("a", {"t": [0.25, 0.75]}), make_run("b", {"t": [0.5, 0.5]}))
    made = table(*runs, against="b")
    assert [one.title for one in made.columns] == ["sequence/object", "a", "b", "Δ a"]
    assert [cell.value for cell in column(made, 3).values()] == [-0.25, 0.25, 0.0]


def test_tidy_rows_have_every_figure_of_every_object(make_run: MakeRun) -> None:
    made = table(make_run("a", {"t": [0.25, 0.75]}), make_run("b", {"t": "out of luck"}))
    keys = ("method", "sequence", "object", "J", "F", "J&F", "J_recall", "state")
    assert [tuple(row[key] for key in keys) for row in made.tidy] == [
        ("a", "t", 1, 0.25, 0.125, 0.1875, 0.0625, "done"),
        ("a", "t", 2, 0.75, 0.375, 0.5625, 0.1875, "done"),
        ("b", "t", 1, None, None, None, None, "failed"),
        ("b", "t", 2, None, None, None, None, "failed"),
    ]


def test_nothing_is_said_of_intervals_that_other_tables_show(make_run: MakeRun) -> None:
    figures = {f"s{number}": [0.1 * number] for number in range(8)}
    runs = (make_run("a", figures), make_run("b", figures))
    assert not any(text.startswith("95 % intervals") for text in table(*runs).footnotes)
    (other,) = tables.build("per-sequence", runs, ReportOptions())
    assert any(text.startswith("95 % intervals") for text in other.footnotes)
    unfinished = make_run("c", {**figures, "s7": "out of luck"})
    (other,) = tables.build("per-sequence", (unfinished,), ReportOptions())
    assert not any(text.startswith("95 % intervals") for text in other.footnotes)
