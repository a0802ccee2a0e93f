import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.reports.made_streams import REQUEST
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.render import FORMATS, render
from vosbench.reports.table import Cell, Column, Row, Table
from vosbench.reports.tables import ReportOptions

MakeRun = Callable[..., Run]

HOSTILE = ("a_b%&", r"\end{tabular}", "[3]*", "x|y`z", "#1 ~ ^2 {$5}", '"q" <b>', "-minus--")
TEXT_WIDTH = 100


@pytest.fixture
def runs(make_run: MakeRun) -> tuple[Run, ...]:
    """Measured, failed, incomplete, imported, with equal labels and hostile names."""
    weights = {"network": "com_pact", "weights": "w&w.safetensors", "weights_sha256": "ab" * 32}
    return (
        make_run(
            HOSTILE[0],
            {"blackswan": [0.91], "bmx-trees": [0.4], "a_b%": [0.5]},
            provenance=weights,
            settings={"steps": 10},
        ),
        make_run(
            "same",
            {"blackswan": [0.92], "bmx-trees": "50% of \\memory {gone}\nat once", "a_b%": None},
            settings={"steps": 10},
        ),
        make_run(
            "same",
            {"blackswan": [0.92], "bmx-trees": [0.1]},
            run="s2",
            overrides={"steps": 2},
            settings={"steps": 2},
        ),
        make_run("stored", {"blackswan": [0.3]}, imported=True, label=HOSTILE[2]),
    )


@pytest.fixture(params=tables.names())
def made(request: pytest.FixtureRequest, runs: tuple[Run, ...]) -> tuple[Table, ...]:
    return built(request.param, runs)


def built(name: str, runs: tuple[Run, ...]) -> tuple[Table, ...]:
    """A table of everything that it can hold; an ablation compares runs only."""
    quoted = () if name == "ablation" else ("PReMVOS", "Siam R-CNN")
    return tables.build(name, runs, ReportOptions(published=quoted, streaming=REQUEST))


def small(name: str, value: float | None = 0.5) -> Table:
    columns = (Column("name", "name"), Column("value", name, "percent", "up", "values"))
    return Table(name, columns, (Row((Cell(name), Cell(value, best=True, notes=(1,)))),), (name,))


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(UsageError, match=r"'markdwn'.*the formats are text, md"):
        render((), "markdwn")


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_ends_with_one_line_break(style: str, made: tuple[Table, ...]) -> None:
    text = render(made, style)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "nan" not in text.lower().split()


# Before version 3 the default of pandas is off by one bit now and then; since then it is exact.
EXACT_FLOATS: dict[str, Any] = {} if pd.__version__ >= "3" else {"float_precision": "round_trip"}


