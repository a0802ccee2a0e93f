import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports.timed_runs import OTHER_MACHINE, timed_run
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.speed_marks import Marks, marks
from vosbench.reports.plots.speed_quality import figure
from vosbench.reports.published import by_sequence as published
from vosbench.reports.published.sheet import sheets_of_runs

MakeRun = Callable[..., Run]

VAL = published.load("PReMVOS", "davis2016")
assert VAL is not None
NAMES = tuple(VAL.outcomes)


def over_val(score: float) -> dict[str, list[float]]:
    """A little spread, so that the mean has an interval."""
    return {name: [score + 0.005 * (place % 5 - 2)] for place, name in enumerate(NAMES)}


def marks_of(*runs: Run, **options: object) -> Marks:
    asked = ReportOptions(**{"metric": "J&F", **options})  # type: ignore[arg-type]
    (sheet,) = sheets_of_runs(runs, asked)
    return marks(sheet, asked.metric, asked=bool(asked.published))


def words(found: Marks) -> str:
    return " ".join(text.get_text() for text in figure(found).texts)


def test_runs_are_filled_with_their_interval_and_published_methods_hollow(
    make_run: MakeRun,
) -> None:
    found = marks_of(make_run("mine", over_val(0.6)), published=("OSVOS", "MSK"))
    (mine,) = found.own
    assert mine.trust == "measured"
    assert mine.interval is not None
    assert mine.interval[0] < mine.score < mine.interval[1]
    assert [mark.title for mark in found.quoted] == ["OSVOS", "MSK"]
    assert all(mark.quoted and mark.hardware == "not stated" for mark in found.quoted)
    lines = {
        line.get_xdata()[0]: line.get_markerfacecolor()
        for line in figure(found).axes[0].lines
        if line.get_marker() not in ("None", "", None)
    }
    assert lines[mine.fps] != "white"
    assert all(lines[mark.fps] == "white" for mark in found.quoted)


def test_all_published_methods_with_a_speed_are_drawn_unless_some_are_asked_for() -> None:
    everyone = marks_of(dataset="davis2017")
    assert len(everyone.quoted) > 20
    assert not everyone.lacking  # nobody asked for those without a speed
    some = marks_of(dataset="davis2017", published=("STM", "OSMN"))
    assert [mark.title for mark in some.quoted] == ["STM [DAVIS site]", "STM [AOT paper]"]
    assert some.lacking == ("OSMN",)
    assert "No J&F with a speed is published of OSMN." in words(some)


def test_every_mark_is_named_and_no_name_covers_another() -> None:
    found = marks_of(dataset="davis2017", metric="J")
    made = figure(found)
    axes = made.axes[0]
    named = [text.get_text() for text in axes.texts]
    assert sorted(named) == sorted(mark.title for mark in found.quoted)
    made.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert not one.shrunk(0.98, 0.7).overlaps(other.shrunk(0.98, 0.7))


def test_speeds_of_several_passes_have_a_range() -> None:
    found = marks_of(timed_run("mine", (1.0, 2.0, 1.5)), dataset="davis2016")
    (mine,) = found.own
    assert mine.range is not None
    assert mine.range[0] < mine.fps < mine.range[1]
    assert marks_of(timed_run("mine", (1.0,)), dataset="davis2016").own[0].range is None


def test_the_front_is_of_measured_runs_that_none_beats_in_both(make_run: MakeRun) -> None:
    runs = (
        make_run("fast", over_val(0.4), seconds=10.0),
        make_run("good", over_val(0.8), seconds=200.0),
        make_run("dominated", over_val(0.7), seconds=300.0),
        make_run("oracle", over_val(0.9), seconds=5.0, sees_annotations=True),
    )
    found = marks_of(*runs, dataset="davis2016", published=("MSK",))
    assert [mark.title for mark in found.front] == ["good", "fast"]
    assert "Light steps" in words(found)


def test_there_is_no_front_across_machines_unless_asked(make_run: MakeRun) -> None:
    runs = (
        make_run("here", over_val(0.6), seconds=10.0),
        make_run("there", over_val(0.7), seconds=20.0, machine=OTHER_MACHINE),
    )
    found = marks_of(*runs, dataset="davis2016")
    assert found.front == ()
    assert "they do not compare" in words(found)
    assert len(marks_of(*runs, dataset="davis2016", across_machines=True).front) == 2


def test_runs_over_a_part_and_runs_without_speed_are_told(make_run: MakeRun) -> None:
    part = {name: [0.5] for name in NAMES[:12]}
    found = marks_of(
        make_run("mine", part), make_run("theirs", part, imported=True), published=("MSK",)
    )
    said = words(found)
    assert "12 of the 20 sequences that the quoted figures are over" in said
    assert found.unmarked == ("theirs (re-scored)",)
    assert "Not drawn, without a score or a speed: theirs (re-scored)." in said
    whole = words(marks_of(make_run("mine", over_val(0.5)), published=("MSK",)))
    assert "of the 20 sequences" not in whole


def test_the_figure_says_that_quoted_speeds_do_not_compare() -> None:
    said = words(marks_of(dataset="davis2016"))
    assert "on hardware and by rules that are not stated" in said
    assert "said to be slower than this" in said


def test_runs_on_a_dataset_that_nobody_published_on_are_drawn_alone(make_run: MakeRun) -> None:
    found = marks_of(make_run("mine", {"a": [0.5]}, dataset="synthetic"))
    assert [mark.title for mark in found.own] == ["mine"]
    assert found.quoted == ()
    assert "Hollow" not in words(found)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_equal_data_give_equal_files_and_the_data_lie_beside(
    kind: str, tmp_path: Path, make_run: MakeRun
) -> None:
    runs = (make_run("mine $x$", over_val(0.6)),)
    options = ReportOptions(metric="J&F", published=("MSK", "CINM"))
    written = []
    for name in ("one", "two"):
        out = tmp_path / f"{name}.{kind}"
        figures.draw("speed-quality", runs, options, out)
        written.append(out.read_bytes())
    assert written[0] == written[1]
    rows = list(csv.DictReader((tmp_path / "one.csv").read_text().splitlines()))
    assert [row["trust"] for row in rows] == ["measured", "quoted", "quoted"]
    assert rows[0]["front"] == "True"
    assert {row["title"]: row["fps_bound"] for row in rows}["CINM [DAVIS site]"] == "below"


def test_nothing_to_draw_is_said(make_run: MakeRun, tmp_path: Path) -> None:
    theirs = make_run("theirs", over_val(0.5), imported=True)
    with pytest.raises(UsageError, match=r"theirs \(re-scored\) and OSMN lack"):
        figures.draw(
            "speed-quality",
            (theirs,),
            ReportOptions(metric="J&F", published=("OSMN",)),
            tmp_path / "x.png",
        )
    with pytest.raises(UsageError, match="choose --dataset"):
        both = (theirs, make_run("mine", {"a": [0.5]}, dataset="davis2017"))
        figures.draw("speed-quality", both, ReportOptions(metric="J&F"), tmp_path / "x.png")


def test_long_names_lose_their_middle_and_stay_in_the_panel(make_run: MakeRun) -> None:
    made = figure(marks_of(make_run("m" * 200, over_val(0.6)), published=("MSK",)))
    (name, _) = made.axes[0].texts
    assert "…" in name.get_text()
    made.draw_without_rendering()
    panel = made.axes[0].get_window_extent()
    assert name.get_window_extent().x0 >= panel.x0
    assert name.get_window_extent().x1 <= panel.x1 + 1
