import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from vosbench.errors import UsageError
from vosbench.records import Run, SessionRecord
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores import overall
from vosbench.reports.scores.per_sequence import build
from vosbench.reports.table import Cell, Table
from vosbench.reports.timing import table as timing

MakeRun = Callable[..., Run]


def table(*runs: Run, **options: object) -> Table:
    (only,) = build(runs, ReportOptions(**options))  # type: ignore[arg-type]
    return only


def cells(made: Table, row: str) -> tuple[Cell, ...]:
    """Cells of the row whose name begins with `row`, without that name."""
    (found,) = [one for one in made.rows if str(one.cells[0].value).startswith(row)]
    return found.cells[1:]


def values(made: Table, row: str) -> list[object]:
    return [cell.value for cell in cells(made, row)]


def winners(made: Table, row: str) -> list[int]:
    return [index for index, cell in enumerate(cells(made, row)) if cell.best]


def test_a_row_a_sequence_with_its_objects_and_a_column_a_run(make_run: MakeRun) -> None:
    made = table(
        make_run("ours", {"camel": [0.5], "dogs-jump": [0.25, 0.75, 0.5]}),
        make_run("other", {"camel": [0.75], "dogs-jump": [0.0, 0.0, 0.75]}),
    )
    assert [column.title for column in made.columns] == ["sequence (objects)", "ours", "other"]
    assert [row.cells[0].value for row in made.rows] == [
        "camel (1)",
        "dogs-jump (3)",
        "mean over objects (4)",
        "fps (amortised)",
    ]
    assert values(made, "dogs-jump") == [0.5, 0.25]
    assert [winners(made, name) for name in ("camel", "dogs-jump")] == [[1], [0]]


def test_the_mean_is_over_objects_and_says_so(make_run: MakeRun) -> None:
    made = table(make_run("ours", {"a": [1.0], "b": [0.0, 0.0, 0.0]}))
    assert values(made, "mean over objects") == [0.25]  # 0.5 over sequences
    assert any("all 4 objects of 2 sequences, not over sequences" in t for t in made.footnotes)


@pytest.mark.parametrize(("metric", "value"), [("J", 0.8), ("F", 0.4), ("J&F", 0.6)])
def test_the_metric_is_the_one_asked_for(make_run: MakeRun, metric: str, value: float) -> None:
    made = table(make_run("ours", {"a": [0.8]}), metric=metric)
    assert values(made, "a (1)") == [pytest.approx(value)]
    assert made.title.startswith(f"{metric} by sequence")


def test_ties_are_all_best_and_one_run_alone_is_not(make_run: MakeRun) -> None:
    tied = table(make_run("a", {"s": [0.50001]}), make_run("b", {"s": [0.5]}))
    assert winners(tied, "s (1)") == [0, 1]
    assert winners(table(make_run("a", {"s": [0.5]})), "s (1)") == []


def test_the_speed_is_a_rate_of_sums(make_run: MakeRun) -> None:
    made = table(make_run("a", {"s": [0.5], "t": [0.5]}, seconds=4.0))
    assert values(made, "fps") == [20 / 8]  # loading is not counted


@pytest.mark.parametrize("build_table", [build, overall.build], ids=["per-sequence", "overall"])
def test_whatever_shows_speed_says_how_and_on_what_it_was_timed(
    make_run: MakeRun, build_table: Callable[..., tuple[Table, ...]]
) -> None:
    (made,) = build_table([make_run("a", {"s": [0.5]})], ReportOptions())
    assert any("timed in one pass without warm-up" in text for text in made.footnotes)
    assert "a timed on Test CPU, 2 cores, device cpu." in made.footnotes
    (untimed,) = build_table([make_run("a", {"s": [0.5]}, imported=True)], ReportOptions())
    assert not any("warm-up" in text for text in untimed.footnotes)


def test_means_say_how_many_they_are_over(make_run: MakeRun) -> None:
    made = table(make_run("a", {"s": [0.5, 0.7], "t": [0.5]}))
    assert any("over all 3 objects of 2 sequences, not" in text for text in made.footnotes)
    made = table(make_run("a", {"s": [0.5], "t": "failed"}))  # nobody knows the objects of t
    assert any("over all 1 object of 1 sequence, not" in text for text in made.footnotes)


def test_a_failed_sequence_says_why_and_the_mean_is_marked(make_run: MakeRun) -> None:
    made = table(
        make_run("bad", {"s": [0.9], "t": "out of memory", "u": None}),
        make_run("good", {"s": [0.8], "t": [0.8], "u": [0.8]}),
    )
    assert values(made, "t (1)") == [None, 0.8]
    reasons = [made.notes[cells(made, name)[0].notes[0] - 1] for name in ("t (1)", "u (1)")]
    assert reasons == ["failed: out of memory", "not run yet"]
    mean = cells(made, "mean")
    assert [cell.incomplete for cell in mean] == [True, False]
    assert mean[0].value == 0.9
    assert winners(made, "mean") == []  # a mean over less does not compete
    assert any("bad: 1 of 3 sequences" in text for text in made.footnotes)


