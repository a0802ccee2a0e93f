"""Tables for programs: CSV and JSON."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.every_table import hostile_runs
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Subject, Table, Value

MakeRun = Callable[..., Run]

# Before version 3 the default of pandas is off by one bit now and then; since then it is exact.
EXACT_FLOATS: dict[str, Any] = {} if pd.__version__ >= "3" else {"float_precision": "round_trip"}


def all_rows(made: tuple[Table, ...]) -> tuple[list[str], list[dict[str, Value]]]:
    """Keys and tidy rows of all tables; rows of several kinds lack some of the keys."""
    keys = list(dict.fromkeys(key for table in made for row in table.tidy for key in row))
    return keys, [{key: row.get(key) for key in keys} for table in made for row in table.tidy]


def through_pandas(text: str, keys: list[str], **types: Any) -> list[dict[str, Value]]:
    frame = pd.read_csv(
        io.StringIO(text),
        **EXACT_FLOATS,
        keep_default_na=False,
        na_values={key: [""] for key in keys},
        **types,
    )
    assert list(frame.columns) == keys
    return [
        {key: None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def test_csv_comes_back_from_pandas_without_loss(made: tuple[Table, ...]) -> None:
    keys, rows = all_rows(made)
    assert rows
    assert through_pandas(render(made, "csv"), keys) == rows


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(st.lists(st.tuples(TEXTS, st.none() | st.floats(allow_nan=False)), min_size=1, max_size=5))
def test_any_text_and_any_number_comes_back(found: list[tuple[str, float | None]]) -> None:
    rows = tuple({"text": text, "number": number} for text, number in found)
    made = Table("t", (Column("a", "a"),), (), tidy=rows)
    back = through_pandas(render((made,), "csv"), ["text", "number"], dtype={"text": str})
    assert back == list(rows)


def test_json_is_strict_and_the_same_as_csv(made: tuple[Table, ...]) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    keys, _ = all_rows(made)
    rows = json.loads(render(made, "json"), parse_constant=refuse)
    lines = list(csv.DictReader(io.StringIO(render(made, "csv"))))
    texts = [{k: "" if row.get(k) is None else str(row[k]) for k in keys} for row in rows]
    assert texts == lines


def test_a_table_is_kept_whole_as_json() -> None:
    about = Subject(title="a", run="a-1", sequence="s", object_id=2)
    cell = Cell(0.5, interval=(0.25, 0.75), n=3, rank=1, letters="ab", flags=("x",), about=about)
    columns = (Column("m", "method"), Column("J", "J", "percent", "up"))
    made = Table("t", columns, (Row((Cell("a"), cell)), Row((Cell("mean"), Cell()), summary=True)))
    (found,) = json.loads(render((made,), "json-table"))
    assert [column["key"] for column in found["columns"]] == ["m", "J"]
    assert [row["summary"] for row in found["rows"]] == [False, True]
    shown = found["rows"][0]["cells"][1]
    assert shown["shown"] == "50.0 [25.0, 75.0]"
    assert (shown["value"], shown["interval"], shown["n"]) == (0.5, [0.25, 0.75], 3)
    assert (shown["rank"], shown["letters"], shown["flags"]) == (1, "ab", ["x"])
    assert shown["about"] == {
        "title": "a",
        "run": "a-1",
        "sequence": "s",
        "object_id": 2,
        "frame": None,
    }


def test_every_table_is_kept_whole_as_json(made: tuple[Table, ...]) -> None:
    for table, found in zip(made, json.loads(render(made, "json-table")), strict=True):
        values = [[cell["value"] for cell in row["cells"]] for row in found["rows"]]
        assert values == [[cell.value for cell in row.cells] for row in table.rows]


def test_per_sequence_keys_and_the_mean_at_the_end_of_each_run(make_run: MakeRun) -> None:
    run = make_run("a", {"s": [0.5], "t": [0.25, 0.75]}, seconds=4.0)
    rows = json.loads(render(tables.build("per-sequence", (run,), ReportOptions()), "json"))
    assert [(row["sequence"], row["objects"]) for row in rows] == [
        ("s", 1),
        ("t", 2),
        ("MEAN", 3),
    ]
    expected = {
        "dataset": "davis2016",
        "method": "a",
        "label": "a",
        "run": "a-1",
        "trust": "measured",
        "J": 0.5,
        "F": 0.25,
        "J&F": 0.375,
        "fps_amortised": 2.5,
        "fps_steady": 5.0,
        "frames": 20,
        "seconds_init": 4.0,
        "seconds_infer": 4.0,
        "seconds_adapt": 0.0,
        "seconds_load": 200.0,
        "state": "done",
    }
    assert {key: rows[-1][key] for key in expected} == expected


def test_failed_and_quoted_rows_say_so(make_run: MakeRun) -> None:
    runs = hostile_runs(make_run)
    options = ReportOptions(published=("PReMVOS",))
    rows = json.loads(render(tables.build("per-sequence", runs, options), "json"))
    failed = [row for row in rows if row["state"] == "failed"]
    assert [(row["J"], row["objects"]) for row in failed] == [(None, 0)]
    assert failed[0]["reason"].startswith("failed: 50% of")
    quoted = [row for row in rows if row["trust"] == "quoted"]
    assert [row["sequence"] for row in quoted] == ["blackswan", "bmx-trees", "MEAN"]
    assert all(row["run"] is None and row["source"] for row in quoted)
    assert quoted[-1]["state"] == "incomplete"


def test_tables_of_several_datasets_share_one_header(make_run: MakeRun) -> None:
    runs = tuple(make_run("a", {"s": [0.5]}, dataset=name) for name in ("one", "two"))
    made = tables.build("per-sequence", runs, ReportOptions())
    lines = list(csv.DictReader(io.StringIO(render(made, "csv"))))
    assert [line["dataset"] for line in lines] == ["one", "one", "two", "two"]


def test_variants_of_a_dataset_have_a_table_each(make_run: MakeRun) -> None:
    first, *others = (
        make_run("a", {"s": [figure]}, dataset="two", run=variant, dataset_variant=variant)
        for variant, figure in (("", 0.5), ("train", 0.25), ("train-1080p", 0.75))
    )
    runs = (first, *others, make_run("b", {"s": [0.5]}, dataset="two"))
    made = tables.build("per-sequence", runs, ReportOptions(dataset="two"))
    titles = [table.title.partition(" on ")[2] for table in made]
    assert titles == ["two", "two (train)", "two (train-1080p)"]
    assert [len(table.columns) for table in made] == [3, 2, 2]
    lines = list(csv.DictReader(io.StringIO(render(made, "csv"))))
    shown = {(line["title"], line["variant"]): float(line["J"]) for line in lines}
    assert shown == {
        ("a", ""): 0.5,
        ("b", ""): 0.5,
        ("a", "train"): 0.25,
        ("a", "train-1080p"): 0.75,
    }
