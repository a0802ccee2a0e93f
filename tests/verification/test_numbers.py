"""Rows of scores that are missing, surplus or elsewhere."""

from pathlib import Path

import pytest

from tests.tiny_runs import ZOO
from tests.verification.altered_runs import causes, cells, edit_lines, the_drift
from vosbench.verification.verify_run import verify_run


class TestRows:
    @pytest.mark.parametrize("file", ["scores/bear.csv", "scores.csv"])
    def test_a_missing_one(self, folder: Path, file: str) -> None:
        edit_lines(folder / file, lambda lines: [x for x in lines if "bear,1,00002" not in x])
        check = verify_run(folder, ZOO)
        assert cells(check) == [(file, 1, "00002", "J"), (file, 1, "00002", "F")]
        assert causes(check) == {"rows-missing"}
        assert {drift.stored for drift in check.drifts} == {None}
        assert check.drifts[0].why.startswith(f"{file} lacks numbers that the masks give; score")

    def test_a_surplus_one_and_one_that_stands_twice(self, folder: Path) -> None:
        def change(lines: list[str]) -> list[str]:
            return [*lines, "bear,1,00009,0.5,0.5\n", lines[1]]

        edit_lines(folder / "scores/bear.csv", change)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"rows-surplus"}
        assert sorted((d.frame, d.figure) for d in check.drifts) == [
            ("00001", "F"),
            ("00001", "J"),
            ("00009", "F"),
            ("00009", "J"),
        ]

    def test_another_order(self, folder: Path) -> None:
        edit_lines(folder / "scores/bear.csv", lambda lines: [lines[0], *lines[:0:-1]])
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.figure) == ("rows-reordered", "order")
        assert drift.stored == "object 1, frame 00003"
        assert drift.recomputed == "object 1, frame 00001"

    def test_files_that_are_gone(self, folder: Path) -> None:
        (folder / "scores/bear.csv").unlink()
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.stored, drift.recomputed) == ("rows-missing", 0, 3)
        (folder / "scores.csv").unlink()
        _, merged = verify_run(folder, ZOO).drifts
        assert merged.sequence == ""
        assert merged.why.startswith("scores.csv is missing; score the masks again")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "has no column sequence, object, frame, J, F"),
            ("sequence,object,frame,J,F\nbear,1,00001,high,0.5\n", "line 2: could not convert"),
            ("sequence,object,frame,J,F\nbear,1,00001,0.5\n", "line 2: could not convert"),
        ],
    )
    def test_files_that_are_no_scores(self, folder: Path, text: str, said: str) -> None:
        for file in ("scores/bear.csv", "scores.csv"):
            (folder / file).write_text(text)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"file-unreadable"}
        assert [drift.file for drift in check.drifts] == ["scores/bear.csv", "scores.csv"]
        assert all(said in drift.why for drift in check.drifts)

    def test_sequences_that_do_not_belong_or_moved(self, folder: Path) -> None:
        edit_lines(
            folder / "scores.csv",
            lambda lines: [lines[0], *lines[19:], *lines[1:19], "fox,1,00001,0.5,0.5\n"],
        )
        surplus, order = verify_run(folder, ZOO).drifts
        assert (surplus.cause, order.cause) == ("rows-surplus", "rows-reordered")
        assert "has rows of fox, which the run was not asked for" in surplus.why
        assert "in another order: dog where bear should be" in order.why
