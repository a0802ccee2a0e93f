"""Records of sequences: of another making, broken, replaced, failed."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    Broken,
    dataset,
    explode,
    folder_of,
    request,
    run,
    sequence,
)
from tests.verification.altered_runs import (
    causes,
    edit_json,
    edit_lines,
    enlarge,
    repaint,
    the_drift,
)
from vosbench.metrics import protocols
from vosbench.verification.verify_run import verify_run


class TestRecords:
    def test_one_of_another_key_than_the_manifest(self, folder: Path) -> None:
        edit_json(folder / "manifest.json", lambda made: made["key_parts"].update(seed="7"))
        check = verify_run(folder, ZOO)
        assert causes(check) == {"other-key"}
        assert [drift.sequence for drift in check.drifts] == ["bear", "cat", "dog"]
        assert check.drifts[0].figure == "key_parts.seed"
        assert check.drifts[0].why == (
            "records/bear.json was made with another seed (0) than the manifest says (7), so "
            "tables leave it out; run it again"
        )
        assert check.stored().records == check.recomputed().records == ()

    def test_one_whose_key_was_altered(self, folder: Path) -> None:
        edit_json(folder / "records/bear.json", lambda record: record.update(key="0" * 64))
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.figure) == ("number-edited", "key")
        assert "its key is not the digest of its key_parts" in drift.why

    def test_one_whose_parts_are_no_text(self, folder: Path) -> None:
        edit_json(
            folder / "records/bear.json", lambda record: record["key_parts"].update(torch="\ud800")
        )
        causes_found = [drift.cause for drift in verify_run(folder, ZOO).drifts]
        assert causes_found == ["number-edited", "other-key"]

    def test_one_that_is_broken(self, folder: Path) -> None:
        (folder / "records/bear.json").write_text('{"sequence": "bear"')
        check = verify_run(folder, ZOO)
        assert the_drift(check).cause == "file-unreadable"
        assert "records/bear.json is corrupt" in the_drift(check).why

    @pytest.mark.parametrize("name", ["davis2016", "davis2999"])
    def test_one_under_another_protocol(self, folder: Path, name: str) -> None:
        edit_json(folder / "records/bear.json", lambda record: record.update(protocol=name))
        first = verify_run(folder, ZOO).drifts[0]
        assert (first.cause, first.figure, first.stored) == ("other-protocol", "protocol", name)
        assert first.why.startswith(f"records/bear.json has scores under protocol {name}, but")

    def test_a_digest_that_was_altered(self, folder: Path) -> None:
        edit_json(folder / "records/bear.json", lambda record: record.update(masks_sha256="0" * 64))
        assert the_drift(verify_run(folder, ZOO)).cause == "masks-changed"

    def test_one_that_is_not_there_yet(self, folder: Path) -> None:
        for file in ("records/dog.json", "scores/dog.csv"):
            (folder / file).unlink()
        edit_lines(folder / "scores.csv", lambda lines: lines[:4])  # of bear, from a run before
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        assert check.all_notes == (
            "1 of 3 sequences without a result yet (dog); run it again to finish it",
        )

    def test_one_that_was_taken_away_from_its_scores(self, folder: Path) -> None:
        (folder / "records/dog.json").unlink()
        check = verify_run(folder, ZOO)
        assert causes(check) == {"rows-surplus"}
        assert "scores/dog.csv has scores of sequence dog, which has no record" in (
            check.drifts[0].why
        )

    def test_one_that_is_replaced_meanwhile_is_read_again(self, folder: Path) -> None:
        path, right = folder / "records/bear.json", (folder / "records/bear.json").read_text()
        edit_json(path, lambda record: record["scores"][0]["J"].update(mean=0.5))

        def annotation(index: int) -> Any:
            path.write_text(right)
            return BEAR.read_annotation(index)

        busy = dataset(dataclasses.replace(BEAR, read_annotation=annotation), CAT, DOG)
        assert verify_run(folder, busy).drifts == ()


class TestFailures:
    def test_a_sequence_that_failed_is_named(self, tmp_path: Path) -> None:
        run(request(lambda: Broken(explode)), ZOO, tmp_path)
        check = verify_run(folder_of(tmp_path), ZOO)
        assert check.drifts == ()
        ((name, reason),) = check.failures
        assert name == "cat"
        assert "out of luck" in reason
        (folder_of(tmp_path) / "scores" / "cat.csv").write_text(
            "sequence,object,frame,J,F\ncat,1,00001,0.5,0.5\n"
        )
        drift = the_drift(verify_run(folder_of(tmp_path), ZOO))
        assert (drift.cause, drift.stored) == ("rows-surplus", 1)
        assert "which has a record that failed" in drift.why

    def test_masks_that_could_not_be_scored_are_checked(self, tmp_path: Path) -> None:
        short = dataset(BEAR, sequence("cat", frames=2))
        run(request(), short, tmp_path)
        check = verify_run(folder_of(tmp_path), short)
        assert check.drifts == ()
        assert [name for name, _ in check.failures] == ["cat"]
        repaint(folder_of(tmp_path) / "masks/cat/00001.png", enlarge)
        assert the_drift(verify_run(folder_of(tmp_path), short)).cause == "masks-changed"

    def test_masks_that_can_be_scored_today_are_noted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        short = dataset(BEAR, sequence("cat", frames=2))
        run(request(), short, tmp_path)
        rules = dataclasses.replace(protocols.get("davis2017"), last_frames_dropped=0)
        monkeypatch.setattr(protocols, "get", lambda name: rules)
        notes = verify_run(folder_of(tmp_path), short).all_notes
        assert any("cat failed, but its masks can be scored today" in note for note in notes)