class TestText:
    def test_lines_fit_and_columns_are_aligned(self, made: tuple[Table, ...]) -> None:
        lines = render(made, "text", width=TEXT_WIDTH).splitlines()
        assert max(map(len, lines)) <= TEXT_WIDTH
        assert all(line == line.rstrip() for line in lines)
        rules = [line for line in lines if line.startswith("──")]
        assert rules

    def test_a_label_keeps_to_its_line(self) -> None:
        lines = render((small("two\nlines"),), "text").splitlines()
        assert (lines[0], lines[-1]) == ("two lines", "¹ two lines")
        (row,) = [line for line in lines if "50.0" in line]
        assert row.startswith("two lines ")

    def test_a_star_marks_the_best_and_is_explained(self, runs: tuple[Run, ...]) -> None:
        text = render(tables.build("per-sequence", runs, ReportOptions()), "text")
        row = next(line for line in text.splitlines() if line.startswith("blackswan"))
        assert re.findall(r"([\d.]+)\*", row) == ["92.0", "92.0"]
        assert "* best of its row" in text

    def test_bold_takes_the_place_of_the_star(self, runs: tuple[Run, ...]) -> None:
        made = tables.build("per-sequence", runs, ReportOptions(published=("PReMVOS",)))
        text = render(made, "text", ansi=True)
        assert text.count("\x1b[1m92.0\x1b[0m") == 2
        assert "*" not in text.replace("[3]*", "")
        assert "\x1b[2m95.8\x1b[0m" in text  # quoted
        plain = re.sub("\x1b\\[\\d?m", "", text)
        assert "\x1b" not in plain
        assert max(map(len, plain.splitlines())) <= TEXT_WIDTH

    def test_many_columns_are_printed_in_blocks(self, make_run: MakeRun) -> None:
        names = [f"a-rather-long-name-{number}" for number in range(12)]
        runs = tuple(make_run(name, {"s": [0.01 * index]}) for index, name in enumerate(names))
        lines = render(tables.build("per-sequence", runs, ReportOptions()), "text").splitlines()
        rows = [line for line in lines if line.startswith("s (1)")]
        assert len(rows) > 1
        found = [float(value.rstrip("*")) for row in rows for value in row.split()[2:]]
        assert found == [float(index) for index in range(12)]

    def test_a_bar_sets_quoted_columns_apart(self, make_run: MakeRun) -> None:
        made = tables.build(
            "per-sequence", (make_run("a", {"camel": [0.5]}),), ReportOptions(published=("OSVOS",))
        )
        row = next(line for line in render(made, "text").splitlines() if line.startswith("camel"))
        assert row.split("│")[0].split()[-1] == "50.0"
        assert row.split("│")[1].split() == ["85.1"]

    def test_what_two_tables_say_is_printed_once(self, make_run: MakeRun) -> None:
        runs = (make_run("a", {"s": [0.5]}, settings={"steps": 1}),)
        made = [
            table
            for name in ("per-sequence", "overall", "streaming")
            for table in tables.build(name, runs, ReportOptions(streaming=REQUEST))
        ]
        text = render(made, "text")
        assert text.count("Figures are in per cent") == 1
        assert text.count("a: measured; no network.") == 1
        assert all(
            footnote in " ".join(text.split()) for table in made for footnote in table.footnotes
        )

    def test_every_narrow_terminal_gets_every_value(self, made: tuple[Table, ...]) -> None:
        wide, narrow = (render(made, "text", width=width) for width in (1000, 40))
        numbers = re.compile(r"\d+\.\d")
        body = [text.split("\n* best")[0] for text in (wide, narrow)]
        assert sorted(numbers.findall(body[0])) == sorted(numbers.findall(body[1]))


class TestMarkdown:
    def test_every_row_has_as_many_cells_as_the_heading(self, made: tuple[Table, ...]) -> None:
        rows = [line for line in render(made, "md").splitlines() if line.startswith("| ")]
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
        assert counts == {len(made[0].columns) + 1}

    def test_best_is_bold_and_quoted_in_italics(self, runs: tuple[Run, ...]) -> None:
        made = tables.build("per-sequence", runs, ReportOptions(published=("PReMVOS",)))
        row = next(line for line in render(made, "md").splitlines() if "blackswan" in line)
        assert row == "| blackswan (1) | 91.0 | **92.0** | **92.0** | 30.0 | *95.8* |"

    @pytest.mark.parametrize("name", HOSTILE)
    def test_hostile_names_keep_to_their_cell(self, name: str) -> None:
        text = render((small(name),), "md")
        (row,) = [line for line in text.splitlines() if "50.0" in line]
        cell = re.split(r"(?<!\\)\|", row)[1].strip()
        assert re.sub(r"\\(.)", r"\1", cell) == name
        assert not re.search(r"(?<!\\)[`*_<]", cell)


