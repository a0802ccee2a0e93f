from collections.abc import Callable

import pytest

from tests.reports.timed_runs import OTHER_MACHINE, timed_run
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores.overall import build
from vosbench.reports.table import Cell, Table

MakeRun = Callable[..., Run]


def table(*runs: Run, **options: object) -> Table:
    (only,) = build(runs, ReportOptions(**options))  # type: ignore[arg-type]
    return only


def column(made: Table, key: str) -> list[Cell]:
    index = [one.key for one in made.columns].index(key)
    return [row.cells[index] for row in made.rows]


def steady(make_run: MakeRun, name: str, J: float, *, sequences: int = 8, failed: int = 0) -> Run:
    """A run whose scores hardly differ between sequences, so that few tell it from another."""
    figures: dict[str, list[float] | str | None] = {
        f"s{number}": [J + 0.001 * (number % 3)] for number in range(sequences - failed)
    }
    figures |= {f"s{number}": "no" for number in range(sequences - failed, sequences)}
    return make_run(name, figures)


def test_means_over_objects_of_every_figure(make_run: MakeRun) -> None:
    made = table(make_run("a", {"s": [0.8], "t": [0.0, 0.4]}))
    expected = {  # J is 0.4 on average; F, recall and decay are J / 2, J / 4 and J / 8
        "J&F": 0.3,
        "J_mean": 0.4,
        "J_recall": 0.1,
        "J_decay": 0.05,
        "F_mean": 0.2,
        "F_recall": 0.1,
        "F_decay": 0.05,
        "fps_amortised": 5.0,
        "fps_steady": 10.0,
        "frames": 20,
        "sequences": 2,
        "objects": 3,
    }
    for key, value in expected.items():
        assert column(made, key)[0].value == pytest.approx(value), key
    assert column(made, "device")[0].value == "cpu"


def test_higher_is_better_but_not_for_decay(make_run: MakeRun) -> None:
    made = table(steady(make_run, "high", 0.8), steady(make_run, "low", 0.4))
    for key in ("J&F", "J_mean", "F_recall"):
        assert [cell.best for cell in column(made, key)] == [True, False]
    for key in ("J_decay", "F_decay"):
        assert [cell.best for cell in column(made, key)] == [False, True]
    assert not any(cell.best for key in ("frames", "objects") for cell in column(made, key))


def test_incomplete_runs_are_marked_and_do_not_compete(make_run: MakeRun) -> None:
    made = table(
        steady(make_run, "part", 0.9, sequences=8, failed=7),
        steady(make_run, "a", 0.5),
        steady(make_run, "b", 0.4),
    )
    assert [cell.incomplete for cell in column(made, "J_mean")] == [True, False, False]
    assert [cell.best for cell in column(made, "J_mean")] == [False, True, False]
    assert [cell.value for cell in column(made, "sequences")] == [1, 8, 8]


def test_imported_and_quoted_rows_have_no_speed(make_run: MakeRun) -> None:
    made = table(
        make_run("ours", {"blackswan": [0.5]}),
        make_run("stored", {"blackswan": [0.6]}, imported=True),
        published=("PReMVOS",),
    )
    for key in ("fps_amortised", "fps_steady", "frames", "device"):
        assert [cell.value for cell in column(made, key)][1:] == [None, None]
    assert not any(cell.best for cell in column(made, "J_mean"))  # each alone in its level


def test_speed_is_best_on_one_machine_only(make_run: MakeRun) -> None:
    fast, slow = (
        make_run(name, {"s": [0.5]}, seconds=seconds) for name, seconds in (("f", 1.0), ("s", 2.0))
    )
    assert [cell.best for cell in column(table(fast, slow), "fps_amortised")] == [True, False]


def test_several_passes_are_told_of_and_doubtful_speeds_are_named() -> None:
    made = table(
        timed_run("steady", [1.0, 1.0, 1.0]),
        timed_run("unstable", [1.0, 2.0, 3.0], facts=[{"contended": 0.5}]),
    )
    notes = "\n".join(made.footnotes)
    assert "timed in 3 passes after a warm-up, of which the median counts" in notes
    assert "Speeds to be taken with care: unstable (unstable, contended); table timing" in notes
    assert column(made, "fps_amortised")[1].value == pytest.approx(0.8)


def test_speeds_of_two_machines_are_compared_only_when_asked() -> None:
    runs = (timed_run("here", [1.0]), timed_run("there", [2.0], machine=OTHER_MACHINE))
    assert not any(cell.best for cell in column(table(*runs), "fps_amortised"))
    asked = table(*runs, across_machines=True)
    assert [cell.best for cell in column(asked, "fps_amortised")] == [True, False]
    assert any("compared all the same" in text for text in asked.footnotes)


def test_quoted_rows_are_chosen_as_all_others(make_run: MakeRun) -> None:
    run = make_run("ours", {"blackswan": [0.1]})

    def titles(**asked: object) -> list[object]:
        options = ReportOptions(published=("PReMVOS", "OSVOS"), **asked)  # type: ignore[arg-type]
        (made,) = tables.build("overall", [run], options)
        return [row.cells[0].value for row in made.rows]

    assert titles(sort="J") == ["PReMVOS (quoted)", "OSVOS (quoted)", "ours"]
    assert titles(where=("J<95",)) == ["ours", "OSVOS (quoted)"]
    assert titles(top=1) == ["ours"]
