import csv
import io
import json
from collections.abc import Callable

import pytest

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence as published
from vosbench.reports.table import Cell, Table

MakeRun = Callable[..., Run]

VAL = published.load("PReMVOS", "davis2016")
assert VAL is not None
ALL_OF_VAL = {name: [0.5] for name in VAL.outcomes}


def built(*runs: Run, **options: object) -> Table:
    (table,) = tables.build("published", runs, ReportOptions(**options))  # type: ignore[arg-type]
    return table


def cells(table: Table, title: str) -> dict[str, Cell]:
    row = next(row for row in table.rows if row.cells[0].value == title)
    return {column.key: cell for column, cell in zip(table.columns, row.cells, strict=True)}


def titles(table: Table) -> list[object]:
    return [row.cells[0].value for row in table.rows]


def test_it_needs_no_runs_but_a_dataset() -> None:
    assert len(built(dataset="davis2016").rows) > 70
    assert len(built(dataset="davis2017").rows) > 70
    with pytest.raises(UsageError, match=r"choose one with --dataset: .* davis2016 and davis2017"):
        built()
    with pytest.raises(UsageError, match=r"'davis2018' \(did you mean davis201"):
        built(dataset="davis2018")


def test_a_published_row_says_what_it_is_and_where_it_comes_from() -> None:
    table = built(dataset="davis2017", published=("premvos",))
    premvos = cells(table, "PReMVOS")
    assert premvos["trust"].value == "quoted"
    assert premvos["J_mean"].value == 0.7392
    assert (premvos["venue"].value, premvos["year"].value) == ("ACCV", 2018)
    assert (premvos["sequences"].value, premvos["objects"].value) == (30, 61)
    assert premvos["hardware"].value == "not stated"
    (source,) = premvos["method"].notes
    assert "DAVIS site" in table.notes[source - 1]
    (speed,) = premvos["fps"].notes
    assert "e-OSVOS notebook" in table.notes[speed - 1]


def test_sources_that_disagree_have_a_row_each() -> None:
    table = built(dataset="davis2017", published=("OnAVOS",))
    assert titles(table) == ["OnAVOS [DAVIS site]", "OnAVOS [STM paper]"]
    assert any("rows of their own" in text for text in table.footnotes)


def test_a_bound_is_no_speed() -> None:
    table = built(dataset="davis2016", published=("CINM",))
    (note,) = cells(table, "CINM [DAVIS site]")["fps"].notes
    assert table.notes[note - 1].startswith("said to be below this")


def test_the_best_published_stand_first_unless_methods_are_asked_for() -> None:
    values = [
        cells(built(dataset="davis2017", metric=metric), title)[key].value
        for metric, key, title in (
            ("J&F", "J&F", "AOT-L"),
            ("F", "F_mean", "AOT-L"),
        )
    ]
    assert titles(built(dataset="davis2017", metric="J&F"))[0] == "AOT-L"
    assert all(isinstance(value, float) and value > 0.8 for value in values)
    asked = built(dataset="davis2017", published=("OSVOS", "AOT-L", "osvos"))
    assert titles(asked) == ["OSVOS", "AOT-L"]


def test_own_runs_stand_in_the_same_table_with_their_level(make_run: MakeRun) -> None:
    own = make_run("mine", ALL_OF_VAL)
    foreign = make_run("theirs", ALL_OF_VAL, imported=True)
    other = make_run("elsewhere", {"a": [0.1]}, dataset="davis2017")
    table = built(own, foreign, other, dataset="davis2016", published=("OSVOS",))
    levels = {row.cells[0].value: row.cells[1].value for row in table.rows}
    assert levels == {"mine": "measured", "theirs (re-scored)": "re-scored", "OSVOS": "quoted"}
    assert not cells(table, "mine")["J_mean"].incomplete
    assert [row["trust"] for row in table.tidy] == ["measured", "re-scored", "quoted"]


def test_nothing_competes_across_levels_unless_asked(make_run: MakeRun) -> None:
    runs = (
        make_run("poor", ALL_OF_VAL),
        make_run("good", {name: [0.6] for name in ALL_OF_VAL}),
        make_run("theirs", {name: [0.9] for name in ALL_OF_VAL}, imported=True),
    )

    def best(**options: object) -> list[object]:
        table = built(*runs, dataset="davis2016", published=("STM",), **options)
        column = [column.key for column in table.columns].index("J_mean")
        return [row.cells[0].value for row in table.rows if row.cells[column].best]

    assert best() == ["good"]
    assert best(across_levels=True) == ["theirs (re-scored)"]


