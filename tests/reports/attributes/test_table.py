"""Table `attributes`: means with and without, over the objects that have it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.reports.attribute_runs import CALM, SMALL, dataset, scored
from vosbench.errors import DataError, UsageError
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Row, Table

OBJECTS = {"ant": (SMALL,), "bear": (CALM, SMALL), "cow": (CALM,), "dog": (CALM,)}
FIGURES = {"ant": [0.2], "bear": [0.9, 0.4], "cow": [0.8], "dog": [0.7]}

Make = Callable[..., Run]


def built(runs: tuple[Run, ...], **asked: Any) -> tuple[Table, ...]:
    return tables.build("attributes", runs, ReportOptions(**asked))


def row(table: Table, name: str) -> Row:
    return next(each for each in table.rows if str(each.cells[0].value).startswith(name))


def cell(table: Table, name: str, key: str) -> Cell:
    place = next(n for n, column in enumerate(table.columns) if column.key.startswith(key))
    return row(table, name).cells[place]


def test_means_with_and_without(tmp_path: Path, make_run: Make) -> None:
    places = dataset(tmp_path, OBJECTS)
    table, measures = built((scored(make_run, "tracker", FIGURES),), places=places)
    assert table.title == "J by attribute on folders, protocol davis2017"
    assert cell(table, "low resolution", "objects").value == 2
    assert cell(table, "low resolution", "sequences").value == 2
    assert cell(table, "low resolution", "with").value == pytest.approx(0.3)
    assert cell(table, "low resolution", "gap").value == pytest.approx(0.3 - 0.8)
    assert cell(table, "low resolution", "with").n == 2
    assert cell(table, "all objects", "with").value == pytest.approx(0.6)
    assert cell(table, "low resolution", "with").interval is None, "two sequences are too few"
    assert [each.cells[0].value for each in measures.rows] == [
        "ant (1)",
        "bear (1)",
        "bear (2)",
        "cow (1)",
        "dog (1)",
    ]
    assert cell(measures, "bear (2)", "attributes").value == "LR"
    assert cell(measures, "bear (1)", "attributes").value is None
    assert cell(measures, "ant (1)", "area").value == pytest.approx(24 * 54 / (120 * 200))


def test_rows_of_measures_are_objects(tmp_path: Path, make_run: Make) -> None:
    run = scored(make_run, "tracker", FIGURES)
    _, few = built((run,), places=dataset(tmp_path, OBJECTS), where=("sequence=bear",))
    assert [each.cells[0].value for each in few.rows] == ["bear (1)", "bear (2)"]
    assert few.footnotes[-1] == "2 of 5 objects shown: sequence=bear."
    assert {(each["sequence"], each["object"]) for each in few.tidy} == {("bear", 1), ("bear", 2)}


def test_attributes_without_an_object_are_named_below(tmp_path: Path, make_run: Make) -> None:
    table, _ = built((scored(make_run, "tracker", FIGURES),), places=dataset(tmp_path, OBJECTS))
    assert [each.cells[0].value for each in table.rows] == ["low resolution (LR)", "all objects"]
    (left_out,) = (line for line in table.footnotes if line.startswith("Left out"))
    assert "fast motion" in left_out
    assert "low resolution" not in left_out
    assert any(line.startswith("low resolution (LR, DAVIS): its box") for line in table.footnotes)


def test_intervals_where_there_are_sequences_enough(tmp_path: Path, make_run: Make) -> None:
    kinds = {f"s{n:02}": (SMALL if n < 6 else CALM,) for n in range(12)}
    figures = {name: [0.2 + 0.05 * (n % 6) + 0.5 * (n >= 6)] for n, name in enumerate(kinds)}
    table, _ = built((scored(make_run, "tracker", figures),), places=dataset(tmp_path, kinds))
    mean = cell(table, "low resolution", "with")
    assert mean.interval is not None
    assert mean.interval[0] < 0.325 < mean.interval[1]  # type: ignore[operator]
    gap = cell(table, "low resolution", "gap")
    assert gap.value == pytest.approx(-0.5)
    assert gap.interval is not None
    assert gap.interval[1] < 0
    assert not gap.notes


def test_a_difference_that_may_be_chance_has_a_note(tmp_path: Path, make_run: Make) -> None:
    kinds = {f"s{n:02}": (SMALL if n < 6 else CALM,) for n in range(12)}
    figures = {name: [0.2 + 0.05 * (n % 6)] for n, name in enumerate(kinds)}
    table, _ = built((scored(make_run, "tracker", figures),), places=dataset(tmp_path, kinds))
    (number,) = cell(table, "low resolution", "gap").notes
    assert "its interval holds 0" in table.notes[number - 1]


def test_what_every_object_has_has_no_difference(tmp_path: Path, make_run: Make) -> None:
    places = dataset(tmp_path, {"ant": (SMALL,), "bee": (SMALL,)})
    run = scored(make_run, "tracker", {"ant": [0.2], "bee": [0.4]})
    table, _ = built((run,), places=places)
    gap = cell(table, "low resolution", "gap")
    assert gap.value is None
    assert table.notes[gap.notes[0] - 1] == "every object has it"


def test_methods_side_by_side_and_against_one(tmp_path: Path, make_run: Make) -> None:
    places = dataset(tmp_path, OBJECTS)
    better = {name: [J + 0.05 for J in found] for name, found in FIGURES.items()}
    runs = (scored(make_run, "tracker", FIGURES), scored(make_run, "better", better))
    table, _ = built(runs, places=places, against="tracker")
    assert cell(table, "low resolution", "with-better").rank == 1
    assert cell(table, "low resolution", "with-tracker").rank == 2
    assert not cell(table, "low resolution", "with-better").best, "two sequences tell nothing"
    delta = cell(table, "low resolution", "gain-better")
    assert delta.value == pytest.approx(0.05)
    assert cell(table, "all objects", "gain-better").value == pytest.approx(0.05)


def test_marks_are_on_all_that_is_not_told_from_the_best(tmp_path: Path, make_run: Make) -> None:
    kinds = {f"s{n:02}": (SMALL,) for n in range(8)}
    up_and_down = {name: [0.5 + 0.1 * (-1) ** n] for n, name in enumerate(kinds)}
    runs = (
        scored(make_run, "level", {name: [0.5 + 0.01 * n] for n, name in enumerate(kinds)}),
        scored(make_run, "uneven", up_and_down),
        scored(make_run, "worse", {name: [0.1 + 0.01 * n] for n, name in enumerate(kinds)}),
        scored(make_run, "masks", {name: [0.9] for name in kinds}, imported=True),
    )
    places = dataset(tmp_path, kinds)
    table, _ = built(runs, places=places)
    cells = [cell(table, "low resolution", f"with-{run.manifest.method}") for run in runs]
    assert [each.best for each in cells] == [True, True, False, False]
    assert [each.rank for each in cells] == [1, 2, 3, None]
    assert table.best_means.startswith("the best mean of one level of trust")
    across, _ = built(runs, places=places, across_levels=True)
    assert [each.best for each in row(across, "low resolution").cells[3:7]] == [False] * 3 + [True]


def test_intervals_are_of_what_competes_and_is_whole(tmp_path: Path, make_run: Make) -> None:
    kinds = {f"s{n:02}": (SMALL if n < 6 else CALM,) for n in range(13)}
    figures: dict[str, list[float] | None] = {
        name: [0.2 + 0.05 * (n % 6)] for n, name in enumerate(kinds)
    }
    runs = (
        scored(make_run, "tracker", figures),
        scored(make_run, "part", {**figures, "s12": None}),
        scored(make_run, "oracle", figures, sees_annotations=True),
    )
    table, _ = built(runs, places=dataset(tmp_path, kinds))
    keys = [f"{kind}-{method}" for kind in ("with", "gap") for method in ("tracker", "part", "ora")]
    found = [cell(table, "low resolution", key).interval for key in keys]
    assert [each is not None for each in found] == [True, True, False, True, False, False]
    assert cell(table, "all objects", "with-part").interval is None


def test_a_run_that_lacks_objects_is_marked(tmp_path: Path, make_run: Make) -> None:
    places = dataset(tmp_path, OBJECTS)
    part = scored(make_run, "part", {**FIGURES, "bear": None})
    table, _ = built((scored(make_run, "tracker", FIGURES), part), places=places)
    mean = cell(table, "low resolution", "with-part")
    assert mean.incomplete
    assert mean.value == pytest.approx(0.2)
    assert not cell(table, "low resolution", "with-tracker").incomplete
    assert any(line.startswith("†") for line in table.footnotes)


def test_every_format_shows_it_and_facts_are_tidy(tmp_path: Path, make_run: Make) -> None:
    made = built((scored(make_run, "tracker", FIGURES),), places=dataset(tmp_path, OBJECTS))
    for style in ("text", "md", "latex", "json"):
        assert "low resolution" in render(made, style)
    (fact,) = made[0].tidy
    assert fact["attribute"] == "low resolution"
    assert fact["with"] == pytest.approx(0.3)
    assert fact["without"] == pytest.approx(0.8)
    assert (fact["objects_with"], fact["objects_without"]) == (2, 3)
    why = {(each["sequence"], each["object"]): each["reasons"] for each in made[1].tidy}
    assert why["ant", 1] == "its box takes 5.4 % of the image on average"
    assert why["cow", 1] is None


def test_the_dataset_must_be_there(tmp_path: Path, make_run: Make) -> None:
    with pytest.raises(UsageError):
        built((scored(make_run, "tracker", FIGURES),))
    places = dataset(tmp_path, {"ant": (SMALL,)})
    with pytest.raises(UsageError, match="lacks bear, cow, dog"):
        built((scored(make_run, "tracker", FIGURES),), places=places)


def test_the_dataset_must_be_what_the_run_was_made_on(tmp_path: Path, make_run: Make) -> None:
    places = dataset(tmp_path, {"ant": (SMALL,)})
    run = scored(make_run, "tracker", {"ant": [0.2]})
    (record,) = run.records
    other = replace(record, key_parts={"sequence_sha256": "0" * 64})
    with pytest.raises(DataError, match="ant is not what it was when the run tracker-1 was made"):
        built((replace(run, records=(other,)),), places=places)
