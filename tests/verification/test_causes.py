"""The reason that is given for a number that does not come out."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tiny_runs import BEAR, CAT, DOG, ZOO, dataset
from tests.verification.altered_runs import (
    causes,
    cells,
    edit_json,
    enlarge,
    repaint,
    rewrite_row,
    the_drift,
)
from vosbench import provenance
from vosbench.metrics import protocols
from vosbench.verification.verify_run import verify_run


class TestNumbersThatWereAltered:
    @pytest.mark.parametrize(
        ("file", "other"),
        [("scores/bear.csv", "scores.csv"), ("scores.csv", "scores/bear.csv")],
    )
    def test_one_score_of_a_frame(self, folder: Path, file: str, other: str) -> None:
        rewrite_row(folder / file, "bear", 1, "00002", 0.25)
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.sequence, drift.object_id, drift.frame) == ("bear", 1, "00002")
        assert (drift.figure, drift.stored, drift.cause) == ("J", 0.25, "number-edited")
        assert isinstance(drift.recomputed, float)
        stale = ", or left behind by a run that was broken off" if file == "scores.csv" else ""
        assert drift.why == (
            f"{file} was altered{stale}: what {other} says comes out again, so it is no matter of "
            "masks or metrics; score the masks again with `vosbench evaluate`"
        )

    def test_the_last_bit_counts(self, folder: Path) -> None:
        row = (folder / "scores/bear.csv").read_text().splitlines()[1].split(",")
        rewrite_row(
            folder / "scores/bear.csv", "bear", 1, row[2], np.nextafter(float(row[3]), 2).item()
        )
        assert cells(verify_run(folder, ZOO)) == [("scores/bear.csv", 1, row[2], "J")]

    @pytest.mark.parametrize("figure", ["mean", "recall", "decay"])
    def test_a_statistic(self, folder: Path, figure: str) -> None:
        def change(record: Any) -> None:
            record["scores"][2]["F"][figure] = 0.125

        edit_json(folder / "records/cat.json", change)
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.sequence, drift.object_id, drift.frame) == ("cat", 3, None)
        assert (drift.figure, drift.stored) == (f"F_{figure}", 0.125)
        assert drift.cause == "number-edited"
        assert drift.why.startswith(
            "records/cat.json was altered: masks, annotations, protocol and metrics are those of"
        )

    def test_the_number_of_frames(self, folder: Path) -> None:
        edit_json(folder / "records/dog.json", lambda record: record["scores"][0].update(frames=3))
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.figure, drift.stored, drift.recomputed) == ("frames", 3, 2)

    def test_the_same_alteration_in_every_place(self, folder: Path) -> None:
        for file in ("scores/bear.csv", "scores.csv"):
            rewrite_row(folder / file, "bear", 1, "00002", 0.25)
        edit_json(
            folder / "records/bear.json",
            lambda record: record["scores"][0]["J"].update(mean=0.5),
        )
        check = verify_run(folder, ZOO)
        assert len(check.drifts) == 3
        assert causes(check) == {"number-edited"}

    def test_another_numpy_is_named_beside_it(self, folder: Path) -> None:
        edit_json(folder / "manifest.json", lambda made: made["versions"].update(numpy="1.0"))
        edit_json(
            folder / "records/bear.json",
            lambda record: record["scores"][0]["J"].update(mean=0.5),
        )
        assert "(but numpy was 1.0 and is " in the_drift(verify_run(folder, ZOO)).why


class TestRulesAndCode:
    def test_another_rule(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        rules = dataclasses.replace(protocols.get("davis2017"), last_frames_dropped=0)
        monkeypatch.setattr(protocols, "get", lambda name: rules)
        check = verify_run(folder, dataset(BEAR, CAT, DOG))
        assert causes(check) == {"scoring-changed"}
        assert {drift.frame for drift in check.drifts} >= {"00004", None}
        assert check.all_notes == ()
        assert check.drifts[0].why.startswith(
            "the rules of protocol davis2017 or the code of the metrics changed since sequence "
            "bear was scored (scores_key "
        )

    def test_other_code_with_the_same_numbers_is_a_note(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provenance, "source_sha256", lambda file: "1" * 64)
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        (note,) = check.all_notes
        assert note.startswith("3 of 3 sequences scored by another version of protocol davis2017")

    def test_other_code_is_not_cleared_where_masks_changed_too(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provenance, "source_sha256", lambda file: "1" * 64)
        repaint(folder / "masks/bear/00002.png", enlarge)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"masks-changed"}
        assert check.drifts[-1].why.endswith("(or by what else changed: scoring-changed)")
        (note,) = check.all_notes
        assert note.startswith("2 of 3 sequences scored by another version")

    def test_other_code_explains_no_copy_that_differs(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provenance, "source_sha256", lambda file: "1" * 64)
        rewrite_row(folder / "scores.csv", "bear", 1, "00002", 0.25)
        assert the_drift(verify_run(folder, ZOO)).cause == "number-edited"
        edit_json(
            folder / "records/dog.json",
            lambda record: record["scores"][0]["J"].update(recall=0.125),
        )
        _, statistic = verify_run(folder, ZOO).drifts
        assert (statistic.cause, statistic.figure) == ("scoring-changed", "J_recall")