class TestLatex:
    def test_booktabs_and_bold(self, runs: tuple[Run, ...]) -> None:
        made = tables.build("per-sequence", runs, ReportOptions(published=("PReMVOS",)))
        text = render(made, "latex")
        for command in (r"\toprule", r"\midrule", r"\bottomrule", r"\cmidrule(lr){6-6}"):
            assert command in text
        assert r"blackswan (1) & 91.0 & \textbf{92.0} & \textbf{92.0} & 30.0 & 95.8 \\" in text
        assert r"a\_b\%\&" in text

    @pytest.mark.parametrize("name", HOSTILE)
    def test_nothing_special_is_left_bare(self, name: str) -> None:
        (row,) = [line for line in render((small(name),), "latex").splitlines() if "50.0" in line]
        first = row.split(" & ")[0]
        bare = re.sub(r"\\(text\w+\{\}|[{}&%$#_])", "", first)
        assert not re.search(r"[\\&%$#_^~\"<>|]", bare)
        assert not first.startswith(("[", "*"))

    @pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
    def test_it_compiles(self, runs: tuple[Run, ...], tmp_path: Path) -> None:
        made = [table for name in tables.names() for table in built(name, runs)]
        body = render([*made, *(small(name) for name in HOSTILE)], "latex")
        document = (
            "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n"
            f"{body}\\end{{document}}\n"
        )
        (tmp_path / "report.tex").write_text(document, encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        assert (tmp_path / "report.pdf").stat().st_size > 1000


class TestCsvAndJson:
    def test_csv_comes_back_from_pandas_without_loss(self, made: tuple[Table, ...]) -> None:
        rows = [dict(row) for table in made for row in table.tidy]
        frame = pd.read_csv(
            io.StringIO(render(made, "csv")),
            **EXACT_FLOATS,
            keep_default_na=False,
            na_values={key: [""] for key in rows[0]},
        )
        assert list(frame.columns) == list(rows[0])
        back = [
            {key: None if pd.isna(value) else value for key, value in row.items()}
            for row in frame.to_dict("records")
        ]
        assert back == rows

    def test_json_is_strict_and_the_same_as_csv(self, made: tuple[Table, ...]) -> None:
        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        rows = json.loads(render(made, "json"), parse_constant=refuse)
        lines = list(csv.DictReader(io.StringIO(render(made, "csv"))))
        assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows] == lines

    def test_per_sequence_keys_and_the_mean_at_the_end_of_each_run(self, make_run: MakeRun) -> None:
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

    def test_failed_and_quoted_rows_say_so(self, runs: tuple[Run, ...]) -> None:
        options = ReportOptions(published=("PReMVOS",))
        rows = json.loads(render(tables.build("per-sequence", runs, options), "json"))
        failed = [row for row in rows if row["state"] == "failed"]
        assert [(row["J"], row["objects"]) for row in failed] == [(None, 0)]
        assert failed[0]["reason"].startswith("failed: 50% of")
        quoted = [row for row in rows if row["trust"] == "quoted"]
        assert [row["sequence"] for row in quoted] == ["blackswan", "bmx-trees", "MEAN"]
        assert all(row["run"] is None and row["source"] for row in quoted)
        assert quoted[-1]["state"] == "incomplete"

    def test_tables_of_several_datasets_share_one_header(self, make_run: MakeRun) -> None:
        runs = tuple(make_run("a", {"s": [0.5]}, dataset=name) for name in ("one", "two"))
        made = tables.build("per-sequence", runs, ReportOptions())
        lines = list(csv.DictReader(io.StringIO(render(made, "csv"))))
        assert [line["dataset"] for line in lines] == ["one", "one", "two", "two"]

    def test_variants_of_a_dataset_have_a_table_each(self, make_run: MakeRun) -> None:
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


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.none() | st.floats(0, 1),
    st.sampled_from(FORMATS),
)
@example("red \x1b[31m", 0.5, "text")
def test_any_name_and_value_can_be_rendered(name: str, value: float | None, style: str) -> None:
    text = render((small(name, value),), style)
    assert text.endswith("\n")
    if style not in ("csv", "json", "json-table"):  # those keep a name as it is
        assert text.replace("\n", "").isprintable()
