"""Reports computed again from the masks of their runs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tiny_runs import ZOO, Broken, Stored, explode, folder_of, request, run
from vosbench.errors import DataError
from vosbench.masks import read_mask, write_mask
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.tables import build
from vosbench.reports.verification import check_report
from vosbench.store import load_runs
from vosbench.verification.findings import ReportCheck
from vosbench.verification.verify_run import verify_run


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, runs)
    run(request(Stored, method="stored", label="Stored"), ZOO, runs)
    return runs


@pytest.fixture
def runs(two_runs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_runs, tmp_path / "runs"))


def written(runs: Path, table: str = "per-sequence", **options: Any) -> Path:
    """The report of all runs, as the command line writes it."""
    path = runs.parent / f"{table}.json"
    path.write_text(render(build(table, load_runs(runs), ReportOptions(**options)), "json"))
    return path


def checked(path: Path, runs: Path) -> ReportCheck:
    return check_report(path, runs, lambda folder: verify_run(folder, ZOO))


def edit(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    rows = json.loads(path.read_text())
    change(rows)
    path.write_text(json.dumps(rows))


def flip(mask_file: Path) -> None:
    mask = read_mask(mask_file).copy()
    row, column = np.argwhere(mask == 0)[-1]
    mask[row, column] = 1
    write_mask(mask_file, mask)


@pytest.mark.parametrize(
    ("table", "asked"),
    [("per-sequence", {"where": ("sequence=*a*",)}), ("overall", {"top": 1, "sort": "J"})],
)
def test_rows_that_were_left_out_are_not_missed(
    runs: Path, table: str, asked: dict[str, Any]
) -> None:
    path = written(runs, table, **asked)
    assert checked(path, runs).drifts == ()
    edit(path, lambda rows: rows[0].update(J=0.5))
    assert [drift.figure for drift in checked(path, runs).drifts] == ["J"]


@pytest.mark.parametrize(("table", "rows"), [("per-sequence", 2 * 4), ("overall", 2)])
def test_every_cell_of_an_untouched_report_comes_out(runs: Path, table: str, rows: int) -> None:
    path = written(runs, table)
    check = checked(path, runs)
    assert check.drifts == check.notes == check.quoted == ()
    assert check.runs == ("jitter__tiny__seed0", "stored__tiny__seed0")
    assert check.from_masks == 9 * rows  # J&F, six statistics, objects, frames scored
    timed = [row for row in json.loads(path.read_text()) if row["method"] == "jitter"]
    assert check.from_timings == sum(
        value is not None
        for row in timed
        for key, value in row.items()
        if key.startswith(("fps", "passes", "doubts", "seconds", "frames"))
        and key != "frames_scored"
    )


@pytest.mark.parametrize("table", ["per-sequence", "overall"])
@pytest.mark.parametrize(
    "options",
    [
        {"against": "jitter", "across_levels": True},
        {"sequences": ("bear", "dog")},
        {"against": "Stored", "sequences": ("dog",), "methods": ("Stored",)},
    ],
    ids=["differences", "sequences", "one-run"],
)
def test_what_was_asked_for_comes_out_too(runs: Path, table: str, options: dict[str, Any]) -> None:
    path = written(runs, table, **options)
    assert checked(path, runs).drifts == ()


def test_a_difference_that_was_altered_is_found(runs: Path) -> None:
    path = written(runs, "overall", against="jitter", across_levels=True)
    edit(path, lambda rows: rows[1].update(J_gain=0.3))
    (drift,) = checked(path, runs).drifts
    assert (drift.run, drift.figure, drift.stored) == ("stored__tiny__seed0", "J_gain", 0.3)
    assert isinstance(drift.recomputed, float)


def test_a_number_that_was_written_into_it(runs: Path) -> None:
    path = written(runs)
    edit(path, lambda rows: rows[1].update(J=0.99))
    check = checked(path, runs)
    (drift,) = check.drifts
    assert (drift.run, drift.sequence, drift.figure) == ("jitter__tiny__seed0", "cat", "J")
    assert (drift.stored, drift.cause) == (0.99, "report-outdated")
    assert drift.recomputed == json.loads(written(runs).read_text())[1]["J"]
    assert drift.why.startswith("the report does not say what the records of the run say: it was")
    assert check.notes == ()


def test_masks_that_changed_reach_the_cells_that_stand_for_them(runs: Path) -> None:
    path = written(runs)
    flip(runs / "jitter__tiny__seed0/masks/bear/00002.png")
    edit(path, lambda rows: rows[0].update(F=0.99))
    check = checked(path, runs)
    (edited,) = [drift for drift in check.drifts if drift.cause != "masks-changed"]
    assert (edited.figure, edited.cause) == ("F", "report-outdated")
    assert {drift.sequence for drift in check.drifts} == {"bear", "MEAN"}
    assert {"J", "F", "J&F"} <= {drift.figure for drift in check.drifts}
    told = [drift.why for drift in check.drifts if drift is not edited]
    assert all("frame 00002 is the first whose scores differ" in why for why in told)
    (note,) = check.notes
    assert "of the run jitter__tiny__seed0 do not come out again" in note


def test_masks_that_are_gone_leave_nothing_to_compare_with(runs: Path) -> None:
    path = written(runs, "overall")
    shutil.rmtree(runs / "stored__tiny__seed0/masks/dog")
    check = checked(path, runs)
    assert {drift.cause for drift in check.drifts} == {"masks-missing"}
    assert {drift.recomputed for drift in check.drifts if drift.figure == "J&F"} == {None}
    assert {drift.run for drift in check.drifts} == {"stored__tiny__seed0"}


def test_a_score_that_was_altered_in_the_record_is_found_in_the_report(runs: Path) -> None:
    record = runs / "jitter__tiny__seed0/records/dog.json"
    known = json.loads(record.read_text())
    known["scores"][0]["J"]["mean"] = 0.875
    record.write_text(json.dumps(known))
    scores = runs / "jitter__tiny__seed0/scores/dog.csv"
    scores.write_text(scores.read_text().replace(",00001,", ",00007,"))
    check = checked(written(runs), runs)
    found = {(d.sequence, d.figure): d for d in check.drifts}
    assert found["dog", "J"].stored == 0.875
    assert {drift.cause for drift in check.drifts} == {"number-edited"}
    assert found["dog", "J"].why.startswith("records/dog.json was altered")
    assert set(found) == {(name, figure) for name in ("dog", "MEAN") for figure in ("J", "J&F")}


def test_times_follow_from_stored_timings(runs: Path) -> None:
    path = written(runs, "overall")
    edit(path, lambda rows: rows[0].update(fps_steady=1e6))
    (drift,) = checked(path, runs).drifts
    assert (drift.figure, drift.sequence, drift.cause) == ("fps_steady", "", "report-outdated")


def test_runs_that_are_not_there_are_named_and_the_others_verified(runs: Path) -> None:
    path = written(runs, "overall")
    shutil.rmtree(runs / "stored__tiny__seed0")
    check = checked(path, runs)
    (drift,) = check.drifts
    assert (drift.run, drift.cause) == ("stored__tiny__seed0", "run-missing")
    assert "name its folder with --runs" in drift.why
    assert check.runs == ("jitter__tiny__seed0",)


def test_rows_that_are_missing_or_surplus(runs: Path) -> None:
    path = written(runs)

    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["sequence"] = "fox"

    edit(path, change)
    surplus, missing = checked(path, runs).drifts
    assert (surplus.sequence, surplus.cause) == ("fox", "rows-surplus")
    assert (missing.sequence, missing.cause) == ("bear", "rows-missing")


def test_quoted_figures_are_named_as_not_verified(runs: Path) -> None:
    path = written(runs)

    def change(rows: list[dict[str, Any]]) -> None:
        rows.append({**rows[0], "run": None, "trust": "quoted", "method": "OSVOS", "J": 0.1})

    edit(path, change)
    check = checked(path, runs)
    assert check.drifts == ()
    assert check.quoted == ("OSVOS",)


def test_a_sequence_that_failed_stays_failed(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run(request(lambda: Broken(explode)), ZOO, runs)
    assert folder_of(runs).is_dir()
    check = checked(written(runs), runs)
    assert check.drifts == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "is no report that can be verified"),
        ('[{"run": "a", "J": 1.0}]', "is no report that can be verified"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_report(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(DataError, match=f"{said}.*expected what `vosbench report --table per-seq"):
        checked(tmp_path / "x.json", tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        checked(tmp_path / "y.json", tmp_path)


def test_rows_of_objects_are_not_taken_for_those_of_sequences(runs: Path) -> None:
    with pytest.raises(DataError, match="is no report that can be verified"):
        checked(written(runs, "per-object"), runs)
