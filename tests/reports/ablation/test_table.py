"""The table of an ablation: places, gains, what is missing, and what must be said of all that."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from vosbench.ablation import Line
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.ablation.lines import layout
from vosbench.reports.ablation.table import tables_of
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Table

MakeRun = Callable[..., Run]
MakeLine = Callable[..., Line]

LOW = {"ape": [0.2], "cow": [0.3], "dog": [0.4, 0.6], "elk": [0.3], "fox": [0.3], "yak": [0.4]}
HIGH = {name: [figure + 0.1 for figure in figures] for name, figures in LOW.items()}
MEAN = 2.5 / 7  # of LOW, over objects


@pytest.fixture
def line(make_run: MakeRun) -> MakeLine:
    """A line with these figures by number of steps."""

    def make(label: str, places: Mapping[int, Any], oracle: bool = False, **more: Any) -> Line:
        facts = {"provenance": more.pop("provenance", {}), "sees_annotations": oracle}
        runs = {
            steps: make_run(
                "m", figures, run=f"{label}-{steps}-{oracle}", settings={"steps": steps}, **facts
            )
            for steps, figures in places.items()
        }
        return Line(label, runs, oracle=oracle, **more)

    return make


def made(*lines: Line, metric: str = "J") -> tuple[Table, ...]:
    return tables_of(layout(lines, ReportOptions()), metric, "Growth")


def cell(table: Table, row: str, column: str) -> Cell:
    place = [column.title for column in table.columns].index(column)
    return next(each.cells[place] for each in table.rows if each.cells[0].value == row)


def test_each_run_stands_in_the_column_of_its_steps(line: MakeLine) -> None:
    (table,) = made(line("a", {0: LOW, 10: HIGH}), line("b", {10: LOW}))
    assert table.title == "Growth on davis2016"
    assert cell(table, "a", "J T=0").value == pytest.approx(MEAN)
    assert cell(table, "a", "J T=10").value == pytest.approx(MEAN + 0.1)
    assert cell(table, "b", "J T=0").value is None
    assert cell(table, "b", "J&F T=10").value == pytest.approx(0.75 * MEAN)  # F is J / 2


def test_gains_are_paired(line: MakeLine) -> None:
    (table,) = made(line("a", {5: LOW}), line("b", {5: HIGH}, reference="a"))
    gain = cell(table, "b", "gain T=5")
    assert gain.value == pytest.approx(0.1)
    assert gain.interval == pytest.approx((0.1, 0.1))  # the same in every object
    low, high = cell(table, "b", "J T=5").interval or (0, 0)
    assert high - low > 0.1  # far wider than the difference
    assert cell(table, "a", "gain T=5").value is None
    assert any(text.startswith("Gain: J less that of the row above") for text in table.footnotes)


@pytest.mark.parametrize(
    ("references", "said"),
    [
        (("", "a", "b"), "that of the row above at"),
        (("", "a", "a"), "that of the row a at"),
        (("c", "", "b"), "that of c (for a); b (for c) at"),
    ],
)
def test_what_gains_are_over_is_said(
    line: MakeLine, references: tuple[str, ...], said: str
) -> None:
    lines = [line(n, {5: LOW}, reference=r) for n, r in zip("abc", references, strict=True)]
    assert any(said in text for text in made(*lines)[0].footnotes)


def test_the_best_of_a_column_is_marked(line: MakeLine) -> None:
    (table,) = made(line("a", {5: LOW}), line("b", {5: HIGH}))
    assert [cell(table, row, "J T=5").best for row in "ab"] == [False, True]


class TestOracles:
    def test_they_are_a_table_of_their_own_without_a_best(self, line: MakeLine) -> None:
        own, oracles = made(
            line("a", {5: LOW}), line("a", {5: LOW}, True), line("b", {5: HIGH}, True)
        )
        assert len(own.rows) == 1
        assert oracles.title == "Growth on davis2016, true boxes (oracle)"
        assert [cell(oracles, row, "J T=5").best for row in "ab"] == [False, False]
        assert any("It is no result" in text for text in oracles.footnotes)
        assert not any("oracle" in text for text in own.footnotes)

    def test_they_have_gains_over_oracles_only(self, line: MakeLine) -> None:
        lines = (line("a", {5: LOW}), line("b", {5: HIGH}, True, reference="a"))
        assert cell(made(*lines)[1], "b", "gain T=5").value is None
        lines = (*lines, line("a", {5: LOW}, True))
        assert cell(made(*lines)[1], "b", "gain T=5").value == pytest.approx(0.1)


class TestWhatIsMissing:
    def test_a_reason_is_a_note_at_its_place(self, line: MakeLine) -> None:
        lines = (line("a", {5: LOW}), line("b", {}, missing={5: "training of b failed"}))
        (table,) = made(*lines)
        found = cell(table, "b", "J T=5")
        assert found.value is None
        assert table.notes[found.notes[0] - 1] == "training of b failed"

    def test_a_part_of_the_sequences_is_marked_and_never_best(self, line: MakeLine) -> None:
        part = {**HIGH, "elk": "out of memory"}
        (table,) = made(line("a", {5: LOW}), line("b", {5: part}, reference="a"))
        found = cell(table, "b", "J T=5")
        assert found.incomplete
        assert not found.best
        assert cell(table, "b", "gain T=5").incomplete
        assert any("b, T = 5: 5 of 6 sequences, 6 of 7 objects" in text for text in table.footnotes)

    def test_few_sequences_have_no_interval(self, line: MakeLine) -> None:
        (table,) = made(line("a", {5: {"cow": [0.5], "dog": [0.7]}}))
        assert cell(table, "a", "J T=5").interval is None

    def test_nothing_at_all_is_refused(self) -> None:
        with pytest.raises(UsageError, match="no runs"):
            made(Line("a", {}, {5: "failed"}))


class TestTraining:
    @pytest.mark.parametrize(
        ("said", "hours"),
        [
            ({}, None),
            ({"training_cpu_seconds": "5400"}, 1.5),
            ({"training_cpu_seconds": "long"}, None),
        ],
    )
    def test_its_compute_is_that_of_the_checkpoint(
        self, line: MakeLine, said: dict[str, str], hours: float | None
    ) -> None:
        (table,) = made(line("a", {5: LOW}, provenance=said))
        assert cell(table, "a", "training, CPU h").value == hours

    def test_runs_that_say_different_things_say_nothing(
        self, line: MakeLine, make_run: MakeRun
    ) -> None:
        one = line("a", {5: LOW}, provenance={"training_cpu_seconds": "1"})
        two = line("a", {10: LOW}, provenance={"training_cpu_seconds": "2"})
        (table,) = made(Line("a", {**one.runs, **two.runs}))
        assert cell(table, "a", "training, CPU h").value is None


def test_what_was_chosen_stands_at_the_row(line: MakeLine) -> None:
    (table,) = made(line("a", {5: LOW}, remarks=("rate = 0.1 was chosen on synthetic",)))
    assert table.notes == ("rate = 0.1 was chosen on synthetic",)
    assert table.rows[0].cells[0].notes == (1,)


def test_another_metric_takes_the_place_of_j(line: MakeLine) -> None:
    (table,) = made(line("a", {5: LOW}), line("b", {5: HIGH}, reference="a"), metric="J&F")
    assert [column.title for column in table.columns] == [
        "row",
        "J&F T=5",
        "gain T=5",
        "J T=5",
        "fps T=5",
        "training, CPU h",
    ]
    assert cell(table, "b", "gain T=5").value == pytest.approx(0.075)


def test_the_data_have_a_row_for_every_place(line: MakeLine) -> None:
    tables_ = made(
        line("a", {0: LOW, 5: HIGH}, reference=""),
        line("b", {5: HIGH}, missing={0: "failed"}, reference="a"),
        line("b", {5: HIGH}, True),
    )
    rows = [row for table in tables_ for row in table.tidy]
    assert [(row["row"], row["steps"], row["trust"], row["state"]) for row in rows] == [
        ("a", 0, "measured", "done"),
        ("a", 5, "measured", "done"),
        ("b", 0, None, "missing"),
        ("b", 5, "measured", "done"),
        ("b", 5, "oracle", "done"),
    ]
    assert rows[3]["gain"] == pytest.approx(0)
    assert rows[3]["reference"] == "a"
    assert rows[1]["J_low"] < rows[1]["J"] < rows[1]["J_high"]  # type: ignore[operator]
    assert rows[2]["reason"] == "failed"
    assert rows[1]["seconds_per_frame"] == pytest.approx(0.2)  # 2 s for 10 frames


class TestOfKeptRuns:
    """`report --table ablation`: lines found again from manifests alone."""

    def built(self, *runs: Run) -> Table:
        (table,) = tables.build("ablation", runs, ReportOptions())
        return table

    def rows(self, table: Table) -> list[object]:
        return [row.cells[0].value for row in table.rows]

    def test_variants_of_a_method_are_one_line(self, make_run: MakeRun) -> None:
        runs = [
            make_run(f"eosvos-{steps}-OnA", LOW, settings={"steps": steps}) for steps in (10, 50)
        ]
        table = self.built(*runs)
        assert self.rows(table) == ["eosvos-T-OnA"]
        assert cell(table, "eosvos-T-OnA", "J T=50").value is not None

    def test_other_settings_are_other_lines_and_say_which(self, make_run: MakeRun) -> None:
        runs = [
            make_run("finetune-5", LOW, run=f"r{rate}", settings={"steps": 5, "rate": rate})
            for rate in (0.1, 0.2)
        ]
        assert self.rows(self.built(*runs)) == ["finetune-T (rate=0.1)", "finetune-T (rate=0.2)"]

    def test_a_label_keeps_together_what_was_chosen_for_each_column(
        self, make_run: MakeRun
    ) -> None:
        runs = [
            make_run(
                "finetune-5",
                LOW,
                run=f"r{steps}",
                label="one rate",
                settings={"steps": steps, "rate": 1 / steps},
            )
            for steps in (5, 10)
        ]
        assert self.rows(self.built(*runs)) == ["one rate"]

    def test_but_not_what_claims_one_place_or_has_other_weights(self, make_run: MakeRun) -> None:
        runs = [
            make_run("f", LOW, run=f"r{rate}", label="one", settings={"steps": 5, "rate": rate})
            for rate in (0.1, 0.2)
        ]
        assert self.rows(self.built(*runs)) == ["one (rate=0.1)", "one (rate=0.2)"]
        runs = [
            make_run(
                "f",
                LOW,
                run=sha,
                label="one",
                settings={"steps": steps},
                provenance={"weights_sha256": sha * 32},
            )
            for steps, sha in ((5, "ab"), (10, "cd"))
        ]
        assert self.rows(self.built(*runs)) == ["one (weights=abababab)", "one (weights=cdcdcdcd)"]

    def test_copies_of_a_run_are_told_apart_by_their_folder(self, make_run: MakeRun) -> None:
        runs = [make_run("f-5", LOW, run=run, settings={"steps": 5}) for run in ("r1", "r2")]
        assert self.rows(self.built(*runs)) == ["f-T (r1)", "f-T (r2)"]

    def test_lines_are_in_the_order_in_which_they_were_made(self, make_run: MakeRun) -> None:
        runs = [
            make_run(name, LOW, settings={"steps": 5}, created=f"2026-01-0{day}T00:00:00Z")
            for name, day in (("a", 2), ("b", 1))
        ]
        table = self.built(*runs)
        assert self.rows(table) == ["b", "a"]
        assert cell(table, "a", "gain T=5").value == pytest.approx(0)

    def test_runs_without_steps_are_left_out(self, make_run: MakeRun) -> None:
        runs = (make_run("copy-first", LOW), make_run("e-5", LOW, settings={"steps": 5}))
        assert self.rows(self.built(*runs)) == ["e-T"]
        with pytest.raises(UsageError, match=r"takes a number of steps.*vosbench ablate"):
            self.built(make_run("copy-first", LOW))

    def test_quoted_figures_have_no_steps(self, make_run: MakeRun) -> None:
        runs = (make_run("e-5", LOW, settings={"steps": 5}),)
        with pytest.raises(UsageError, match="leave out --published"):
            tables.build("ablation", runs, ReportOptions(published=("OSVOS",)))
