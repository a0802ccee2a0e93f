"""Δ columns: against whom, over what, resolved or not, and across levels only when asked."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.differences import UNRESOLVED
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores import overall, per_sequence
from vosbench.reports.table import Cell, Table

MakeRun = Callable[..., Run]
NAMES = tuple(f"s{number}" for number in range(10))


def even(make_run: MakeRun, method: str, J: float, noise: float = 0.0, **facts: object) -> Run:
    drawn = noise * np.random.default_rng(0).normal(size=len(NAMES))
    return make_run(method, {n: [J + e] for n, e in zip(NAMES, drawn, strict=True)}, **facts)


def sequences(*runs: Run, **options: object) -> Table:
    (only,) = per_sequence.build(runs, ReportOptions(**options))  # type: ignore[arg-type]
    return only


def row(made: Table, name: str) -> Mapping[str, Cell]:
    """Cells of the row whose name begins so, by the title of their column."""
    (found,) = [one for one in made.rows if str(one.cells[0].value).startswith(name)]
    return {column.title: cell for column, cell in zip(made.columns, found.cells, strict=True)}


def gains(made: Table) -> list[str]:
    return [column.title for column in made.columns if column.unit == "gain"]


def test_a_column_for_each_of_the_others(make_run: MakeRun) -> None:
    runs = [even(make_run, name, J) for name, J in (("a", 0.5), ("b", 0.6), ("c", 0.4))]
    made = sequences(*runs, against="b")
    assert gains(made) == ["Δ a", "Δ c"]
    assert row(made, "s3")["Δ a"].value == pytest.approx(-0.1)
    assert row(made, "mean")["Δ c"].value == pytest.approx(-0.2)
    assert row(made, "s3")["Δ a"].interval is None
    assert any(text.startswith("Δ: less b, in points") for text in made.footnotes)
    tidy = {(one["method"], one["sequence"]): one for one in made.tidy}
    assert tidy["a", "s3"]["J_gain"] == pytest.approx(-0.1)
    assert tidy["a", "MEAN"]["F_gain"] == pytest.approx(-0.05)
    assert tidy["b", "MEAN"]["J_gain"] is None
    assert {one["against"] for one in made.tidy} == {"b-1"}


def test_without_being_asked_there_is_none(make_run: MakeRun) -> None:
    made = sequences(even(make_run, "a", 0.5), even(make_run, "b", 0.6))
    assert gains(made) == []
    assert not any("Δ" in text for text in made.footnotes)


def test_means_say_whether_the_sequences_resolve_them(make_run: MakeRun) -> None:
    runs = (
        even(make_run, "base", 0.5),
        even(make_run, "better", 0.6, noise=0.01),
        even(make_run, "level", 0.51, noise=0.1),
    )
    made = sequences(*runs, against="base")
    mean, interval = row(made, "mean"), row(made, "95 %")
    assert mean["Δ better"].notes == ()
    assert [made.notes[number - 1] for number in mean["Δ level"].notes] == [UNRESOLVED]
    low, high = map(float, str(interval["Δ level"].value).split(" to "))
    assert low < 0 < high
    (table,) = overall.build(runs, ReportOptions(against="base"))
    cells = [one.cells[8] for one in table.rows]
    assert table.columns[8].title == "Δ J&F"
    assert cells[0].value is None
    assert cells[1].interval is not None
    assert cells[1].interval[0] > 0
    assert cells[2].interval is not None
    assert cells[2].interval[0] < 0 < cells[2].interval[1]


def test_only_objects_that_both_have_count(make_run: MakeRun) -> None:
    made = sequences(
        make_run("a", {"s": [0.5], "t": [0.9]}), make_run("b", {"s": [0.3], "t": None}), against="b"
    )
    cell = row(made, "mean")["Δ a"]
    assert cell.value == pytest.approx(0.2)
    assert cell.incomplete
    assert cell.n == 1
    assert row(made, "t (1)")["Δ a"].value is None


class TestLevels:
    def test_differences_stay_within_one_level(self, make_run: MakeRun) -> None:
        runs = (
            even(make_run, "a", 0.5),
            even(make_run, "b", 0.4),
            even(make_run, "masks", 0.9, imported=True),
            even(make_run, "seer", 0.99, sees_annotations=True),
        )
        made = sequences(*runs, against="a")
        assert gains(made) == ["Δ b"]
        notes = [text for text in made.footnotes if text.startswith("No Δ of")]
        assert notes == [
            "No Δ of masks (re-scored) to a: re-scored, measured; --across-levels compares them "
            "all the same.",
            "No Δ of seer (oracle) to a: an oracle is no result to compare with.",
        ]
        asked = sequences(*runs, against="a", across_levels=True)
        assert gains(asked) == ["Δ b", "Δ masks (re-scored)"]
        assert row(asked, "mean")["Δ masks (re-scored)"].value == pytest.approx(0.4)

    def test_rows_of_other_levels_say_how_to_ask(self, make_run: MakeRun) -> None:
        runs = (even(make_run, "a", 0.5), even(make_run, "masks", 0.9, imported=True))
        (table,) = overall.build(runs, ReportOptions(against="a"))
        cell = table.rows[1].cells[8]
        assert cell.value is None
        assert "--across-levels" in table.notes[cell.notes[0] - 1]

    def test_quoted_figures_can_be_compared_with_when_asked(self, make_run: MakeRun) -> None:
        run = make_run("a", {"blackswan": [0.5], "camel": [0.5]})
        assert gains(sequences(run, against="premvos")) == []
        made = sequences(run, against="premvos", across_levels=True)
        assert [column.title for column in made.columns[1:]] == ["a", "PReMVOS (quoted)", "Δ a"]
        assert row(made, "blackswan")["Δ a"].value == pytest.approx(0.5 - 0.958208)
        assert row(made, "blackswan")["PReMVOS (quoted)"].best


class TestNames:
    def test_method_label_title_and_run_all_do(self, make_run: MakeRun) -> None:
        runs = (
            even(make_run, "a", 0.5, label="mine", seed=1),
            even(make_run, "a", 0.6, label="mine", run="a-2", seed=2),
            even(make_run, "b", 0.6, label="yours"),
        )
        for name, title in (
            ("b", "yours"),
            ("yours", "yours"),
            ("b-1", "yours"),
            ("a-2", "mine (seed=2)"),
            ("mine (seed=1)", "mine (seed=1)"),
        ):
            made = sequences(*runs, against=name)
            assert f"Δ {title}" not in gains(made)
            assert len(gains(made)) == 2

    def test_a_name_of_several_is_refused(self, make_run: MakeRun) -> None:
        runs = (
            even(make_run, "a", 0.5, seed=1),
            even(make_run, "a", 0.6, run="a-2", seed=2),
        )
        with pytest.raises(UsageError, match=r"may be any of a \(seed=1\), a \(seed=2\)"):
            sequences(*runs, against="a")

    def test_an_unknown_name_says_what_there_is(self, make_run: MakeRun) -> None:
        with pytest.raises(UsageError, match=r"did you mean eosvos-50\?.*a method, label, run"):
            sequences(even(make_run, "eosvos-50", 0.5), against="eosvos-5")

    def test_it_is_shown_though_other_methods_were_asked_for(self, make_run: MakeRun) -> None:
        runs = [even(make_run, name, 0.5) for name in ("a", "b", "c")]
        made = sequences(*runs, methods=("c",), against="a")
        assert [column.title for column in made.columns[1:]] == ["c", "a", "Δ c"]


def test_differences_of_a_sequence_are_over_objects_that_both_have(make_run: MakeRun) -> None:
    runs = (
        make_run("a", {"s": [0.5, 0.7], "t": [0.5]}),
        make_run("b", {"s": [0.4, math.nan], "t": [0.5]}),
    )
    made = sequences(*runs, against="b")
    delta = row(made, "s ")["Δ a"]
    assert delta.value == pytest.approx(0.1)
    assert delta.incomplete
    assert not row(made, "t ")["Δ a"].incomplete
    (tidy,) = [one for one in made.tidy if (one["method"], one["sequence"]) == ("a", "s")]
    assert tidy["J_gain"] == delta.value