def test_marks_are_those_of_table_overall(make_run: MakeRun) -> None:
    up_and_down = {name: [0.5 + 0.1 * (-1) ** n] for n, name in enumerate(ALL_OF_VAL)}
    runs = (
        make_run("level", {name: [0.51] for name in ALL_OF_VAL}),
        make_run("uneven", up_and_down),
        make_run("worse", {name: [0.1] for name in ALL_OF_VAL}),
    )
    table = built(*runs, dataset="davis2016", published=("STM",))
    best = [cells(table, run.manifest.method)["J_mean"].best for run in runs]
    assert best == [True, True, False]
    assert "these 20 sequences do not tell from it" in table.best_means
    across = built(*runs, dataset="davis2016", published=("STM",), across_levels=True)
    assert "does not say what is chance" in across.best_means


def test_quoted_speeds_never_compete(make_run: MakeRun) -> None:
    runs = (make_run("slow", ALL_OF_VAL, seconds=1000.0), make_run("mine", ALL_OF_VAL, seconds=900))
    table = built(*runs, dataset="davis2016", published=("AGAME",), across_levels=True)
    assert cells(table, "mine")["fps"].best
    assert not cells(table, "AGAME [STM paper]")["fps"].best
    assert any("compare neither with each other" in text for text in table.footnotes)


def test_runs_over_a_part_are_marked_and_may_be_met_on_that_part(make_run: MakeRun) -> None:
    run = make_run("mine", {"blackswan": [0.5], "kite-surf": [0.7]})
    whole = built(run, dataset="davis2016", published=("PReMVOS", "e-OSVOS-10"))
    assert cells(whole, "mine")["J_mean"].incomplete
    assert any("over a part" in text and "2 sequences" in text for text in whole.footnotes)
    part = built(
        run,
        dataset="davis2016",
        published=("PReMVOS", "e-OSVOS-10"),
        sequences=("blackswan", "kite-surf"),
    )
    assert titles(part) == ["mine", "PReMVOS"]  # of e-OSVOS nothing is published by sequence
    assert VAL is not None
    premvos = cells(part, "PReMVOS")
    assert premvos["J_mean"].value == VAL.mean("J_mean", ("blackswan", "kite-surf"))
    assert premvos["sequences"].value == 2
    assert not cells(part, "mine")["J_mean"].incomplete


def test_other_splits_have_figures_of_their_own() -> None:
    table = built(dataset="davis2017", places=DatasetOptions(split="test-dev"))
    assert table.title == "Published on davis2017 (test-dev)"
    assert cells(table, "AOT-L (600p)")["trust"].value == "quoted"
    with pytest.raises(UsageError, match="split 'train' of davis2017"):
        built(dataset="davis2017", places=DatasetOptions(split="train"))


def test_names_that_are_not_there_suggest_the_closest() -> None:
    with pytest.raises(UsageError, match=r"did you mean e-OSVOS-100-OnA\?"):
        built(dataset="davis2017", published=("eosvos-100-ona",))
    with pytest.raises(UsageError, match="leave out --against"):
        built(dataset="davis2017", against="OSVOS")


@pytest.mark.parametrize("style", ["text", "md", "latex", "html"])
def test_every_format_names_levels_and_hardware(style: str, make_run: MakeRun) -> None:
    tables_ = (built(make_run("mine", ALL_OF_VAL), dataset="davis2016"),)
    text = render(tables_, style)
    assert "quoted" in text
    assert "measured" in text
    assert "not stated" in text


def test_tidy_rows_keep_units_levels_and_sources(make_run: MakeRun) -> None:
    table = built(make_run("mine", ALL_OF_VAL), dataset="davis2016")
    rows = list(csv.DictReader(io.StringIO(render((table,), "csv"))))
    assert len(rows) == len(table.rows)
    own, *quoted = rows
    assert own["trust"] == "measured"
    assert float(own["fps"]) == float(own["fps_amortised"])
    assert {row["trust"] for row in quoted} == {"quoted"}
    assert all(row["source"] for row in quoted)
    assert all(0 <= float(row["J&F"]) <= 1 for row in quoted if row["J&F"])
    assert json.loads(render((table,), "json"))[0]["title"] == "mine"
