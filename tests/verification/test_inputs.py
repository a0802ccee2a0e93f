"""Masks and annotations that are not what they were."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from tests.tiny_runs import BEAR, CAT, DOG, ZOO, dataset, sequence
from tests.verification.altered_runs import (
    causes,
    edit_json,
    edit_lines,
    enlarge,
    repaint,
    rewrite_row,
    the_drift,
)
from vosbench.errors import DataError
from vosbench.verification.verify_run import verify_run


class TestMasks:
    def test_a_pixel_is_blamed_with_its_frame(self, folder: Path) -> None:
        for frame in ("00002", "00003"):
            repaint(folder / f"masks/bear/{frame}.png", enlarge)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"masks-changed"}
        digest, *numbers = check.drifts
        assert (digest.figure, digest.frame) == ("masks_sha256", "00002")
        assert str(digest.stored)[:12] in digest.why
        assert "frame 00002 is the first whose scores differ; put back the files" in digest.why
        frames = {(drift.file, drift.frame) for drift in numbers if drift.frame}
        files = ("scores/bear.csv", "scores.csv")
        assert frames == {(file, frame) for file in files for frame in ("00002", "00003")}
        assert {drift.why for drift in numbers} == {digest.why}

    def test_an_altered_number_beside_an_altered_mask_is_told_apart(self, folder: Path) -> None:
        repaint(folder / "masks/cat/00003.png", lambda mask: np.copyto(mask, 5, where=mask == 2))
        rewrite_row(folder / "scores/cat.csv", "cat", 1, "00001", 0.25)  # object 1 is in no mask
        check = verify_run(folder, ZOO)
        (edited,) = [drift for drift in check.drifts if drift.cause == "number-edited"]
        assert (edited.object_id, edited.frame) == (1, "00001")
        assert {drift.object_id for drift in check.drifts} == {None, 1, 2, 5}
        assert check.drifts[0].frame == "00003"

    def test_masks_are_not_blamed_for_what_they_cannot_move(self, folder: Path) -> None:
        repaint(folder / "masks/cat/00003.png", lambda mask: np.copyto(mask, 5, where=mask == 2))
        for file in ("scores/cat.csv", "scores.csv"):
            edit_lines(folder / file, lambda lines: [x for x in lines if "cat,5,00001" not in x])
        edit_json(
            folder / "records/cat.json",
            lambda record: record["scores"][0]["J"].update(decay=0.5),  # of object 1
        )
        found = {(d.object_id, d.frame, d.figure): d.cause for d in verify_run(folder, ZOO).drifts}
        assert found[1, None, "J_decay"] == "number-edited"
        assert found[5, "00001", "J"] == "rows-missing"
        assert found[5, "00003", "J"] == "masks-changed"

    def test_another_encoding_moves_no_number(self, folder: Path) -> None:
        path = folder / "masks/bear/00001.png"
        with PIL.Image.open(path) as picture:
            picture.load()
        picture.save(path, compress_level=0)
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.figure, drift.frame) == ("masks-changed", "masks_sha256", None)
        assert "the label maps in them are the same, only their encoding differs" in drift.why

    def test_a_frame_that_does_not_count_moves_no_number(self, folder: Path) -> None:
        repaint(folder / "masks/bear/00004.png", enlarge)
        drift = the_drift(verify_run(folder, ZOO))
        assert "no score differs, so which of them changed is not known" in drift.why

    def test_a_missing_one(self, folder: Path) -> None:
        for frame in ("00002", "00003"):
            (folder / f"masks/bear/{frame}.png").unlink()
        check = verify_run(folder, ZOO)
        drift = the_drift(check)
        assert (drift.cause, drift.frame, drift.recomputed) == ("masks-missing", "00002", None)
        missing = folder / "masks/bear/00002.png"
        assert drift.why.startswith(f"{missing} is missing (2 masks of 5); put back")
        assert check.sequences[0].scores is None
        assert check.sequences[1].scores is not None

    def test_a_folder_that_is_gone(self, folder: Path) -> None:
        shutil.rmtree(folder / "masks/dog")
        assert the_drift(verify_run(folder, ZOO)).cause == "masks-missing"

    def test_one_that_cannot_be_decoded(self, folder: Path) -> None:
        path = folder / "masks/bear/00003.png"
        path.write_bytes(path.read_bytes()[:50])
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.frame) == ("masks-unreadable", "00003")
        assert drift.why.startswith(f"{path} is corrupt or cut off")

    def test_a_first_one_that_cannot_be_decoded_hides_no_number(self, folder: Path) -> None:
        (folder / "masks/bear/00000.png").write_bytes(b"")
        rewrite_row(folder / "scores/bear.csv", "bear", 1, "00002", 0.25)
        check = verify_run(folder, ZOO)
        assert [drift.cause for drift in check.drifts] == ["masks-unreadable", "number-edited"]

    def test_an_id_that_is_not_scored(self, folder: Path) -> None:
        repaint(folder / "masks/bear/00002.png", lambda mask: mask.fill(9))
        check = verify_run(folder, ZOO)
        assert causes(check) == {"masks-changed"}
        assert "state" in {drift.figure for drift in check.drifts}
        assert any("holds id 9" in drift.why for drift in check.drifts)

    def test_surplus_ones_are_noted(self, folder: Path) -> None:
        shutil.copy(folder / "masks/bear/00001.png", folder / "masks/bear/00009.png")
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        (note,) = check.all_notes
        assert note.endswith("masks/bear has masks of frames that the sequence has not: 00009")


class TestAnnotations:
    def test_changed_ones_are_blamed(self, folder: Path) -> None:
        other = dataset(sequence("bear", shift=2), CAT, DOG)
        check = verify_run(folder, other)
        assert causes(check) == {"annotations-changed"}
        fingerprint, *numbers = check.drifts
        assert fingerprint.figure == "sequence_sha256"
        assert (fingerprint.stored, fingerprint.recomputed) == (
            BEAR.fingerprint(),
            other.sequences[0].fingerprint(),
        )
        assert fingerprint.why.startswith(
            "the frames or annotations of sequence bear of dataset tiny are not those that the run "
            f"was made on (fingerprint {BEAR.fingerprint()[:12]} in the record, "
        )
        assert {drift.file for drift in numbers} == {
            "scores/bear.csv",
            "scores.csv",
            "records/bear.json",
        }

    def test_other_objects_and_frames_are_missing_for_that_reason(self, folder: Path) -> None:
        more_objects = dataset(sequence("bear", ids=(1, 2)), CAT, DOG)
        check = verify_run(folder, more_objects)
        assert causes(check) == {"annotations-changed"}
        assert {drift.object_id for drift in check.drifts if drift.stored is None} == {2}
        more_frames = dataset(sequence("bear", frames=7), CAT, DOG)
        check = verify_run(folder, more_frames)
        assert causes(check) == {"annotations-changed"}
        assert any("00005.png is missing" in drift.why for drift in check.drifts)

    def test_a_second_change_is_named_too(self, folder: Path) -> None:
        repaint(folder / "masks/bear/00002.png", enlarge)
        check = verify_run(folder, dataset(sequence("bear", shift=2), CAT, DOG))
        (number,) = [d for d in check.drifts if d.file == "scores.csv" and d.frame == "00001"][:1]
        assert number.why.endswith("(or by what else changed: annotations-changed)")

    def test_those_that_cannot_be_read(self, folder: Path) -> None:
        def gone(*_: object) -> Any:
            raise DataError("the disk of bear is not mounted")

        lost = dataclasses.replace(BEAR, fingerprint=gone, read_annotation=gone)
        drift = the_drift(verify_run(folder, dataset(lost, CAT, DOG)))
        assert drift.cause == "annotations-unreadable"
        assert drift.why.endswith("cannot be read today; the disk of bear is not mounted")
