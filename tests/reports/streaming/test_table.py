"""The table of live video: columns, best ones, what is left out, and what is said below."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.reports.made_streams import REQUEST, UNTIMED
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.streaming.table import build
from vosbench.reports.table import Cell, Table

MakeRun = Callable[..., Run]


def built(*runs: Run, metric: str = "J", published: tuple[str, ...] = (), **asked: object) -> Table:
    request = replace(REQUEST, **{"slower": (1.0,), **asked})  # type: ignore[arg-type]
    options = ReportOptions(metric=metric, published=published, streaming=request)
    (table,) = build(runs, options)
    return table


def cells(table: Table, method: str) -> dict[str, Cell]:
    (row,) = [row for row in table.rows if row.cells[0].value == method]
    return {c.title: cell for c, cell in zip(table.columns, row.cells, strict=True)}


def said(table: Table) -> str:
    return " ".join(table.footnotes)


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    return make_run("a", {"cow": [0.5, 0.7], "dog": [0.6]})


def test_columns_are_offline_then_each_frame_rate_then_what_is_late(run: Run) -> None:
    found = cells(built(run, fps=(10.0, 30.0)), "a")
    assert list(found) == ["method", "J offline", "J 10 fps", "J 30 fps", "late 10 fps",
                           "late 30 fps"]  # fmt: skip
    assert found["J offline"].value == pytest.approx(0.6)  # over objects, not sequences
    assert found["J 10 fps"].value == pytest.approx(0.6 * 10 / 20)
    assert found["J 30 fps"].value == pytest.approx(0.6 * 10 / 40)
    assert found["late 10 fps"].value == pytest.approx(8 / 9)  # frame 0 does not count


def test_by_default_there_are_four_rates_and_three_devices(run: Run) -> None:
    tables = build([run], ReportOptions(streaming=REQUEST))
    titles = [column.title for column in tables[0].columns[2:6]]
    assert titles == ["J 5 fps", "J 10 fps", "J 25 fps", "J 30 fps"]
    assert [table.title for table in tables] == [
        "Live video on davis2016",
        "Live video on davis2016, on a device 2 times slower",
        "Live video on davis2016, on a device 4 times slower",
    ]
    # ten frames a second on a device three times slower are thirty
    slow, fast = built(run, fps=(10.0,), slower=(3.0,)), built(run, fps=(30.0,))
    assert cells(slow, "a")["J 10 fps"].value == cells(fast, "a")["J 30 fps"].value


def test_the_metric_is_the_one_asked_for_and_the_data_hold_all(run: Run) -> None:
    table = built(run, metric="F", fps=(10.0,))
    assert cells(table, "a")["F 10 fps"].value == pytest.approx(0.15)
    (row,) = table.tidy
    assert (row["J"], row["F"], row["J&F"]) == pytest.approx((0.3, 0.15, 0.225))
    assert (row["J_offline"], row["F_offline"]) == pytest.approx((0.6, 0.3))
    assert (row["fps"], row["slower"], row["policy"], row["init"]) == (
        10,
        1,
        "queue",
        "on the clock",
    )
    assert (row["late"], row["mean_lag_frames"]) == pytest.approx((8 / 9, 36 / 9))
    assert (row["passes"], row["state"], row["machine"]) == (1, "done", "aaaa")


def test_the_best_of_each_column_is_marked_on_one_machine_only(make_run: MakeRun) -> None:
    low, high = make_run("low", {"s": [0.4]}), make_run("high", {"s": [0.8]})
    found = cells(built(low, high), "high")
    assert found["J offline"].best
    assert found["J 5 fps"].best
    elsewhere = make_run("high", {"s": [0.8]}, machine={"id": "bbbb", "cpu": "Other"})
    found = cells(built(low, elsewhere), "high")
    assert found["J offline"].best  # masks are from no machine
    assert not found["J 5 fps"].best


def test_what_has_no_latencies_keeps_nothing_from_comparing(make_run: MakeRun) -> None:
    low, high = make_run("low", {"s": [0.4]}), make_run("high", {"s": [0.8]})
    other = make_run("stored", {"s": [0.9]}, imported=True, machine={"id": "bbbb"})
    table = built(low, high, other)
    assert cells(table, "high")["J 5 fps"].best
    assert "All timed on Test CPU" in said(table)


def test_masks_that_existed_and_quoted_figures_have_a_dash_that_is_explained(
    make_run: MakeRun,
) -> None:
    timed = make_run("a", {"blackswan": [0.5]})
    stored = make_run("stored", {"blackswan": [0.3]}, imported=True)
    table = built(timed, stored, published=("OSVOS",))
    for method, reason in (
        ("stored (re-scored)", UNTIMED),
        ("OSVOS (quoted)", "published by others, without the time of each frame"),
    ):
        found = cells(table, method)
        assert found["J offline"].value is not None
        for title in ("J 5 fps", "late 5 fps"):
            assert found[title].value is None
            assert [table.notes[note - 1] for note in found[title].notes] == [reason]
    states = {row["method"]: row["state"] for row in table.tidy}
    assert states == {"a": "done", "stored": "missing", "OSVOS": "missing"}


def test_what_is_left_out_is_marked_and_explained(make_run: MakeRun) -> None:
    whole = make_run("b", {"cow": [0.5], "dog": [0.6]})
    broken = make_run("a", {"cow": [0.5], "dog": "it broke"})
    table = built(whole, broken)
    cell = cells(table, "a")["J 5 fps"]
    assert cell.incomplete
    assert [table.notes[note - 1] for note in cell.notes] == ["it broke"]
    assert not cells(table, "b")["J 5 fps"].incomplete


class TestFootnotes:
    def test_they_say_that_it_is_simulated_from_what_on_what(self, run: Run) -> None:
        text = said(built(run))
        assert "Simulated from latencies measured offline in one pass" in text
        assert "nothing was run again" in text
        assert "Test CPU" in text
        assert "protocol davis2016" in text

    def test_policies(self, run: Run) -> None:
        assert "Policy queue" in said(built(run))
        text = said(built(run, policy="latest"))
        assert "Policy latest" in text
        assert "flatters it" in text

    def test_deadlines(self, run: Run) -> None:
        assert "judged when the next one arrives" in said(built(run))
        assert "judged when it arrives itself" in said(built(run, deadline=0.0))
        assert "judged 2.5 intervals between frames after" in said(built(run, deadline=2.5))

    def test_first_frame_work(self, run: Run) -> None:
        assert "First-frame work is on the clock" in said(built(run))
        assert "done before the video begins (head start)" in said(built(run, head_start=True))

    def test_devices(self, run: Run) -> None:
        assert "multiplied" not in said(built(run))
        assert "Every measured time is multiplied by 2.5." in said(built(run, slower=(2.5,)))

    def test_passes(self, run: Run) -> None:
        def repeated(record_passes: int) -> Run:
            records = tuple(
                replace(
                    record,
                    timing=replace(record.timing, passes=record.timing.passes * record_passes),
                )
                for record in run.records
                if record.timing
            )
            return replace(
                run, manifest=replace(run.manifest, run=f"x{record_passes}"), records=records
            )

        assert "the median of each over 3 passes" in said(built(repeated(3)))
        assert "the median of each over 1 to 3 passes" in said(built(repeated(1), repeated(3)))


def test_without_a_look_at_masks_there_is_no_table(run: Run) -> None:
    with pytest.raises(UsageError, match=r"make it with `vosbench report --table streaming`"):
        build([run], ReportOptions())


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fps": (0.0,)}, "a frame rate must be a finite number above 0, got 0"),
        ({"slower": (-1.0,)}, "times slower must be a finite number above 0, got -1"),
        ({"policy": "newest"}, "no policy 'newest'"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, asked: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        built(run, **asked)