def test_all_failed_still_makes_a_table(make_run: MakeRun) -> None:
    made = table(make_run("bad", {"s": "no", "t": "no"}))
    assert [row.cells[0].value for row in made.rows] == ["s (?)", "t (?)", "mean over objects (0)"]
    assert values(made, "mean") == [None]
    assert made.notes == ("failed: no",)


def test_runs_on_other_sequences_share_one_table_in_order(make_run: MakeRun) -> None:
    made = table(make_run("one", {"b": [1.0], "d": [1.0]}), make_run("two", {"c": [1.0]}))
    assert [row.cells[0].value for row in made.rows[:3]] == ["b (1)", "c (1)", "d (1)"]
    assert made.notes == ("not asked for in this run",)


def test_figures_that_are_no_numbers_never_reach_the_table(make_run: MakeRun) -> None:
    made = table(
        make_run("a", {"s": [0.5, math.nan], "t": [0.5]}),
        make_run("b", {"s": [0.4, 0.4], "t": [0.4]}),
    )
    assert values(made, "s (2)") == [0.5, 0.4]
    assert made.notes == ("over 1 of 2 objects",)
    assert cells(made, "mean")[0].incomplete
    numbers = [value for row in made.tidy for value in row.values() if isinstance(value, float)]
    assert numbers
    assert all(math.isfinite(number) for number in numbers)


def test_imported_masks_are_called_re_scored_and_have_no_speed(make_run: MakeRun) -> None:
    made = table(
        make_run("stored", {"s": [0.9]}, imported=True, label="OSVOS"),
        make_run("ours", {"s": [0.5]}),
    )
    assert made.columns[1].title == "OSVOS (re-scored)"
    assert winners(made, "s (1)") == []  # nothing else is of its level
    assert values(made, "fps") == [None, 5.0]
    assert any("OSVOS (re-scored): masks that existed already" in text for text in made.footnotes)


def test_network_and_weights_of_each_column_are_named(make_run: MakeRun) -> None:
    weights = {"network": "compact", "weights": "w.safetensors", "weights_sha256": "0123456789ab"}
    made = table(
        make_run("a", {"s": [0.9]}, provenance=weights),
        make_run("b", {"s": [0.9]}, provenance=weights),
        make_run("c", {"s": [0.9]}),
    )
    assert (
        "a and b: measured; network compact, weights w.safetensors (sha256 01234567…)."
        in made.footnotes
    )
    assert "c: measured; no network." in made.footnotes


@pytest.mark.parametrize(
    ("other", "fair"),
    [
        ({"id": "aaaa", "threads": 2, "torch": "2.6"}, True),
        ({"id": "aaaa"}, True),  # a method without torch states neither
        ({"id": "aaaa", "threads": 1, "torch": "2.6"}, False),
        ({"id": "aaaa", "threads": 2, "torch": "2.7"}, False),
        ({"id": "bbbb", "threads": 2, "torch": "2.6"}, False),
        ({"id": ""}, False),
    ],
)
def test_speeds_compete_on_one_machine_only(
    make_run: MakeRun, other: dict[str, object], fair: bool
) -> None:
    here = {"id": "aaaa", "threads": 2, "torch": "2.6"}
    made = table(
        make_run("here", {"s": [0.5]}, seconds=1.0, machine=here),
        make_run("there", {"s": [0.5]}, seconds=2.0, machine=other),
    )
    assert winners(made, "fps") == ([0] if fair else [])
    assert any("do not compare" in text for text in made.footnotes) != fair


def test_a_run_resumed_elsewhere_is_from_several_machines(make_run: MakeRun) -> None:
    first = make_run("a", {"s": [0.5], "t": None})
    second = make_run("a", {"t": [0.5]}, machine={"id": "bbbb", "cpu": "Other CPU"})
    resumed = Run(first.manifest, first.records + second.records)
    made = table(resumed, make_run("b", {"s": [0.5], "t": [0.5]}))
    assert winners(made, "fps") == []
    assert "a timed on several machines." in made.footnotes


def test_several_machines_are_named_where_sessions_tell_of_them(make_run: MakeRun) -> None:
    other = {"id": "bbbb", "cpu": "Other CPU", "cores": 4}
    first = make_run("a", {"s": [0.5], "t": None})
    second = make_run("a", {"t": [0.5]}, machine=other)
    told = tuple(
        SessionRecord(str(number), facts)
        for number, facts in enumerate((first.manifest.machine, other))
    )
    records = first.records + second.records
    made = table(Run(replace(first.manifest, machine=other), records, told))
    (where,) = [text for text in made.footnotes if "several machines" in text]
    assert where == "a timed on several machines: Test CPU, 2 cores; Other CPU, 4 cores."


def test_a_run_whose_times_are_all_of_an_earlier_machine_is_told_from_its_session(
    make_run: MakeRun,
) -> None:
    run = make_run("a", {"s": [0.5]})
    moved = replace(run.manifest, machine={"id": "bbbb", "cpu": "Other CPU"})
    made = table(Run(moved, run.records, (SessionRecord("0", run.manifest.machine),)))
    assert "a timed on Test CPU, 2 cores, device cpu." in made.footnotes


@pytest.mark.parametrize("lacking", [("s",), ("s", "t")])
def test_a_run_without_timing_has_a_dash_and_the_reason(
    make_run: MakeRun, lacking: tuple[str, ...]
) -> None:
    run = make_run("a", {"s": [0.5], "t": [0.5]})
    records = tuple(
        replace(record, timing=None) if record.sequence in lacking else record
        for record in run.records
    )
    untimed = Run(run.manifest, records)
    made = table(untimed, make_run("b", {"s": [0.5], "t": [0.5]}))
    assert values(made, "fps") == [None, 5.0]
    where = "" if len(lacking) == 2 else " on 1 of 2 sequences"
    reason = f"a: run without timing{where}, so it has no speed."
    assert reason in made.footnotes
    (timed,) = timing.build((untimed, make_run("b", {"s": [0.5]})), ReportOptions())
    assert [row.cells[0].value for row in timed.rows] == ["b"]
    assert reason in timed.footnotes


def test_each_dataset_has_its_own_table(make_run: MakeRun) -> None:
    runs = (
        make_run("a", {"s": [0.5]}, dataset="davis2016"),
        make_run("a", {"s": [0.5]}, dataset="synthetic"),
    )
    assert [made.title for made in build(runs, ReportOptions())] == [
        "J by sequence on davis2016",
        "J by sequence on synthetic",
    ]
    assert len(build(runs, ReportOptions(dataset="synthetic"))) == 1


def test_only_the_methods_asked_for_in_the_order_asked_for(make_run: MakeRun) -> None:
    runs = [make_run(name, {"s": [0.5]}, label=name.upper()) for name in ("a", "b", "c")]
    asked = ("c", "A", "a-1")  # a method, a label, and the folder of a run that is there already
    assert [column.title for column in table(*runs, methods=asked).columns[1:]] == ["C", "A"]


class TestPublished:
    def test_quoted_columns_stand_apart_and_are_never_best(self, make_run: MakeRun) -> None:
        made = table(
            make_run("a", {"blackswan": [0.1]}),
            make_run("b", {"blackswan": [0.2]}),
            published=("OSVOS", "premvos"),
        )
        assert [column.title for column in made.columns[3:]] == [
            "OSVOS (quoted)",
            "PReMVOS (quoted)",
        ]
        assert [column.group for column in made.columns[1:]] == ["scored here"] * 2 + ["quoted"] * 2
        assert winners(made, "blackswan") == [1]
        assert cells(made, "blackswan")[3].value == pytest.approx(0.958208)
        assert cells(made, "blackswan")[3].quoted
        assert any("ACCV 2018; figures from davis-site:" in text for text in made.footnotes)

    def test_their_mean_is_over_the_sequences_shown(self, make_run: MakeRun) -> None:
        made = table(make_run("a", {"blackswan": [0.1], "mine": [0.1]}), published=("PReMVOS",))
        quoted = cells(made, "mean")[1]
        assert quoted.value == cells(made, "blackswan")[1].value
        assert quoted.incomplete
        assert "not published" in made.notes

    def test_objects_are_averaged_on_davis_2017(self, make_run: MakeRun) -> None:
        made = table(
            make_run("a", {"bike-packing": [0.1, 0.1]}, dataset="davis2017"), published=("PReMVOS",)
        )
        assert values(made, "bike-packing (2)")[1] == pytest.approx((0.7747 + 0.7669) / 2)

    def test_figures_about_other_objects_are_not_shown(self, make_run: MakeRun) -> None:
        made = table(
            make_run("a", {"bike-packing": [0.1], "blackswan": [0.1]}, dataset="davis2017"),
            published=("PReMVOS",),
        )
        assert values(made, "bike-packing")[1] is None
        assert made.notes == ("published for 2 objects, scored here for 1",)

    def test_no_common_sequence_is_an_error(self, make_run: MakeRun) -> None:
        with pytest.raises(UsageError, match="on none of the sequences"):
            table(make_run("a", {"mine": [0.1]}), published=("PReMVOS",))


class TestWrongOptions:
    def test_no_runs_says_where_and_how_to_make_one(self) -> None:
        with pytest.raises(UsageError, match=r"no runs in some/where.*vosbench run --method"):
            table(runs_folder="some/where")

    def test_unknown_dataset_method_and_metric(self, make_run: MakeRun) -> None:
        run = make_run("eosvos-50", {"s": [0.5]})
        with pytest.raises(UsageError, match="did you mean davis2016"):
            table(run, dataset="davis2015")
        with pytest.raises(UsageError, match="did you mean eosvos-50"):
            table(run, methods=("eosvos-5",))
        with pytest.raises(UsageError, match="the metrics are J, F, J&F"):
            table(run, metric="G")
